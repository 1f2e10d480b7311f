//! The thread that serves.

use crate::EngineError;
use dynoxide::Database;
use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    thread,
    time::Duration,
};
use tokio::{runtime, sync::oneshot};

/// How long requests under way may still take when the engine stops. A client that has sent half a request would never
/// finish.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes a port; 0 is any free one.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, EngineError> {
    let listener = TcpListener::bind(address).map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => EngineError::PortInUse(address),
        _ => EngineError::Port { address, source },
    })?;
    listener.set_nonblocking(true).map_err(|source| EngineError::Port { address, source })?;
    Ok(listener)
}

pub(crate) struct Server {
    database: Database,
    /// When dropped, it stops the server too.
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

impl Server {
    /// Opens the data and serves it until stopped. `held` is released after the data is closed.
    pub(crate) async fn start<H: Send + 'static>(
        listener: TcpListener,
        open: impl FnOnce() -> dynoxide::Result<Database> + Send + 'static,
        held: H,
    ) -> Result<Self, EngineError> {
        let (stop, asked) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let serve = move || {
            let database = open().map_err(|error| EngineError::Database(error.to_string()));
            // Two workers: one reads and writes JSON while the other has SQLite.
            let threads =
                runtime::Builder::new_multi_thread().worker_threads(2).thread_name("engine").enable_all().build();
            let (database, runtime) = match (database, threads) {
                (Ok(database), Ok(runtime)) => (database, runtime),
                (Err(error), _) => return drop(ready.send(Err(error))),
                (_, Err(error)) => return drop(ready.send(Err(EngineError::Start(error)))),
            };
            runtime.block_on(serve_until(asked, listener, database, ready));
            // Connections that are still open hold the data; they end with the runtime.
            runtime.shutdown_timeout(PATIENCE);
            drop(held);
            let _ = done.send(());
        };
        thread::Builder::new().name("engine".into()).spawn(serve).map_err(EngineError::Start)?;
        let gone = |_| Err(EngineError::Start(ErrorKind::BrokenPipe.into()));
        let database = started.await.unwrap_or_else(gone)?;
        Ok(Self { database, stop, stopped })
    }

    pub(crate) fn database(&self) -> Database {
        self.database.clone()
    }

    pub(crate) async fn stop(self) {
        drop(self.database);
        drop(self.stop);
        // An error means that the thread is gone already.
        let _ = self.stopped.await;
    }
}

async fn serve_until(
    asked: oneshot::Receiver<()>,
    listener: TcpListener,
    database: Database,
    ready: oneshot::Sender<Result<Database, EngineError>>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return drop(ready.send(Err(EngineError::Start(error)))),
    };
    drop(ready.send(Ok(database.clone())));
    let (stopping, patience_starts) = oneshot::channel::<()>();
    let server = dynoxide::server::serve_with_shutdown(listener, database, async {
        let _ = asked.await;
        drop(stopping);
    });
    let impatient = async {
        let _ = patience_starts.await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        _ = server => {}
        () = impatient => {}
    }
}
