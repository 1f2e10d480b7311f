//! Which of a company's tickets a member sees (docs/product.md, What a contact sees).

use crate::{
    company::Company,
    condition,
    contact::Contact,
    id::{CompanyId, ContactId},
    settings::Visibility,
    ticket::TicketRow,
};
use serde::{Deserialize, Serialize};

/// How far a contact sees within their companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Every customer-visible ticket of the company.
    All,
    /// Only the tickets that the contact created.
    Own,
}

/// Returns how far a contact sees under the visibility setting.
#[must_use]
pub fn sight(setting: &Visibility, contact: &Contact, companies: &[Company]) -> Sight {
    if setting.restrict && condition::all_hold(&setting.conditions, contact, companies) {
        Sight::Own
    } else {
        Sight::All
    }
}

/// How a contact came to take part in a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// They were in its conversation before there was a ticket, or came while it had no company.
    Theirs,
    /// They joined it through this company.
    Through(CompanyId),
}

/// Whether somebody who takes part in a ticket in this way sees it while it has no company: what they joined through a
/// company goes with that company.
pub fn stays_with<'a>(companies: impl IntoIterator<Item = &'a CompanyId>, sight: Sight, part: &Part) -> bool {
    match part {
        Part::Theirs => true,
        Part::Through(company) => within(companies, sight, company),
    }
}

fn within<'a>(companies: impl IntoIterator<Item = &'a CompanyId>, sight: Sight, company: &CompanyId) -> bool {
    sight == Sight::All && companies.into_iter().any(|id| id == company)
}

/// Whether `contact`, who is now in `companies`, may see `ticket`. `part` is how they take part in it, if they do.
pub fn may_see<'a>(
    contact: &ContactId,
    companies: impl IntoIterator<Item = &'a CompanyId>,
    sight: Sight,
    part: Option<&Part>,
    ticket: &TicketRow,
) -> bool {
    let company = ticket.company.as_ref();
    let is_customer_visible = ticket.is_customer_visible();
    let standing = Standing { company, requester: &ticket.requester, is_customer_visible, is_private: ticket.private };
    standing.is_seen_by(contact, companies, sight, part)
}

/// What decides who sees a ticket.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// `None` means No company.
    pub company: Option<&'a CompanyId>,
    pub requester: &'a ContactId,
    /// Whether customers may see it at all.
    pub is_customer_visible: bool,
    /// Whether its creator keeps it from everybody else.
    pub is_private: bool,
}

impl Standing<'_> {
    /// Whether `contact`, who is now in `companies` and takes part like this, may see the ticket.
    pub fn is_seen_by<'a>(
        self,
        contact: &ContactId,
        companies: impl IntoIterator<Item = &'a CompanyId>,
        sight: Sight,
        part: Option<&Part>,
    ) -> bool {
        let created = self.requester == contact;
        let theirs = || match self.company {
            Some(company) => within(companies, sight, company),
            None => part.is_some_and(|part| stays_with(companies, sight, part)),
        };
        self.is_customer_visible && (created || !self.is_private && theirs())
    }
}

/// Whether somebody who took part in a conversation before it had its ticket, and is now in `companies`, goes on reading
/// and writing in it, even where they do not see the ticket. Only a ticket that is shown to another company, or that its
/// creator keeps to themselves, takes the conversation from them.
pub fn keeps_conversation<'a>(
    contact: &ContactId,
    companies: impl IntoIterator<Item = &'a CompanyId>,
    ticket: &TicketRow,
) -> bool {
    if ticket.private && ticket.requester != *contact {
        return false;
    }
    let company = ticket.company.as_ref().filter(|_| ticket.is_customer_visible());
    company.is_none_or(|of| companies.into_iter().any(|company| company == of))
}
