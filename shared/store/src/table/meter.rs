//! Counts what one request asks of DynamoDB, and what that costs. A single interceptor of the client sees every call,
//! so no caller can forget to count.

use super::{
    item::{Item, text},
    side_by_side::AT_ONCE,
};
use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{
            BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
            FinalizerInterceptorContextRef,
        },
    },
    error::BoxError,
    operation::{
        batch_get_item::{BatchGetItemInput, BatchGetItemOutput},
        batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        query::{QueryInput, QueryOutput},
        scan::{ScanInput, ScanOutput},
        search_vectors::SearchVectorsInput,
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{ConditionCheck, ConsumedCapacity, ReturnConsumedCapacity, TransactWriteItem},
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use tracing::Level;

tokio::task_local! {
    static METER: Meter;
}

/// What one request has asked of DynamoDB.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Number of operations.
    pub calls: u32,
    /// Number of attempts, which is higher than the number of operations if some had to be sent again.
    pub attempts: u32,
    /// Capacity units used by operations that read.
    pub read_units: f64,
    /// Capacity units used by operations that write.
    pub write_units: f64,
}

impl Usage {
    /// Returns how often an operation was sent again.
    #[must_use]
    pub const fn retries(&self) -> u32 {
        self.attempts.saturating_sub(self.calls)
    }
}

/// The counts for one request, and whose turn it is to read. Parallel operations in it share the meter.
#[derive(Debug, Clone)]
struct Meter {
    function: &'static str,
    usage: Arc<Mutex<Usage>>,
    turns: Arc<Semaphore>,
}

/// Runs `work` for a function and also returns what it asked of DynamoDB.
pub async fn metered<T>(function: &'static str, work: impl Future<Output = T>) -> (T, Usage) {
    let usage = Arc::default();
    let result = METER.scope(Meter { function, usage: Arc::clone(&usage), turns: all_turns() }, work).await;
    let usage = *usage.lock().unwrap_or_else(PoisonError::into_inner);
    (result, usage)
}

fn all_turns() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(AT_ONCE))
}

/// The turns of the current request, one for each read at a time. Outside of any request each caller has its own.
pub(super) fn turns() -> Arc<Semaphore> {
    METER.try_with(|meter| Arc::clone(&meter.turns)).unwrap_or_else(|_| all_turns())
}

/// Adds to the usage of the current request. Work outside of any request, such as an import, is not counted.
fn count(add: impl FnOnce(&mut Usage)) {
    let _ = METER.try_with(|meter| add(&mut meter.usage.lock().unwrap_or_else(PoisonError::into_inner)));
}

/// The interceptor that does the counting.
#[derive(Debug)]
pub(crate) struct Metering;

impl Intercept for Metering {
    fn name(&self) -> &'static str {
        "Metering"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        /// Returns the operation's name, and also makes DynamoDB report the capacity that it consumes.
        macro_rules! operation {
            ($($name:literal $input:ty),*) => {
                None$(.or_else(|| {
                    input.downcast_mut::<$input>()?.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                    Some($name)
                }))*
            };
        }
        let operation = operation!(
            "GetItem" GetItemInput,
            "BatchGetItem" BatchGetItemInput,
            "Query" QueryInput,
            "Scan" ScanInput,
            "SearchVectors" SearchVectorsInput,
            "UpdateItem" UpdateItemInput,
            "BatchWriteItem" BatchWriteItemInput,
            "TransactWriteItems" TransactWriteItemsInput
        );
        count(|usage| usage.calls += 1);
        if tracing::enabled!(target: TARGET, Level::DEBUG) {
            let of_query = input.downcast_ref::<QueryInput>().and_then(QueryInput::index_name);
            let of_search = input.downcast_ref::<SearchVectorsInput>().and_then(SearchVectorsInput::index_name);
            let index = of_query.or(of_search);
            let key = input.downcast_ref::<UpdateItemInput>().and_then(UpdateItemInput::key);
            match input.downcast_ref::<TransactWriteItemsInput>() {
                Some(transaction) => transaction.transact_items().iter().for_each(|it| {
                    let (action, key) = action(it);
                    tell(action, None, key);
                }),
                // An operation without a name here is not one that a policy could grant.
                None => tell(operation.unwrap_or("an operation without a name"), index, key),
            }
        }
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        count(|usage| usage.attempts += 1);
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Ok(output)) = context.output_or_error() else { return Ok(()) };
        /// Returns the units of an answer, which reports them for one table or for each of several.
        macro_rules! units {
            ($($output:ty),*) => {
                None$(.or_else(|| Some(sum(output.downcast_ref::<$output>()?.consumed_capacity()))))*
            };
        }
        let read = units!(GetItemOutput, BatchGetItemOutput, QueryOutput, ScanOutput);
        let written = units!(UpdateItemOutput, BatchWriteItemOutput, TransactWriteItemsOutput);
        count(|usage| {
            usage.read_units += read.unwrap_or_default();
            usage.write_units += written.unwrap_or_default();
        });
        Ok(())
    }
}

fn sum<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}

/// The target of the lines from which the check of least privilege learns what functions do. It stays when files move.
const TARGET: &str = "store::meter";

/// Logs what a function must be allowed to do, in the form that the check of the policies reads. `key` is that of an
/// item it writes.
fn tell(action: &str, index: Option<&str>, key: Option<&Item>) {
    let function = METER.try_with(|meter| meter.function).ok();
    // The part of the partition key that is the same for all of its kind. Ids come after the first separator.
    let partition = key.map(|key| text(key, "pk").split_inclusive('#').next().unwrap_or_default());
    tracing::debug!(target: TARGET, function, action, index, partition, "asks DynamoDB");
}

/// Returns the action that a policy must grant: a transaction is authorised action by action (AWS, IAM for DynamoDB
/// transactions).
fn action(item: &TransactWriteItem) -> (&'static str, Option<&Item>) {
    match item {
        TransactWriteItem { put: Some(put), .. } => ("PutItem", Some(put.item())),
        TransactWriteItem { update: Some(update), .. } => ("UpdateItem", Some(update.key())),
        TransactWriteItem { delete: Some(delete), .. } => ("DeleteItem", Some(delete.key())),
        TransactWriteItem { condition_check, .. } => {
            ("ConditionCheckItem", condition_check.as_ref().map(ConditionCheck::key))
        }
    }
}
