//! An address that somebody was sent works for whoever looks at it, and in whichever way it was touched on its way: asked
//! for with `HEAD`, with what mail tools add to it, with a slash too many, with another reader's cursor.

use e2e::{Site, content_of, openapi, scene};
use reqwest::{Method, Response};
use std::collections::BTreeSet;

/// Every address of the scene that can be read.
fn readable() -> BTreeSet<String> {
    let operations = openapi::operations(&openapi::document()).into_keys().collect::<Vec<_>>();
    operations.iter().filter_map(|route| route.strip_prefix("GET ")).map(openapi::address).collect()
}

fn header(answer: &Response, name: &str) -> Option<String> {
    answer.headers().get(name).map(|it| it.to_str().unwrap().to_owned())
}

fn content(answer: &Response) -> Option<String> {
    header(answer, "etag").map(|it| content_of(&it).to_owned())
}

#[tokio::test]
async fn head_is_answered_as_get_without_a_body() {
    let site = Site::start().await;
    let mut asked = readable();
    asked.extend(["/tickets?state=resolved", "/tickets?x=1", "/tickets/", "/nothing", "/api/nothing"].map(Into::into));
    for path in asked {
        for token in [None, Some(site.token("ada")), Some(site.teammate_token(scene::GRACE))] {
            for compressed in [false, true] {
                let ask = |method: Method| {
                    let mut request = site.request(method, &path);
                    request = token.iter().fold(request, |request, token| request.bearer_auth(token));
                    if compressed { request.header("accept-encoding", "gzip") } else { request }.send()
                };
                let (get, head) = (ask(Method::GET).await.unwrap(), ask(Method::HEAD).await.unwrap());
                assert_eq!(head.status(), get.status(), "{path}");
                for name in ["location", "content-type", "content-encoding", "content-length", "cache-control"] {
                    // A form's random id is of one length until it is compressed.
                    if !(compressed && name == "content-length") {
                        assert_eq!(header(&head, name), header(&get, name), "{name} of {path}");
                    }
                }
                assert_eq!(content(&head), content(&get), "{path}");
                assert_eq!(head.bytes().await.unwrap().len(), 0, "{path}");
            }
        }
    }
    let tag = header(&site.get_as("ada", "/tickets").send().await.unwrap(), "etag").unwrap();
    let unchanged = site.request(Method::HEAD, "/tickets").bearer_auth(site.token("ada")).header("if-none-match", tag);
    assert_eq!(unchanged.send().await.unwrap().status(), 304);
}

const ADDED: &str = "utm_source=mail&utm_medium=a%26b&gclid=1&fbclid=2&msclkid=3&mc_cid=4&mc_eid=5&_hsenc=6&_hsmi=7";

#[tokio::test]
async fn what_mail_tools_add_to_a_pages_address_is_not_there() {
    let site = Site::start().await;
    for page in ["/tickets", "/tickets?state=submitted", "/tickets/tk-1"] {
        let joint = if page.contains('?') { '&' } else { '?' };
        let (plain, touched) = (site.get_as("ada", page), site.get_as("ada", &format!("{page}{joint}{ADDED}")));
        let (plain, touched) = (plain.send().await.unwrap(), touched.send().await.unwrap());
        assert_eq!((plain.status().as_u16(), touched.status().as_u16()), (200, 200), "{page}");
        assert_eq!(content(&touched), content(&plain), "{page}");
    }
    let desk = site.get(&format!("/helpdesk/search?q=export&{ADDED}")).bearer_auth(site.teammate_token(scene::GRACE));
    assert_eq!(desk.send().await.unwrap().status(), 200);

    // Nor on the way back from signing in.
    let sent = site.get(&format!("/tickets?{ADDED}&state=resolved")).send().await.unwrap();
    let location = header(&sent, "location").unwrap();
    assert!(location.ends_with("%2Ftickets%3Fstate%3Dresolved"), "{location}");

    for (path, why) in [
        ("/tickets?stat=resolved", "an unknown filter"),
        ("/tickets?state=resolved&state=submitted", "a repeated filter"),
        ("/tickets?state=resolved&utm_source=a&state=resolved", "a repeated filter"),
        ("/api/tickets?utm_source=mail", "the API"),
        ("/api/tickets/tk-1?fbclid=1", "the API"),
        ("/api/portal/access?gclid=1", "the API"),
    ] {
        assert_eq!(site.get_as("ada", path).send().await.unwrap().status(), 400, "{why}: {path}");
    }
}

