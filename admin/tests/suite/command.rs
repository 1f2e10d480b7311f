//! The command as operators run it.

use crate::world::{Items, lines, ticket};
use engine::Engine;
use serde_json::json;
use std::{
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};
use witness::Dynamo;

/// The command, without the environment variables of the test.
fn admin(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_admin"));
    for name in ["TABLE_NAME", "AWS_ENDPOINT_URL_DYNAMODB", "IDENTITY_KEYS", "TEAMMATE_KEYS"] {
        command.env_remove(name);
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// Exit code, standard output, standard error.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn file(dir: &Path, lines: &[serde_json::Value]) -> String {
    let path = dir.join("file.ndjson");
    std::fs::write(&path, crate::world::text(lines)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_import_tells_what_it_did() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), file(dir.path(), &lines()));
    let data = data.to_str().unwrap();
    let (code, out, err) = run(&mut admin(&["import", &file, "--data", data]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(err, format!("Table tickets-portal in the data in {data}\n"), "nothing else where nobody looks");
    assert!(out.lines().any(|line| line.split_whitespace().eq(["ticket", "5", "0", "0", "0", "0"])), "{out}");
    let (code, out, _) = run(&mut admin(&["check", "--data", data]));
    assert_eq!(code, 0, "{out}");
    assert!(out.ends_with("5 tickets, 2 companies: 0 findings\n"), "{out}");
    let (_, out, _) = run(&mut admin(&["table", "create", "--data", data]));
    assert_eq!(out, "The table is there already\n");
}

#[test]
fn refused_lines_are_told_and_the_exit_code_is_1() {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = lines();
    lines.push(ticket("x", "nope", None, "ada"));
    let file = file(dir.path(), &lines);
    let data = dir.path().join("data");
    let arguments = ["import", &file, "--data", data.to_str().unwrap()];
    for (more, verb) in [(Some("--dry-run"), "Nothing was written"), (None, "created")] {
        let (code, out, err) = run(admin(&arguments).args(more));
        assert_eq!(code, 1);
        assert!(err.contains(&format!("line {}: ticket type nope is not known\n", lines.len())), "{err}");
        assert!(out.contains(verb), "{out}");
    }
}

#[test]
fn what_cannot_be_done_is_an_error_of_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    for arguments in [
        &["import", "no/such.ndjson", "--data", data][..],
        &["import", "--data", data],
        &["token"],
        &["token", "--contact", "a", "--teammate", "b"],
        &["token", "--contact", "a", "--ttl", "soon"],
        &["check", "--data", data, "--aws"],
    ] {
        let (code, out, err) = run(&mut admin(arguments));
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains("error: "), "{err}");
    }
}

#[tokio::test]
async fn an_endpoint_of_the_environment_is_used_and_its_table_is_not_made_unasked() {
    let engine = Dynamo::start().await;
    let there = |args: &[&str]| {
        let mut command = admin(args);
        command.env("AWS_ENDPOINT_URL_DYNAMODB", engine.endpoint()).env("TABLE_NAME", "other");
        run(&mut command)
    };
    let (code, _, err) = there(&["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("there is no table other; `admin table create` makes it"), "{err}");
    for _ in 0..2 {
        let (_, out, _) = there(&["table", "create", "--dry-run"]);
        assert_eq!(out, "There is no such table. It would be created\n");
    }
    assert_eq!(there(&["table", "create"]).1, "Created the table\n");
    assert_eq!(there(&["table", "create", "--dry-run"]).1, "The table is there already\n");
    let (code, out, _) = there(&["reindex", "--dry-run"]);
    let nothing = "0 tickets and 0 conversations written, 0 stray items removed";
    assert_eq!((code, out), (0, format!("Nothing was written. It would be:\n{nothing}\n")));
    let (code, out, err) = there(&["check"]);
    assert_eq!((code, out.as_str()), (0, "0 items, 0 tickets, 0 companies: 0 findings\n"));
    assert_eq!(err, format!("Table other in {}\n", engine.endpoint()));
}

#[tokio::test]
async fn data_that_another_process_serves_is_used_through_it() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
    let (code, _, err) = run(&mut admin(&["check", "--data", dir.path().to_str().unwrap()]));
    assert_eq!(code, 0);
    assert_eq!(err, format!("Table tickets-portal in the engine that runs at {}\n", engine.endpoint()));
}

#[test]
fn data_that_is_held_and_not_served_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(dir.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, err) = run(&mut admin(&["check", "--data", dir.path().to_str().unwrap()]));
    assert_eq!(code, 2);
    assert!(err.contains("is in use by another process"), "{err}");
}

#[test]
fn a_token_is_one_line_and_needs_no_table() {
    let (code, out, err) = run(&mut admin(&["token", "--contact", "ada", "--ttl", "30m"]));
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out.trim_end().split('.').count(), 3);
    let (code, _, err) = run(admin(&["token", "--teammate", "t"]).env("TEAMMATE_KEYS", "[]"));
    assert_eq!((code, err.as_str()), (2, "error: TEAMMATE_KEYS: no key in the array\n"));
}

