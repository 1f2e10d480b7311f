//! A separate table for each test, and short ways to fill it.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use domain::{
    catalog::TicketCategory,
    contact::Contact,
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, StateId, TicketId, TypeId},
    settings::{PortalSettings, RequiredSetting, Visibility},
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use store::{Admission, Entry, Finding, ListPage, ListQuery, Session, Store, TicketWrite, Visitor};
use witness::Dynamo;

pub struct World {
    pub store: Store,
    dynamo: Dynamo,
}

pub fn company(id: &str) -> CompanyId {
    CompanyId::new(id).unwrap()
}

pub fn contact(id: &str) -> ContactId {
    ContactId::new(id).unwrap()
}

pub fn ticket_id(id: &str) -> TicketId {
    TicketId::new(id).unwrap()
}

pub fn visitor(id: &str) -> Visitor {
    Visitor { contact: contact(id), session: None }
}

pub fn session(id: &str, epoch: u64) -> Session {
    Session { id: id.into(), epoch }
}

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

/// Returns a submitted customer ticket for `requester` in the company `of`.
pub fn ticket(id: &str, requester: &str, of: Option<&str>, updated: i64) -> Ticket {
    let row = TicketRow {
        id: ticket_id(id),
        number: 1,
        title: format!("Ticket {id}"),
        ticket_type: TypeId::new("bug").unwrap(),
        category: TicketCategory::Customer,
        shared: false,
        private: false,
        state: StateId::new("new").unwrap(),
        state_category: StateCategory::Submitted,
        company: of.map(company),
        requester: contact(requester),
        requester_name: Some(requester.to_uppercase()),
        created_at: at(0),
        updated_at: at(updated),
        turn_since: None,
        exchange: Default::default(),
    };
    Ticket {
        row,
        description: "It fails".into(),
        attributes: BTreeMap::new(),
        conversation: None,
        company_chosen: false,
        company_name: None,
        assignee: None,
        waited_from: None,
        duplicate_of: None,
        duplicates: Default::default(),
        version: 0,
    }
}

pub fn event(change: Change) -> Event {
    Event { at: at(0), by: Actor::System, change }
}

pub fn everything() -> ListQuery {
    ListQuery { limit: 100, ..ListQuery::default() }
}

impl World {
    /// Creates a table with the portal on and the companies `a`, `b` and `c`.
    pub async fn new() -> Self {
        let world = Self::empty().await;
        world.settings(Visibility::default()).await;
        for id in ["a", "b", "c"] {
            world.store.put_company(&company(id), &id.to_uppercase(), &BTreeMap::new()).await.unwrap();
        }
        world
    }

    /// Creates an empty table.
    pub async fn empty() -> Self {
        let dynamo = Dynamo::start().await;
        let store = dynamo.store();
        assert!(store.create_table().await.unwrap());
        Self { store, dynamo }
    }

    pub fn endpoint(&self) -> String {
        self.dynamo.endpoint()
    }

    /// The table as DynamoDB sees it.
    pub fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local engine"))
            .endpoint_url(self.endpoint())
            .build();
        Client::from_conf(config)
    }

    pub async fn settings(&self, visibility: Visibility) {
        let settings = PortalSettings {
            enabled: true,
            confirmed: RequiredSetting::ALL.into(),
            visibility,
            ..PortalSettings::default()
        };
        self.store.put_settings(&settings).await.unwrap();
    }

    pub async fn person(&self, id: &str, companies: &[&str]) {
        let mut person = Contact::unrecorded(contact(id));
        person.email = Some(format!("{id}@people.example"));
        let companies: BTreeSet<_> = companies.iter().map(|id| company(id)).collect();
        self.store.put_contact(&person, &companies).await.unwrap();
    }

    pub async fn create(&self, ticket: Ticket) -> Ticket {
        self.store.write_ticket(TicketWrite::create(ticket, event(Change::Created))).await.unwrap()
    }

    /// Waits until what was written is in every index.
    pub fn settle(&self) {
        self.dynamo.settle();
    }

    /// A page of a list, once what was written is in it.
    pub async fn list(&self, who: &str, query: &ListQuery) -> ListPage {
        self.settle();
        self.list_at_once(who, query).await
    }

    /// The same, whatever the indexes do not have yet.
    pub async fn list_at_once(&self, who: &str, query: &ListQuery) -> ListPage {
        granted(self.store.enter_with_list(&visitor(who), None, query).await.unwrap()).1
    }

    pub async fn ids(&self, who: &str) -> Vec<String> {
        self.list(who, &everything()).await.rows.into_iter().map(|row| row.id.to_string()).collect()
    }

    /// Indexes everything that was written so far.
    pub async fn fed(&self) {
        self.dynamo.feed(&self.store).await;
    }

    /// The keys of what was written and has not been read from the stream.
    pub fn written(&self) -> Vec<(String, String)> {
        let events = self.dynamo.unread();
        let records = events.iter().flat_map(|event| event["Records"].as_array().unwrap());
        let key =
            |record: &serde_json::Value, name: &str| record["dynamodb"]["Keys"][name]["S"].as_str().unwrap().to_owned();
        records.map(|record| (key(record, "pk"), key(record, "sk"))).collect()
    }

    /// Indexes everything, and demands that search has it right, whatever else was made by hand.
    pub async fn assert_search_is_right(&self) {
        self.fed().await;
        let findings = self.store.check(|_| {}).await.unwrap().findings;
        let of_search = |it: &&Finding| matches!(it, Finding::TicketSearch(_) | Finding::ConversationSearch(_));
        assert_eq!(findings.iter().filter(of_search).count(), 0, "{findings:?}");
    }

    pub async fn assert_clean(&self) {
        self.fed().await;
        let report = self.store.check(|_| {}).await.unwrap();
        assert_eq!(report.findings, []);
    }
}

pub fn granted<T>(entry: Entry<T>) -> (store::CompanyScope, T) {
    match entry.admission {
        Admission::Granted(scope, page) => (scope, page),
        Admission::Refused(reasons) => panic!("refused: {reasons:?}"),
    }
}
