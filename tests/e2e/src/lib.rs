//! What the end-to-end tests stand on: a portal with data of their own, people who can sign in, a proxy that tells how
//! often DynamoDB was asked, and the functions' own programs under a Runtime API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod deployed;
pub mod events;
pub mod hindrance;
pub mod lambda;
pub mod openapi;
pub mod operations;
pub mod proxy;
pub mod scene;
pub mod template;

use ::witness::Dynamo;
use deployed::Deployed;
use domain::{
    id::{ContactId, TeammateId},
    timestamp::Timestamp,
};
use local::{Cast, Portal};
use portal::Clock;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use store::{Store, TicketWrite};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use web::{App, Config, Function, event};

/// A portal that runs for one test: in this process, or through built functions where [`Deployed::is_wanted`].
#[derive(Debug, Clone)]
pub struct Site {
    /// Scheme and authority.
    pub origin: String,
    pub store: Store,
    /// The engine's address, for a proxy or another process.
    pub endpoint: String,
    clock: Arc<AtomicI64>,
    client: Client,
    engine: Arc<Dynamo>,
    /// Whether those who read wait until what was written is in every index.
    waits: bool,
}

/// The time when tests start. Built functions have the machine's clock.
pub const NOW: &str = "2026-11-20T12:00:00Z";

impl Site {
    /// A portal with what these import lines say.
    pub async fn with(lines: &[Value]) -> Self {
        let site = Self::unfed(lines).await;
        site.fed().await;
        site
    }

    /// The same, with nothing that can be searched: for tests with so much in it that indexing would take them minutes.
    pub async fn unfed(lines: &[Value]) -> Self {
        let engine = Dynamo::start().await;
        let store = engine.store();
        store.create_table().await.unwrap();
        load(&store, lines).await;
        let endpoint = engine.endpoint();
        Self::over(Arc::new(engine), &endpoint, store).await
    }

    /// Puts in tickets without a request for each, and without counting them.
    ///
    /// # Panics
    /// When another DynamoDB than the embedded engine has been chosen.
    pub async fn fill(&self, writes: Vec<TicketWrite>) {
        let items = writes.into_iter().flat_map(|write| self.store.items_of(write).unwrap());
        let (loader, items) = (self.engine.loader().unwrap().clone(), items.map(for_engine).collect());
        tokio::task::spawn_blocking(move || loader.load("tickets", items).unwrap()).await.unwrap();
    }

    /// The portal of [`scene::lines`].
    pub async fn start() -> Self {
        Self::with(&scene::lines()).await
    }

    /// Another portal over the same table, which reaches the engine through `endpoint`.
    pub async fn beside(&self, endpoint: &str) -> Self {
        Self::over(self.engine.clone(), endpoint, self.engine.store_by(endpoint)).await
    }

    /// The same, for a proxy that holds or counts requests: they wait for as long as what happens meanwhile takes, also on a
    /// busy machine, where a function would have given one up and sent it again.
    pub async fn waiting_at(&self, endpoint: &str) -> Self {
        Self::over(self.engine.clone(), endpoint, Store::at(endpoint, "tickets").patient()).await
    }

    /// Another portal over the same table, where teammates sign in at `url`.
    pub async fn signing_in_at(&self, url: &str) -> Self {
        self.configured(|config| config.teammate_sign_in_url = Some(url.into())).await
    }

    /// Another portal over the same table, which people reach at `origin`.
    pub async fn reached_at(&self, origin: &str) -> Self {
        self.configured(|config| config.portal_origin = origin.into()).await
    }

    /// Another portal over the same table, which demands this audience and issuer of identity tokens.
    pub async fn demanding(&self, audience: Option<&str>, issuer: Option<&str>) -> Self {
        self.configured(|config| {
            config.identity_audience = audience.map(Into::into);
            config.identity_issuer = issuer.map(Into::into);
        })
        .await
    }

    /// Another portal over the same table, which keeps settings and catalog in memory for this long.
    pub async fn remembering(&self, seconds: u64) -> Self {
        self.configured(|config| config.settings_for = Duration::from_secs(seconds)).await
    }

    /// Another portal over the same table, which looks through so many tickets for a file.
    pub async fn exporting(&self, most: usize) -> Self {
        self.configured(|config| config.most_exported = most).await
    }

    async fn configured(&self, change: impl FnOnce(&mut Config)) -> Self {
        let portal = Portal::bind(0).await.unwrap();
        let origin = portal.origin();
        let mut config = self.app(&origin).config.as_ref().clone();
        change(&mut config);
        self.serve(portal, App::new(self.store.clone(), config, Clock::Set(self.clock.clone())));
        let (store, endpoint, clock) = (self.store.clone(), self.endpoint.clone(), self.clock.clone());
        Self {
            origin,
            store,
            endpoint,
            clock,
            client: self.client.clone(),
            engine: self.engine.clone(),
            waits: self.waits,
        }
    }

