//! Start-up of a Lambda function.

use crate::{App, Clock, Config, Function, event, telemetry};
use lambda_http::{
    Error, LambdaEvent,
    lambda_runtime::{self, service_fn},
};
use serde_json::Value;
use std::sync::Arc;
use store::Store;

/// Runs `function` until Lambda ends the process. The connection to DynamoDB is opened before the first request:
/// Lambda gives start-up far more CPU than requests get, and a TLS handshake needs it.
///
/// # Errors
/// When a setting is missing or wrong, or the Runtime API cannot be reached.
pub async fn run(function: Function) -> Result<(), Error> {
    telemetry::start("info");
    let config = Config::from_env()?;
    let store = Store::connect(config.table.clone()).await;
    store.warm_up().await;
    let app = App { store, config: Arc::new(config), clock: Clock::System };
    let app = &app;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(event::answer(function, app, event.payload, event.context).await)
    }))
    .await
}
