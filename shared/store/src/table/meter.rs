//! What is asked of DynamoDB on behalf of one request, and what it costs. One interceptor of the client sees every call,
//! so that no call site can forget to count.

use super::item::{Item, text};
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
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{ConditionCheck, ConsumedCapacity, ReturnConsumedCapacity, TransactWriteItem},
};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Level;

tokio::task_local! {
    static METER: Meter;
}

/// What a request has asked of DynamoDB.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Operations.
    pub calls: u32,
    /// How often they were sent: more often than there are, when some had to be sent again.
    pub attempts: u32,
    /// Capacity units of operations that read.
    pub read_units: f64,
    /// Capacity units of operations that write.
    pub write_units: f64,
}

impl Usage {
    /// How often an operation was sent again.
    #[must_use]
    pub const fn retries(&self) -> u32 {
        self.attempts.saturating_sub(self.calls)
    }
}

/// Counts for one request. Operations side by side in it share the meter.
#[derive(Debug, Clone)]
struct Meter {
    function: &'static str,
    usage: Arc<Mutex<Usage>>,
}

/// Carries out `work` for a function, and tells what it asked of DynamoDB.
pub async fn metered<T>(function: &'static str, work: impl Future<Output = T>) -> (T, Usage) {
    let usage = Arc::default();
    let result = METER.scope(Meter { function, usage: Arc::clone(&usage) }, work).await;
    let usage = *usage.lock().unwrap_or_else(PoisonError::into_inner);
    (result, usage)
}

/// Adds to the usage of the request that this is done for; what belongs to none, such as an import, is not counted.
fn count(add: impl FnOnce(&mut Usage)) {
    let _ = METER.try_with(|meter| add(&mut meter.usage.lock().unwrap_or_else(PoisonError::into_inner)));
}

/// The client's side of the meter.
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
        /// The operation's name; and the question what it will have cost, on the way.
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
            "UpdateItem" UpdateItemInput,
            "BatchWriteItem" BatchWriteItemInput,
            "TransactWriteItems" TransactWriteItemsInput
        );
        count(|usage| usage.calls += 1);
        if tracing::enabled!(Level::DEBUG) {
            let index = input.downcast_ref::<QueryInput>().and_then(QueryInput::index_name);
            let key = input.downcast_ref::<UpdateItemInput>().and_then(UpdateItemInput::key);
            match input.downcast_ref::<TransactWriteItemsInput>() {
                Some(transaction) => transaction.transact_items().iter().for_each(|it| {
                    let (action, key) = action(it);
                    tell(action, None, key);
                }),
                // One that has no name here is none that a policy could grant.
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
        /// The units of an answer that tells them for one table, or for each of several.
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

/// What a function must be allowed to do, as the check of the policies reads it. `key` is that of an item it writes.
fn tell(action: &str, index: Option<&str>, key: Option<&Item>) {
    let function = METER.try_with(|meter| meter.function).ok();
    // Of a partition whatever is the same in all of its kind: ids come behind the first separator.
    let partition = key.map(|key| text(key, "pk").split_inclusive('#').next().unwrap_or_default());
    tracing::debug!(function, action, index, partition, "asks DynamoDB");
}

/// A transaction is granted action by action (AWS, IAM for DynamoDB transactions).
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
