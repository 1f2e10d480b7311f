//! A page fits into the first window of a connection (docs/product.md, Look and feel).

use e2e::{Site, scene};
use flate2::read::GzDecoder;
use serde_json::json;
use std::io::Read;

/// Ten segments of 1,460 bytes, the initial congestion window of TCP (RFC 6928).
const FIRST_WINDOW: usize = 14_600;

#[tokio::test]
async fn a_full_page_fits_the_first_window_compressed() {
    let site = Site::start().await;
    let lines: Vec<_> = (0..60u64)
        .map(|n| {
            let mut it = scene::ticket(
                &format!("page-{n}"),
                500 + n,
                Some("acme"),
                "ada",
                "asked",
                &format!("2026-11-15T10:00:{n:02}Z"),
            );
            it["title"] =
                json!(format!("A title of the usual length with the number {n} in the middle of it {}", n * 7919));
            it
        })
        .collect();
    e2e::load(&site.store, &lines).await;
    for path in ["/tickets", "/tickets/tk-1"] {
        let answer = site.get_as("ada", path).header("accept-encoding", "br, gzip").send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        let packed = answer.bytes().await.unwrap();
        assert!(packed.len() < FIRST_WINDOW, "{path} has {} bytes", packed.len());
        let mut page = String::new();
        GzDecoder::new(&packed[..]).read_to_string(&mut page).unwrap();
        let plain = site.get_as("ada", path).send().await.unwrap().text().await.unwrap();
        assert_eq!(without_client_id(&page), without_client_id(&plain));
        assert!(!page.contains(" src=\"http") && !page.contains("<link rel=\"stylesheet\""), "one response a page");
    }
}

/// A page without the id that its form gives the next message, which is another on each.
fn without_client_id(page: &str) -> String {
    let Some((before, rest)) = page.split_once("name=\"client_id\" value=\"") else { return page.to_owned() };
    format!("{before}{}", rest.split_once('"').unwrap().1)
}