#[test]
fn new_keys_are_one_line_with_which_a_token_can_be_signed() {
    let (code, keys, err) = run(&mut admin(&["keys"]));
    assert_eq!((code, err.as_str(), keys.lines().count()), (0, "", 1));
    let (code, token, err) = run(admin(&["token", "--teammate", "t"]).env("TEAMMATE_KEYS", keys.trim_end()));
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(token.trim_end().split('.').count(), 3);
    assert_ne!(run(&mut admin(&["keys"])).1, keys);
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_nothing_half_done_and_is_completed_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = lines();
    for n in 0..1000 {
        let (conversation, participants) = (format!("m-{n}"), ["ada", "bob"]);
        let mut line = ticket(&conversation, "bug", ["acme", "beta"].get(n % 3).copied(), "ada");
        line["conversation"] = conversation.clone().into();
        lines.push(line);
        lines.push(json!({"kind": "conversation", "id": conversation, "participants": participants}));
    }
    let file = file(dir.path(), &lines);
    let data = dir.path().join("data");
    let arguments = ["import", &file, "--data", data.to_str().unwrap()];
    let mut kills = 0;
    for patience in [600, 1200, 2400] {
        let mut import = admin(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(patience));
        kills += usize::from(import.try_wait().unwrap().is_none());
        import.kill().unwrap();
        import.wait().unwrap();
        let (code, out, err) = run(&mut admin(&["check", "--data", data.to_str().unwrap()]));
        assert_eq!(code, 0, "{out}{err}");
    }
    assert!(kills > 0);
    let (code, _, err) = run(&mut admin(&arguments));
    assert_eq!(code, 0, "{err}");
    let engine = Engine::open(&data, engine::loopback(0)).await.unwrap();
    let items = Items::at(&engine.endpoint(), "tickets-portal");
    let bodies = items.dump().await.into_keys().filter(|key| key.starts_with("TICKET#") && key.ends_with(" BODY"));
    assert_eq!(bodies.count(), 1005);
    engine.shutdown().await;
    let (_, out, _) = run(&mut admin(&arguments));
    assert!(out.lines().any(|line| line.split_whitespace().eq(["ticket", "0", "0", "1005", "0", "0"])), "{out}");
}

#[test]
fn an_erasure_prints_a_receipt_without_the_name() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), file(dir.path(), &lines()));
    let data = data.to_str().unwrap();
    run(&mut admin(&["import", &file, "--data", data]));
    for (more, tickets) in [(Some("--dry-run"), 2), (None, 2), (None, 0)] {
        let (code, out, err) = run(admin(&["erase", "--contact", "ada", "--data", data]).args(more));
        assert_eq!(code, 0, "{err}");
        let receipt: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&receipt["contact"], &receipt["dry_run"]), (&json!("ada"), &json!(more.is_some())));
        assert_eq!((&receipt["removed"]["tickets"], &receipt["left"]), (&json!(tickets), &json!([])), "{out}");
        assert!(!out.contains("Ada") && !out.contains('@'), "{out}");
    }
    let (code, out, err) = run(&mut admin(&["erase", "--contact", "nobody", "--data", data]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("there is no contact nobody"), "{err}");
}

#[tokio::test]
async fn a_conversation_of_three_thousand_is_imported_with_its_ticket() {
    const PEOPLE: usize = 3000;
    let engine = Dynamo::start().await;
    let there = |args: &[&str]| {
        let mut command = admin(args);
        command.env("AWS_ENDPOINT_URL_DYNAMODB", engine.endpoint()).env("TABLE_NAME", "tickets");
        run(&mut command)
    };
    let dir = tempfile::tempdir().unwrap();
    let who = |n: usize| format!("p-{n:04}");
    let mut lines = lines();
    lines.extend((0..PEOPLE).map(|n| json!({"kind": "contact", "id": who(n), "companies": ["acme"]})));
    let everybody: Vec<_> = (0..PEOPLE).map(who).collect();
    lines.push(json!({"kind": "conversation", "id": "c-crowd", "participants": everybody, "parts": []}));
    let mut crowd = ticket("tk-crowd", "bug", Some("acme"), "ada");
    crowd["conversation"] = json!("c-crowd");
    lines.push(crowd);
    let file = file(dir.path(), &lines);
    assert_eq!(there(&["table", "create"]).0, 0);
    let (code, out, err) = there(&["import", &file]);
    assert_eq!(code, 0, "{out}{err}");
    let items = Items::at(&engine.endpoint(), "tickets");
    let spaces = async || items.dump().await.into_keys().filter(|key| key.ends_with(" SPACE#tk-crowd#")).count();
    assert_eq!(spaces().await, PEOPLE + 1, "and Ada's, whose ticket it is");
    engine.feed(&engine.store()).await;
    let (code, out, _) = there(&["check"]);
    assert!(code == 0 && out.ends_with(": 0 findings\n"), "{out}");
}
