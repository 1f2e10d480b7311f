//! `cargo run` as a newcomer meets it: one process, real sockets, signals.

use e2e::{
    Site,
    lambda::program,
    proxy::{Fault, Proxy},
    scene,
};
use reqwest::{Client, redirect};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::BufRead,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

struct Running {
    child: Child,
    origin: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn command(data: &Path, port: u16, dynamodb: u16) -> Command {
    let mut command = portal(port, dynamodb);
    command.arg("--data").arg(data);
    command
}

fn portal(port: u16, dynamodb: u16) -> Command {
    let mut command = Command::new(program("local"));
    command.args(["--port", &port.to_string(), "--dynamodb-port", &dynamodb.to_string()]);
    for name in [
        "AWS_ENDPOINT_URL_DYNAMODB",
        "IDENTITY_KEYS",
        "SESSION_KEYS",
        "TEAMMATE_KEYS",
        "TEAMMATE_SIGN_IN_URL",
        "PORTAL_ORIGIN",
        "TABLE_NAME",
    ] {
        command.env_remove(name);
    }
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

async fn start(data: &Path) -> Running {
    let port = free_port();
    started(command(data, port, free_port()), port).await
}

async fn started(mut command: Command, port: u16) -> Running {
    let child = command.spawn().unwrap();
    let running = Running { child, origin: format!("http://127.0.0.1:{port}") };
    for _ in 0..600 {
        if reqwest::get(format!("{}/api/portal/access", running.origin)).await.is_ok_and(|it| it.status() == 200) {
            return running;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not ready after a minute");
}

/// A browser that follows links and keeps cookies.
fn browser() -> Client {
    Client::builder().cookie_store(true).redirect(redirect::Policy::limited(5)).build().unwrap()
}

async fn tickets(browser: &Client, origin: &str) -> Value {
    let text = browser.get(format!("{origin}/api/tickets")).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn the_demo_starts_signs_in_and_keeps_everything_through_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let mut running = start(data.path()).await;

    let visitor = browser();
    let page = visitor.get(format!("{}/tickets", running.origin)).send().await.unwrap();
    assert!(page.url().as_str().contains("/sign-in?return_to="), "{}", page.url());
    let people = page.text().await.unwrap();
    let link = people.split("href=\"/sign-in?contact=").nth(1).and_then(|it| it.split('"').next()).unwrap();
    let link = format!("{}/sign-in?contact={}", running.origin, link.replace("&#38;", "&").replace("&amp;", "&"));
    let page = visitor.get(&link).send().await.unwrap();
    assert_eq!((page.status().as_u16(), page.url().path()), (200, "/tickets"));
    let before = tickets(&visitor, &running.origin).await;
    assert!(before["counts"]["all"].as_u64().unwrap() > 10, "{before}");
    let opened = before["tickets"][0]["url"].as_str().unwrap();
    let page = visitor.get(format!("{}{opened}", running.origin)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Conversation and history"));

    // SIGKILL: nothing is flushed, nothing is asked.
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    drop(running);
    let running = start(data.path()).await;
    visitor
        .get(format!(
            "{}/sign-in?contact={}",
            running.origin,
            link.split("contact=").nth(1).unwrap().split('&').next().unwrap()
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(tickets(&visitor, &running.origin).await, before);
}

#[tokio::test]
async fn what_an_import_has_brought_is_found_when_it_says_that_it_is_done() {
    let data = tempfile::tempdir().unwrap();
    let (port, dynamodb) = (free_port(), free_port());
    let mut local = command(data.path(), port, dynamodb);
    local.arg("--no-demo");
    let running = started(local, port).await;
    let file = data.path().join("tickets.ndjson");
    let lines: Vec<_> = scene::lines().iter().map(Value::to_string).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let mut admin = Command::new(program("admin"));
    admin.args(["import", file.to_str().unwrap()]);
    admin.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://127.0.0.1:{dynamodb}")).env("TABLE_NAME", "tickets-portal");
    let output = tokio::task::spawn_blocking(move || admin.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("Search does not have"), "{output:?}");

    let teammate = browser();
    teammate.get(format!("{}/sign-in?teammate={}", running.origin, scene::GRACE)).send().await.unwrap();
    let found = teammate.get(format!("{}/helpdesk/search?q=%2310", running.origin)).send().await.unwrap();
    assert!(found.text().await.unwrap().contains("canary-title of tk-10"));
}

#[tokio::test]
async fn a_check_waits_a_moment_for_what_follows_from_what_was_written() {
    let site = Site::unfed(&scene::lines()).await;
    let check = || {
        let mut admin = Command::new(program("admin"));
        admin.arg("check").env("AWS_ENDPOINT_URL_DYNAMODB", &site.endpoint).env("TABLE_NAME", "tickets");
        tokio::task::spawn_blocking(move || admin.output().unwrap())
    };
    let behind = check().await.unwrap();
    assert!(String::from_utf8_lossy(&behind.stdout).contains("search does not have it right"), "{behind:?}");
    let (checked, ()) = futures::join!(check(), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        site.fed().await;
    });
    let checked = checked.unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

/// The embedded engine counts all items for `DescribeTable`, and reads the rest of the table for each page of a scan without
/// a limit: with some 10,000 tickets, longer than an attempt may last.
#[tokio::test]
async fn nothing_that_starts_asks_for_what_takes_longer_the_larger_the_table_is() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    proxy.fail(Some(("DescribeTable", Fault::Throttled)));
    let at_the_proxy = |command: &mut Command| {
        command.env("AWS_ENDPOINT_URL_DYNAMODB", &proxy.endpoint).env("TABLE_NAME", "tickets");
    };

    let data = tempfile::tempdir().unwrap();
    let (port, origin) = (free_port(), site.origin.clone());
    let mut local = command(data.path(), port, free_port());
    at_the_proxy(local.arg("--no-demo").env("PORTAL_ORIGIN", origin));
    let running = started(local, port).await;
    let asked: BTreeSet<_> = proxy.take().into_iter().map(|call| call.operation).collect();
    assert!(asked.iter().all(|it| ["GetItem", "BatchGetItem"].contains(&it.as_str())), "{asked:?}");
    drop(running);

    for arguments in [&["table", "create"][..], &["check"], &["reindex", "--dry-run"], &["reindex"]] {
        let mut admin = Command::new(program("admin"));
        at_the_proxy(admin.args(arguments));
        let output = tokio::task::spawn_blocking(move || admin.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        for scan in proxy.take().iter().filter(|call| call.operation == "Scan") {
            assert!(scan.body.contains("\"Limit\":"), "{arguments:?}: {}", scan.body);
        }
    }
    assert_eq!(proxy.failures(), 0);
}

#[tokio::test]
async fn an_operator_waits_longer_than_a_request_may_last() {
    let site = Site::start().await;
    let far = Proxy::start(&site.endpoint, Duration::from_millis(1600)).await;
    let mut admin = Command::new(program("admin"));
    admin.arg("check").env("AWS_ENDPOINT_URL_DYNAMODB", &far.endpoint).env("TABLE_NAME", "tickets");
    let output = tokio::task::spawn_blocking(move || admin.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_second_start_on_the_same_data_or_port_says_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let mut running = start(data.path()).await;
    let refused = |mut command: Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let says = refused(command(data.path(), free_port(), free_port()));
    assert!(says.contains("in use"), "{says}");
    let port = running.origin.rsplit(':').next().unwrap().parse().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let says = refused(command(elsewhere.path(), port, free_port()));
    assert!(says.contains("--port"), "{says}");

    // SIGTERM ends it cleanly, and the data is free again.
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(running.child.wait().unwrap().success());
    drop(start(data.path()).await);
}

#[tokio::test]
async fn a_sign_in_comes_back_to_this_portal_only() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path()).await;
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let (url, own) = (format!("{}/sign-in", running.origin), &running.origin);
    let come_back = async |to: &str| {
        let answer = client.get(&url).query(&[("contact", "u-samira"), ("return_to", to)]).send().await.unwrap();
        answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned())
    };
    for to in ["/tickets?state=resolved", "/tickets/tk-1#x", &format!("{own}/tickets?company=a%26b")] {
        assert_eq!(come_back(to).await.as_deref(), Some(to));
    }
    for to in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        // Browsers leave out tabs and line breaks before they look what an address is.
        "/\t/evil.example/",
        "/\t\\evil.example/",
        "/\n/evil.example/",
        "\t//evil.example/",
        "/\r\nset-cookie: a=b",
        "/ /é",
        "javascript:alert(1)",
        "data:text/html,x",
        "tickets",
        &format!("{own}@evil.example/"),
        &format!("{own}.evil.example/"),
        &format!("{own}0/"),
        &format!("{own}//evil.example/"),
        &own.replace("http://", "https://"),
    ] {
        assert_eq!(come_back(to).await.as_deref(), Some("/tickets"), "{to:?}");
    }
}

#[tokio::test]
async fn a_teammate_signs_in_beside_the_customers() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path()).await;
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let sign_in = format!("{}/sign-in", running.origin);
    for (to, expected) in [
        ("/helpdesk/people?q=ada", "/helpdesk/people?q=ada"),
        ("/tickets", "/tickets"),
        ("https://evil.example/", "/helpdesk"),
        ("", "/helpdesk"),
    ] {
        let answer = client.get(&sign_in).query(&[("teammate", "t-ngozi"), ("return_to", to)]).send().await.unwrap();
        assert_eq!(answer.headers()["location"], expected, "{to}");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        for part in ["portal_teammate=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(cookie.starts_with("portal_teammate=") && cookie.contains(part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Secure"), "{cookie}");
        let token = cookie.split(['=', ';']).nth(1).unwrap();
        let keys = web::signing::KeyRing::from_json(web::config::demo::TEAMMATE_KEYS).unwrap();
        let claims: Value = keys.verify(token).unwrap();
        assert_eq!(
            (&claims["sub"], &claims["aud"], &claims["name"]),
            (&"t-ngozi".into(), &"helpdesk".into(), &"Ngozi Eze".into())
        );
    }
    // Those for whom the page was opened come first.
    for (to, first) in [("/tickets", "Demo people"), ("/helpdesk", "Demo teammates")] {
        let page = client.get(&sign_in).query(&[("return_to", to)]).send().await.unwrap().text().await.unwrap();
        let tables: Vec<_> =
            page.match_indices("<caption").filter_map(|(at, _)| page[at..].split(['<', '>']).nth(2)).collect();
        assert_eq!((tables.len(), tables[0]), (2, first), "{page}");
    }
}

/// What a command prints until it has started.
fn printed(mut command: Command) -> Vec<String> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for line in said.lines().map_while(Result::ok) {
        let is_last = line.contains("Ctrl-C");
        lines.push(line);
        if is_last {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    lines
}

#[tokio::test]
async fn the_start_says_where_to_go_for_customers_and_for_teammates() {
    let data = tempfile::tempdir().unwrap();
    let lines = printed(command(data.path(), free_port(), free_port()));
    let about = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!((about("/helpdesk"), about("/sign-in?teammate=")), (1, 1), "{lines:#?}");
    // A few people, so that the portal's address stays in sight, and where the others are.
    assert!((3..6).contains(&about("/sign-in?contact=")), "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.contains(" more, ") && line.ends_with("/sign-in")).count(), 1);
}

#[tokio::test]
async fn the_start_says_whether_the_data_stays() {
    let site = Site::start().await;
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    for (options, elsewhere, words) in [
        (vec!["--data", folder], false, "The data stays."),
        (vec!["--memory"], false, "The data goes with it."),
        (vec!["--memory"], true, "The data stays."),
    ] {
        let mut command = portal(free_port(), free_port());
        command.arg("--no-demo").args(&options);
        if elsewhere {
            command.env("AWS_ENDPOINT_URL_DYNAMODB", &site.endpoint).env("TABLE_NAME", "tickets");
        }
        let lines = tokio::task::spawn_blocking(|| printed(command)).await.unwrap();
        assert_eq!(lines.last(), Some(&format!("  Ctrl-C stops. {words}")), "{options:?}: {lines:#?}");
    }
}

/// For containers, which reach this machine at an address of Docker's.
#[tokio::test]
async fn the_table_answers_at_the_address_that_it_is_told() {
    let (port, dynamodb) = (free_port(), free_port());
    let mut local = portal(port, dynamodb);
    local.args(["--memory", "--no-demo", "--listen", "127.0.0.2"]);
    let _running = started(local, port).await;
    assert!(reqwest::get(format!("http://127.0.0.2:{dynamodb}/")).await.is_ok());
    assert!(reqwest::get(format!("http://127.0.0.1:{dynamodb}/")).await.is_err(), "and nowhere else");
}
