use crate::{
    Portal,
    teammate::{Error, Names, Thing},
};
use domain::{
    contact::Contact,
    desk::DeskRow,
    id::{CompanyId, ContactId},
    limit,
    projection::CustomerCompany,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{Upserted, WriteError};

/// The most tickets on a contact's profile: an integration can create more than an answer holds.
const TICKETS_OF_CONTACT: usize = 100;

/// The most tickets that get a contact's new name in the request that brings it. The next request goes on.
const RENAMED_AT_ONCE: usize = 100;

#[derive(Debug, Serialize)]
pub struct Person {
    pub id: ContactId,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Whether nobody can sign in as them any more.
    pub archived: bool,
}

impl From<Contact> for Person {
    fn from(contact: Contact) -> Self {
        Self { id: contact.id, name: contact.name, email: contact.email, archived: contact.archived }
    }
}

/// A contact's profile.
#[derive(Debug, Serialize)]
pub struct ContactProfile {
    #[serde(flatten)]
    pub person: Person,
    /// Further values by name, which audience and visibility conditions can test.
    pub attributes: BTreeMap<String, String>,
    /// The companies that they are in, sorted by name.
    pub companies: Vec<CustomerCompany>,
    /// The tickets that the contact created, newest update first, a hundred at most.
    pub tickets: Vec<DeskRow>,
}

/// Reads the profile of a contact.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn contact_profile(portal: &Portal, id: &ContactId) -> Result<ContactProfile, Error> {
    let (found, tickets) = futures::try_join!(portal.store.contact(id), portal.store.tickets_created_by(id))?;
    let (contact, memberships) = found.ok_or(Error::NotThere(Thing::Contact(None)))?;
    let tickets: Vec<_> = tickets.into_iter().take(TICKETS_OF_CONTACT).collect();
    let wanted = memberships.iter().cloned().chain(tickets.iter().filter_map(|row| row.company.clone())).collect();
    let (companies, workspace) = futures::try_join!(portal.store.companies(&wanted), portal.store.workspace())?;
    let mut of_contact: Vec<CustomerCompany> =
        memberships.iter().filter_map(|id| companies.get(id)).map(Into::into).collect();
    of_contact.sort_by_cached_key(|company| company.name.to_lowercase());
    let names = Names::of_companies(companies);
    let desk = names.desk(&workspace);
    Ok(ContactProfile {
        attributes: contact.attributes.clone(),
        person: contact.into(),
        companies: of_contact,
        tickets: tickets.iter().map(|row| desk.row(row)).collect(),
    })
}

/// Reads a contact. `None` if they are not recorded.
pub async fn contact(portal: &Portal, id: &ContactId) -> Result<Option<Contact>, Error> {
    Ok(portal.store.contact(id).await?.map(|(contact, _)| contact))
}

/// A contact, as the vendor's backend records them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRecord {
    pub id: ContactId,
    pub email: Option<String>,
    pub name: Option<String>,
    /// Whether nobody can sign in as them any more.
    #[serde(default)]
    pub archived: bool,
    /// All companies that they are in. Any other membership ends.
    pub companies: BTreeSet<CompanyId>,
    /// Further values by name. When absent, the recorded ones stay.
    pub attributes: Option<BTreeMap<String, String>>,
}

/// Records a contact with the companies that they are in.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Unknown`] when one of the companies is not recorded.
pub async fn put_contact(
    portal: &Portal,
    record: ContactRecord,
) -> Result<(Contact, BTreeSet<CompanyId>, Upserted), Error> {
    let ContactRecord { id, email, name, archived, companies, attributes } = record;
    let (name, email) = (limit::optional(name), limit::optional(email));
    name.as_deref().map_or(Ok(()), |name| limit::name("name", name)).map_err(Error::Invalid)?;
    email.as_deref().map_or(Ok(()), limit::email).map_err(Error::Invalid)?;
    limit::companies(companies.len()).map_err(Error::Invalid)?;
    let attributes = match attributes {
        Some(attributes) => attributes,
        None => portal.store.contact(&id).await?.map(|(contact, _)| contact.attributes).unwrap_or_default(),
    };
    limit::data(&attributes).map_err(Error::Invalid)?;
    let contact = Contact { name, email, archived, attributes, ..Contact::unrecorded(id) };
    let upserted = portal.store.put_contact(&contact, &companies).await.map_err(|error| match error {
        WriteError::UnknownCompany => Error::Unknown(Thing::OneOfTheCompanies),
        error => error.into(),
    })?;
    // Also when nothing has changed: an earlier request may have been cut off here.
    portal.store.rename_requester(&contact.id, RENAMED_AT_ONCE).await?;
    Ok((contact, companies, upserted))
}

/// Ends a contact's membership of a company.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn end_membership(portal: &Portal, contact: &ContactId, company: &CompanyId) -> Result<(), Error> {
    if portal.store.remove_membership(contact, company).await? {
        return Ok(());
    }
    Err(Error::NotThere(Thing::Membership))
}

/// Ends every session of a contact. Identity tokens stay valid until they expire, because the vendor's backend issues
/// them.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn end_sessions(portal: &Portal, contact: &ContactId) -> Result<(), Error> {
    portal.store.contact(contact).await?.ok_or(Error::NotThere(Thing::Contact(None)))?;
    Ok(portal.store.raise_session_epoch(contact).await?)
}
