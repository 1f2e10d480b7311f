//! What `cargo run`, `admin` and the tests rely on.

// Clippy exempts test functions, not the functions they share.
#![allow(clippy::unwrap_used)]

use domain::id::TeammateId;
use engine::{Engine, EngineError};
use std::{collections::BTreeSet, net::TcpListener, path::Path};
use store::Store;
use tokio::io::AsyncWriteExt;

fn teammate(number: u32) -> TeammateId {
    TeammateId::new(format!("t-{number}")).unwrap()
}

async fn table(engine: &Engine) -> Store {
    let store = Store::at(&engine.endpoint(), "tickets");
    store.create_table().await.unwrap();
    store
}

async fn write(store: &Store, number: u32) {
    store.put_teammates(&[(teammate(number), None)]).await.unwrap();
}

async fn has(store: &Store, number: u32) -> bool {
    !store.teammate_names(&BTreeSet::from([teammate(number)])).await.unwrap().is_empty()
}

#[tokio::test]
async fn engines_in_memory_run_side_by_side_and_share_nothing() {
    let engines = [
        Engine::memory(engine::loopback(0)).await.unwrap(),
        Engine::memory(engine::loopback(0)).await.unwrap(),
        Engine::memory(engine::loopback(0)).await.unwrap(),
    ];
    write(&table(&engines[0]).await, 1).await;
    assert!(has(&table(&engines[0]).await, 1).await);
    for other in &engines[1..] {
        assert!(!has(&table(other).await, 1).await);
    }
}

#[tokio::test]
async fn data_is_there_again_after_a_shutdown() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(&dir.path().join("made/for/it"), engine::loopback(0)).await.unwrap();
    write(&table(&engine).await, 1).await;
    engine.shutdown().await;
    let engine = Engine::open(&dir.path().join("made/for/it"), engine::loopback(0)).await.unwrap();
    assert!(has(&table(&engine).await, 1).await);
}

#[tokio::test]
async fn data_that_is_open_is_refused_with_the_name_of_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    let first = Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
    let refused = Engine::open(dir.path(), engine::loopback(0)).await.unwrap_err();
    let EngineError::Locked { endpoint, .. } = &refused else { panic!("{refused}") };
    assert_eq!(*endpoint, Some(first.endpoint()));
    let text = refused.to_string();
    for word in [&dir.path().display().to_string(), &format!("process {}", std::process::id()), &first.endpoint()] {
        assert!(text.contains(word), "{text} lacks {word}");
    }
    first.shutdown().await;
    Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_refused_by_its_number_and_the_data_stays_free() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    for refused in
        [Engine::memory(engine::loopback(port)).await, Engine::open(dir.path(), engine::loopback(port)).await]
    {
        let text = refused.unwrap_err().to_string();
        assert!(text.contains(&format!("port {port}")), "{text}");
    }
    Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
}

#[tokio::test]
async fn half_a_request_does_not_hold_up_the_shutdown_for_long() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
    let mut client = tokio::net::TcpStream::connect(engine.endpoint().trim_start_matches("http://")).await.unwrap();
    client.write_all(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf").await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), engine.shutdown()).await.unwrap();
    Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tickets.sqlite");
    std::fs::write(&file, "somebody's notes ".repeat(100)).unwrap();
    let refused = Engine::open(dir.path(), engine::loopback(0)).await.unwrap_err();
    assert!(matches!(refused, EngineError::Database(_)), "{refused}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("somebody's"));
}

/// The process that is killed: this test again, told where to write by its environment.
const WRITER: &str = "ENGINE_TEST_WRITER";

#[tokio::test]
async fn every_acknowledged_write_survives_a_kill() {
    if let Some(dir) = std::env::var_os(WRITER) {
        return write_until_killed(Path::new(&dir)).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut writer = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "every_acknowledged_write_survives_a_kill", "--nocapture"])
        .env(WRITER, dir.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(writer.stdout.take().unwrap()));
    let mut acknowledged = 0;
    for line in lines.map_while(Result::ok) {
        if let Some(number) = line.strip_prefix("acknowledged ").and_then(|number| number.parse().ok()) {
            acknowledged = number;
        }
        if acknowledged == 100 {
            writer.kill().unwrap();
        }
    }
    writer.wait().unwrap();
    assert!(acknowledged >= 100);
    let engine = Engine::open(dir.path(), engine::loopback(0)).await.unwrap();
    let store = table(&engine).await;
    for number in 1..=acknowledged {
        assert!(has(&store, number).await, "write {number} of {acknowledged} is lost");
    }
}

async fn write_until_killed(dir: &Path) {
    let engine = Engine::open(dir, engine::loopback(0)).await.unwrap();
    let store = table(&engine).await;
    for number in 1.. {
        write(&store, number).await;
        println!("acknowledged {number}");
    }
}
