//! Start-up of a Lambda function.

use super::{
    event,
    function::Function,
    telemetry::{self, Init},
};
use crate::base::{app::App, config::Config};
use lambda_http::{
    Error, LambdaEvent,
    lambda_runtime::{self, service_fn},
};
use portal::Clock;
use serde_json::Value;
use store::Store;

/// Runs `function` until Lambda ends the process. Opens the connection to DynamoDB before the first request, because
/// Lambda gives start-up far more CPU than requests get, and a TLS handshake needs it.
///
/// # Errors
/// When a setting is missing or wrong, or the Runtime API cannot be reached.
pub async fn run(function: Function) -> Result<(), Error> {
    let mut init = Init::begin();
    telemetry::start("info");
    telemetry::quiet_panics();
    let config = Config::from_env().inspect_err(|error| tracing::error!(%error, "cannot start"))?;
    init.configured();
    let store = Store::connect_deployed(config.table.clone());
    init.connected();
    store.warm_up().await;
    init.done();
    let app = App::new(store, config, Clock::System);
    let app = &app;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(event::answer(function, app, event.payload, event.context).await)
    }))
    .await
}
