//! The connection to DynamoDB.

use super::{keys, memory::Memory, meter::Metering, trust};
use aws_config::{
    BehaviorVersion, ConfigLoader, Region, environment::EnvironmentVariableCredentialsProvider,
    meta::region::RegionProviderChain, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::{
    Client,
    config::{Builder, Credentials, StalledStreamProtectionConfig},
    operation::get_item::builders::GetItemFluentBuilder,
    types::AttributeValue,
};
use std::{collections::HashMap, time::Duration};

/// The table, accessed through one client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
    /// What is the same for everybody. Keeps nothing, unless [`Store::remembering`] says for how long.
    pub(crate) memory: Memory,
    /// The same for what teammates are called.
    pub(crate) names: Memory,
}

/// The region to use for an engine that has none, because requests must be signed for one.
const NOWHERE: &str = "us-east-1";

/// How long an operator's command waits for one attempt.
const PATIENCE: Duration = Duration::from_secs(15);

/// What throttles an operator's command is waited for: a partition takes a thousand writes a second, and a command often
/// brings more of them. The pauses double from 0.1 s and come to some ten seconds.
fn patience() -> RetryConfig {
    let longest = Duration::from_secs(3);
    let first = Duration::from_millis(100);
    RetryConfig::standard().with_max_attempts(10).with_initial_backoff(first).with_max_backoff(longest)
}

/// Below API Gateway's 30 s and the functions' 10 s, with room for an answer. The SDK sets none by itself.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(1000))
        .operation_attempt_timeout(Duration::from_millis(1500))
        .operation_timeout(Duration::from_millis(5000))
        .build()
}

/// The SDK's first pause is up to a second, which a person would notice. DynamoDB recommends tens of milliseconds.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(25))
}

/// What the environment does not say.
fn loader(region: RegionProviderChain) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(region)
        .timeout_config(timeouts())
        .retry_config(retries())
        // Answers are small, and the protection fails requests wrongly when a sandbox is frozen in the middle of one.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}

/// The same for those who say where to connect themselves.
fn builder() -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .timeout_config(timeouts())
        .retry_config(retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .interceptor(Metering)
}

impl Store {
    /// Connects according to the environment: region, credentials and `AWS_ENDPOINT_URL_DYNAMODB`.
    pub async fn connect(table: impl Into<String>) -> Self {
        Self::load(loader(RegionProviderChain::default_provider()), table).await
    }

    /// Connects as a deployed function does, to which Lambda says in its environment all that it has to know. Looking
    /// anywhere else, as [`Self::connect`] does, is 0.9 MB of a file and 2 million instructions of a cold start.
    ///
    /// Trusts Amazon's own certificate authorities alone where that is enough, instead of reading all those of the
    /// system.
    pub fn connect_deployed(table: impl Into<String>) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
        let config = builder()
            .region(variable("AWS_REGION").map(Region::new))
            .credentials_provider(EnvironmentVariableCredentialsProvider::new());
        let endpoint = trust::ENDPOINTS.into_iter().find_map(variable);
        let config = endpoint.into_iter().fold(config, |config, endpoint| config.endpoint_url(endpoint));
        Self::of(if trust::is_amazon_enough(variable) { config.http_client(trust::amazon()) } else { config }, table)
    }

    async fn load(loader: ConfigLoader, table: impl Into<String>) -> Self {
        let config = loader.load().await;
        Self::of(Builder::from(&config).interceptor(Metering), table)
    }

    /// Connects to an engine on this machine, which does not check credentials.
    pub fn at(endpoint: &str, table: impl Into<String>) -> Self {
        let config = builder()
            .region(Region::new(NOWHERE))
            .credentials_provider(Credentials::new("local", "local", None, None, "local engine"))
            .endpoint_url(endpoint);
        Self::of(config, table)
    }

    fn of(config: Builder, table: impl Into<String>) -> Self {
        Self {
            client: Client::from_conf(config.build()),
            table: table.into(),
            memory: Memory::default(),
            names: Memory::default(),
        }
    }

    /// Connects to a DynamoDB endpoint that the environment names. Uses the environment's credentials if there are any,
    /// and connects as to an engine on this machine otherwise.
    pub async fn at_endpoint(endpoint: &str, table: impl Into<String>) -> Self {
        let has_credentials = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE"].iter().any(|name| std::env::var_os(name).is_some());
        let anywhere = RegionProviderChain::default_provider().or_else(Region::new(NOWHERE));
        if has_credentials { Self::load(loader(anywhere), table).await } else { Self::at(endpoint, table) }
    }

    /// The same table for an operator, who is in no hurry: what a slow line or a busy machine takes long for is waited
    /// for, where a function's request would have been given up.
    #[must_use]
    pub fn patient(self) -> Self {
        let waits = timeouts().into_builder().operation_attempt_timeout(PATIENCE).operation_timeout(4 * PATIENCE);
        let config = self.client.config().to_builder().timeout_config(waits.build()).retry_config(patience()).build();
        Self { client: Client::from_conf(config), ..self }
    }

    /// The same table, of which settings and catalog are kept in memory for this long where contacts read them. Changes
    /// through this store, or a clone of it, count at once; those of other processes when that time has passed.
    #[must_use]
    pub fn remembering(self, life: Duration) -> Self {
        Self { memory: Memory::of(life), names: Memory::of(life), ..self }
    }

    /// Opens the connection by reading the settings item, so that the first request need not. Bounded, and a failure
    /// is left to the first request to report.
    pub async fn warm_up(&self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.read_settings_item().send()).await;
    }

    /// Reads the one item that every workspace has, for its answer alone.
    pub(super) fn read_settings_item(&self) -> GetItemFluentBuilder {
        self.client.get_item().table_name(&self.table).set_key(Some(key(keys::SETTINGS, keys::SETTINGS)))
    }
}

/// Returns the primary key of an item.
pub(crate) fn key(pk: impl Into<String>, sk: impl Into<String>) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".into(), AttributeValue::S(pk.into())), ("sk".into(), AttributeValue::S(sk.into()))])
}
