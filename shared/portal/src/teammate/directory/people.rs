use super::Person;
use crate::{
    Portal,
    teammate::{Error, Teammate},
};
use domain::{id::TeammateId, projection::CustomerCompany};
use serde::Serialize;

/// The most people that one search finds.
const MOST_FOUND: usize = 20;
/// As much of what is typed as is looked for, in characters.
const LONGEST: usize = 256;

/// A teammate whom tickets can be given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Colleague {
    pub id: TeammateId,
    pub name: Option<String>,
}

impl Colleague {
    /// Their name, else their id.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}

/// Reads every recorded teammate, in the order of their names.
pub async fn teammates(portal: &Portal) -> Result<Vec<Colleague>, Error> {
    let recorded = portal.store.teammates().await?;
    let mut all: Vec<_> = recorded.into_iter().map(|(id, name)| Colleague { id, name }).collect();
    all.sort_by_cached_key(|it| (it.shown().to_lowercase(), it.id.clone()));
    Ok(all)
}

/// Reads every recorded teammate, for one who is choosing among them. Whoever is not among them yet is recorded, so that
/// the others can choose them from then on: teammates come from the staff's sign-in, and nobody has to register them.
pub async fn colleagues(portal: &Portal, teammate: &Teammate) -> Result<Vec<Colleague>, Error> {
    let all = teammates(portal).await?;
    let known = all.iter().find(|it| it.id == teammate.id);
    if known.is_some_and(|it| it.name.is_some() || teammate.name.is_none()) {
        return Ok(all);
    }
    portal.store.meet_teammate(&teammate.id, teammate.name.as_deref()).await?;
    teammates(portal).await
}

/// Somebody who was found.
#[derive(Debug, Serialize)]
pub struct FoundPerson {
    #[serde(flatten)]
    pub person: Person,
    /// The companies that they are in, sorted by name.
    pub companies: Vec<CustomerCompany>,
}

/// Finds contacts by beginnings of their name, e-mail address or company's name, or by their id or their company's:
/// twenty at most. Archived ones are left out.
pub async fn find(portal: &Portal, typed: &str) -> Result<Vec<FoundPerson>, Error> {
    let typed: String = typed.chars().take(LONGEST).collect();
    let found = portal.store.people_called(&typed, MOST_FOUND).await?;
    let person = |(contact, companies): (_, Vec<_>)| FoundPerson {
        person: Person::from(contact),
        companies: companies.iter().map(Into::into).collect(),
    };
    Ok(found.into_iter().map(person).collect())
}