#[tokio::test]
async fn a_slash_too_many_is_sent_on() {
    let site = Site::start().await;
    for (path, right) in [
        ("/tickets/", "/tickets"),
        ("//tickets", "/tickets"),
        ("/tickets/?state=resolved&company=a%2Fb", "/tickets?state=resolved&company=a%2Fb"),
        ("/tickets//tk-1", "/tickets/tk-1"),
        ("/tickets/tk-1/", "/tickets/tk-1"),
        ("///tickets///tk-1//conversation///", "/tickets/tk-1/conversation"),
        ("/helpdesk/", "/helpdesk"),
        ("/helpdesk//people/?q=x", "/helpdesk/people?q=x"),
        ("/tickets//%E9%82%AE", "/tickets/%E9%82%AE"),
    ] {
        let answer = site.raw(path, &[]).await;
        assert!(answer.starts_with("HTTP/1.1 308"), "{path}: {answer}");
        assert!(answer.contains(&format!("\r\nlocation: {right}\r\n")), "{path}: {answer}");
    }
    for path in ["/", "/ticket/", "/api/tickets/", "//api//tickets", "/embed/messenger.js/", "/tickets/../tickets/"] {
        let answer = site.raw(path, &[]).await;
        assert!(!answer.starts_with("HTTP/1.1 308"), "{path}: {answer}");
    }
    let form = site.request(Method::POST, "/tickets/tk-1/conversation/").bearer_auth(site.token("ada"));
    assert_eq!(form.send().await.unwrap().status(), 404, "what changes something is not sent on");
}

/// docs/product.md, The list.
#[tokio::test]
async fn on_a_page_another_readers_cursor_leads_to_the_first_page_of_the_list() {
    let site = Site::start().await;
    let (_, list) = site.json_as("cem", "/api/tickets?limit=1&state=in_progress").await;
    let cursor = list["next_cursor"].as_str().unwrap();
    let (token, grace) = (site.token("ada"), site.teammate_token(scene::GRACE));
    for (token, path, first) in [
        (&token, format!("/tickets?state=in_progress&cursor={cursor}&limit=5"), "/tickets?state=in_progress&limit=5"),
        (&token, format!("/tickets?cursor={cursor}"), "/tickets"),
        (&token, "/tickets?company=acme&cursor=".into(), "/tickets?company=acme"),
        (&token, "/tickets/tk-1?cursor=x".into(), "/tickets/tk-1"),
        (&grace, format!("/helpdesk/search?q=export&cursor={cursor}"), "/helpdesk/search?q=export"),
        (&grace, "/helpdesk/companies?id=acme&cursor=x".into(), "/helpdesk/companies?id=acme"),
        (&grace, "/helpdesk/companies/tickets?id=acme&cursor=x".into(), "/helpdesk/companies/tickets?id=acme"),
        (&grace, "/helpdesk/people?q=a&cursor=x".into(), "/helpdesk/people?q=a"),
        (&grace, "/helpdesk/tickets/tk-1?cursor=x".into(), "/helpdesk/tickets/tk-1"),
    ] {
        let answer = site.get(&path).bearer_auth(token).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "location").as_deref()), (303, Some(first)), "{path}");
        assert_eq!(site.get(first).bearer_auth(token).send().await.unwrap().status(), 200, "{first}");
    }
    let twice = site.get_as("ada", "/tickets?cursor=x&cursor=x").send().await.unwrap();
    assert_eq!(twice.status(), 400, "what is repeated is not understood");
    let (status, problem) = site.json_as("ada", &format!("/api/tickets?state=in_progress&cursor={cursor}")).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (400, Some("invalid_cursor")), "programs are told");
}