    async fn over(engine: Arc<Dynamo>, endpoint: &str, store: Store) -> Self {
        operations::record();
        let portal = Portal::bind(0).await.unwrap();
        let origin = portal.origin();
        let now: Timestamp = if Deployed::is_wanted() { Clock::System.now() } else { NOW.parse().unwrap() };
        let clock = Arc::new(AtomicI64::new(now.millis()));
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let site = Self { origin, store, endpoint: endpoint.into(), clock, client, engine, waits: true };
        site.serve(portal, site.app(&site.origin));
        site
    }

    fn serve(&self, portal: Portal, app: App) {
        if Deployed::is_wanted() {
            let functions = Deployed::new(&app.config, &self.endpoint);
            tokio::spawn(portal.serve_functions(functions.behind_the_gateway()));
        } else {
            tokio::spawn(portal.serve(app, Cast::default(), std::future::pending()));
        }
    }

    /// What a function answers to an event that comes through no gateway, at a portal that people reach at `origin`.
    pub async fn invoke(&self, function: Function, event: Value, origin: &str) -> Value {
        let app = self.app(origin);
        if Deployed::is_wanted() {
            Deployed::new(&app.config, &self.endpoint).invoke(function.name, &event).await
        } else {
            event::answer(function, &app, event, lambda_http::Context::default()).await
        }
    }

    /// What handlers work with, for events that come through no gateway.
    pub fn app(&self, origin: &str) -> App {
        let config = Config::on_this_machine("tickets".into(), origin.into()).unwrap();
        App::new(self.store.clone(), config, Clock::Set(self.clock.clone()))
    }

    /// Moves the portal's clock forward.
    ///
    /// # Panics
    /// Where built functions have the machine's clock.
    pub fn wait(&self, seconds: i64) {
        assert!(!Deployed::is_wanted(), "this test sets the clock, which built functions do not have");
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// The portal's time in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed) / 1000
    }

    /// The same portal for those who do not wait for its indexes: what is promised to the next request is so for them too.
    #[must_use]
    pub fn at_once(&self) -> Self {
        Self { waits: false, ..self.clone() }
    }

    /// Waits until what was written is in every index, for requests that look something up there and write.
    pub fn settle(&self) {
        self.engine.settle();
    }

