//! A file of our own, into a fresh table, then the API: exactly the visible tickets, in order, for each contact.

use domain::timestamp::Timestamp;
use e2e::{Site, scene};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Finding;

const TICKETS: u64 = 20_000;
const COMPANIES: u64 = 12;
const CONTACTS: u64 = 60;

/// Contact `n` is in one to three companies.
fn companies_of(n: u64) -> Vec<u64> {
    (0..=n % 3).map(|step| (n + step * 5) % COMPANIES).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_tickets_are_listed_exactly() {
    let mut lines: Vec<Value> = scene::lines()
        .into_iter()
        .filter(|it| !matches!(it["kind"].as_str(), Some("ticket" | "conversation")))
        .collect();
    lines.extend(
        (0..COMPANIES).map(|n| json!({"kind": "company", "id": format!("co-{n}"), "name": format!("Company {n}")})),
    );
    lines.extend((0..CONTACTS).map(|n| {
        let companies: Vec<_> = companies_of(n).into_iter().map(|n| format!("co-{n}")).collect();
        json!({"kind": "contact", "id": format!("u-{n}"), "email": format!("u{n}@people.example"), "name": format!("Person {n}"), "companies": companies})
    }));
    let start: Timestamp = "2025-05-01T00:00:00Z".parse().unwrap();
    let mut expected: BTreeMap<u64, Vec<(String, String)>> = BTreeMap::new();
    for n in 0..TICKETS {
        // A fixed scramble: many tickets share an update time, a few are hidden, a few have no company.
        let mix = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let company = (mix % 13).checked_sub(1).filter(|n| *n < COMPANIES);
        let updated = start.plus(std::time::Duration::from_secs(mix % 5_000 * 3_600)).to_string();
        let kind = match mix % 31 {
            0 => "task",
            1 => "incident",
            _ => "bug",
        };
        let id = format!("t-{n}");
        let company_id = company.map(|n| format!("co-{n}"));
        let state = ["new", "triage", "asked", "done"][usize::try_from(mix % 4).unwrap()];
        let mut line = scene::ticket(&id, n, company_id.as_deref(), &format!("u-{}", mix % CONTACTS), state, &updated);
        line["created_at"] = json!("2025-05-01T00:00:00Z");
        line["type"] = json!(kind);
        line["description"] = json!("One line of description.");
        lines.push(line);
        if let (Some(company), "bug") = (company, kind) {
            expected.entry(company).or_default().push((updated, id));
        }
    }
    let site = Site::unfed(&lines).await;
    let walks = (0..CONTACTS).step_by(7).map(|n| walk(&site, n));
    for (n, walked) in join_all(walks).await {
        let mut visible: Vec<_> = companies_of(n).iter().flat_map(|company| expected[company].clone()).collect();
        visible.sort_by(|a, b| b.cmp(a));
        visible.dedup();
        assert_eq!(walked.len(), visible.len(), "u-{n}");
        assert!(walked == visible, "u-{n}: the order differs");
    }
    // On a busy machine, a page of a whole table may take longer than a request may last.
    let mut report = site.store.check(|_| {}).await;
    for _ in 0..5 {
        if report.is_err() {
            report = site.store.check(|_| {}).await;
        }
    }
    let report = report.unwrap();
    let is_of_search = |finding: &Finding| matches!(finding, Finding::TicketSearch(_) | Finding::ConversationSearch(_));
    assert_eq!((report.tickets, report.findings.iter().all(is_of_search)), (TICKETS, true));
}

async fn walk(site: &Site, n: u64) -> (u64, Vec<(String, String)>) {
    let (who, mut walked) = (format!("u-{n}"), Vec::new());
    let mut path = "/api/tickets?limit=100".to_owned();
    loop {
        let (status, list) = site.json_as(&who, &path).await;
        assert_eq!(status, 200, "{list}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        walked
            .extend(list["tickets"].as_array().unwrap().iter().map(|row| (text(&row["updated_at"]), text(&row["id"]))));
        match list["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/tickets?limit=100&cursor={cursor}"),
            None => {
                assert_eq!(list["counts"]["all"], walked.len(), "{who}");
                return (n, walked);
            }
        }
    }
}
