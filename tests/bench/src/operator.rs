//! What the operator's command takes: an import of tickets with their conversations, the check, and the index of search
//! made anew. The engine is in the same process, over a file.

use crate::{process, svg::thousands};
use e2e::scene;
use serde_json::json;
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Messages of a ticket's conversation.
const MESSAGES: usize = 4;
/// How often a running command is looked at.
const MOMENT: Duration = Duration::from_millis(20);

/// Prints a table with a row for each number of tickets. `programs` has the built `admin`.
pub fn measure(programs: &Path, tickets: &[usize], folder: &Path) {
    println!("| tickets, each with {MESSAGES} messages | | processor, s | wall, s | MB |\n|---|---|---|---|---|");
    for many in tickets {
        let (file, data) = (folder.join("import.ndjson"), folder.join(format!("data-{many}")));
        write(&file, *many);
        let import = ["import", file.to_str().unwrap()];
        for (name, words) in
            [("import", &import[..]), ("the same again", &import), ("check", &["check"]), ("reindex", &["reindex"])]
        {
            let Run { processor, wall, memory } = run(programs, words, &data);
            let (processor, wall) = (processor.as_secs_f64(), wall.as_secs_f64());
            println!("| {} | {name} | {processor:.1} | {wall:.1} | {:.0} |", thousands(*many), memory as f64 / 1e6);
        }
        fs::remove_dir_all(&data).unwrap();
    }
}

/// What a command took.
struct Run {
    processor: Duration,
    wall: Duration,
    /// At most, in bytes.
    memory: u64,
}

fn run(programs: &Path, words: &[&str], data: &Path) -> Run {
    let mut command = Command::new(programs.join("admin"));
    command.args(words).arg("--data").arg(data).stdout(Stdio::null()).stderr(Stdio::null());
    command.env_remove("AWS_ENDPOINT_URL_DYNAMODB");
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut processor, mut memory) = (Duration::ZERO, 0);
    // What it takes after the last look is missing.
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        processor = processor.max(process::processor_of_all(child.id()));
        memory = memory.max(process::memory(child.id()));
        thread::sleep(MOMENT);
    };
    let run = Run { processor, wall: began.elapsed(), memory };
    assert!(status.success(), "admin {words:?}: {status}");
    run
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
            let author = if nth % 2 == 0 { json!({"contact": contact}) } else { json!({"teammate": scene::GRACE}) };
            json!({"id": format!("p-{nth}"), "type": "message", "author": author, "at": at(nth),
                "body": format!("Since the update of last week printer {} stops at every label number {}, and not only in \
                    hall {nth}. Who can have a look at it today?", n % 977, n * 7919 % 10_007)})
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
