//! What the operator's command takes: an import of tickets with their conversations, the check, and the index of search
//! made anew. The engine is in the same process, over a file.

use crate::{process, svg::thousands};
use e2e::scene;
use serde_json::json;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// Messages of a ticket's conversation.
const MESSAGES: usize = 4;
/// How often a running command is looked at.
const MOMENT: Duration = Duration::from_millis(20);

/// Prints a table with a row for each number of tickets. `programs` has the built `admin`.
pub fn measure(programs: &Path, tickets: &[usize], folder: &Path) {
    println!("| tickets, each with {MESSAGES} messages | | processor until it answers, s | until it ends | MB |");
    println!("|---|---|---|---|---|");
    for many in tickets {
        let (file, data) = (folder.join("import.ndjson"), folder.join(format!("data-{many}")));
        write(&file, *many);
        let import = ["import", file.to_str().unwrap()];
        for (name, words) in
            [("import", &import[..]), ("the same again", &import), ("check", &["check"]), ("reindex", &["reindex"])]
        {
            let Run { answered, ended, memory } = run(programs, words, &data);
            let (answered, ended) = (answered.as_secs_f64(), ended.as_secs_f64());
            println!("| {} | {name} | {answered:.1} | {ended:.1} | {:.0} |", thousands(*many), memory as f64 / 1e6);
        }
        fs::remove_dir_all(&data).unwrap();
    }
}

/// What a command took.
struct Run {
    /// Processor time until it told what it had done.
    answered: Duration,
    /// The same with what it does then: search catches up.
    ended: Duration,
    /// At most, in bytes.
    memory: u64,
}

fn run(programs: &Path, words: &[&str], data: &Path) -> Run {
    let mut command = Command::new(programs.join("admin"));
    command.args(words).arg("--data").arg(data).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env_remove("AWS_ENDPOINT_URL_DYNAMODB");
    let mut child = command.spawn().unwrap();
    let (output, pid) = (child.stdout.take().unwrap(), child.id());
    let answered = thread::spawn(move || {
        let mut lines = BufReader::new(output).lines();
        let first = lines.next().map(|_| process::processor_of_all(pid)).unwrap_or_default();
        lines.for_each(drop);
        first
    });
    let (mut ended, mut memory) = (Duration::ZERO, 0);
    // What it takes after the last look is missing.
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        ended = ended.max(process::processor_of_all(pid));
        memory = memory.max(process::memory(pid));
        thread::sleep(MOMENT);
    };
    assert!(status.success(), "admin {words:?}: {status}");
    Run { answered: answered.join().unwrap(), ended, memory }
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
