use super::Person;
use crate::{
    Portal,
    teammate::{Error, Names, Thing},
};
use domain::{
    company::Company,
    desk::DeskRow,
    filter::Filter,
    id::{CompanyId, ContactId},
    limit,
    order::{Order, Place},
    state::Counts,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{CompanyFile, ListQuery, Tally, Upserted};

const TICKETS_A_PAGE: usize = 25;
const MEMBERS_A_PAGE: usize = 100;

/// A company's profile, with a page of its members.
#[derive(Debug)]
pub struct Profile {
    pub company: Company,
    /// All its tickets, including those that customers may not see.
    pub counts: Counts,
    /// The tickets that customers may see.
    pub visible_counts: Counts,
    /// Sorted by id.
    pub members: Vec<Person>,
    /// The member after whom the next page begins, if there is one.
    pub next: Option<ContactId>,
}

/// Reads the profile of a company, with a page of its members after a contact, or from the start.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn profile(portal: &Portal, id: &CompanyId, after: Option<&ContactId>) -> Result<Profile, Error> {
    let file = portal.store.company_file(id).await?;
    let CompanyFile { company, tally, .. } = file.ok_or(Error::NotThere(Thing::Company))?;
    let (members, next) = portal.store.members(id, after, MEMBERS_A_PAGE).await?;
    let members = members.into_iter().map(Into::into).collect();
    Ok(Profile { company, counts: all(&tally), visible_counts: tally.visible, members, next })
}

/// All its tickets, including those that customers may not see.
fn all(tally: &Tally) -> Counts {
    let mut counts = tally.visible;
    counts += tally.hidden;
    counts
}

/// A page of a company's tickets.
#[derive(Debug)]
pub struct CompanyTickets {
    /// The company's name.
    pub company: String,
    /// In the order that was asked for.
    pub tickets: Vec<DeskRow>,
    /// All its tickets, in any state.
    pub counts: Counts,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many tickets were looked through, where these were not all that remain.
    pub looked_through: Option<usize>,
}

/// Reads a page of a company's tickets, including those that customers may not see. The company of the filter is not looked at.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn tickets(
    portal: &Portal,
    id: &CompanyId,
    filter: Filter,
    order: Order,
    after: Place,
) -> Result<CompanyTickets, Error> {
    let query = ListQuery { filter, order, limit: TICKETS_A_PAGE, after, ..ListQuery::default() };
    let (workspace, found) = portal.store.company_tickets(id, &query).await?;
    let (CompanyFile { company, tally, .. }, page) = found.ok_or(Error::NotThere(Thing::Company))?;
    let (name, counts) = (company.name.clone(), all(&tally));
    let names = Names::of_companies(BTreeMap::from([(id.clone(), company)]));
    let desk = names.desk(&workspace);
    Ok(CompanyTickets {
        company: name,
        tickets: page.rows.iter().map(|row| desk.row(row)).collect(),
        counts,
        next: page.next,
        looked_through: page.looked_through,
    })
}

/// A company, as the vendor's backend records it.
#[derive(Debug, Serialize)]
pub struct CompanyRecord {
    pub id: CompanyId,
    pub name: String,
    /// Further values by name, which audience and visibility conditions can test.
    pub attributes: BTreeMap<String, String>,
}

/// Records a company. When `attributes` is absent, the recorded ones stay.
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
