//! What a handler works with.

use crate::Config;
use domain::timestamp::Timestamp;
use std::{
    sync::Arc,
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};
use store::Store;

/// Made once per process, before the first request.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub store: Store,
    /// Keys and addresses.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
}

/// The one clock.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that tests set, in milliseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Set(millis) => millis.load(Ordering::Relaxed),
        };
        Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
    }
}
