//! The DynamoDB-compatible engine that runs inside `cargo run`, `admin` and the tests, served on loopback.
//!
//! Each engine has a thread and a runtime of its own: the engine answers by blocking on SQLite, which must not hold up
//! the functions beside it, and when its runtime is gone so is every handle to the data. SQLite runs in WAL mode with
//! `synchronous = NORMAL`: a write that was answered is in the system's hands, so it survives `kill -9`. When the power
//! fails, the last moments before it may be lost, and nothing else.

mod data;
mod follow;
mod serve;
mod stream;

pub use data::default_data_dir;
pub use dynoxide::{AttributeValue, Item};
pub use stream::Stream;

use dynoxide::{Database, ImportOptions};
use serve::Server;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another engine has the data open: in another process, or in this one.
    #[error("the data in {} is in use by {holder}", dir.display())]
    Locked {
        /// The data directory.
        dir: PathBuf,
        /// What the other engine says of itself.
        holder: String,
        /// Where the other engine serves the data.
        endpoint: Option<String>,
    },
    /// Something listens on the port already.
    #[error("port {} of {} is in use by another program", .0.port(), .0.ip())]
    PortInUse(SocketAddr),
    /// The port cannot be listened on for another reason.
    #[error("cannot listen on port {} of {}: {source}", address.port(), address.ip())]
    Port { address: SocketAddr, source: io::Error },
    /// The data directory cannot be created, or its lock cannot be written.
    #[error("cannot use {}: {source}", path.display())]
    Directory {
        /// The directory, or a file in it.
        path: PathBuf,
        source: io::Error,
    },
    /// The data cannot be opened.
    #[error("cannot open the data: {0}")]
    Database(String),
    /// No thread or runtime can be started.
    #[error("cannot start the engine: {0}")]
    Start(io::Error),
}

/// Returns an address that only this machine reaches. Port 0 is any free port.
#[must_use]
pub const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Puts many items into an engine at once, without requests: for tests with more items than requests could load in
/// reasonable time.
#[derive(Clone)]
pub struct Loader(Database);

impl std::fmt::Debug for Loader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loader")
    }
}

impl Loader {
    /// Puts items into a table, with their places in its indexes. Blocks.
    ///
    /// # Errors
    /// [`EngineError::Database`] when the table does not take them; then none of them is in it.
    pub fn load(&self, table: &str, items: Vec<Item>) -> Result<(), EngineError> {
        let loaded = self.0.import_items(table, items, ImportOptions::default());
        loaded.map(drop).map_err(|error| EngineError::Database(error.to_string()))
    }
}

/// A running engine. When dropped, it stops soon after; [`Engine::shutdown`] waits until it has.
#[derive(Debug)]
pub struct Engine {
    address: SocketAddr,
    server: Server,
    /// Where SQLite has the data.
    file: String,
}

impl Engine {
    /// Starts an engine that keeps its data in memory and answers at an address, to whoever reaches that.
    ///
    /// # Errors
    /// [`EngineError`] when the port cannot be used.
    pub async fn memory(address: SocketAddr) -> Result<Self, EngineError> {
        Ok(Self::memory_with_loader(address).await?.0)
    }

    /// The same, with a [`Loader`] to fill it.
    ///
    /// # Errors
    /// [`EngineError`] when the port cannot be used.
    pub async fn memory_with_loader(address: SocketAddr) -> Result<(Self, Loader), EngineError> {
        let listener = serve::bind(address)?;
        let file = stream::in_memory();
        let database = Database::new(&file).map_err(|error| EngineError::Database(error.to_string()))?;
        let loader = Loader(database.clone());
        Ok((Self::start(listener, file, || Ok(database), ()).await?, loader))
    }

    /// Starts an engine over `DIR/tickets.sqlite`, which no other engine may have open.
    ///
    /// # Errors
    /// [`EngineError`] when somebody else has the data or the port, or the data cannot be opened.
    pub async fn open(dir: &Path, address: SocketAddr) -> Result<Self, EngineError> {
        let lock = data::lock(dir)?;
        let listener = serve::bind(address)?;
        let address = listener.local_addr().map_err(|source| EngineError::Port { address, source })?;
        let lock = lock.signed(address)?;
        let file = dir.join("tickets.sqlite").to_string_lossy().into_owned();
        let path = file.clone();
        let open = move || {
            let database = Database::new(&path)?;
            // The engine's "normal" is `synchronous = NORMAL`; it opens with `FULL`, which waits for the disk with
            // every write and makes an import several times slower.
            database.disable_bulk_loading()?;
            Ok(database)
        };
        Self::start(listener, file, open, lock).await
    }

    async fn start(
        listener: std::net::TcpListener,
        file: String,
        open: impl FnOnce() -> dynoxide::Result<Database> + Send + 'static,
        held: impl Send + 'static,
    ) -> Result<Self, EngineError> {
        let address = listener.local_addr().map_err(EngineError::Start)?;
        let indexed = file.clone();
        let open = move || {
            let database = open()?;
            stream::index(&indexed).map_err(|error| dynoxide::DynoxideError::InternalServerError(error.to_string()))?;
            Ok(database)
        };
        let server = Server::start(listener, open, held).await?;
        Ok(Self { address, server, file })
    }

    /// Where it answers, such as `http://127.0.0.1:8000`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The stream of a table. It must be gone before the engine is shut down.
    #[must_use]
    pub fn stream(&self, table: &str) -> Stream {
        Stream::of(self.server.database(), table, self.file.clone())
    }

    /// Lets requests under way finish, for two seconds at most, closes the data and gives up its lock.
    pub async fn shutdown(self) {
        self.server.stop().await;
    }
}
