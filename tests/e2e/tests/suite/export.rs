//! The list as a file for spreadsheets (docs/product.md, The list).

use e2e::{Site, scene};
use serde_json::json;

#[tokio::test]
async fn the_file_has_every_row_of_the_filtered_list_in_its_order() {
    let site = Site::start().await;
    let lines: Vec<_> = (0..130u64)
        .map(|n| {
            let at = format!("2026-11-{:02}T10:00:00Z", 1 + n % 20);
            scene::ticket(&format!("many-{n}"), 500 + n, Some("acme"), "abe", "new", &at)
        })
        .collect();
    e2e::load(&site.store, &lines).await;
    for query in
        ["", "state=submitted&sort=number&order=asc", "creator=me", "updated_from=2026-11-05&updated_to=2026-11-08"]
    {
        let (mut numbers, mut path) = (Vec::new(), format!("/api/tickets?limit=100&{query}"));
        loop {
            let (_, list) = site.json_as("cem", &path).await;
            numbers.extend(list["tickets"].as_array().unwrap().iter().map(|row| row["number"].to_string()));
            let Some(cursor) = list["next_cursor"].as_str() else { break };
            path = format!("/api/tickets?limit=100&{query}&cursor={cursor}");
        }
        let answer = site.get_as("cem", &format!("/api/tickets/export?{query}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{query}");
        let file = answer.text().await.unwrap();
        let of_file: Vec<_> = file.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(of_file, numbers, "{query}");
    }
}

#[tokio::test]
async fn a_spreadsheet_reads_it_and_runs_nothing_of_it() {
    let site = Site::start().await;
    let mut bad = scene::ticket("tk-30", 30, Some("acme"), "ada", "done", "2026-11-14T10:00:00.125Z");
    bad["title"] = json!("=HYPERLINK(\"https://evil.example\",\"Grüße\")");
    e2e::load(&site.store, &[bad]).await;
    let answer = site.get_as("ada", "/api/tickets/export?state=resolved").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let file = answer.headers()["content-disposition"].to_str().unwrap();
    let day = file.strip_prefix("attachment; filename=\"tickets-").and_then(|it| it.strip_suffix(".csv\"")).unwrap();
    // Built functions go by the clock of now.
    assert!(cfg!(feature = "built-functions") && day.len() == 10 || day == "2026-11-20", "{file}");
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    let bytes = answer.bytes().await.unwrap();
    let expected = format!(
        "\u{feff}Number,Title,Type,State,Turn,Turn since (UTC),Company,Created by,Created (UTC),Updated (UTC),Address\r\n\
         30,\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"Grüße\"\")\",Bug,Resolved,Done,2026-11-14 10:00:00,Acme,Ada Acker,\
         2026-10-01 09:00:00,2026-11-14 10:00:00,{origin}/tickets/tk-30\r\n\
         3,Ticket tk-3,Bug,Resolved,Done,2026-11-11 10:00:00,Acme,Ada Acker,2026-10-01 09:00:00,2026-11-11 10:00:00,\
         {origin}/tickets/tk-3\r\n",
        origin = site.origin
    );
    assert_eq!(String::from_utf8(bytes.to_vec()).unwrap(), expected);
}

#[tokio::test]
async fn nobody_gets_more_in_a_file_than_on_the_page() {
    let site = Site::start().await;
    for (who, ids) in scene::LISTS {
        let file = site.get_as(who, "/api/tickets/export").send().await.unwrap().text().await.unwrap();
        assert!(!file.contains(scene::CANARY), "{file}");
        let found: Vec<_> = file.lines().skip(1).map(|line| line.rsplit('/').next().unwrap()).collect();
        assert_eq!(found, ids, "{who}");
    }
    assert_eq!(site.get_as("gus", "/api/tickets/export").send().await.unwrap().status(), 403);
    assert_eq!(site.get("/api/tickets/export").send().await.unwrap().status(), 401);
    assert_eq!(site.get_as("ada", "/api/tickets/export?company=beta").send().await.unwrap().status(), 404);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn too_much_for_one_file_is_said_and_the_page_offers_the_months() {
    let site = Site::start().await;
    let small = site.exporting(3).await;
    let (status, problem) = small.json_as("ada", "/api/tickets/export").await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("too_many_tickets")));
    assert_eq!(small.json_as("ada", "/api/tickets?state=submitted").await.0, 200);
    let page = small.get_as("ada", "/tickets").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Too many for one file"), "{page}");
    let november = "/api/tickets/export?updated_from=2026-11-01&#38;updated_to=2026-12-01";
    assert!(page.contains(november) && page.contains("November 2026") && page.contains("December 2025"), "{page}");
    let part = "/api/tickets/export?updated_from=2026-11-11&updated_to=2026-12-01";
    assert_eq!(small.get_as("ada", part).send().await.unwrap().status(), 200);
    let page = site.get_as("ada", "/tickets?state=resolved").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("href=\"/api/tickets/export?state=resolved\" download"), "{page}");
}
