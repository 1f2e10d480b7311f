//! The data directory, and the lock that says who has it open.

use crate::EngineError;
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Where the data of `cargo run` is, unless said otherwise: a folder in the user's data directory.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    directories::ProjectDirs::from("", "", "tickets-portal")
        .map_or_else(|| PathBuf::from(".tickets-portal"), |dirs| dirs.data_dir().to_owned())
}

/// The exclusive right to a data directory, which the system takes back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
}

/// Locks the directory, which is created when it is not there.
pub(crate) fn lock(dir: &Path) -> Result<Lock, EngineError> {
    make(dir).map_err(|source| EngineError::Directory { path: dir.to_owned(), source })?;
    let path = dir.join("lock");
    let refused = |source| EngineError::Directory { path: path.clone(), source };
    // Not truncated before the lock is ours: it holds the name of whoever has it.
    let file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { file, path }),
        Err(TryLockError::WouldBlock) => Err(locked(dir, &path)),
        Err(TryLockError::Error(source)) => Err(refused(source)),
    }
}

/// Readable by its owner alone: customers' tickets are nobody else's business on a shared machine.
fn make(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// What stands between the holder's name and its endpoint.
const SERVING: &str = ", which serves it at ";

fn locked(dir: &Path, path: &Path) -> EngineError {
    let line = fs::read_to_string(path).unwrap_or_default();
    let line = line.trim();
    let holder = if line.is_empty() { "another process".into() } else { line.into() };
    let endpoint = line.split_once(SERVING).map(|(_, endpoint)| endpoint.to_owned());
    EngineError::Locked { dir: dir.to_owned(), holder, endpoint }
}

impl Lock {
    /// Writes into the lock who holds it, for the error that the next process to ask gets.
    pub(crate) fn signed(mut self, address: SocketAddr) -> Result<Self, EngineError> {
        let line = format!("process {}{SERVING}http://{address}\n", std::process::id());
        let written = self.file.set_len(0).and_then(|()| self.file.write_all(line.as_bytes()));
        written.map_err(|source| EngineError::Directory { path: self.path.clone(), source })?;
        Ok(self)
    }
}
