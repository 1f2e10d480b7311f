//! What a handler works with.

use super::config::Config;
use portal::{Clock, Ids, Portal};
use std::sync::Arc;
use store::Store;

/// What a handler works with. Made once per process, before the first request.
#[derive(Debug, Clone)]
pub struct App {
    pub portal: Portal,
    pub config: Arc<Config>,
}

impl App {
    /// Makes what handlers work with from a table, settings and a clock. Ids are random.
    #[must_use]
    pub fn new(store: Store, config: Config, clock: Clock) -> Self {
        let store = store.remembering(config.settings_for);
        Self { portal: Portal { store, clock, ids: Ids::Random }, config: Arc::new(config) }
    }
}
