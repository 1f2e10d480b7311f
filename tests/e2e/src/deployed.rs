//! The functions as `sam build` made them, each under AWS's Lambda Runtime Interface Emulator. With the feature
//! `built-functions` the suite runs through them instead of through the handlers in this process; `tests/sam/run` says in
//! the environment where both are.

use local::gateway::Invoke;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    env,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;
use web::Config;

/// How many environments one portal may run at the same time, over all its functions; further requests wait.
const CONCURRENCY: usize = 6;

/// Functions that run in processes of their own, with the settings of one portal. As on Lambda each process has one
/// event at a time, and is kept for the next.
#[derive(Debug)]
pub struct Deployed {
    folder: PathBuf,
    emulator: PathBuf,
    settings: Vec<(&'static str, String)>,
    idle: Mutex<HashMap<&'static str, Vec<Environment>>>,
    room: Semaphore,
    client: reqwest::Client,
}

/// What Lambda calls an execution environment.
#[derive(Debug)]
struct Environment {
    emulator: Child,
    address: String,
}

impl Drop for Environment {
    fn drop(&mut self) {
        // The function loses its Runtime API, and ends too.
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

impl Deployed {
    /// Whether the suite runs through built functions.
    #[must_use]
    pub fn is_wanted() -> bool {
        cfg!(feature = "built-functions")
    }

    /// The functions with these settings, over the table that `endpoint` serves. Keys come from the environment: those
    /// of `cargo run` are refused by a deployed function.
    ///
    /// # Panics
    /// When the environment does not say where the functions and the emulator are.
    #[must_use]
    pub fn new(config: &Config, endpoint: &str) -> Arc<Self> {
        let settings = [
            ("TABLE_NAME", config.table.clone()),
            ("PORTAL_ORIGIN", config.portal_origin.clone()),
            ("TEAMMATE_SIGN_IN_URL", config.teammate_sign_in_url.clone().unwrap_or_default()),
            ("IDENTITY_AUDIENCE", config.identity_audience.clone().unwrap_or_default()),
            ("IDENTITY_ISSUER", config.identity_issuer.clone().unwrap_or_default()),
            ("SETTINGS_SECONDS", config.settings_for.as_secs().to_string()),
            ("EXPORT_TICKETS", config.most_exported.to_string()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "none".into()),
            ("AWS_SECRET_ACCESS_KEY", "none".into()),
            ("LOG_LEVEL", "error".into()),
        ];
        let path = |name| env::var(name).unwrap_or_else(|_| panic!("{name} is not set: use tests/sam/run")).into();
        Arc::new(Self {
            folder: path("BUILT_FUNCTIONS"),
            emulator: path("LAMBDA_EMULATOR"),
            settings: settings.into(),
            idle: Mutex::default(),
            room: Semaphore::new(CONCURRENCY),
            client: reqwest::Client::new(),
        })
    }

    /// Carries out the gateway's events with these functions.
    #[must_use]
    pub fn behind_the_gateway(self: Arc<Self>) -> Invoke {
        Arc::new(move |function, event| {
            let functions = self.clone();
            Box::pin(async move { functions.invoke(function.name, &event).await })
        })
    }

    /// Hands an event to a function.
    pub async fn invoke(&self, function: &'static str, event: &Value) -> Value {
        let _room = self.room.acquire().await.unwrap();
        let idle = self.idle.lock().unwrap().get_mut(function).and_then(Vec::pop);
        let environment = match idle {
            Some(environment) => environment,
            None => self.start(function).await,
        };
        let url = format!("http://{}/2015-03-31/functions/function/invocations", environment.address);
        let answer = self.client.post(url).body(event.to_string()).send().await.unwrap().text().await.unwrap();
        self.idle.lock().unwrap().entry(function).or_default().push(environment);
        serde_json::from_str(&answer).unwrap_or_else(|_| json!({"not an answer": answer}))
    }

    async fn start(&self, function: &str) -> Environment {
        // A port that is free now may be taken by another test a moment later; then the emulator ends at once.
        for _ in 0..5 {
            let (address, runtime_api) = (free_address(), free_address());
            let mut command = Command::new(&self.emulator);
            command.args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &runtime_api]);
            command.arg(self.folder.join(resource(function)).join("bootstrap"));
            command.envs(self.settings.iter().map(|(name, value)| (*name, value)));
            let emulator = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let mut environment = Environment { emulator, address };
            if environment.answers().await {
                return environment;
            }
        }
        panic!("{function} does not start")
    }
}

impl Environment {
    async fn answers(&mut self) -> bool {
        for _ in 0..1000 {
            if self.emulator.try_wait().unwrap().is_some() {
                return false;
            }
            if tokio::net::TcpStream::connect(&self.address).await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    }
}

/// An address that nobody listens on, below the ports that the system hands out by itself.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let offset = (std::process::id() * 64 + u32::from(NEXT.fetch_add(1, Ordering::Relaxed))) % 20_000;
        let address = format!("127.0.0.1:{}", 10_000 + offset);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// The template's resource for a function; `sam build` names its folder after it.
fn resource(name: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(word).collect::<String>() + "Function"
}
