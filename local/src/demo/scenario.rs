//! What people write to support, told as small scripts: the files under `local/demo/scenarios`.
//!
//! A script is written to its happy or unhappy end. [`super::story`] plays it as far as a ticket has come, and fills in
//! the details in braces, so that the same trouble reads differently at each customer.

use super::{
    cast::Language,
    file::{Unreadable, read},
};
use serde::{Deserialize, Serialize};
use serde_yaml_ng::with::singleton_map_recursive;

/// The scripts, by who they are for.
#[derive(Debug)]
pub struct Scenarios {
    /// For every customer.
    pub english: Vec<Scenario>,
    arabic: Vec<Scenario>,
    danish: Vec<Scenario>,
    german: Vec<Scenario>,
    japanese: Vec<Scenario>,
    polish: Vec<Scenario>,
    portuguese: Vec<Scenario>,
    /// Work of the vendor that customers are shown.
    pub shared_work: Vec<Scenario>,
    /// Work of the vendor that customers never see.
    pub hidden_work: Vec<Scenario>,
    /// What links the tickets that one fault caused. Customers never see it.
    pub incidents: Vec<Scenario>,
}

/// One kind of trouble, from the first message to the last.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The ticket type it becomes.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What the type's first list attribute says.
    pub topic: String,
    /// Ways to put it in one line.
    pub titles: Vec<String>,
    /// What the requester wrote when they opened it.
    pub description: String,
    /// What came after.
    #[serde(with = "singleton_map_recursive")]
    pub steps: Vec<Step>,
}

/// A ticket type of `local/demo/catalog.yaml`, under its id there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Bug,
    Billing,
    Feature,
    Access,
    Internal,
    Incident,
}

/// One thing that happens. Where the text is empty, nobody writes and the ticket only changes its state.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The requester writes; a ticket that waited for them is taken up again.
    Them(String),
    /// Somebody else at the same company joins and writes.
    Colleague(String),
    /// Support asks the requester: the ticket waits on them.
    Ask(String),
    /// Support is working on it.
    Look(String),
    /// Engineering is working on it.
    Escalate(String),
    /// It is repaired and not yet released.
    Fix(String),
    /// It is done.
    Done(String),
    /// It will not be done.
    Decline(String),
    /// A note from a teammate to the others. Customers must never read it.
    Note(String),
}

impl Scenarios {
    /// Reads all the files.
    ///
    /// # Errors
    /// [`Unreadable`] when one has a mistake.
    pub fn read() -> Result<Self, Unreadable> {
        Ok(Self {
            english: read!("scenarios/english.yaml")?,
            arabic: read!("scenarios/arabic.yaml")?,
            danish: read!("scenarios/danish.yaml")?,
            german: read!("scenarios/german.yaml")?,
            japanese: read!("scenarios/japanese.yaml")?,
            polish: read!("scenarios/polish.yaml")?,
            portuguese: read!("scenarios/portuguese.yaml")?,
            shared_work: read!("scenarios/shared_work.yaml")?,
            hidden_work: read!("scenarios/hidden_work.yaml")?,
            incidents: read!("scenarios/incidents.yaml")?,
        })
    }

    /// What customers write in their own language.
    pub fn in_language(&self, language: Language) -> &[Scenario] {
        match language {
            Language::Arabic => &self.arabic,
            Language::Danish => &self.danish,
            Language::German => &self.german,
            Language::Japanese => &self.japanese,
            Language::Polish => &self.polish,
            Language::Portuguese => &self.portuguese,
        }
    }
}
