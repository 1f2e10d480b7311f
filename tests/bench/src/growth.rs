//! What a page takes as what it is about grows. Each point is a table of its own.

use crate::{
    instructions, program,
    scenario::{self, LIST_PAGE, Prepared, SEARCH, Scenario, TICKET_PAGE},
    svg::{plot, short, thousands},
};
use domain::{id::CompanyId, ticket::Ticket, timestamp::Timestamp};
use e2e::{for_engine, scene};
use engine::Engine;
use serde_json::{Value, json};
use std::{fs, path::Path};
use store::Store;

/// How many answers after the first are counted.
const COUNTED: u64 = 5;
/// Rows that are put into a table at once.
const AT_ONCE: usize = 5_000;

/// Something that grows, and the page that is about it.
struct Axis {
    /// What there is more and more of.
    of: &'static str,
    /// The plot's file, without its extension.
    file: &'static str,
    scenario: Scenario,
    sizes: &'static [usize],
    /// What is imported.
    lines: fn(usize) -> Vec<Value>,
    /// Tickets beside these, of which the table has the rows, and what search has of them where that is asked.
    rows: fn(usize) -> Vec<Ticket>,
}

const AXES: [Axis; 5] = [
    Axis {
        of: "tickets of the company",
        file: "tickets",
        scenario: LIST_PAGE,
        sizes: &[100, 1_000, 10_000, 100_000],
        lines: |_| scene::lines(),
        rows: |many| rows("acme", many),
    },
    Axis {
        of: "companies of the contact",
        file: "companies",
        scenario: LIST_PAGE,
        sizes: &[1, 10, 100],
        lines: companies,
        rows: |many| company_ids(many).flat_map(|id| rows(&id, 30)).collect(),
    },
    Axis {
        of: "types of tickets",
        file: "types",
        scenario: LIST_PAGE,
        sizes: &[3, 30, 100],
        lines: types,
        rows: |_| rows("acme", 100),
    },
    Axis {
        of: "messages of the conversation",
        file: "messages",
        scenario: TICKET_PAGE,
        sizes: &[1, 100, 1_000, 10_000],
        lines: messages,
        rows: |_| Vec::new(),
    },
    Axis {
        of: "tickets to search",
        file: "search",
        scenario: SEARCH,
        sizes: &[1_000, 10_000, 100_000, 200_000],
        lines: |_| scene::lines(),
        rows: titled,
    },
];

/// Tickets of a company, each updated a second after the one before.
fn rows(company: &str, many: usize) -> Vec<Ticket> {
    let began: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let ticket = |n: usize| {
        let mut it =
            scene::made(&format!("{company}-{n}"), &format!("A title of the usual length, the number of which is {n}"));
        it.row.number = 1000 + n as u64;
        it.row.company = Some(CompanyId::new(company).unwrap());
        it.row.updated_at = Timestamp::from_millis(began.millis() + n as i64 * 1000).unwrap();
        it
    };
    (0..many).map(ticket).collect()
}

/// The same, of which one in 35 has both words that are looked for.
fn titled(many: usize) -> Vec<Ticket> {
    const WHAT: [&str; 7] = ["printer", "scanner", "label", "invoice", "truck", "shelf", "login"];
    const HOW: [&str; 5] = ["stops", "jams", "is late", "is lost", "blinks"];
    let mut rows = rows("acme", many);
    for (n, it) in rows.iter_mut().enumerate() {
        it.row.title = format!("The {} of hall {} {}", WHAT[n % 7], n % 90, HOW[n % 5]);
        it.row.created_at = it.row.updated_at;
    }
    rows
}

fn company_ids(many: usize) -> impl Iterator<Item = String> {
    (0..many).map(|n| if n == 0 { "acme".into() } else { format!("company-{n}") })
}

