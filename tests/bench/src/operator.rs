//! What the operator's command takes: an import of tickets with their conversations, the check, and the index of search
//! made anew. The engine is the portal's of `cargo run`, in a process of its own, which also brings search up to date.

use crate::{gateway, process, svg::thousands};
use e2e::scene;
use serde_json::json;
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tokio::time::sleep;

/// Messages of a ticket's conversation.
const MESSAGES: usize = 4;
/// How often a running command is looked at.
const MOMENT: Duration = Duration::from_millis(20);
/// An engine that takes no more than this in a second has nothing left to do.
const IDLE: Duration = Duration::from_millis(60);

/// Prints a table with a row for each number of tickets. `programs` has the built `admin` and `local`.
pub async fn measure(programs: &Path, tickets: &[usize], folder: &Path) {
    println!("| tickets, each with {MESSAGES} messages | | command, s | MB | engine meanwhile, s | then, s |");
    println!("|---|---|---|---|---|---|");
    for many in tickets {
        let (file, data) = (folder.join("import.ndjson"), folder.join(format!("data-{many}")));
        write(&file, *many);
        let portal = gateway::start(programs, &["--no-demo", "--data", data.to_str().unwrap()]).await;
        let import = ["import", file.to_str().unwrap()];
        for (name, words) in
            [("import", &import[..]), ("the same again", &import), ("check", &["check"]), ("reindex", &["reindex"])]
        {
            let before = process::processor_of_all(portal.id());
            let (processor, memory) = run(programs, words, &portal.endpoint).await;
            let meanwhile = process::processor_of_all(portal.id());
            idle(portal.id()).await;
            let then = process::processor_of_all(portal.id()).saturating_sub(meanwhile);
            let meanwhile = meanwhile.saturating_sub(before);
            let [processor, meanwhile, then] = [processor, meanwhile, then].map(|it| it.as_secs_f64());
            let memory = memory as f64 / 1e6;
            println!("| {} | {name} | {processor:.1} | {memory:.0} | {meanwhile:.1} | {then:.1} |", thousands(*many));
        }
        println!("\n{:.0} MB of the engine's process at most\n", process::memory(portal.id()) as f64 / 1e6);
        drop(portal);
        fs::remove_dir_all(&data).unwrap();
    }
}

/// Runs a command, and returns what it took of a processor, and of memory in bytes.
async fn run(programs: &Path, words: &[&str], endpoint: &str) -> (Duration, u64) {
    let mut command = Command::new(programs.join("admin"));
    command.args(words).env("AWS_ENDPOINT_URL_DYNAMODB", endpoint).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let (mut processor, mut memory) = (Duration::ZERO, 0);
    // What it takes after the last look is missing.
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        processor = processor.max(process::processor_of_all(child.id()));
        memory = memory.max(process::memory(child.id()));
        sleep(MOMENT).await;
    };
    assert!(status.success(), "admin {words:?}: {status}");
    (processor, memory)
}

/// Waits until a process has had nothing to do for some seconds.
async fn idle(id: u32) {
    let mut quiet = 0;
    while quiet < 3 {
        let before = process::processor_of_all(id);
        sleep(Duration::from_secs(1)).await;
        quiet = if process::processor_of_all(id).saturating_sub(before) < IDLE { quiet + 1 } else { 0 };
    }
}

/// Writes an import: a company for each fifty tickets, a contact for each ten.
fn write(file: &Path, many: usize) {
    let mut file = BufWriter::new(File::create(file).unwrap());
    let mut line = |line: serde_json::Value| writeln!(file, "{line}").unwrap();
    let of_scene = scene::lines().into_iter();
    of_scene
        .filter(|it| ["settings", "teammate", "ticket_type", "ticket_state"].contains(&it["kind"].as_str().unwrap()))
        .for_each(&mut line);
    for n in 0..many.div_ceil(50) {
        line(json!({"kind": "company", "id": format!("co-{n}"), "name": format!("Company {n}")}));
    }
    for n in 0..many.div_ceil(10) {
        line(json!({"kind": "contact", "id": format!("u-{n}"), "email": format!("u-{n}@people.example"),
            "name": format!("Person {n}"), "companies": [format!("co-{}", n / 5)]}));
    }
    for n in 0..many {
        let contact = format!("u-{}", n / 10);
        let at = |minutes: usize| {
            format!("2026-{:02}-{:02}T{:02}:{minutes:02}:00Z", 1 + n % 9, 1 + n / 9 % 28, n / 252 % 24)
        };
        let part = |nth: usize| {
            let author =
                if nth.is_multiple_of(2) { json!({"contact": contact}) } else { json!({"teammate": scene::GRACE}) };
            json!({"id": format!("p-{nth}"), "type": "message", "author": author, "at": at(nth),
                "body": format!("Since the update of last week printer {} stops at every label number {}, and not only \
                    in hall {nth}. Who can have a look at it today?", n % 977, n * 7919 % 10_007)})
        };
        line(json!({"kind": "conversation", "id": format!("c-{n}"), "participants": [contact],
            "parts": (0..MESSAGES).map(part).collect::<Vec<_>>()}));
        line(json!({"kind": "ticket", "id": format!("t-{n}"), "number": n + 1, "type": "bug", "state": "doing",
            "title": format!("Printer {} stops at label {}", n % 977, n * 7919 % 10_007),
            "description": format!("What was seen in hall {} when label {n} was to be printed.", n % 13),
            "company": format!("co-{}", n / 50), "requester": contact, "conversation": format!("c-{n}"),
            "created_at": at(0), "updated_at": at(MESSAGES)}));
    }
}
