//! The function that reads the table's stream: what it does with batches, and wherever it is cut short.

use e2e::{
    Site,
    proxy::{Fault, Proxy},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Makes a change for which search needs other entries: of a ticket, and of a conversation with notes.
async fn change(site: &Site, n: usize) {
    let version = site.desk_get("/tickets/tk-1").await.1["version"].clone();
    let title = ["Label printer prints twice", "Badge scanner in hall 3 beeps"][n % 2];
    let body = json!({"version": version, "title": title});
    let (status, answer) = site.desk_send(Method::PATCH, "/tickets/tk-1", &body).await;
    assert_eq!(status, 200, "{answer}");
    let parts = json!([
        {"id": "p-1", "type": "message", "author": {"contact": "ada"}, "body": "Nothing works", "at": format!("2026-10-0{}T09:00:00Z", 1 + n % 3)},
        {"id": "p-2", "type": "note", "author": {"teammate": "t-1"}, "body": "known since monday", "at": "2026-10-09T09:00:00Z"}]);
    let who = [["ada"], ["bob"]][n % 2];
    let lines = [
        json!({"kind": "teammate", "id": "t-1", "name": "Tee"}),
        json!({"kind": "conversation", "id": "c-9", "participants": who, "parts": parts}),
    ];
    e2e::load(&site.store, &lines).await;
}

/// How many records of an answer have to be sent again.
fn failures(answer: &Value) -> usize {
    answer["batchItemFailures"].as_array().unwrap().len()
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "through a proxy of its own")]
async fn a_reader_that_ends_at_any_write_leaves_nothing_that_the_next_one_does_not_find() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.beside(&proxy.endpoint).await;
    let (mut n, mut ended) = (0, 0);
    for operation in ["UpdateItem", "BatchWriteItem"] {
        for spared in 0.. {
            change(&site, n).await;
            n += 1;
            let events = site.unread();
            proxy.fail_after(spared, Some((operation, Fault::Broken("ValidationException"))));
            let mut failed = 0;
            for event in &events {
                failed += failures(&through.read_stream(event).await);
            }
            proxy.fail(None);
            // Lambda sends what failed again, and everything after it.
            for event in &events {
                assert_eq!(failures(&site.read_stream(event).await), 0);
            }
            site.assert_clean().await;
            ended += failed;
            if failed == 0 {
                break;
            }
        }
    }
    assert!(ended > 8, "{ended}");
}

#[tokio::test]
async fn a_record_that_cannot_be_dealt_with_is_named_and_keeps_no_other_back() {
    let site = Site::start().await;
    let record = |number: &str, pk: &str, sk: &str| {
        let keys = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        json!({"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": number,
            "ApproximateCreationDateTime": 1_795_176_000.0, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
    };
    let mut broken = record("3", "TICKET#tk-1#", "BODY");
    broken["dynamodb"]["Keys"] = json!({"pk": {"N": "1"}});
    let records = [
        record("1", "TICKET#tk-1#", "BODY"),
        record("2", "TICKET#a/b#", "BODY"),
        broken,
        record("4", "TICKET#no-such#", "BODY"),
        record("5", "CONVERSATION#c-1#", "CONVERSATION"),
        record("6", "CONVERSATION#c-1#", "NOTE#no such place"),
        record("7", "COMPANY#acme#", "COMPANY"),
        record("8", "TICKET#tk-1#", "BODY"),
    ];
    let answer = site.read_stream(&json!({"Records": records})).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "3"}]}));
    for nothing in [json!({}), json!({"Records": []}), json!(null)] {
        assert_eq!(failures(&site.read_stream(&nothing).await), 0, "{nothing}");
    }
    // One that does not even have a number stands for the whole batch.
    let answer = site.read_stream(&json!({"Records": [{}]})).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": ""}]}));
    site.assert_clean().await;
}
