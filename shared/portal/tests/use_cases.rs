//! Use cases over a real table, without HTTP: what happened is told as a type.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use domain::{
    access::Reason,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    timestamp::Timestamp,
};
use portal::{
    Clock, Ids, Portal,
    customer::{self, Visit, conversation},
    message::Message,
    once::Key,
    teammate::{
        self, Teammate, Thing,
        ticket::{Changes, NewTicket},
    },
};
use std::{collections::BTreeMap, sync::Arc};
use store::{Door, ListQuery, Past, Visitor};
use witness::Dynamo;

const LINES: &str = r#"
{"kind":"company","id":"acme","name":"Acme Ltd"}
{"kind":"company","id":"other","name":"Other Inc"}
{"kind":"contact","id":"ada","email":"ada@acme.example","name":"Ada","companies":["acme"]}
{"kind":"contact","id":"ben","email":"ben@acme.example","name":"Ben","companies":["acme"]}
{"kind":"contact","id":"eve","email":"eve@other.example","name":"Eve","companies":["other"]}
{"kind":"contact","id":"nobody","name":"Nobody","companies":[]}
{"kind":"teammate","id":"grace","name":"Grace"}
{"kind":"ticket_type","id":"bug","name":"Bug","category":"customer","attributes":[]}
{"kind":"ticket_state","id":"new","category":"submitted","internal_label":"New","external_label":"Submitted"}
{"kind":"ticket_state","id":"done","category":"resolved","internal_label":"Done","external_label":"Resolved"}
{"kind":"conversation","id":"talk","participants":["ada"],"parts":[]}
{"kind":"ticket","id":"t","number":1,"type":"bug","title":"Export fails","description":"","state":"new","company":"acme","requester":"ada","conversation":"talk","created_at":"2026-11-01T09:00:00Z","updated_at":"2026-11-01T09:00:00Z","history":[]}
{"kind":"ticket","id":"o","number":2,"type":"bug","title":"Of others","description":"","state":"new","company":"other","requester":"eve","created_at":"2026-11-01T09:00:00Z","updated_at":"2026-11-01T09:00:00Z","history":[]}
{"kind":"settings","enabled":true,"audience":[],"visibility":{"restrict":false,"conditions":[]}}
"#;

/// A portal over a table of its own. It lives as long as it is held.
async fn portal() -> (Portal, Dynamo) {
    let dynamo = Dynamo::start().await;
    let store = dynamo.store();
    store.create_table().await.unwrap();
    import::import_text(&store, LINES.trim()).await.unwrap();
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let clock = Clock::Set(Arc::new(now.millis().into()));
    (Portal { store, clock, ids: Ids::Counted(Arc::default()) }, dynamo)
}

fn visit(contact: &str) -> Visit {
    Visit::new(Visitor { contact: ContactId::new(contact).unwrap(), session: None }, None)
}

fn grace() -> Teammate {
    Teammate { id: TeammateId::new("grace").unwrap(), name: None }
}

fn ticket_id(id: &str) -> TicketId {
    TicketId::new(id).unwrap()
}

fn talk() -> ConversationId {
    ConversationId::new("talk").unwrap()
}

fn message(body: &str, client_id: &str) -> Message {
    Message { body: body.into(), client_id: client_id.into() }
}

fn new_ticket(title: &str) -> NewTicket {
    NewTicket {
        ticket_type: TypeId::new("bug").unwrap(),
        title: title.into(),
        description: String::new(),
        requester: ContactId::new("ada").unwrap(),
        state: None,
        attributes: BTreeMap::new(),
        shared: false,
        conversation: None,
        company: None,
        assignee: None,
    }
}

#[tokio::test]
async fn a_missing_ticket_and_one_of_another_company_are_the_same_to_a_contact() {
    let (portal, _engine) = portal().await;
    for id in [Some(ticket_id("o")), Some(ticket_id("missing")), None] {
        let refused = customer::ticket::read(&portal, &visit("ada"), id.as_ref(), Past::Newest).await.unwrap_err();
        assert!(matches!(refused, customer::Error::NoTicket), "{id:?}: {refused:?}");
    }
    let seen = customer::ticket::read(&portal, &visit("ben"), Some(&ticket_id("t")), Past::Newest).await.unwrap();
    assert_eq!(seen.ticket.row.title, "Export fails");
}

#[tokio::test]
async fn whoever_is_refused_hears_every_reason_and_the_visit_knows_who_reads_them() {
    let (portal, _engine) = portal().await;
    let visit = visit("nobody");
    let refused = customer::list::list(&portal, &visit, &ListQuery::default()).await.unwrap_err();
    match refused {
        customer::Error::Refused(reasons) => assert_eq!(reasons, [Reason::NoEmail, Reason::NoCompany]),
        other => panic!("{other:?}"),
    }
    assert_eq!(visit.reader().unwrap().name.as_deref(), Some("Nobody"));
}

