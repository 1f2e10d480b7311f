//! Two people at once, put in order by the proxy, and requests that are cut short and sent again: what was acknowledged
//! last holds, whole, and the check finds nothing.

use crate::budget::{answer, event_called};
use domain::id::{ContactId, ConversationId};
use e2e::{
    Site, load,
    proxy::{Fault, Proxy},
    read, scene,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use store::ConversationRecord;

const TRANSACTION: &str = "TransactWriteItems";

/// A conversation without a ticket that only Ada takes part in.
const ALONE: &str = "c-ada";

async fn with(lines: &[Value]) -> (Site, Proxy, Site) {
    let site = Site::start().await;
    load(&site.store, lines).await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    (site, proxy, slow)
}

/// A request by Grace that owns what it sends, to be joined with what happens meanwhile.
async fn desk(site: &Site, method: Method, path: String, body: Value) -> (u16, Value) {
    site.desk_send(method, &path, &body).await
}

async fn post_as(site: &Site, who: &str, path: &str, body: Value) -> (u16, Value) {
    let request = site.request(Method::POST, path).bearer_auth(site.token(who)).json(&body);
    let (status, body) = read(request.send().await.unwrap()).await;
    (status.as_u16(), body)
}

fn words(n: usize) -> Value {
    json!({"body": format!("alpha{n} beta{n} gamma{n}"), "client_id": format!("races-{n}")})
}

async fn tag_of(site: &Site, who: &str, path: &str) -> String {
    let answer = site.get_as(who, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.contains('.'), "it goes by marks: {tag}");
    tag
}

async fn asked_again(site: &Site, who: &str, path: &str, tag: &str) -> u16 {
    site.get_as(who, path).header("if-none-match", tag).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_open_conversation_is_told_that_it_has_become_a_ticket() {
    let path = format!("/api/conversations/{ALONE}");
    // A tracker is no ticket for customers: to its author the conversation is what it was.
    for (kind, expected) in [("bug", 200), ("incident", 304)] {
        let (site, ..) = with(&[scene::conversation(ALONE, &["ada"])]).await;
        let tag = tag_of(&site, "ada", &path).await;
        assert_eq!(asked_again(&site, "ada", &path, &tag).await, 304);
        let body = json!({"type": kind, "title": "It fails"});
        let (status, ticket) = site.desk_send(Method::POST, &format!("/conversations/{ALONE}/convert"), &body).await;
        assert_eq!(status, 201, "{ticket}");
        assert_eq!(asked_again(&site, "ada", &path, &tag).await, expected, "{kind}");
    }
    let (site, ..) = with(&[scene::conversation(ALONE, &["ada"])]).await;
    let tag = tag_of(&site, "ada", &path).await;
    let linked = site.desk_send(Method::POST, &format!("/conversations/{ALONE}/tickets/tk-3"), &json!({})).await;
    assert_eq!((linked.0, asked_again(&site, "ada", &path, &tag).await), (200, 200));
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_message_that_meets_a_conversion_is_the_tickets_and_is_told() {
    for by_teammate in [false, true] {
        let (site, proxy, slow) = with(&[scene::conversation(ALONE, &["ada"])]).await;
        let say = async {
            if by_teammate {
                slow.desk_send(Method::POST, &format!("/conversations/{ALONE}/messages"), &words(1)).await
            } else {
                post_as(&slow, "ada", &format!("/api/conversations/{ALONE}/messages"), words(1)).await
            }
        };
        let meanwhile = proxy.hold(TRANSACTION).while_waiting(async {
            let body = json!({"type": "bug", "title": "It fails"});
            let path = format!("/conversations/{ALONE}/convert");
            let ticket = site.desk_send(Method::POST, &path, &body).await.1["id"].as_str().unwrap().to_owned();
            site.wait(11);
            let path = format!("/api/conversations/{ALONE}?ticket={ticket}");
            (tag_of(&site, "ada", &path).await, path, ticket)
        });
        let ((status, said), (tag, path, ticket)) = futures::join!(say, meanwhile);
        assert_eq!(status, 201, "{said}");
        assert_eq!(asked_again(&site, "ada", &path, &tag).await, 200, "a teammate: {by_teammate}");
        // The message changed the ticket.
        assert_eq!(site.desk_get(&format!("/tickets/{ticket}")).await.1["version"], 2);
        site.assert_clean().await;
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn messages_that_an_import_brings_are_told() {
    let (site, ..) = with(&[scene::conversation(ALONE, &["ada"])]).await;
    let path = format!("/api/conversations/{ALONE}");
    let tag = tag_of(&site, "ada", &path).await;
    let mut more = scene::conversation(ALONE, &["ada"]);
    let part = json!({"id": "more", "type": "message", "author": {"contact": "ada"}, "body": "More",
        "at": "2026-11-02T09:00:00Z"});
    more["parts"].as_array_mut().unwrap().push(part);
    load(&site.store, &[more]).await;
    assert_eq!(asked_again(&site, "ada", &path, &tag).await, 200);
}

/// Ada's ticket with a conversation that only Bob, who is elsewhere, takes part in.
fn adas_ticket() -> [Value; 2] {
    let mut ticket = scene::ticket("tk-r", 60, Some("acme"), "ada", "new", "2026-11-14T10:00:00Z");
    ticket["conversation"] = json!("c-r");
    [scene::conversation("c-r", &["bob"]), ticket]
}

async fn make_requester(site: &Site, who: &str) {
    let version = site.desk_get("/tickets/tk-r").await.1["version"].clone();
    let change = json!({"requester": who, "version": version});
    let (status, ticket) = site.desk_send(Method::PATCH, "/tickets/tk-r", &change).await;
    assert_eq!(status, 200, "{ticket}");
}

async fn has_it(site: &Site, who: &str) -> Option<String> {
    let (_, space) = site.json_as(who, "/api/tickets-space").await;
    let mine = space["tickets"].as_array().unwrap().iter().find(|it| it["id"] == "tk-r")?;
    Some(mine["role"].as_str().unwrap_or("?").to_owned())
}

#[tokio::test]
async fn whoever_joins_while_they_become_the_requester_keeps_their_ticket() {
    let (site, proxy, slow) = with(&adas_ticket()).await;
    let join = post_as(&slow, "abe", "/api/conversations/c-r/join", json!({}));
    let meanwhile = proxy.hold(TRANSACTION).while_waiting(make_requester(&site, "abe"));
    let ((status, joined), ()) = futures::join!(join, meanwhile);
    assert_eq!((status, &joined["joined_now"]), (200, &json!(true)), "{joined}");
    site.assert_clean().await;
    let left = site.desk(Method::DELETE, "/memberships?contact=abe&company=acme").send().await.unwrap();
    assert_eq!(left.status(), 204);
    assert!(has_it(&site, "abe").await.is_some(), "what somebody created stays theirs");

    // The other way round: the join is written before the change that has not seen it.
    let (site, proxy, slow) = with(&adas_ticket()).await;
    let meanwhile = proxy.hold(TRANSACTION).while_waiting(async {
        assert_eq!(post_as(&site, "abe", "/api/conversations/c-r/join", json!({})).await.0, 200);
    });
    futures::join!(make_requester(&slow, "abe"), meanwhile);
    site.assert_clean().await;
    let (_, ticket) = site.json_as("abe", "/api/tickets/tk-r").await;
    assert_eq!(ticket["conversation"]["participating"], true, "{ticket}");
}

#[tokio::test]
async fn whoever_joins_while_somebody_else_becomes_the_requester_still_takes_part() {
    // Ada, whose ticket it was, joins; the change that makes it Abe's has not seen that.
    let (site, proxy, slow) = with(&adas_ticket()).await;
    let meanwhile = proxy.hold(TRANSACTION).while_waiting(async {
        assert_eq!(post_as(&site, "ada", "/api/conversations/c-r/join", json!({})).await.0, 200);
    });
    futures::join!(make_requester(&slow, "abe"), meanwhile);
    site.assert_clean().await;
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-r").await;
    assert_eq!(ticket["conversation"]["participating"], true, "{ticket}");

    // The other way round she joins through her company, as a colleague; from elsewhere she does not join.
    for (companies, expected) in [(&["acme"][..], 200), (&[], 404)] {
        let (site, proxy, slow) = with(&adas_ticket()).await;
        let person = json!({"id": "ada", "email": "ada@people.example", "companies": companies});
        let meanwhile = proxy.hold(TRANSACTION).while_waiting(async {
            make_requester(&site, "abe").await;
            assert_eq!(site.desk_send(Method::PUT, "/contacts", &person).await.0, 200);
        });
        let (joined, ()) = futures::join!(post_as(&slow, "ada", "/api/conversations/c-r/join", json!({})), meanwhile);
        assert_eq!(joined.0, expected, "{}", joined.1);
        site.assert_clean().await;
    }
}

fn companies(from: usize, to: usize) -> Vec<Value> {
    (from..to).map(|n| json!({"kind": "company", "id": format!("k{n}"), "name": format!("K {n}")})).collect()
}

fn person(ids: std::ops::Range<usize>) -> Value {
    let ids: Vec<_> = ids.map(|n| format!("k{n}")).collect();
    json!({"id": "big", "email": "big@people.example", "companies": ids})
}

async fn companies_of(site: &Site, who: &str) -> BTreeSet<String> {
    let (_, profile) = site.desk_get(&format!("/contacts?id={who}")).await;
    profile["companies"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

fn named(put: &Value) -> BTreeSet<String> {
    put["companies"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn of_two_who_record_a_contact_with_many_companies_at_once_one_is_last_and_the_companies_are_theirs() {
    let (site, proxy, slow) = with(&companies(0, 120)).await;
    // Each is more than one transaction.
    let (first, second) = (person(0..60), person(60..120));
    let meanwhile = proxy.hold_after(1, TRANSACTION).while_waiting(async {
        assert_eq!(site.desk_send(Method::PUT, "/contacts", &second).await.0, 200);
    });
    let ((status, answer), ()) = futures::join!(slow.desk_send(Method::PUT, "/contacts", &first), meanwhile);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(companies_of(&site, "big").await, named(&first), "the last to be acknowledged");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_membership_that_ends_while_the_contact_is_recorded_is_as_the_last_word_says() {
    let (site, proxy, slow) = with(&companies(0, 4)).await;
    assert_eq!(site.desk_send(Method::PUT, "/contacts", &person(0..2)).await.0 / 100, 2);
    let meanwhile = proxy.hold(TRANSACTION).while_waiting(async {
        let ended = site.desk(Method::DELETE, "/memberships?contact=big&company=k0").send().await.unwrap();
        assert_eq!(ended.status(), 204);
    });
    let ((status, _), ()) = futures::join!(desk(&slow, Method::PUT, "/contacts".into(), person(0..3)), meanwhile);
    assert_eq!((status, companies_of(&site, "big").await), (200, named(&person(0..3))));
    site.assert_clean().await;
}

#[tokio::test]
async fn what_a_contact_loses_counts_even_when_recording_it_is_cut_short_and_sending_it_again_completes_it() {
    let (site, proxy, _) = with(&companies(0, 90)).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    assert_eq!(site.desk_send(Method::PUT, "/contacts", &person(0..90)).await.0 / 100, 2);
    let put = person(80..81);
    proxy.fail_after(1, Some((TRANSACTION, Fault::Refused)));
    assert_eq!(slow.desk_send(Method::PUT, "/contacts", &put).await.0, 503);
    assert_eq!(companies_of(&site, "big").await, named(&put), "nothing that was taken away is left");
    site.fed().await;
    let findings = site.store.check(|_| {}).await.unwrap().findings;
    assert!(findings.iter().any(|it| it.to_string().starts_with("contact big:")), "{findings:?}");

    // A membership that ends in between stays ended.
    proxy.fail(None);
    assert_eq!(slow.desk_send(Method::PUT, "/contacts", &put).await.0, 200);
    assert_eq!(companies_of(&site, "big").await, named(&put));
    site.assert_clean().await;
}

/// A conversation of more people of Acme than one transaction holds entries for, and a ticket of the first of them.
fn crowd() -> Vec<Value> {
    let ids: Vec<_> = (0..120).map(|n| format!("u{n:03}")).collect();
    let mut lines: Vec<_> = ids
        .iter()
        .map(|id| json!({"kind": "contact", "id": id, "email": format!("{id}@people.example"), "companies": ["acme"]}))
        .collect();
    lines.push(json!({"kind": "conversation", "id": "c-r", "participants": ids, "parts": []}));
    lines.push(scene::ticket("tk-r", 60, Some("acme"), "u000", "new", "2026-11-14T10:00:00Z"));
    lines
}

async fn lacking(site: &Site, ticket: &str) -> usize {
    let items = site.items().await;
    let lacks = |n: &usize| !items.contains_key(&format!("\"CONTACT#u{n:03}#\" \"SPACE#{ticket}#\""));
    (0..120).filter(lacks).count()
}

#[tokio::test]
async fn a_link_to_a_conversation_of_many_that_is_cut_short_is_completed_when_it_is_sent_again() {
    let path = "/conversations/c-r/tickets/tk-r";
    let (site, proxy, _) = with(&crowd()).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    proxy.fail_after(1, Some((TRANSACTION, Fault::Refused)));
    assert_eq!(slow.desk_send(Method::POST, path, &json!({})).await.0, 503);
    assert!(lacking(&site, "tk-r").await > 10);
    site.fed().await;
    let findings: Vec<_> = site.store.check(|_| {}).await.unwrap().findings.iter().map(ToString::to_string).collect();
    assert_eq!(findings, ["ticket tk-r: not in the tickets spaces of exactly those in its conversation"]);

    // Until then the last of them is told one thing everywhere, and joining or writing mends it for them.
    proxy.fail(None);
    for who in ["u119", "u118"] {
        let of_ticket = site.json_as(who, "/api/tickets/tk-r").await.1["conversation"]["participating"].clone();
        let of_thread = site.json_as(who, "/api/conversations/c-r").await.1["participating"].clone();
        assert_eq!((of_ticket, of_thread), (json!(false), json!(false)));
    }
    let (status, joined) = post_as(&site, "u119", "/api/conversations/c-r/join", json!({})).await;
    assert_eq!((status, joined), (200, json!({"participating": true, "joined_now": false})));
    assert_eq!(post_as(&site, "u118", "/api/conversations/c-r/messages", words(1)).await.0, 201);
    for who in ["u119", "u118"] {
        assert_eq!(site.json_as(who, "/api/tickets/tk-r").await.1["conversation"]["participating"], true, "{who}");
        assert_eq!(site.json_as(who, "/api/conversations/c-r").await.1["participating"], true, "{who}");
    }
    assert_eq!(slow.desk_send(Method::POST, path, &json!({})).await.0, 200);
    assert_eq!(lacking(&site, "tk-r").await, 0);
    site.assert_clean().await;
    let items = site.items().await;
    assert_eq!(slow.desk_send(Method::POST, path, &json!({})).await.0, 200);
    assert_eq!(site.items().await, items, "nothing is left to write");
}

#[tokio::test]
async fn a_conversion_of_many_that_is_cut_short_is_completed_when_it_is_sent_again() {
    let body = json!({"type": "bug", "title": "It fails", "requester": "u000"});
    for key in [Some("k-1"), None] {
        let (site, proxy, _) = with(&crowd()).await;
        let slow = site.waiting_at(&proxy.endpoint).await;
        let send = async |site: &Site| {
            let mut request = site.desk(Method::POST, "/conversations/c-r/convert").json(&body);
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            let (status, answer) = read(request.send().await.unwrap()).await;
            (status.as_u16(), answer)
        };
        proxy.fail_after(1, Some((TRANSACTION, Fault::Refused)));
        assert_eq!(send(&slow).await.0, 503);
        proxy.fail(None);
        let (status, answer) = send(&slow).await;
        assert_eq!(status, if key.is_some() { 200 } else { 409 }, "{answer}");
        let ticket = answer[if key.is_some() { "id" } else { "ticket" }].as_str().unwrap().to_owned();
        assert_eq!(lacking(&site, &ticket).await, 0, "{key:?}");
        site.assert_clean().await;
    }
}

#[tokio::test]
async fn first_messages_and_notes_at_once_leave_search_as_it_should_be() {
    // A conversation that a contact has opened for a ticket, and one that an import has brought without a word.
    for of_ticket in [true, false] {
        for (first, second) in
            [("notes", "messages"), ("messages", "notes"), ("notes", "notes"), ("messages", "messages")]
        {
            let silent = json!({"kind": "conversation", "id": ALONE, "participants": ["ada"], "parts": []});
            let (site, proxy, slow) = with(&[silent]).await;
            let id = if of_ticket {
                let opened = post_as(&site, "ada", "/api/tickets/tk-3/conversation", json!({})).await;
                opened.1["id"].as_str().unwrap().to_owned()
            } else {
                ALONE.to_owned()
            };
            let path = |kind: &str| format!("/conversations/{id}/{kind}");
            let meanwhile = proxy.hold(TRANSACTION).while_waiting(async {
                assert_eq!(site.desk_send(Method::POST, &path(second), &words(2)).await.0, 201);
            });
            let (said, ()) = futures::join!(desk(&slow, Method::POST, path(first), words(1)), meanwhile);
            assert_eq!(said.0, 201, "{}", said.1);
            site.assert_clean().await;
            let (_, thread) = site.desk_get(&format!("/conversations/{id}")).await;
            assert_eq!(thread["parts"].as_array().unwrap().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_note_that_meets_reindexing_is_found_where_the_conversation_is() {
    let (site, proxy, slow) = with(&[scene::conversation(ALONE, &["ada"])]).await;
    // Ada moves on; only reindexing changes in whose lists the conversation is.
    let person = json!({"id": "ada", "email": "ada@people.example", "companies": ["beta"]});
    assert_eq!(site.desk_send(Method::PUT, "/contacts", &person).await.0, 200);
    let reindexing = proxy.hold(TRANSACTION).while_waiting(async {
        let path = format!("/conversations/{ALONE}/notes");
        site.store.reindex(false, |_| {}).await.unwrap();
        assert_eq!(site.desk_send(Method::POST, &path, &words(2)).await.0, 201);
    });
    let path = format!("/conversations/{ALONE}/notes");
    let (said, ()) = futures::join!(desk(&slow, Method::POST, path.clone(), words(1)), reindexing);
    assert_eq!(said.0, 201, "{}", said.1);
    site.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(feature = "built-functions", ignore = "asks the handlers")]
async fn a_conversation_of_three_thousand_is_linked_by_sending_the_link_until_it_is_done() {
    const PEOPLE: usize = 3000;
    let site = Site::start().await;
    let who = |n: usize| ContactId::new(format!("p-{n:04}")).unwrap();
    let known = ["ada", "bob"].map(|id| ContactId::new(id).unwrap());
    let participants: BTreeSet<_> = (0..PEOPLE).map(who).chain(known).collect();
    let id = ConversationId::new("c-2").unwrap();
    let crowd = ConversationRecord { id, participants, parts: Vec::new(), fingerprint: String::new() };
    site.store.put_conversations(&[crowd]).await.unwrap();

    let mut event = event_called("post-api-helpdesk-conversation-ticket", &site).await;
    event["rawPath"] = json!("/api/helpdesk/conversations/c-2/tickets/tk-2");
    event["requestContext"]["http"]["path"] = event["rawPath"].clone();
    event["pathParameters"] = json!({"conversation_id": "c-2", "ticket_id": "tk-2"});
    event["body"] = json!(json!({"company": "acme"}).to_string());
    // The first one comes no further than the link itself and the first of them.
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    proxy.fail_after(2, Some((TRANSACTION, Fault::Refused)));
    let first = answer(&slow, &event, Duration::from_secs(8)).await;
    assert_eq!((&first["statusCode"], &first["headers"]["retry-after"]), (&json!(503), &json!("1")), "{first}");
    proxy.fail(None);
    let again = answer(&slow, &event, Duration::from_secs(120)).await;
    assert_eq!(again["statusCode"], 200, "{again}");
    for n in (0..PEOPLE).step_by(97) {
        let (_, space) = site.json_as(who(n).as_str(), "/api/tickets-space").await;
        assert_eq!(space["portal"]["access"], "denied", "they are in no company, and see nothing of Acme's");
    }
    let spaces = site.items().await.into_keys().filter(|key| key.ends_with("\"SPACE#tk-2#\"")).count();
    assert_eq!(spaces, PEOPLE + 3, "all of them, Ada, Bob and the requester");
    let (_, seen) = site.json_as("ada", "/api/tickets/tk-2").await;
    assert_eq!(seen["conversation"], json!({"id": "c-2", "participating": true, "participants": PEOPLE + 2}));
    site.assert_clean().await;
}