    /// A request without an identity. Before a test reads, it waits for the indexes.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        if self.waits && method == Method::GET {
            self.settle();
        }
        self.client.request(method, format!("{}{path}", self.origin))
    }

    /// `GET` without an identity.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// `GET` by a contact with an identity token.
    pub fn get_as(&self, contact: &str, path: &str) -> RequestBuilder {
        self.get(path).bearer_auth(self.token(contact))
    }

    /// The JSON that a contact gets, and its status.
    pub async fn json_as(&self, contact: &str, path: &str) -> (StatusCode, Value) {
        read(self.get_as(contact, path).send().await.unwrap()).await
    }

    /// The answer, as it goes over the wire, to a `GET` with exactly this path. Clients tidy addresses up before they
    /// send them. A `host` among the headers takes the place of the right one.
    pub async fn raw(&self, path: &str, headers: &[(&str, &str)]) -> String {
        let own = self.origin.trim_start_matches("http://");
        let host = headers.iter().all(|(name, _)| *name != "host").then_some(("host", own));
        let headers: String = host.iter().chain(headers).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let mut stream = TcpStream::connect(own).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Has the function that reads the table's stream index everything that was written so far.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn fed(&self) {
        for event in self.engine.unread() {
            let answer = self.read_stream(&event).await;
            assert_eq!(answer, json!({"batchItemFailures": []}), "{event}");
        }
    }

    /// What the function that reads the table's stream answers to an event.
    pub async fn read_stream(&self, event: &Value) -> Value {
        let reader = search_index::READER;
        if Deployed::is_wanted() {
            Deployed::new(&self.app(&self.origin).config, &self.endpoint).invoke(reader.name, event).await
        } else {
            web::stream::answer(reader, &self.store, &Clock::System, "", event).await
        }
    }

    /// What was written to the table and has not been read, as events of its stream.
    #[must_use]
    pub fn unread(&self) -> Vec<Value> {
        self.engine.unread()
    }

    /// A request by Grace, the teammate of the scene.
    pub fn desk(&self, method: Method, path: &str) -> RequestBuilder {
        let path = format!("/api/helpdesk{path}");
        self.request(method, &path).bearer_auth(self.teammate_token(scene::GRACE))
    }

    /// What Grace reads, and the status.
    pub async fn desk_get(&self, path: &str) -> (u16, Value) {
        if path.starts_with("/search") {
            self.fed().await;
        }
        let (status, body) = read(self.desk(Method::GET, path).send().await.unwrap()).await;
        (status.as_u16(), body)
    }

    /// What Grace is answered when she sends a body.
    pub async fn desk_send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let (status, body) = read(self.desk(method, path).json(body).send().await.unwrap()).await;
        (status.as_u16(), body)
    }

    /// Asks the engine itself.
    pub async fn engine(&self, operation: &str, body: &Value) -> Value {
        let request = self
            .client
            .post(self.engine.endpoint())
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20261120T120000Z")
            // The engine looks for a signature and verifies none; others take account and region from it.
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
            )
            .header("content-type", "application/x-amz-json-1.0")
            .body(body.to_string());
        let (status, answer) = read(request.send().await.unwrap()).await;
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// The whole table by key, except for the counter of ticket numbers, of which some may be skipped.
    pub async fn items(&self) -> BTreeMap<String, Value> {
        let mut items = BTreeMap::new();
        let mut page = json!({"TableName": "tickets", "ConsistentRead": true});
        loop {
            let answer = self.engine("Scan", &page).await;
            for item in answer["Items"].as_array().unwrap() {
                items.insert(format!("{} {}", item["pk"]["S"], item["sk"]["S"]), item.clone());
            }
            if answer["LastEvaluatedKey"].is_null() {
                items.remove(r#""SETTINGS" "NUMBER""#);
                return items;
            }
            page["ExclusiveStartKey"] = answer["LastEvaluatedKey"].clone();
        }
    }

    /// Demands that no ticket is in two places or in none, and that every counter equals a recount.
    pub async fn assert_clean(&self) {
        self.fed().await;
        let findings = self.store.check(|_| {}).await.unwrap().findings;
        assert_eq!(findings, []);
    }

    /// An identity token as the vendor's backend signs it.
    pub fn token(&self, contact: &str) -> String {
        self.sign(&json!({"user_id": contact, "iat": self.now(), "exp": self.now() + 3600}))
    }

    /// A token as the staff identity provider signs it.
    pub fn teammate_token(&self, id: &str) -> String {
        let claims = json!({"sub": id, "aud": "helpdesk", "iat": self.now(), "exp": self.now() + 3600});
        self.app(&self.origin).config.teammate_keys.sign(&claims).unwrap()
    }

    /// The cookies of a teammate who looks at the portal as a contact, as a `Cookie` header.
    pub fn viewing(&self, teammate: &str, contact: &str) -> String {
        let (id, contact) = (TeammateId::new(teammate).unwrap(), ContactId::new(contact).unwrap());
        let set = web::viewing::start(&self.app(&self.origin), &id, &contact).unwrap();
        let viewing = set.split(';').next().unwrap();
        format!("portal_teammate={}; {viewing}", self.teammate_token(teammate))
    }

    /// Any claims, signed with the identity key.
    pub fn sign(&self, claims: &Value) -> String {
        self.app(&self.origin).config.identity_keys.sign(claims).unwrap()
    }

    /// The cookies of a fresh session, as a `Cookie` header.
    pub async fn cookies(&self, contact: &str) -> String {
        let answer = self
            .request(Method::POST, "/api/session")
            .json(&json!({"identity_token": self.token(contact)}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 204);
        cookies_of(&answer)
    }
}

/// Puts import lines into a table; a refused one fails the test.
pub async fn load(store: &Store, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let summary = import::import_text(store, &text).await.unwrap();
    assert_eq!(summary.refused, 0, "{summary:?}");
}

/// The cookies that an answer sets, as a `Cookie` header.
pub fn cookies_of(answer: &Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter().map(|it| it.to_str().unwrap().split(';').next().unwrap());
    set.collect::<Vec<_>>().join("; ")
}

/// What a tag says of the answer, without what it says of the moment: marks count for a while, by a clock that goes on
/// during a test of built functions.
#[must_use]
pub fn content_of(tag: &str) -> &str {
    tag.split_once('.').map_or(tag, |(content, _)| content)
}

/// Status and JSON of an answer.
pub async fn read(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// An item as the engine takes it.
///
/// # Panics
/// When it has an attribute of a type that the store does not write.
#[must_use]
pub fn for_engine(item: HashMap<String, aws_sdk_dynamodb::types::AttributeValue>) -> engine::Item {
    use aws_sdk_dynamodb::types::AttributeValue as Sent;
    use engine::AttributeValue;
    fn value(sent: Sent) -> AttributeValue {
        match sent {
            Sent::S(text) => AttributeValue::S(text),
            Sent::N(number) => AttributeValue::N(number),
            Sent::Bool(bool) => AttributeValue::BOOL(bool),
            Sent::L(list) => AttributeValue::L(list.into_iter().map(value).collect()),
            Sent::M(map) => AttributeValue::M(map.into_iter().map(|(name, it)| (name, value(it))).collect()),
            other => panic!("{other:?}"),
        }
    }
    item.into_iter().map(|(name, it)| (name, value(it))).collect()
}
