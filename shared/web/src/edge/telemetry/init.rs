//! How long a process took to start, phase by phase.

use super::record::millis;
use serde::Serialize;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Measures the phases of a start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Init {
    began: Instant,
    config: Duration,
    connect: Duration,
    warm_up: Duration,
}

impl Init {
    pub(crate) fn begin() -> Self {
        Self { began: Instant::now(), config: Duration::ZERO, connect: Duration::ZERO, warm_up: Duration::ZERO }
    }

    pub(crate) fn configured(&mut self) {
        self.config = self.began.elapsed();
    }

    pub(crate) fn connected(&mut self) {
        self.connect = self.began.elapsed() - self.config;
    }

    /// Ends the last phase. The line of the first request will report the times.
    pub(crate) fn done(mut self) {
        self.warm_up = self.began.elapsed() - self.config - self.connect;
        *INIT.lock().unwrap_or_else(PoisonError::into_inner) = Some(self);
    }
}

/// Set until the process has answered its first request. The local gateway never sets it.
static INIT: Mutex<Option<Init>> = Mutex::new(None);

/// Returns the times for the first answer of this process, and `None` for all others.
pub(super) fn take() -> Option<Init> {
    INIT.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// What the first line of a process reports about its start.
#[derive(Debug, Serialize)]
pub(super) struct Started {
    init_ms: f64,
    init: Phases,
}

#[derive(Debug, Serialize)]
struct Phases {
    config_ms: f64,
    connect_ms: f64,
    warm_up_ms: f64,
}

impl From<Init> for Started {
    fn from(Init { config, connect, warm_up, .. }: Init) -> Self {
        Self {
            init_ms: millis(config + connect + warm_up),
            init: Phases { config_ms: millis(config), connect_ms: millis(connect), warm_up_ms: millis(warm_up) },
        }
    }
}

#[cfg(test)]
impl Init {
    /// Makes one with the given durations.
    pub(super) fn of([config, connect, warm_up]: [Duration; 3]) -> Self {
        Self { began: Instant::now(), config, connect, warm_up }
    }
}
