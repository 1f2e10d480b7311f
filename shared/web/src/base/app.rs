//! What a handler works with.

use super::config::Config;
use portal::{Clock, Ids, Portal};
use std::sync::Arc;
use store::Store;

/// Made once for each process, before the first request.
#[derive(Debug, Clone)]
pub struct App {
    /// What use cases work with.
    pub portal: Portal,
    /// Keys and addresses.
    pub config: Arc<Config>,
}

impl App {
    /// What handlers work with, over this table and by this clock.
    #[must_use]
    pub fn new(store: Store, config: Config, clock: Clock) -> Self {
        Self { portal: Portal { store, clock, ids: Ids::Random }, config: Arc::new(config) }
    }
}
