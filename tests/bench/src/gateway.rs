//! What the portal of `cargo run` answers in a second, asked on loopback by clients in this process.

use crate::process;
use reqwest::{Client, redirect};
use serde_json::Value;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// How long each figure is measured.
const PERIOD: Duration = Duration::from_secs(4);
const CLIENTS: [usize; 3] = [1, 8, 64];
const PATIENCE: Duration = Duration::from_secs(120);

/// A running portal of `cargo run`, with the engine in its process.
pub struct Portal {
    child: Child,
    origin: String,
    /// The engine's address.
    pub endpoint: String,
}

impl Portal {
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints a table. `programs` has the built `local`, which gets its demo data.
pub async fn measure(programs: &Path) {
    let portal = start(programs, &["--memory"]).await;
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let of_a_contact = first_contact(&client, &portal).await;
    let ask = |path: &str| client.get(format!("{}{path}", portal.origin)).header("cookie", &of_a_contact);
    let list = ask("/api/tickets").send().await.unwrap().error_for_status().unwrap();
    let tag = list.headers().get("etag").cloned();
    let list: Value = list.json().await.unwrap();
    let ticket = list["tickets"][0]["id"].as_str().unwrap();
    println!(
        "| requests a second (median, ms) | {} clients | {} | {} | processor, ms a request |",
        CLIENTS[0], CLIENTS[1], CLIENTS[2]
    );
    println!("|---|---|---|---|---|");
    for (name, path, tag) in [
        ("list page", "/tickets".into(), None),
        ("ticket page", format!("/tickets/{ticket}"), None),
        ("list JSON", "/api/tickets".into(), None),
        ("ticket JSON", format!("/api/tickets/{ticket}"), None),
        ("unchanged", "/api/tickets".into(), tag),
    ] {
        let request = ask(&path).header("accept-encoding", "gzip");
        let request = match tag {
            Some(tag) => request.header("if-none-match", tag),
            None => request,
        };
        let request = Arc::new(request.build().unwrap());
        let (mut cells, mut each) = (Vec::new(), f64::NAN);
        for clients in CLIENTS {
            let before = process::processor_of_all(portal.child.id());
            let times = flood(&client, &request, clients).await;
            let took = process::processor_of_all(portal.child.id()).saturating_sub(before);
            each = took.as_secs_f64() * 1000.0 / times.len() as f64;
            let median = times[times.len() / 2].as_secs_f64() * 1000.0;
            cells.push(format!("{:.0} ({median:.1})", times.len() as f64 / PERIOD.as_secs_f64()));
        }
        println!("| {name} | {} | {each:.1} |", cells.join(" | "));
    }
    println!("\n{:.0} MB at most", process::memory(portal.child.id()) as f64 / 1e6);
}

/// Starts the built `local` with these options.
pub async fn start(programs: &Path, options: &[&str]) -> Portal {
    let [port, dynamodb] = [free_port().await, free_port().await];
    let origin = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(programs.join("local"));
    command.args(options).args(["--port", &port, "--dynamodb-port", &dynamodb]);
    command.env_remove("AWS_ENDPOINT_URL_DYNAMODB").stdout(Stdio::null()).stderr(Stdio::null());
    let endpoint = format!("http://127.0.0.1:{dynamodb}");
    let portal = Portal { child: command.spawn().unwrap(), origin, endpoint };
    let began = Instant::now();
    while reqwest::get(format!("{}/sign-in", portal.origin)).await.is_err() {
        assert!(began.elapsed() < PATIENCE, "the portal does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    portal
}

async fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port().to_string()
}

/// The cookies of the first contact that the sign-in page offers.
async fn first_contact(client: &Client, portal: &Portal) -> String {
    let page = client.get(format!("{}/sign-in", portal.origin)).send().await.unwrap().text().await.unwrap();
    let link = page.split('"').find(|it| it.starts_with("/sign-in?contact=")).expect("no contact to sign in as");
    let answer = client.get(format!("{}{link}", portal.origin)).send().await.unwrap();
    e2e::cookies_of(&answer)
}

/// Has so many clients send a request again and again, and returns how long each answer took, the shortest first.
async fn flood(client: &Client, request: &Arc<reqwest::Request>, clients: usize) -> Vec<Duration> {
    let until = Instant::now() + PERIOD;
    let one = || {
        let (client, request) = (client.clone(), Arc::clone(request));
        tokio::spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < until {
                let began = Instant::now();
                let answer = client.execute(request.try_clone().unwrap()).await.unwrap();
                assert!(answer.status().is_success() || answer.status() == 304, "{}", answer.status());
                answer.bytes().await.unwrap();
                times.push(began.elapsed());
            }
            times
        })
    };
    let running: Vec<_> = (0..clients).map(|_| one()).collect();
    let mut times = Vec::new();
    for client in running {
        times.extend(client.await.unwrap());
    }
    times.sort();
    times
}
