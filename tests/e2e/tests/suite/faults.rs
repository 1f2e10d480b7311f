//! When DynamoDB fails: 503, when to try again, nothing else.

use e2e::{Site, read};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_busy_and_says_when_to_try_again() {
    let site = Site::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let broken = site.beside(&format!("http://{closed}")).await;
    for path in ["/api/tickets", "/api/tickets/tk-1", "/api/portal/access"] {
        let answer = broken.get_as("ada", path).send().await.unwrap();
        assert!(answer.headers().contains_key("retry-after"), "{path}");
        let (status, problem) = read(answer).await;
        assert_eq!((status.as_u16(), &problem["code"]), (503, &json!("busy")), "{path}");
    }
    let page = broken.get_as("ada", "/tickets").send().await.unwrap();
    assert_eq!(page.status(), 503);
    assert!(page.text().await.unwrap().contains("<h1>"));
    let exchange = broken.request(Method::POST, "/api/session").json(&json!({"identity_token": broken.token("ada")}));
    let answer = exchange.send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(!answer.headers().contains_key("set-cookie"));
    // Whoever is nobody is told so without asking.
    assert_eq!(broken.get("/api/tickets").send().await.unwrap().status(), 401);
}
