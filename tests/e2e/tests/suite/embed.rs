//! The scripts for the vendor's pages: the same for everybody, small, and free.

use e2e::{Site, proxy::Proxy};
use reqwest::Response;
use std::time::Duration;

/// The scripts, and how many bytes each may take on the wire. The form for a new ticket takes two kilobytes of the Messenger's; what
/// comes next has to make room.
const SCRIPTS: [(&str, usize); 2] = [("/embed/messenger.js", 14_700), ("/embed/portal-card.js", 3_000)];

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_scripts_may_be_loaded_by_any_page_and_kept_by_anybody() {
    let site = Site::start().await.reached_at("https://help.vendor.example").await;
    let cookies = site.cookies("ada").await;
    for (path, _) in SCRIPTS {
        let anonymous = site.get(path).header("origin", "https://evil.example").send().await.unwrap();
        assert_eq!(anonymous.status(), 200, "{path}");
        for (name, value) in [
            ("content-type", "text/javascript; charset=utf-8"),
            ("cache-control", "public, max-age=300"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("vary", "accept-encoding"),
        ] {
            assert_eq!(header(&anonymous, name), Some(value), "{path}");
        }
        assert_eq!(header(&anonymous, "access-control-allow-credentials"), None, "{path}");
        let tag = header(&anonymous, "etag").unwrap().to_owned();
        let text = anonymous.text().await.unwrap();

        let signed_in = site.get(&format!("{path}?v=2")).header("cookie", &cookies).send().await.unwrap();
        assert_eq!(header(&signed_in, "set-cookie"), None, "{path}");
        assert_eq!(signed_in.text().await.unwrap(), text, "{path} is the same for everybody");

        let again = site.get(path).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
        assert_eq!(header(&again, "etag"), Some(tag.as_str()), "{path}");
        assert_eq!(header(&again, "access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(again.text().await.unwrap(), "", "{path}");
        let changed = site.get(path).header("if-none-match", "\"another\"").send().await.unwrap();
        assert_eq!(changed.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn the_scripts_are_small() {
    let site = Site::start().await;
    for (path, most) in SCRIPTS {
        let answer = site.get(path).header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(header(&answer, "content-encoding"), Some("gzip"), "{path}");
        let size = answer.bytes().await.unwrap().len();
        assert!(size < most, "{path} has {size} bytes, compressed");
    }
}

#[tokio::test]
async fn the_scripts_cost_no_read() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    let cookies = through.cookies("ada").await;
    proxy.take();
    for (path, _) in SCRIPTS {
        through.get(path).header("cookie", &cookies).send().await.unwrap();
        assert!(proxy.take().is_empty(), "{path}");
    }
    through.get("/api/portal/access").header("cookie", &cookies).send().await.unwrap();
    assert!(!proxy.take().is_empty(), "the proxy counts");
}
