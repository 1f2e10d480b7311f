//! The demo data of `cargo run`: an invented vendor of warehouse software, ten customers, eighteen months of tickets.
//!
//! It is an import file like any other, so that the way in is the one that operators use. Who appears and what they
//! say stands in the files under `local/demo`. The same `now` gives the same bytes. It is not a fixture: tests that need
//! a certain ticket make it themselves.

mod alike;
mod calendar;
mod cast;
mod catalog;
mod conversations;
mod details;
mod file;
mod scenario;
mod state;
mod story;
mod tickets;

pub use alike::Alike;
pub use cast::{Cast, Contact, Customer, Teammate};
pub use conversations::Conversations;
pub use file::Unreadable;

use domain::timestamp::Timestamp;
use scenario::Scenarios;
use serde_json::{Value, json};

/// The import lines, with the newest ticket some minutes before `now`. People without a session are sent to
/// `sign_in_url`.
///
/// # Errors
/// [`Unreadable`] when a file under `local/demo` has a mistake.
pub fn ndjson(cast: &Cast, now: Timestamp, sign_in_url: &str) -> Result<String, Unreadable> {
    let (scenarios, conversations, alike) = (Scenarios::read()?, Conversations::read()?, Alike::read()?);
    let settings = json!({
        "kind": "settings", "enabled": true, "sign_in_url": sign_in_url,
        "brand": {"name": cast.vendor.name, "color": cast.vendor.color},
        "support_contact": cast.vendor.support_contact,
        "audience": [], "visibility": {"restrict": false, "conditions": []}, "reporting": true,
    });
    let teammates = cast.teammates.iter().map(|it| json!({"kind": "teammate", "id": it.id, "name": it.name}));
    let companies = cast.customers.iter().map(|it| json!({"kind": "company", "id": it.id, "name": it.name}));
    let lines = [settings]
        .into_iter()
        .chain(catalog::lines()?.map(|line| json!(line)))
        .chain(teammates)
        .chain(companies)
        .chain(cast.contacts.iter().map(contact))
        .chain(tickets::lines(cast, &scenarios, &alike, now.seconds()))
        .chain(conversations.lines(cast, now.seconds()));
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

fn contact(contact: &Contact) -> Value {
    let mut line = json!({"kind": "contact", "id": contact.id, "name": contact.name, "companies": contact.companies});
    if let (Some(email), Some(line)) = (&contact.email, line.as_object_mut()) {
        line.insert("email".into(), email.as_str().into());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        catalog::{AttributeDefinition, TicketCategory},
        id::{CompanyId, ContactId, ConversationId, PartId, StateId, TicketId, TypeId},
    };
    use std::collections::{BTreeMap, BTreeSet};

    const NOW: &str = "2026-11-04T10:17:31.456Z";
    const HOUR: i64 = 60 * 60 * 1000;
    const DAY: i64 = 24 * HOUR;

    fn lines() -> Vec<Value> {
        lines_at(NOW.parse().unwrap())
    }

    fn lines_at(now: Timestamp) -> Vec<Value> {
        let text = ndjson(&Cast::read().unwrap(), now, "http://localhost:8080/sign-in").unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The lines of one kind, by id.
    fn of<'a>(lines: &'a [Value], kind: &str) -> BTreeMap<&'a str, &'a Value> {
        let these = || lines.iter().filter(|line| line["kind"] == kind);
        let by_id: BTreeMap<_, _> = these().map(|line| (text(&line["id"]), line)).collect();
        assert_eq!(by_id.len(), these().count(), "an id of a {kind} is used twice");
        by_id
    }

    fn text(value: &Value) -> &str {
        value.as_str().unwrap_or_else(|| panic!("{value} is not a text"))
    }

    fn list(value: &Value) -> &[Value] {
        value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
    }

    fn time(value: &Value) -> Timestamp {
        text(value).parse().unwrap()
    }

    fn category(types: &BTreeMap<&str, &Value>, ticket: &Value) -> TicketCategory {
        serde_json::from_value(types[text(&ticket["type"])]["category"].clone()).unwrap()
    }

    fn customers_may_see(types: &BTreeMap<&str, &Value>, ticket: &Value) -> bool {
        match category(types, ticket) {
            TicketCategory::Customer => true,
            TicketCategory::BackOffice => ticket["shared"] == true,
            TicketCategory::Tracker => false,
        }
    }

    fn messages_and_notes<'a>(lines: &'a [Value]) -> (Vec<&'a str>, Vec<&'a str>) {
        let parts = of(lines, "conversation").into_values().flat_map(|it| list(&it["parts"]));
        let (notes, messages): (Vec<&Value>, Vec<&Value>) = parts.partition(|part| part["type"] == "note");
        let bodies = |parts: Vec<&'a Value>| parts.into_iter().map(|it| text(&it["body"])).collect();
        (bodies(messages), bodies(notes))
    }

    #[test]
    fn there_is_as_much_as_a_real_business_has() {
        let lines = lines();
        let (types, tickets) = (of(&lines, "ticket_type"), of(&lines, "ticket"));
        let (contacts, conversations) = (of(&lines, "contact"), of(&lines, "conversation"));
        assert_eq!(lines.iter().filter(|line| line["kind"] == "settings").count(), 1);
        assert!((5..=6).contains(&types.len()) && (6..=7).contains(&of(&lines, "ticket_state").len()));
        assert!(of(&lines, "company").len() >= 6 && contacts.len() >= 25 && of(&lines, "teammate").len() >= 4);
        assert!(tickets.len() >= 400, "{} tickets", tickets.len());

        let mut visible = BTreeMap::<_, usize>::new();
        for ticket in tickets.values().filter(|ticket| customers_may_see(&types, ticket)) {
            *visible.entry(ticket["company"].as_str()).or_default() += 1;
        }
        assert!((130..=150).contains(&visible[&Some("acme")]), "{visible:?}");
        assert!(visible[&None] >= 8 && visible.len() == of(&lines, "company").len(), "{visible:?}");
        assert!(visible[&Some("55-004417")] < 25, "{visible:?}");
        let shared = tickets.values().filter(|it| it["shared"] == true).count();
        assert!((10..60).contains(&shared), "{shared} shared");
        let hidden = tickets.len() - visible.values().sum::<usize>();
        assert!((20..80).contains(&hidden), "{hidden} hidden");

        let customer = |it: &&&Value| category(&types, it) == TicketCategory::Customer;
        let talked_about = tickets.values().filter(customer).filter(|it| it["conversation"].is_string()).count();
        assert!(talked_about * 10 > tickets.values().filter(customer).count() * 8, "{talked_about}");
        let joined = conversations.values().filter(|it| list(&it["participants"]).len() > 1).count();
        assert!(joined >= 40, "{joined} conversations that a colleague joined");
        assert!(Scenarios::read().unwrap().english.len() >= 50);
        let titles: BTreeSet<&str> = tickets.values().map(|it| text(&it["title"])).collect();
        assert!(titles.len() * 100 > tickets.len() * 98, "{} titles", titles.len());
        let long = titles.iter().filter(|it| it.chars().count() >= 150).count();
        assert!(long >= 3, "{long} long titles");
        assert!(titles.iter().filter(|it| it.contains(|c| ('\u{600}'..'\u{700}').contains(&c))).count() >= 10);
        let all = lines.iter().map(ToString::to_string).collect::<String>();
        assert!(all.contains("<script>") && all.contains("https://docs.") && all.contains('🙈'));
    }

    #[test]
    fn every_state_category_holds_tickets_and_some_were_updated_in_the_last_hours() {
        let lines = lines();
        let (tickets, states) = (of(&lines, "ticket"), of(&lines, "ticket_state"));
        let now: Timestamp = NOW.parse().unwrap();
        let mut by_category = BTreeMap::<&str, Vec<i64>>::new();
        for ticket in tickets.values() {
            let age = now.millis() - time(&ticket["updated_at"]).millis();
            by_category.entry(text(&states[text(&ticket["state"])]["category"])).or_default().push(age);
        }
        assert_eq!(by_category.len(), 4);
        for (category, ages) in &by_category {
            let old = ages.iter().filter(|age| **age > 60 * DAY).count();
            let resolved = *category == "resolved";
            assert!(
                ages.len() >= 15 && (if resolved { old * 2 > ages.len() } else { old == 0 }),
                "{category} {ages:?}"
            );
        }
        let fresh = by_category.values().flatten().filter(|age| **age < DAY / 4).count();
        assert!(fresh >= 8, "{fresh}");
        assert_eq!(tickets.values().map(|it| text(&it["state"])).collect::<BTreeSet<_>>().len(), states.len());
    }

    #[test]
    fn the_people_who_are_special_are() {
        let lines = lines();
        let (contacts, types, tickets) = (of(&lines, "contact"), of(&lines, "ticket_type"), of(&lines, "ticket"));
        let people = Cast::read().unwrap().contacts;
        let listed: BTreeSet<&str> = people.iter().map(|it| it.id.as_str()).collect();
        assert!(listed.len() == people.len() && listed.iter().eq(contacts.keys()));
        let find = |phrase: &str| {
            let person = people.iter().find(|it| it.what.contains(phrase)).unwrap();
            contacts[person.id.as_str()]
        };
        assert_eq!(list(&find("In three companies")["companies"]).len(), 3);
        assert_eq!(list(&find("In two companies")["companies"]).len(), 2);
        assert_eq!(list(&find("In no company")["companies"]).len(), 0);
        assert_eq!(find("no e-mail address: is told").get("email"), None);
        let neither = find("neither an e-mail address nor a company");
        assert!(neither.get("email").is_none() && list(&neither["companies"]).is_empty());
        let hidden = &find("none of which customers may see")["companies"];
        let theirs: Vec<_> = tickets.values().filter(|it| it["company"] == hidden[0]).collect();
        assert!(!theirs.is_empty() && !theirs.iter().any(|it| customers_may_see(&types, it)));
        let own = tickets.values().filter(|it| it["requester"] == find("In no company")["id"]);
        assert!(own.filter(|it| customers_may_see(&types, it)).count() >= 2);
        for contact in contacts.values() {
            assert!(contact.get("email").is_none_or(|email| text(email).ends_with(".example")), "{contact}");
        }
    }

    #[test]
    fn every_reference_resolves_and_every_id_has_its_form() {
        let lines = lines();
        let [types, states, companies, contacts, teammates, conversations, tickets] =
            ["ticket_type", "ticket_state", "company", "contact", "teammate", "conversation", "ticket"]
                .map(|kind| of(&lines, kind));
        companies.keys().for_each(|id| drop(CompanyId::new(*id).unwrap()));
        contacts.keys().for_each(|id| drop(ContactId::new(*id).unwrap()));
        types.keys().for_each(|id| drop(TypeId::new(*id).unwrap()));
        states.keys().for_each(|id| drop(StateId::new(*id).unwrap()));
        tickets.keys().for_each(|id| drop(TicketId::new(*id).unwrap()));
        conversations.keys().for_each(|id| drop(ConversationId::new(*id).unwrap()));
        let known_author = |author: &Value| match (&author["contact"], &author["teammate"]) {
            (Value::String(contact), Value::Null) => contacts.contains_key(contact.as_str()),
            (Value::Null, Value::String(teammate)) => teammates.contains_key(teammate.as_str()),
            _ => false,
        };
        let member = |contact: &Value, company: &Value| {
            company.is_null() || list(&contacts[text(contact)]["companies"]).contains(company)
        };
        for contact in contacts.values() {
            assert!(list(&contact["companies"]).iter().all(|it| companies.contains_key(text(it))));
        }
        let mut parts = BTreeSet::new();
        for conversation in conversations.values() {
            for part in list(&conversation["parts"]) {
                assert!(parts.insert(PartId::new(text(&part["id"])).unwrap()), "{part}");
                assert!(known_author(&part["author"]), "{part}");
                let writer = &part["author"]["contact"];
                assert!(writer.is_null() || list(&conversation["participants"]).contains(writer), "{part}");
                assert!(part["type"] == "message" || writer.is_null(), "a customer wrote a note: {part}");
            }
        }
        let mut used = BTreeSet::new();
        for ticket in tickets.values() {
            assert!(types.contains_key(text(&ticket["type"])) && states.contains_key(text(&ticket["state"])));
            assert!(ticket["company"].is_null() || companies.contains_key(text(&ticket["company"])), "{ticket}");
            assert!(member(&ticket["requester"], &ticket["company"]), "{ticket}");
            let mut joined = vec![&ticket["requester"]];
            for event in list(&ticket["history"]) {
                assert!(known_author(&event["by"]), "{event}");
                assert!(event.get("state").is_none_or(|state| states.contains_key(text(state))));
                if event["event"] == "joined" {
                    assert!(member(&event["by"]["contact"], &ticket["company"]), "{event}");
                    joined.push(&event["by"]["contact"]);
                }
            }
            let Some(id) = ticket["conversation"].as_str() else { continue };
            assert!(used.insert(id), "{id} is linked twice");
            assert!(list(&conversations[id]["participants"]).iter().eq(joined), "{ticket}");
        }
        let unlinked = conversations.keys().filter(|id| !used.contains(*id)).count();
        assert_eq!((used.len() + unlinked, unlinked), (conversations.len(), 3));
    }

    #[test]
    fn numbers_ascend_and_history_leads_to_where_the_ticket_is() {
        let lines = lines();
        let (tickets, conversations) = (of(&lines, "ticket"), of(&lines, "conversation"));
        let now: Timestamp = NOW.parse().unwrap();
        let mut by_number: Vec<&Value> = tickets.into_values().collect();
        by_number.sort_by_key(|it| it["number"].as_u64().unwrap());
        assert!(
            (1001..).zip(&by_number).all(|(number, it)| it["number"] == number && it["id"] == format!("tk-{number}"))
        );
        assert!(by_number.is_sorted_by_key(|it| time(&it["created_at"])));
        let oldest = now.millis() - time(&by_number[0]["created_at"]).millis();
        assert!((480 * DAY..548 * DAY).contains(&oldest), "{} days", oldest / DAY);
        for ticket in by_number {
            let (created, updated) = (time(&ticket["created_at"]), time(&ticket["updated_at"]));
            assert!(created <= updated && updated <= now, "{ticket}");
            let history = list(&ticket["history"]);
            assert!(history[0]["event"] == "created" && time(&history[0]["at"]) == created, "{ticket}");
            let state = history.iter().rev().find_map(|event| event.get("state"));
            assert_eq!(state.unwrap_or(&"st-new".into()), &ticket["state"], "{ticket}");
            let company = history.iter().rev().find_map(|event| event.get("company"));
            assert!(company.is_none_or(|company| *company == ticket["company"]), "{ticket}");
            let parts = ticket["conversation"].as_str().map_or(&[][..], |id| list(&conversations[id]["parts"]));
            assert!(history.is_sorted_by_key(|it| time(&it["at"])) && parts.is_sorted_by_key(|it| time(&it["at"])));
            let messages = parts.iter().filter(|part| part["type"] == "message");
            let seen = history.iter().chain(messages).map(|it| time(&it["at"])).max();
            assert_eq!(seen, Some(updated), "{ticket}");
            assert!(parts.iter().all(|part| created < time(&part["at"]) && time(&part["at"]) <= now), "{ticket}");
        }
    }

    #[test]
    fn attributes_are_of_their_types_and_cover_all_of_them() {
        let lines = lines();
        let types = of(&lines, "ticket_type");
        let definitions = |ticket_type: &Value| -> Vec<AttributeDefinition> {
            serde_json::from_value(ticket_type["attributes"].clone()).unwrap()
        };
        let mut covered = BTreeSet::new();
        for ticket in of(&lines, "ticket").values() {
            let definitions = definitions(types[text(&ticket["type"])]);
            let values = ticket["attributes"].as_object().unwrap();
            assert!(!values.is_empty());
            for (name, value) in values {
                let definition = definitions.iter().find(|it| it.name == *name).unwrap();
                assert!(definition.data_type.admits(value), "{name}: {value}");
                covered.insert((text(&ticket["type"]), definition.name.clone()));
            }
        }
        let defined = types.iter().flat_map(|(id, it)| definitions(it).into_iter().map(|it| (*id, it.name)));
        assert_eq!(covered, defined.collect());
        for ticket_type in types.values().filter(|it| it["category"] == "customer") {
            let visible = definitions(ticket_type).iter().filter(|it| it.visible_to_contacts).count();
            assert!((1..=4).contains(&visible), "{ticket_type}");
        }
        let kinds: BTreeSet<String> =
            types.values().flat_map(|it| list(&it["attributes"])).map(|it| text(&it["data_type"]).to_owned()).collect();
        assert_eq!(kinds.len(), 6, "{kinds:?}");
    }

    #[test]
    fn what_is_alike_is_there_and_the_readme_says_what_to_type() {
        let (lines, cast) = (lines(), Cast::read().unwrap());
        let tickets = of(&lines, "ticket");
        let told: BTreeSet<_> =
            tickets.values().map(|it| (text(&it["title"]), it["company"].as_str().unwrap_or_default())).collect();
        let all = Alike::read().unwrap();
        for alike in &all {
            for (company, title) in alike.titles() {
                assert!(told.contains(&(title, company)), "{title} of {company}");
            }
            let who = cast.contacts.iter().find(|it| it.id == alike.by).unwrap();
            assert!(alike.titles().any(|(company, _)| who.companies.iter().any(|it| it == company)), "{}", alike.types);
            let readme = include_str!("../demo/README.md");
            assert!(readme.contains(&alike.types) && readme.contains(&who.name), "{}", alike.types);
        }
        for script in [|c: char| c.is_ascii_alphabetic(), |c| ('\u{3040}'..'\u{30ff}').contains(&c)] {
            assert!(all.iter().any(|it| it.types.chars().any(script)));
        }
    }

    #[test]
    fn no_note_is_told_to_customers() {
        let lines = lines();
        let (messages, notes) = messages_and_notes(&lines);
        assert!(notes.len() >= 200 && messages.len() >= 1000, "{} notes, {} messages", notes.len(), messages.len());
        let tickets = of(&lines, "ticket");
        let public: Vec<&str> = tickets
            .values()
            .flat_map(|it| [text(&it["title"]), text(&it["description"])])
            .chain(messages)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        for note in notes.into_iter().collect::<BTreeSet<_>>() {
            assert!(!public.iter().any(|it| it.contains(note) || note.contains(it)), "{note}");
        }
    }

    #[test]
    fn no_word_in_braces_is_left_and_every_address_is_an_example() {
        for line in lines() {
            let line = line.to_string();
            for piece in line.split('{').skip(1) {
                let word = piece.split('}').next().unwrap();
                assert!(word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_lowercase()), "{{{word}}} in {line}");
            }
            for address in line.split("https://").skip(1) {
                let host = address.split(['/', ' ', '"']).next().unwrap();
                assert!(host == "idp.example" || host.ends_with(".quayhaven.example"), "{host}");
            }
        }
    }

    #[test]
    fn who_has_which_tickets_does_not_depend_on_the_time_and_the_one_who_is_answered_has_one_in_progress() {
        let answer = Conversations::read().unwrap().answer;
        let at = |now: i64| {
            let lines = lines_at(Timestamp::from_millis(now).unwrap());
            let states = of(&lines, "ticket_state");
            let what = |it: &&Value| {
                let fields = ["type", "state", "company", "requester"].map(|field| it[field].to_string());
                (fields, it["conversation"].is_string())
            };
            let mut all: Vec<_> = of(&lines, "ticket").values().map(what).collect();
            all.sort();
            let theirs = of(&lines, "ticket").into_values().filter(|it| it["requester"] == *answer.to);
            let answered = theirs.filter(|it| it["conversation"].is_string());
            let answered = answered.filter(|it| states[text(&it["state"])]["category"] == "in_progress").count();
            assert!(answered > 0, "nothing of theirs is in progress at {now}");
            all
        };
        let now = NOW.parse::<Timestamp>().unwrap().millis();
        let first = at(now);
        // Each hour of the day and each day of the week.
        assert!((1..24).all(|step| at(now + step * 31 * HOUR) == first));
    }

    #[test]
    fn the_same_time_gives_the_same_bytes_and_any_time_gives_tickets_before_it() {
        let cast = Cast::read().unwrap();
        let at = |now: &str| ndjson(&cast, now.parse().unwrap(), "http://localhost/").unwrap();
        assert_eq!(at(NOW), at(NOW));
        for now in ["2024-02-29T00:00:00Z", "2027-01-03T03:00:00Z"] {
            let latest = at(now)
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get("updated_at").map(time))
                .max();
            let age = now.parse::<Timestamp>().unwrap().millis() - latest.unwrap().millis();
            assert!((0..DAY / 4).contains(&age), "{age}");
        }
    }
}
