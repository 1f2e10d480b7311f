//! Which table the command works on.

use domain::id::TicketId;
use engine::{Engine, EngineError};
use portal::Clock;
use std::{path::PathBuf, time::Duration};
use store::{Store, StoreError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Where `cargo run` serves its data, unless told otherwise.
const USUAL: &str = "http://127.0.0.1:8000";

/// How often, and how long apart, it is looked whether search has something: for three seconds.
const LOOKS: usize = 30;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// What the operator chose.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The table's name.
    pub table: String,
    /// The data directory of this machine's engine.
    pub data: Option<PathBuf>,
    /// Whether to work on AWS, with the usual credentials.
    pub aws: bool,
}

/// A table that can be worked on.
#[derive(Debug)]
pub struct Target {
    pub store: Store,
    /// Whether the table is this machine's own, which is made when it is not there.
    pub local: bool,
    /// Where it is, for messages.
    pub place: String,
    engine: Option<Engine>,
}

impl Target {
    /// Finds the table: at `AWS_ENDPOINT_URL_DYNAMODB`, else on AWS if that was asked for, else on this machine, where
    /// an engine that runs already is used rather than its data taken from under it.
    ///
    /// # Errors
    /// [`EngineError`] when this machine's data cannot be opened.
    pub async fn find(choice: Choice) -> Result<Self, EngineError> {
        let target = Self::locate(choice).await?;
        Ok(Self { store: target.store.patient(), ..target })
    }

    async fn locate(choice: Choice) -> Result<Self, EngineError> {
        let Choice { table, data, aws } = choice;
        if let Some(endpoint) = std::env::var("AWS_ENDPOINT_URL_DYNAMODB").ok().filter(|it| !it.is_empty()) {
            let store = Store::at_endpoint(&endpoint, &table).await;
            return Ok(Self { store, local: false, place: endpoint, engine: None });
        }
        if aws {
            return Ok(Self { store: Store::connect(&table).await, local: false, place: "AWS".into(), engine: None });
        }
        if data.is_none() && answers(USUAL).await {
            return Ok(Self::running(USUAL, &table));
        }
        let dir = data.unwrap_or_else(engine::default_data_dir);
        match Engine::open(&dir, engine::loopback(0)).await {
            Ok(engine) => {
                let store = Store::at(&engine.endpoint(), table);
                Ok(Self { store, local: true, place: format!("the data in {}", dir.display()), engine: Some(engine) })
            }
            Err(EngineError::Locked { endpoint: Some(endpoint), .. }) if answers(&endpoint).await => {
                Ok(Self::running(&endpoint, &table))
            }
            Err(error) => Err(error),
        }
    }

    fn running(endpoint: &str, table: &str) -> Self {
        let place = format!("the engine that runs at {endpoint}");
        Self { store: Store::at(endpoint, table), local: true, place, engine: None }
    }

    /// Indexes what the command has written, where nobody else does: in this machine's engine, if it was started for the
    /// command. Elsewhere whoever runs the portal reads the table's stream.
    pub async fn feed(&self, table: &str) {
        if let Some(engine) = &self.engine {
            let read =
                async |event| web::stream::answer(search_index::READER, &self.store, &Clock::System, "", &event).await;
            engine.stream(table).drain(read).await;
        }
    }

    /// Whether search has a ticket that has just been written, waiting a moment for whoever reads the table's stream. What
    /// this command indexes itself counts as indexed.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn finds(&self, ticket: &TicketId) -> Result<bool, StoreError> {
        if self.engine.is_some() {
            return Ok(true);
        }
        for _ in 0..LOOKS {
            if self.store.is_indexed(ticket).await? {
                return Ok(true);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(false)
    }

    /// Closes this machine's engine, if it was started for the command.
    pub async fn close(self) {
        if let Some(engine) = self.engine {
            engine.shutdown().await;
        }
    }
}

/// Whether a DynamoDB engine, rather than any other program, answers there.
async fn answers(endpoint: &str) -> bool {
    let address = endpoint.trim_start_matches("http://");
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).contains("healthy: dynamodb"))
    };
    timeout(Duration::from_secs(1), ask).await.is_ok_and(|answer| answer.unwrap_or(false))
}
