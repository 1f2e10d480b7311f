use super::Person;
use crate::{
    Portal,
    teammate::{Error, Names, Thing},
};
use domain::{
    company::Company,
    desk::DeskRow,
    id::{CompanyId, ContactId},
    limit,
    state::{Counts, StateCategory},
    ticket::Boundary,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{ListQuery, Upserted};

/// Tickets a page.
const TICKETS_A_PAGE: usize = 25;
/// Members a page.
const MEMBERS_A_PAGE: usize = 100;

/// A company's profile, with a page of its members.
#[derive(Debug)]
pub struct Profile {
    /// The company.
    pub company: Company,
    /// All its tickets.
    pub counts: Counts,
    /// By id.
    pub members: Vec<Person>,
    /// Where further members go on, if there are any.
    pub next: Option<ContactId>,
}

/// The profile of a company, with the members after one.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn profile(portal: &Portal, id: &CompanyId, after: Option<&ContactId>) -> Result<Profile, Error> {
    let company = recorded(portal, id).await?;
    let (members, next) = portal.store.members(id, after, MEMBERS_A_PAGE).await?;
    Ok(Profile { counts: all(&company), company, members: members.into_iter().map(Into::into).collect(), next })
}

async fn recorded(portal: &Portal, id: &CompanyId) -> Result<Company, Error> {
    let found = portal.store.companies(&BTreeSet::from([id.clone()])).await?;
    found.into_values().next().ok_or(Error::NotThere(Thing::Company))
}

/// Its tickets, those that customers may not see among them.
fn all(company: &Company) -> Counts {
    let mut counts = company.visible;
    counts += company.hidden;
    counts
}

/// A page of a company's tickets.
#[derive(Debug)]
pub struct CompanyTickets {
    /// What the company is called.
    pub company: String,
    /// Newest update first.
    pub tickets: Vec<DeskRow>,
    /// All its tickets, whatever the state.
    pub counts: Counts,
    /// Where the next page begins, if there is one.
    pub next: Option<Boundary>,
}

/// A page of a company's tickets, those that customers may not see among them.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn tickets(
    portal: &Portal,
    id: &CompanyId,
    state: Option<StateCategory>,
    after: Option<Boundary>,
) -> Result<CompanyTickets, Error> {
    let query = ListQuery { state, company: None, limit: TICKETS_A_PAGE, after };
    let (company, workspace, page) =
        futures::try_join!(recorded(portal, id), async { Ok(portal.store.workspace().await?) }, async {
            Ok(portal.store.company_tickets(id, &query).await?)
        })?;
    let (name, counts) = (company.name.clone(), all(&company));
    let names = Names::of_companies(BTreeMap::from([(id.clone(), company)]));
    let desk = names.desk(&workspace);
    Ok(CompanyTickets {
        company: name,
        tickets: page.rows.iter().map(|row| desk.row(row)).collect(),
        counts,
        next: page.next,
    })
}

/// A company, as the vendor's backend tells of it.
#[derive(Debug, Serialize)]
pub struct CompanyRecord {
    /// Its id.
    pub id: CompanyId,
    /// What it is called.
    pub name: String,
    /// What else is known of it, by name.
    pub attributes: BTreeMap<String, String>,
}

/// Records a company. Attributes that are recorded stay when none are given.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn put_company(
    portal: &Portal,
    id: CompanyId,
    name: String,
    attributes: Option<BTreeMap<String, String>>,
) -> Result<(CompanyRecord, Upserted), Error> {
    limit::name("name", &name).map_err(Error::Invalid)?;
    let attributes = match attributes {
        Some(attributes) => attributes,
        None => {
            let found = portal.store.companies(&BTreeSet::from([id.clone()])).await?;
            found.into_values().next().map(|it| it.attributes).unwrap_or_default()
        }
    };
    limit::data(&attributes).map_err(Error::Invalid)?;
    let upserted = portal.store.put_company(&id, &name, &attributes).await?;
    Ok((CompanyRecord { id, name, attributes }, upserted))
}
