//! A function's program under a Runtime API that measures it. An invocation lasts from one question for the next event to
//! the one after it, so that what a function does after its answer counts too.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path as Parameters, State},
    http::{Response, StatusCode},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
    task::JoinHandle,
    time::timeout,
};

/// How long anything may take. Under valgrind, on a busy machine, a start takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running program.
#[derive(Debug)]
pub struct Process {
    child: Child,
    events: Option<mpsc::Sender<String>>,
    polls: mpsc::Receiver<Poll>,
    answers: mpsc::Receiver<(Instant, Bytes)>,
    last: Duration,
    server: JoinHandle<()>,
    /// From the start to the first question for an event, by the clock.
    pub start: Duration,
    /// Processor time until then.
    pub start_processor: Duration,
}

/// What became of an event.
#[derive(Debug)]
pub struct Answer {
    pub answer: Value,
    /// As the client gets it.
    pub body: Vec<u8>,
    pub processor: Duration,
    pub wall: Duration,
}

#[derive(Debug)]
struct Poll {
    at: Instant,
    processor: Duration,
}

struct Api {
    pid: OnceLock<u32>,
    events: Mutex<mpsc::Receiver<String>>,
    polls: mpsc::Sender<Poll>,
    answers: mpsc::Sender<(Instant, Bytes)>,
}

impl Process {
    /// Starts a command with this environment alone and waits until it asks for an event.
    pub async fn start(mut command: Command, environment: &[(String, String)]) -> Self {
        let (events, receiver) = mpsc::channel(1);
        let (polling, mut polls) = mpsc::channel(4);
        let (answering, answers) = mpsc::channel(4);
        let api =
            Arc::new(Api { pid: OnceLock::new(), events: Mutex::new(receiver), polls: polling, answers: answering });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{what}", post(answered))
            .with_state(Arc::clone(&api));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let began = Instant::now();
        let child = command
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("AWS_LAMBDA_LOG_GROUP_NAME", "logs"),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "log"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", "key"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                ("AWS_SESSION_TOKEN", "session"),
                ("PATH", "/usr/bin:/bin"),
            ])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        api.pid.set(child.id()).unwrap();
        let first = timeout(PATIENCE, polls.recv()).await.expect("the program does not ask for an event").unwrap();
        Self {
            child,
            events: Some(events),
            polls,
            answers,
            last: first.processor,
            server,
            start: first.at - began,
            start_processor: first.processor,
        }
    }

    /// Hands over an event and waits until the program asks for the next one.
    pub async fn invoke(&mut self, event: &Value) -> Answer {
        let text = event.to_string();
        let began = Instant::now();
        self.events.as_ref().unwrap().send(text).await.unwrap();
        let answered = timeout(PATIENCE, self.answers.recv()).await.expect("the program does not answer");
        let (at, bytes) = answered.unwrap();
        let poll = timeout(PATIENCE, self.polls.recv()).await.expect("the program does not go on").unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        let text = answer["body"].as_str().unwrap_or_default();
        let body =
            if answer["isBase64Encoded"] == true { STANDARD.decode(text).unwrap() } else { text.as_bytes().to_vec() };
        let processor = poll.processor.saturating_sub(self.last);
        self.last = poll.processor;
        Answer { answer, body, processor, wall: at - began }
    }

    /// Processor time since the start.
    pub const fn processor(&self) -> Duration {
        self.last
    }

    /// The most memory that it has used, in bytes.
    pub fn memory(&self) -> u64 {
        memory(self.child.id())
    }

    /// Tells it that there will be no more events, and waits until it ends by itself.
    pub async fn end(mut self) {
        self.events = None;
        let began = Instant::now();
        while self.child.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.server.abort();
    }
}

async fn next(State(api): State<Arc<Api>>) -> Response<Body> {
    let at = Instant::now();
    let poll = Poll { at, processor: processor(*api.pid.wait()) };
    let _ = api.polls.send(poll).await;
    let Some(event) = api.events.lock().await.recv().await else {
        return Response::builder().status(StatusCode::GONE).body(Body::empty()).unwrap();
    };
    Response::builder()
        .header("lambda-runtime-aws-request-id", "invocation-1")
        .header("lambda-runtime-deadline-ms", "4102444800000")
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:f")
        .header("content-type", "application/json")
        .body(Body::from(event))
        .unwrap()
}

async fn answered(
    State(api): State<Arc<Api>>,
    Parameters((_, what)): Parameters<(String, String)>,
    body: Bytes,
) -> StatusCode {
    assert_eq!(what, "response", "the program failed: {}", String::from_utf8_lossy(&body));
    let _ = api.answers.send((Instant::now(), body)).await;
    StatusCode::ACCEPTED
}

/// The most memory that a process has used, in bytes.
pub fn memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse().ok()).map_or(0, |kilobytes: u64| kilobytes * 1024)
}

/// Processor time of a process with that of threads that have ended, in steps of ten milliseconds.
pub fn processor_of_all(pid: u32) -> Duration {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Behind the name, which can have spaces: times of the program and of the system for it are the 12th and 13th.
    let fields = line.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Processor time of a process in nanoseconds, over its threads. Threads that have ended are not in it; a function's
/// stay.
fn processor(pid: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let of = |thread: &Path| -> u64 {
        let line = fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
        line.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(0)
    };
    Duration::from_nanos(threads.map(|it| of(&it.path())).sum())
}
