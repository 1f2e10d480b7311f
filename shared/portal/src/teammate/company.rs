//! Which company a ticket belongs to (docs/product.md, The company of a ticket): the options, the choice, and who gains
//! and who loses sight of the ticket as a result.

pub use super::association::options;
use super::{
    Error, Teammate, Thing,
    association::{self, company_changed, decide},
};
use crate::{
    Portal,
    again::{Attempt, again},
};
use domain::{
    association::automatic,
    company::Company,
    id::{CompanyId, ContactId, TicketId},
    projection::CustomerCompany,
};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{Participants, SightChange, TicketFile, TicketWrite, WriteError};

/// A ticket with its requester and participants, and the companies that they are in at this moment.
#[derive(Debug)]
pub struct Case {
    pub file: TicketFile,
    /// The contacts who participate in the conversation.
    participants: BTreeSet<ContactId>,
    /// The requester and the participants of the conversation.
    pub people: Participants,
}

/// The company of a ticket, and the other companies that it could have.
#[derive(Debug, Serialize)]
pub struct CompanyChoice {
    /// The present company. `None` is No company.
    pub company: Option<CustomerCompany>,
    /// The companies to choose from, besides No company.
    pub options: Vec<CustomerCompany>,
    /// The company that the automatic rule selects. `None` is No company.
    pub auto_selected: Option<CompanyId>,
    /// Whether a teammate chose the company.
    pub chosen: bool,
    /// The ticket's version, which a change has to name.
    pub version: u64,
}

/// Reads a ticket and who takes part in it.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn case(portal: &Portal, id: &TicketId) -> Result<Case, Error> {
    let file = portal.store.ticket_file(id).await?.ok_or(Error::NotThere(Thing::Ticket))?;
    let participants = match &file.ticket.conversation {
        Some(conversation) => portal.store.participants(conversation).await?,
        None => BTreeSet::new(),
    };
    let everybody = participants.iter().cloned().chain([file.ticket.row.requester.clone()]).collect();
    let people = portal.store.participants_now(&everybody).await?;
    Ok(Case { file, participants, people })
}

impl Case {
    /// What teammates choose from.
    pub async fn choice(&self, portal: &Portal) -> Result<CompanyChoice, Error> {
        let company: BTreeSet<_> = self.file.ticket.row.company.clone().into_iter().collect();
        let left = match company.first() {
            Some(id) if !self.people.companies.contains_key(id) => portal.store.companies(&company).await?.remove(id),
            _ => None,
        };
        Ok(self.choice_of(left.as_ref()))
    }

    /// `left` is the ticket's company when none of the participants is in it any more.
    fn choice_of(&self, left: Option<&Company>) -> CompanyChoice {
        let ticket = &self.file.ticket;
        let company = ticket.row.company.as_ref().map(|id| {
            let known = left.or_else(|| self.people.companies.get(id));
            known.map_or_else(|| CustomerCompany::unnamed(id.clone()), CustomerCompany::from)
        });
        CompanyChoice {
            company,
            options: options(&self.people),
            auto_selected: automatic(&self.people.options()).cloned(),
            chosen: ticket.company_chosen,
            version: ticket.version,
        }
    }
}

/// Reads the ticket's company and the other options.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn read(portal: &Portal, id: &TicketId) -> Result<CompanyChoice, Error> {
    case(portal, id).await?.choice(portal).await
}

/// Sets the company, if the ticket still has the version that the teammate saw. `None` is No company.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Stale`], [`Error::NotOffered`].
pub async fn choose(
    portal: &Portal,
    teammate: &Teammate,
    id: &TicketId,
    version: u64,
    company: Option<CompanyId>,
) -> Result<CompanyChoice, Error> {
    let choice = association::choice(Some(company));
    again(|| async {
        let mut case = case(portal, id).await?;
        let before = &case.file.ticket;
        if before.version != version {
            return Err(Error::Stale { version: before.version, company: before.row.company.clone() });
        }
        let (association, through) = decide(&case.people, choice.clone(), Some(before))?;
        if association.company == before.row.company && association.chosen == before.company_chosen {
            return Ok(Attempt::Done(case.choice(portal).await?));
        }
        let (now, by) = (portal.clock.now(), teammate.actor(portal).await?);
        let mut after = before.clone();
        after.company_chosen = association.chosen;
        after.row.company = association.company;
        let event = company_changed(before, &after, &by, now);
        if event.is_some() {
            after.row.updated_at = now.max(before.row.updated_at);
        }
        let write = TicketWrite::replace(before.clone(), after, event).by(by);
        match portal.store.write_ticket(write.among(case.participants.clone()).through(through)).await {
            Ok(ticket) => {
                case.file.ticket = ticket;
                Ok(Attempt::Done(case.choice(portal).await?))
            }
            Err(overtaken @ (WriteError::Stale | WriteError::Left)) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Works out who would gain and who would lose sight of the ticket if it moved to `to`. `None` is No company.
///
/// # Errors
/// [`Error::NotOffered`] when the company is not one of the options.
pub async fn preview(portal: &Portal, case: &Case, to: Option<&CompanyId>) -> Result<SightChange, Error> {
    decide(&case.people, association::choice(Some(to.cloned())), Some(&case.file.ticket))?;
    let workspace = portal.store.workspace().await?;
    let (row, visibility) = (&case.file.ticket.row, &workspace.settings.visibility);
    Ok(portal.store.sight_change(row, &case.participants, to, visibility).await?)
}

/// Reads these contacts, with the companies that they are in at this moment.
pub async fn participants(portal: &Portal, people: &BTreeSet<ContactId>) -> Result<Participants, Error> {
    Ok(portal.store.participants_now(people).await?)
}
