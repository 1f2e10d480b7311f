//! A small business with everything that the rules tell apart, as import lines. Words that must never reach a
//! customer all contain [`CANARY`].

use domain::{
    catalog::TicketCategory,
    conversation::{Part, PartKind},
    history::Actor,
    id::{CompanyId, ContactId, PartId, StateId, TicketId, TypeId},
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Planted in notes, internal labels, names of types, hidden attributes, teammates' ids and hidden tickets.
pub const CANARY: &str = "canary";

/// The teammate of the scene.
pub const GRACE: &str = "canary-teammate@vendor.example";

/// Settings that let everybody in.
pub fn settings() -> Value {
    json!({"kind": "settings", "enabled": true, "sign_in_url": "https://app.vendor.example/login?x=1",
        "brand": {"name": "Vendor"}, "audience": [], "visibility": {"restrict": false, "conditions": []}})
}

/// The same, where they may report something.
pub fn reporting() -> Value {
    let mut settings = settings();
    settings["reporting"] = json!(true);
    settings
}

/// A customer ticket of type `bug`.
pub fn ticket(id: &str, number: u64, company: Option<&str>, requester: &str, state: &str, updated_at: &str) -> Value {
    json!({"kind": "ticket", "id": id, "number": number, "type": "bug", "title": format!("Ticket {id}"),
        "description": format!("Description of {id}"), "state": state, "company": company, "requester": requester,
        "created_at": "2026-10-01T09:00:00Z", "updated_at": updated_at})
}

/// A ticket that is put into a table, or looked at, without an import.
pub fn made(id: &str, title: &str) -> Ticket {
    let row = TicketRow {
        id: TicketId::new(id).unwrap(),
        number: 1,
        title: title.into(),
        ticket_type: TypeId::new("bug").unwrap(),
        category: TicketCategory::Customer,
        shared: false,
        private: false,
        state: StateId::new("new").unwrap(),
        state_category: StateCategory::Submitted,
        company: Some(CompanyId::new("acme").unwrap()),
        requester: ContactId::new("ada").unwrap(),
        requester_name: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
        turn_since: None,
        exchange: Default::default(),
    };
    Ticket {
        row,
        description: String::new(),
        attributes: BTreeMap::new(),
        conversation: None,
        company_chosen: false,
        company_name: None,
        assignee: None,
        waited_from: None,
        duplicate_of: None,
        duplicates: Default::default(),
        version: 0,
    }
}

/// A message of such a ticket.
pub fn said(id: &str, body: &str, at: Timestamp) -> Part {
    Part { id: PartId::new(id).unwrap(), kind: PartKind::Message, author: Actor::System, body: body.into(), at }
}

/// Acme (Ada, Abe), Beta (Bob), both (Cem), Gamma without visible tickets (Gus), nowhere (Nia), without e-mail (Eve).
pub fn lines() -> Vec<Value> {
    let mut lines = vec![
        settings(),
        json!({"kind": "teammate", "id": "canary-teammate@vendor.example", "name": "Grace"}),
        json!({"kind": "ticket_type", "id": "bug", "name": "canary-bug", "external_label": "Bug", "icon": "🐞", "category": "customer", "attributes": [
            {"name": "Severity", "data_type": "list", "visible_to_contacts": true, "asked": true, "options": ["High", "Low"]},
            {"name": "Affected since", "data_type": "datetime", "visible_to_contacts": true},
            {"name": "Affected users", "data_type": "integer", "visible_to_contacts": true},
            {"name": "canary-attribute", "data_type": "string"}]}),
        json!({"kind": "ticket_type", "id": "task", "name": "canary-task", "external_label": "Task", "icon": "", "category": "back_office", "attributes": []}),
        json!({"kind": "ticket_type", "id": "incident", "name": "Incident", "icon": "🚨", "category": "tracker", "attributes": []}),
    ];
    for (id, category, label) in [
        ("new", "submitted", "Submitted"),
        ("triage", "in_progress", "In progress"),
        ("doing", "in_progress", "In progress"),
        ("asked", "waiting_on_customer", "Waiting on you"),
        ("done", "resolved", "Resolved"),
    ] {
        lines.push(json!({"kind": "ticket_state", "id": id, "category": category,
            "internal_label": format!("canary-{id}"), "external_label": label}));
    }
    for (id, name) in [("acme", "Acme"), ("beta", "Beta"), ("gamma", "Gamma")] {
        lines.push(json!({"kind": "company", "id": id, "name": name}));
    }
    for (id, name, companies) in [
        ("ada", "Ada Acker", &["acme"][..]),
        ("abe", "Abe Acker", &["acme"]),
        ("bob", "Bob Berg", &["beta"]),
        ("cem", "Cem Can", &["acme", "beta"]),
        ("gus", "Gus Gray", &["gamma"]),
        ("nia", "Nia North", &[]),
    ] {
        let email = format!("{id}@people.example");
        lines.push(json!({"kind": "contact", "id": id, "email": email, "name": name, "companies": companies}));
    }
    lines.push(json!({"kind": "contact", "id": "eve", "name": "Eve East", "companies": ["acme"]}));

    lines.push(json!({"kind": "conversation", "id": "c-1", "participants": ["ada", "abe"], "parts": [
        {"id": "p-1", "type": "message", "author": {"contact": "ada"}, "body": "It fails", "at": "2026-10-01T09:00:00Z"},
        {"id": "p-2", "type": "note", "author": {"teammate": "canary-teammate@vendor.example"}, "body": "canary-note", "at": "2026-10-01T09:05:00Z"},
        {"id": "p-3", "type": "message", "author": {"teammate": "canary-teammate@vendor.example"}, "body": "We look", "at": "2026-10-01T09:06:00Z"}]}));
    let mut first = ticket("tk-1", 1, Some("acme"), "ada", "asked", "2026-11-10T10:00:00Z");
    first["conversation"] = json!("c-1");
    first["title"] = json!("Export <b>fails</b> & hangs");
    first["description"] = json!("See https://acme.example/report?a=1&b=2.\n<script>alert(1)</script>");
    first["attributes"] = json!({"Severity": "High", "Affected users": 12, "Affected since": "2026-09-30T10:00:00+02:00",
        "canary-attribute": "canary-value"});
    first["history"] = json!([
        {"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"contact": "ada"}},
        {"at": "2026-10-01T09:10:00Z", "event": "joined", "by": {"contact": "abe"}},
        {"at": "2026-11-10T10:00:00Z", "event": "state_changed", "by": {"teammate": "canary-teammate@vendor.example"}, "state": "asked"}]);
    lines.push(first);
    lines.push(ticket("tk-2", 2, Some("acme"), "abe", "new", "2026-11-12T10:00:00Z"));
    lines.push(ticket("tk-3", 3, Some("acme"), "ada", "done", "2026-11-11T10:00:00Z"));
    lines.push(ticket("tk-4", 4, Some("beta"), "bob", "triage", "2026-11-11T10:00:00Z"));
    lines.push(ticket("tk-5", 5, Some("beta"), "cem", "doing", "2026-11-13T10:00:00Z"));
    lines.push(ticket("tk-6", 6, None, "ada", "new", "2026-11-09T10:00:00Z"));
    for (id, number, kind, shared, company) in [
        ("tk-7", 7, "task", false, "acme"),
        ("tk-8", 8, "task", true, "acme"),
        ("tk-9", 9, "incident", true, "acme"),
        ("tk-10", 10, "task", false, "gamma"),
    ] {
        let mut it = ticket(id, number, Some(company), "ada", "new", "2026-11-08T10:00:00Z");
        it["type"] = json!(kind);
        it["shared"] = json!(shared);
        if id != "tk-8" {
            it["title"] = json!(format!("canary-title of {id}"));
            it["description"] = json!("canary-description");
        }
        lines.push(it);
    }
    lines
}

/// A conversation that has no ticket.
pub fn conversation(id: &str, participants: &[&str]) -> Value {
    let part = |(n, who): (usize, &&str)| {
        json!({"id": format!("{id}-{n}"), "type": "message", "author": {"contact": who},
            "body": format!("{who} in {id}"), "at": format!("2026-11-01T09:00:{n:02}Z")})
    };
    let parts: Vec<_> = participants.iter().enumerate().map(part).collect();
    json!({"kind": "conversation", "id": id, "participants": participants, "parts": parts})
}

/// What each person's list holds, newest first.
pub const LISTS: [(&str, &[&str]); 4] = [
    ("ada", &["tk-2", "tk-3", "tk-1", "tk-8"]),
    ("abe", &["tk-2", "tk-3", "tk-1", "tk-8"]),
    ("bob", &["tk-5", "tk-4"]),
    ("cem", &["tk-5", "tk-2", "tk-4", "tk-3", "tk-1", "tk-8"]),
];