#[tokio::test]
async fn somebody_joins_before_they_write_and_says_a_message_once() {
    let (portal, _engine) = portal().await;
    let (ben, hello) = (visit("ben"), message("Hello", "m-1"));
    let refused = conversation::say(&portal, &ben, Door::Conversation(&talk(), None), &hello).await.unwrap_err();
    assert!(matches!(refused, customer::Error::NotAParticipant), "{refused:?}");
    assert!(conversation::join(&portal, &ben, Door::Conversation(&talk(), None)).await.unwrap());
    assert!(!conversation::join(&portal, &ben, Door::Conversation(&talk(), None)).await.unwrap());

    let (part, just_now) = conversation::say(&portal, &ben, Door::Conversation(&talk(), None), &hello).await.unwrap();
    let (again, said_again) =
        conversation::say(&portal, &ben, Door::Conversation(&talk(), None), &hello).await.unwrap();
    assert!(just_now && !said_again);
    assert_eq!(part.id, again.id);
    let other = conversation::say(&portal, &ben, Door::Conversation(&talk(), None), &message("Other words", "m-1"))
        .await
        .unwrap_err();
    assert!(matches!(other, customer::Error::KeyReused), "{other:?}");
    let blank =
        conversation::say(&portal, &ben, Door::Conversation(&talk(), None), &message(" ", "m-2")).await.unwrap_err();
    assert!(matches!(blank, customer::Error::Unsayable(_)), "{blank:?}");
}

#[tokio::test]
async fn a_ticket_is_made_once_for_each_key_and_its_id_comes_from_the_port() {
    let (portal, _engine) = portal().await;
    let key = Key { key: "k".into(), fingerprint: "f".into() };
    let (made, first) = teammate::ticket::create(&portal, &grace(), &new_ticket("One"), Some(&key)).await.unwrap();
    let (same, second) = teammate::ticket::create(&portal, &grace(), &new_ticket("One"), Some(&key)).await.unwrap();
    assert!(first && !second);
    assert_eq!((made.row.id.as_str(), &made.row.id), ("tk-1", &same.row.id));
    let company = made.row.company.map(|company| company.id);
    assert_eq!(company, Some(CompanyId::new("acme").unwrap()), "the requester's only one");
    let another = Key { fingerprint: "g".into(), ..key };
    let refused = teammate::ticket::create(&portal, &grace(), &new_ticket("Two"), Some(&another)).await.unwrap_err();
    assert!(matches!(refused, teammate::Error::KeyReused), "{refused:?}");
}

#[tokio::test]
async fn what_cannot_be_is_told_with_what_could() {
    let (portal, _engine) = portal().await;
    let other = CompanyId::new("other").unwrap();
    let choose = |version, company| {
        let portal = portal.clone();
        async move { teammate::company::choose(&portal, &grace(), &ticket_id("t"), version, company).await }
    };
    match choose(1, Some(other.clone())).await.unwrap_err() {
        teammate::Error::NotOffered { company, options } => {
            assert_eq!((company, options.len(), options[0].name.as_str()), (other, 1, "Acme Ltd"));
        }
        error => panic!("{error:?}"),
    }
    match choose(7, None).await.unwrap_err() {
        teammate::Error::Stale { version, company } => {
            assert_eq!((version, company), (1, Some(CompanyId::new("acme").unwrap())));
        }
        error => panic!("{error:?}"),
    }
    let nowhere = StateId::new("nowhere").unwrap();
    let changes = Changes { version: 1, state: Some(nowhere.clone()), ..Changes::default() };
    match teammate::ticket::change(&portal, &grace(), &ticket_id("t"), &changes).await.unwrap_err() {
        teammate::Error::Unknown(thing) => assert_eq!(thing, Thing::State(nowhere)),
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn people_who_write_at_the_same_time_all_get_through_once() {
    let (portal, _engine) = portal().await;
    let said = (0..8).map(|n| {
        let portal = portal.clone();
        tokio::spawn(async move {
            let note = message(&format!("Message {n}"), &format!("m-{n}"));
            teammate::conversation::reply(&portal, &grace(), &talk(), note.into()).await.map(|(_, now)| now)
        })
    });
    for said in futures::future::join_all(said).await {
        assert!(said.unwrap().unwrap());
    }
    let read = teammate::conversation::read(&portal, &talk(), None).await.unwrap();
    assert_eq!(read.parts.len(), 8);
}
