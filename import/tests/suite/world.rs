//! A separate table for each test, import lines, and access to the items themselves.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    types::AttributeValue,
};
use import::{Summary, import_text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use store::Store;
use witness::Dynamo;

pub struct World {
    pub store: Store,
    pub items: Items,
    pub dynamo: Dynamo,
}

impl World {
    pub async fn new() -> Self {
        let dynamo = Dynamo::start().await;
        let store = dynamo.store();
        store.create_table().await.unwrap();
        Self { store, items: Items::at(&dynamo.endpoint(), "tickets"), dynamo }
    }

    /// Creates a table with [`lines`] in it.
    pub async fn filled() -> Self {
        let world = Self::new().await;
        world.load(&lines()).await;
        world
    }

    pub async fn import(&self, lines: &[Value]) -> Summary {
        let summary = import_text(&self.store, &text(lines)).await.unwrap();
        self.fed().await;
        summary
    }

    /// Imports lines. A refused line fails the test.
    pub async fn load(&self, lines: &[Value]) -> Summary {
        let summary = self.import(lines).await;
        assert_eq!(summary.refusals, []);
        summary
    }

    /// Indexes everything that was written so far.
    pub async fn fed(&self) {
        self.dynamo.feed(&self.store).await;
    }

    pub async fn findings(&self) -> Vec<String> {
        self.fed().await;
        self.store.check(|_| {}).await.unwrap().findings.iter().map(ToString::to_string).collect()
    }
}

/// The table as DynamoDB sees it.
#[derive(Debug, Clone)]
pub struct Items {
    pub client: Client,
    pub table: String,
}

pub type Item = HashMap<String, AttributeValue>;

impl Items {
    pub fn at(endpoint: &str, table: &str) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local engine"))
            .endpoint_url(endpoint)
            .build();
        Self { client: Client::from_conf(config), table: table.into() }
    }

    /// Returns all items, by key.
    pub async fn dump(&self) -> BTreeMap<String, BTreeMap<String, AttributeValue>> {
        let scan = self.client.scan().table_name(&self.table).consistent_read(true);
        let mut items = scan.into_paginator().items().send();
        let mut dump = BTreeMap::new();
        while let Some(item) = items.next().await {
            let item: BTreeMap<_, _> = item.unwrap().into_iter().collect();
            dump.insert(format!("{} {}", item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap()), item);
        }
        dump
    }

    pub async fn get(&self, pk: &str, sk: &str) -> Option<Item> {
        let get = self.client.get_item().table_name(&self.table).consistent_read(true);
        get.key("pk", string(pk)).key("sk", string(sk)).send().await.unwrap().item
    }

    pub async fn put(&self, item: Item) {
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await.unwrap();
    }
}

pub fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns the line of this kind and id.
pub fn line<'a>(lines: &'a mut [Value], kind: &str, id: &str) -> &'a mut Value {
    lines.iter_mut().find(|line| line["kind"] == kind && line["id"] == id).unwrap()
}

/// Acme (Ada, Abe) and Beta (Bob); a customer ticket with a conversation, a shared and a hidden back-office ticket, a
/// tracker, a ticket without a company.
pub fn lines() -> Vec<Value> {
    let mut lines = vec![
        json!({"kind": "settings", "enabled": true, "sign_in_url": "https://app.vendor.example/login",
            "brand": {"name": "Vendor", "color": "#102030"}}),
        json!({"kind": "teammate", "id": "grace@vendor.example", "name": "Grace"}),
        json!({"kind": "ticket_type", "id": "bug", "name": "Bug", "icon": "🐞", "category": "customer", "attributes": [
            {"name": "Severity", "data_type": "list", "visible_to_contacts": true},
            {"name": "Users", "data_type": "integer"}]}),
        json!({"kind": "ticket_type", "id": "task", "name": "Internal task", "external_label": "Task", "category": "back_office"}),
        json!({"kind": "ticket_type", "id": "incident", "name": "Incident", "category": "tracker"}),
        json!({"kind": "ticket_state", "id": "new", "category": "submitted", "internal_label": "Inbox"}),
        json!({"kind": "ticket_state", "id": "done", "category": "resolved"}),
        json!({"kind": "company", "id": "acme", "name": "Acme", "attributes": {"plan": "gold"}}),
        json!({"kind": "company", "id": "beta", "name": "Beta"}),
        json!({"kind": "contact", "id": "ada", "email": "ada@acme.example", "name": "Ada", "companies": ["acme"]}),
        json!({"kind": "contact", "id": "abe", "email": "abe@acme.example", "name": "Abe", "companies": ["acme"],
            "attributes": {"role": "admin"}}),
        json!({"kind": "contact", "id": "bob", "email": "bob@beta.example", "companies": ["beta"]}),
        json!({"kind": "conversation", "id": "c-1", "participants": ["ada", "abe"], "parts": [
            {"id": "p-1", "type": "message", "author": {"contact": "ada"}, "body": "It fails", "at": "2026-10-01T09:00:00Z"},
            {"id": "p-2", "type": "note", "author": {"teammate": "grace@vendor.example"}, "body": "again", "at": "2026-10-01T09:05:00Z"}]}),
        ticket("tk-1", "bug", Some("acme"), "ada"),
        ticket("tk-2", "task", Some("acme"), "abe"),
        ticket("tk-3", "task", Some("beta"), "bob"),
        ticket("tk-4", "incident", Some("beta"), "bob"),
        ticket("tk-5", "bug", None, "ada"),
    ];
    let first = line(&mut lines, "ticket", "tk-1");
    first["conversation"] = json!("c-1");
    first["attributes"] = json!({"Severity": "High", "Users": 12});
    first["history"] = json!([
        {"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"contact": "ada"}},
        {"at": "2026-10-01T09:10:00Z", "event": "joined", "by": {"contact": "abe"}},
        {"at": "2026-10-02T09:00:00Z", "event": "company_changed", "by": {"teammate": "grace@vendor.example"},
            "previous_company": "beta", "company": "acme"},
        {"at": "2026-10-02T09:00:00Z", "event": "state_changed", "state": "new"}]);
    line(&mut lines, "ticket", "tk-3")["shared"] = json!(true);
    lines
}

pub fn ticket(id: &str, ticket_type: &str, company: Option<&str>, requester: &str) -> Value {
    json!({"kind": "ticket", "id": id, "number": 7, "type": ticket_type, "title": format!("Ticket {id}"),
        "description": "It fails.", "state": "new", "company": company, "requester": requester,
        "created_at": "2026-10-01T09:00:00Z", "updated_at": "2026-10-02T09:00:00Z"})
}
