//! Tickets that are alike in other words, so that look-alikes can be tried.

use super::{
    calendar::HOUR,
    cast::Cast,
    file::{Unreadable, read},
    scenario::{Kind, Scenario},
    story::{Association, Last, Players, Story, play},
};
use fastrand::Rng;
use serde::Deserialize;

/// Tickets about the same thing (`local/demo/alike.yaml`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alike {
    /// The contact who is to type it.
    #[serde(rename = "as")]
    pub by: String,
    /// What to type.
    pub types: String,
    tickets: Vec<Told>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    by: String,
    company: String,
    hours_ago: i64,
    topic: String,
    title: String,
    description: String,
}

impl Alike {
    /// # Errors
    /// [`Unreadable`] when the file has a mistake.
    pub fn read() -> Result<Vec<Self>, Unreadable> {
        read!("alike.yaml")
    }

    /// The titles of its tickets, each with its company.
    pub fn titles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tickets.iter().map(|it| (it.company.as_str(), it.title.as_str()))
    }

    /// Its tickets, which nobody has answered yet.
    pub(super) fn stories<'a>(&self, cast: &'a Cast, now: i64) -> Vec<Story<'a>> {
        let told = self.tickets.iter().filter_map(|it| {
            let customer = cast.customers.iter().find(|customer| customer.id == it.company)?;
            let requester = cast.contacts.iter().find(|contact| contact.id == it.by)?;
            let scenario = Scenario {
                kind: Kind::Bug,
                topic: it.topic.clone(),
                titles: vec![it.title.clone()],
                description: it.description.clone(),
                steps: Vec::new(),
            };
            let colleagues = Vec::new();
            let teammates = &cast.teammates;
            let players = Players {
                customer: Some(customer),
                requester,
                colleagues,
                rep: &customer.rep,
                teammates,
                native: true,
            };
            // Nothing of it is left to chance but how severe it is.
            let rng = &mut Rng::with_seed(u64::try_from(it.hours_ago).unwrap_or(0));
            let last = Last { at: now - it.hours_ago * HOUR, now };
            Some(play(rng, &scenario, 0, &players, Association::FromTheStart, false, last))
        });
        told.collect()
    }
}