/// The scene, in which Ada is in so many companies.
fn companies(many: usize) -> Vec<Value> {
    let mut lines = scene::lines();
    lines
        .extend(company_ids(many).skip(1).map(|id| json!({"kind": "company", "id": id, "name": format!("Firm {id}")})));
    let ada = lines.iter_mut().find(|line| line["kind"] == "contact" && line["id"] == "ada").unwrap();
    ada["companies"] = company_ids(many).collect();
    lines
}

/// The scene, which has three types of tickets, with so many.
fn types(many: usize) -> Vec<Value> {
    let kind = |n: usize| {
        json!({"kind": "ticket_type", "id": format!("type-{n}"), "name": format!("Type {n}"), "icon": "",
            "category": "customer", "attributes": [
                {"name": "Severity", "data_type": "list", "visible_to_contacts": true, "options": ["High", "Low"]},
                {"name": "Affected users", "data_type": "integer", "visible_to_contacts": true}]})
    };
    scene::lines().into_iter().chain((3..many).map(kind)).collect()
}

/// The scene, in which the ticket's conversation has so many messages.
fn messages(many: usize) -> Vec<Value> {
    let mut lines = scene::lines();
    let conversation = lines.iter_mut().find(|line| line["kind"] == "conversation" && line["id"] == "c-1").unwrap();
    let began: Timestamp = "2026-10-01T09:00:00Z".parse().unwrap();
    let message = |n: usize| {
        let at = Timestamp::from_millis(began.millis() + n as i64 * 1000).unwrap();
        json!({"id": format!("p-{n}"), "type": "message", "author": {"contact": "ada"}, "at": at,
            "body": "Since the update of last week it happens with every label, and not only in hall 3."})
    };
    conversation["parts"] = (1..=many).map(message).collect();
    lines
}

/// Prints a table and writes a plot of each into a folder.
pub async fn measure(functions: &Path, plots: &Path, folder: &Path) {
    println!("| | | million instructions | read units | requests | round trips | bytes of the answer |");
    println!("|---|---|---|---|---|---|---|");
    for Axis { of, file, scenario, sizes, lines, rows } in AXES {
        let function = program(functions, scenario.function);
        let (mut counted, mut units) = (Vec::new(), Vec::new());
        for size in sizes {
            eprintln!("growth: {size} {of}");
            let (engine, loader) = Engine::memory_with_loader(engine::loopback(0)).await.unwrap();
            let store = Store::at(&engine.endpoint(), "tickets").patient();
            store.create_table().await.unwrap();
            e2e::load(&store, &lines(*size)).await;
            let items_of = |ticket: &Ticket| {
                let mut items = vec![store.row_of(ticket).unwrap()];
                if scenario.name == SEARCH.name {
                    items.extend(store.entries_of(ticket, &[]).unwrap());
                }
                items
            };
            for some in rows(*size).chunks(AT_ONCE) {
                let items = some.iter().flat_map(items_of).map(for_engine).collect();
                tokio::task::block_in_place(|| loader.load("tickets", items).unwrap());
            }
            let mut it = Prepared::of(scenario, &store, &engine.endpoint(), &function, None, folder).await;
            let environment = scenario::environment(&engine.endpoint());
            let cold = instructions(&mut it, &function, &environment, 0, folder).await;
            let all = instructions(&mut it, &function, &environment, COUNTED, folder).await;
            let million = all.saturating_sub(cold) as f64 / COUNTED as f64 / 1e6;
            println!(
                "| {} | {of}: {} | {million:.1} | {} | {} | {} | {} |",
                scenario.name,
                thousands(*size),
                short(it.units),
                it.requests,
                it.rounds,
                it.bytes
            );
            counted.push(million);
            units.push(it.units);
        }
        let name = scenario.name;
        let curves = [(format!("{name}: million instructions"), counted), (format!("{name}: read units"), units)];
        fs::write(plots.join(file).with_extension("svg"), plot(sizes, of, &curves)).unwrap();
    }
}
