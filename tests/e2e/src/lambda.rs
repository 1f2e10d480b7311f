//! A function's own program, started as Lambda starts it, before a Runtime API that hands it events.

use crate::scene;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path as Parameters, State},
    http::{Response, StatusCode},
    routing::{get, post},
};
use domain::id::ContactId;
use portal::Clock;
use serde_json::{Value, json};
use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};
use store::{Session, Store};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};
use web::{App, Config, session_cookie, signing::KeyRing};

/// The trace that every request is part of.
pub const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// The program of this name, which the workspace builds beside this test's own.
///
/// # Panics
/// When it has not been built.
pub fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().and_then(Path::parent).unwrap().join(name);
    assert!(program.exists(), "build the workspace first: cargo build --workspace");
    program
}

/// Where people reach the portal of a function with [`settings`].
pub const ORIGIN: &str = "https://help.example.com";

/// The settings of a function that signs and verifies everything with these keys.
pub fn settings<'a>(keys: &'a str, endpoint: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("TABLE_NAME", "tickets"),
        ("PORTAL_ORIGIN", ORIGIN),
        ("IDENTITY_KEYS", keys),
        ("SESSION_KEYS", keys),
        ("TEAMMATE_KEYS", keys),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
        // Every event meets what a test has just broken.
        ("SETTINGS_SECONDS", "0"),
    ]
}

/// What goes in place of the placeholders in the files under `events/`, signed with these keys: a contact's session and
/// identity token, and the token of Grace under this name.
pub fn tokens(keys: &str, store: &Store, contact: &str, grace: &str) -> [(&'static str, String); 3] {
    let ring = KeyRing::from_json(keys).unwrap();
    let now = Clock::System.now().seconds();
    let token = |claims: Value| {
        let mut all = json!({"iat": now, "exp": now + 3600});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        ring.sign(&all).unwrap()
    };
    let mut config = Config::on_this_machine("tickets".into(), ORIGIN.into()).unwrap();
    config.session_keys = ring.clone();
    let app = App::new(store.clone(), config, Clock::System);
    let session =
        session_cookie::make(&app, &ContactId::new(contact).unwrap(), &Session { id: "s-1".into(), epoch: 0 }).unwrap();
    [
        ("SESSION-TOKEN-GOES-HERE", session.split(['=', ';']).nth(1).unwrap().to_owned()),
        ("IDENTITY-TOKEN-GOES-HERE", token(json!({"user_id": contact}))),
        ("TEAMMATE-TOKEN-GOES-HERE", token(json!({"sub": scene::GRACE, "aud": "helpdesk", "name": grace}))),
    ]
}

/// A running function.
#[derive(Debug)]
pub struct Lambda {
    child: Child,
    events: mpsc::Sender<Event>,
    output: Vec<JoinHandle<String>>,
}

type Event = (Value, oneshot::Sender<Value>);

struct RuntimeApi {
    events: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    /// Who waits for the answer that is being worked on.
    waiting: Mutex<Option<oneshot::Sender<Value>>>,
}

impl Lambda {
    /// Starts a function with these settings. It logs everything that it can log.
    pub async fn start(function: &str, settings: &[(&str, &str)]) -> Self {
        let (events, receiver) = mpsc::channel(1);
        let api = Arc::new(RuntimeApi { events: tokio::sync::Mutex::new(receiver), waiting: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{what}", post(answered))
            .with_state(api);
        tokio::spawn(async move { axum::serve(listener, router).await });

        let mut child = Command::new(program(function))
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", &format!("stack-{function}-1")),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("AWS_LAMBDA_LOG_GROUP_NAME", "logs"),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "log"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", "planted-key-id"),
                ("AWS_SECRET_ACCESS_KEY", "planted-secret"),
                ("AWS_SESSION_TOKEN", "planted-session"),
                ("LOG_LEVEL", "TRACE"),
            ])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let output = vec![thread::spawn(|| all_of(stdout)), thread::spawn(|| all_of(stderr))];
        Self { child, events, output }
    }

    /// What the function answers.
    pub async fn invoke(&self, event: Value) -> Value {
        let (sender, answer) = oneshot::channel();
        self.events.send((event, sender)).await.unwrap();
        answer.await.unwrap()
    }

    /// Ends it, and tells what it wrote on standard output and standard error.
    pub fn stop(mut self) -> [String; 2] {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let output: Vec<_> = self.output.drain(..).map(|it| it.join().unwrap()).collect();
        output.try_into().unwrap()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn all_of(mut pipe: impl Read) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).unwrap();
    text
}

async fn next(State(api): State<Arc<RuntimeApi>>) -> Response<Body> {
    let Some((event, sender)) = api.events.lock().await.recv().await else {
        return Response::builder().status(StatusCode::GONE).body(Body::empty()).unwrap();
    };
    *api.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
    Response::builder()
        .header("lambda-runtime-aws-request-id", "invocation-1")
        .header("lambda-runtime-deadline-ms", "4102444800000")
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:f")
        .header("lambda-runtime-trace-id", TRACE)
        .header("content-type", "application/json")
        .body(Body::from(event.to_string()))
        .unwrap()
}

async fn answered(
    State(api): State<Arc<RuntimeApi>>,
    Parameters((_, what)): Parameters<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let sender = api.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    let answer = if what == "response" { serde_json::from_slice(&body).unwrap() } else { Value::Null };
    let _ = sender.map(|it| it.send(answer));
    StatusCode::ACCEPTED
}
