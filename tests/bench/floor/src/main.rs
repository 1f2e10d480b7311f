//! The floor of a function's cost: `lambda_http` and the SDK as their documentation shows them, the DynamoDB requests
//! that the function under measurement made, and a constant answer of the same size.

use aws_sdk_dynamodb::{
    Client,
    error::BoxError,
    operation::{
        batch_get_item::builders::BatchGetItemFluentBuilder, get_item::builders::GetItemFluentBuilder,
        query::builders::QueryFluentBuilder,
    },
    types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity},
};
use lambda_http::{Body, Error, Request, Response, http::header, service_fn};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// What to do, from the file that `FLOOR` names.
#[derive(Deserialize)]
struct Task {
    /// Requests that are sent side by side, one such group after another.
    rounds: Vec<Vec<Asked>>,
    media_type: String,
    /// What is compressed, or empty for an answer without a body.
    gzip: bool,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct Asked {
    operation: String,
    body: Value,
}

enum Call {
    Get(GetItemFluentBuilder),
    Batch(BatchGetItemFluentBuilder),
    Query(Box<QueryFluentBuilder>),
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let task: Task = serde_json::from_slice(&std::fs::read(std::env::var("FLOOR")?)?)?;
    let client = Client::new(&aws_config::load_defaults(aws_config::BehaviorVersion::v2026_01_12()).await);
    // A deployed function opens its connection before the first request too.
    let _ = get(&client, &serde_json::json!({"TableName": "tickets", "Key": {"pk": {"S": "-"}, "sk": {"S": "-"}}}))?
        .send()
        .await;
    let rounds = task.rounds.iter().map(|round| round.iter().map(|it| call(&client, it)).collect());
    let rounds: Vec<Vec<Call>> = rounds.collect::<Result<_, _>>()?;
    let (task, rounds) = (&task, &rounds);
    lambda_http::run(service_fn(move |_: Request| async move {
        for round in rounds {
            futures::future::try_join_all(round.iter().map(Call::send)).await?;
        }
        let mut answer = Response::builder().header(header::CONTENT_TYPE, &task.media_type);
        if task.gzip {
            answer = answer.header(header::CONTENT_ENCODING, "gzip");
        }
        Ok::<_, Error>(answer.body(Body::Binary(task.body.clone()))?)
    }))
    .await
}

impl Call {
    async fn send(&self) -> Result<(), Error> {
        match self {
            Self::Get(call) => drop(call.clone().send().await?),
            Self::Batch(call) => drop(call.clone().send().await?),
            Self::Query(call) => drop(call.as_ref().clone().send().await?),
        }
        Ok(())
    }
}

fn call(client: &Client, Asked { operation, body }: &Asked) -> Result<Call, BoxError> {
    Ok(match operation.as_str() {
        "GetItem" => Call::Get(get(client, body)?),
        "BatchGetItem" => Call::Batch(batch(client, body)?),
        "Query" => Call::Query(Box::new(query(client, body)?)),
        other => return Err(format!("no floor for {other}").into()),
    })
}

fn get(client: &Client, body: &Value) -> Result<GetItemFluentBuilder, BoxError> {
    Ok(client
        .get_item()
        .table_name(text(body, "TableName").unwrap_or_default())
        .set_key(values(body, "Key")?)
        .set_consistent_read(body.get("ConsistentRead").and_then(Value::as_bool))
        .set_return_consumed_capacity(text(body, "ReturnConsumedCapacity").map(capacity)))
}

fn batch(client: &Client, body: &Value) -> Result<BatchGetItemFluentBuilder, BoxError> {
    let mut call =
        client.batch_get_item().set_return_consumed_capacity(text(body, "ReturnConsumedCapacity").map(capacity));
    for (table, asked) in body.get("RequestItems").and_then(Value::as_object).into_iter().flatten() {
        let mut keys = KeysAndAttributes::builder()
            .set_consistent_read(asked.get("ConsistentRead").and_then(Value::as_bool))
            .set_projection_expression(text(asked, "ProjectionExpression"))
            .set_expression_attribute_names(names(asked));
        for key in asked.get("Keys").and_then(Value::as_array).into_iter().flatten() {
            keys = keys.keys(map(key)?);
        }
        call = call.request_items(table, keys.build()?);
    }
    Ok(call)
}

fn query(client: &Client, body: &Value) -> Result<QueryFluentBuilder, BoxError> {
    Ok(client
        .query()
        .set_table_name(text(body, "TableName"))
        .set_index_name(text(body, "IndexName"))
        .set_key_condition_expression(text(body, "KeyConditionExpression"))
        .set_filter_expression(text(body, "FilterExpression"))
        .set_projection_expression(text(body, "ProjectionExpression"))
        .set_expression_attribute_names(names(body))
        .set_expression_attribute_values(values(body, "ExpressionAttributeValues")?)
        .set_exclusive_start_key(values(body, "ExclusiveStartKey")?)
        .set_limit(body.get("Limit").and_then(Value::as_i64).and_then(|it| i32::try_from(it).ok()))
        .set_scan_index_forward(body.get("ScanIndexForward").and_then(Value::as_bool))
        .set_consistent_read(body.get("ConsistentRead").and_then(Value::as_bool))
        .set_return_consumed_capacity(text(body, "ReturnConsumedCapacity").map(capacity)))
}

fn capacity(text: String) -> ReturnConsumedCapacity {
    text.as_str().into()
}

fn text(body: &Value, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(Into::into)
}

fn names(body: &Value) -> Option<HashMap<String, String>> {
    let names = body.get("ExpressionAttributeNames")?.as_object()?;
    Some(names.iter().filter_map(|(name, to)| Some((name.clone(), to.as_str()?.to_owned()))).collect())
}

fn values(body: &Value, name: &str) -> Result<Option<HashMap<String, AttributeValue>>, BoxError> {
    body.get(name).map(map).transpose()
}

fn map(object: &Value) -> Result<HashMap<String, AttributeValue>, BoxError> {
    object.as_object().into_iter().flatten().map(|(name, it)| Ok((name.clone(), value(it)?))).collect()
}

/// A value of a key or a condition.
fn value(value: &Value) -> Result<AttributeValue, BoxError> {
    let (kind, inside) = value.as_object().and_then(|it| it.iter().next()).ok_or("not a value")?;
    Ok(match (kind.as_str(), inside) {
        ("S", Value::String(text)) => AttributeValue::S(text.clone()),
        ("N", Value::String(number)) => AttributeValue::N(number.clone()),
        ("BOOL", Value::Bool(bool)) => AttributeValue::Bool(*bool),
        _ => return Err(format!("no floor for {value}").into()),
    })
}
