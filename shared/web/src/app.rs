//! What a handler works with.

use crate::Config;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
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

impl App {
    /// A new id, such as `tk-mEmyPnqtS4yF7gBq`: 96 random bits, safe in paths.
    #[must_use]
    pub fn new_id(&self, kind: &str) -> String {
        let random = uuid::Uuid::new_v4().into_bytes();
        // Bytes 6 and 8 of a UUID are not all random.
        let [a, b, c, d, e, f, _, h, _, rest @ ..] = random;
        let mut bytes = vec![a, b, c, d, e, f, h];
        bytes.extend(rest);
        bytes.truncate(12);
        format!("{kind}-{}", URL_SAFE_NO_PAD.encode(bytes))
    }
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
