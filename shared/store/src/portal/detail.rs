//! A single ticket, which contacts may read through one of their companies or because they created it.
//!
//! A ticket that is missing and one that a contact may not see are asked for alike, so that neither time nor cost tells
//! them apart. What decides is the ticket's row, read under each company of the contact, and the contact's own
//! tickets-space entry: always the same keys, each of one read unit. Only then is anything read that is the ticket's.

use super::entry::{CompanyScope, Entry, Hint, Meeting, Reach, Visitor};
use crate::{
    record::{
        BodyRecord, EventPlace, History, Lines, LinkRecord, Readers, RowRecord, SpaceRecord, SpaceRole,
        TicketPartition, Timeline, TimelinePlace, Unread, Workspace, mark_in,
    },
    table::{Item, Store, StoreError, key, keys, record, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    id::TicketId,
    mark::Mark,
    projection::ConversationSummary,
    ticket::{Ticket, TicketRow},
    visibility::Part,
};
use std::collections::HashMap;

/// A ticket with what its page shows. It must still pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketPage {
    pub ticket: Ticket,
    /// The ticket that it repeats, if the contact sees that, too.
    pub original: Option<TicketRow>,
    /// The page of its history that was asked for; empty where only the timeline was.
    pub history: History,
    /// The page of its timeline that was asked for, else the newest one.
    pub timeline: Timeline,
    pub conversation: Option<ConversationSummary>,
    /// What of it the contact has not seen.
    pub unread: Option<Unread>,
    /// Whether the contact follows it.
    pub following: bool,
    /// Raised by every change to the ticket or its conversation. Zero where only an other page of the timeline than the
    /// newest was asked for.
    pub mark: Mark,
}

/// What to read of what happened to a ticket.
#[derive(Debug, Clone, Copy)]
pub enum Past<'a> {
    /// The newest page of its history, and of its timeline.
    Newest,
    /// The page of its history before a place, and the newest page of its timeline.
    History(&'a EventPlace),
    /// The page of its timeline at a place.
    Timeline(&'a TimelinePlace),
}

/// What was found of a ticket where a contact may look for it.
#[derive(Debug, Default)]
pub(super) struct Sighting {
    /// The row in the companies within reach, and the contact's own copy of it if they created the ticket.
    rows: Vec<TicketRow>,
    pub(super) participating: bool,
    following: bool,
    part: Option<Part>,
    /// What of it the contact has not seen.
    unread: Option<Unread>,
}

impl Sighting {
    /// Returns the keys to read, as many for every ticket.
    pub(super) fn keys(reach: &Reach, id: &TicketId) -> Vec<HashMap<String, AttributeValue>> {
        let rows = reach.companies.iter().map(|company| key(keys::company(company), keys::ticket(id)));
        let own = [keys::space(id), keys::asks(keys::UNSEEN, id)];
        rows.chain(own.map(|sk| key(keys::contact(&reach.contact), sk))).collect()
    }

    /// Takes what was found under those keys.
    pub(super) fn read(found: Vec<Item>) -> Result<Self, StoreError> {
        let mut sighting = Self::default();
        for item in found {
            if text(&item, "sk").starts_with(keys::UNSEEN) {
                sighting.unread = Unread::read(item)?;
                continue;
            }
            if text(&item, "sk").starts_with(keys::SPACES) {
                let entry = record::<SpaceRecord>(item.clone())?;
                (sighting.participating, sighting.part) = (entry.participating, entry.part());
                sighting.following = entry.following;
                if entry.role != SpaceRole::Creator {
                    continue;
                }
            }
            sighting.rows.push(record::<RowRecord>(item)?.into());
        }
        Ok(sighting)
    }

    /// Whether the contact sees the ticket in one of their companies, or because they created it.
    fn seen(&self, scope: &CompanyScope) -> bool {
        self.rows.iter().any(|row| scope.sees(row))
    }

    /// Whether the conversation was theirs before it had the ticket.
    fn took_part(&self) -> bool {
        self.part == Some(Part::Theirs)
    }

    /// Whether the contact may see the ticket, as far as can be told without reading it: it may have no company.
    pub(super) fn may_be_seen(&self, scope: &mut CompanyScope, id: &TicketId) -> bool {
        scope.takes_part(self.part.clone().map(|part| (id.clone(), part)));
        // What its creator keeps to themselves is missing to others, and takes no longer to be missing.
        if self.rows.iter().any(|row| row.private && !scope.sees(row)) {
            return false;
        }
        self.seen(scope) || self.part.as_ref().is_some_and(|part| scope.stays_with(part))
    }
}

impl Store {
    /// Requests entry and a ticket with what happened to it. The ticket is `None` if there is none that the contact may
    /// see.
    pub async fn enter_with_ticket(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
        past: Past<'_>,
    ) -> Result<Entry<Option<TicketPage>>, StoreError> {
        let entry = self.enter_asking(visitor, hint, |reach| async move { self.sighting(&reach, id).await }).await?;
        entry.then(async |scope, sighting| self.ticket_page(scope, &sighting, id, past).await).await
    }

    /// Requests a ticket for the Messenger, with what of it the contact has not seen. The ticket is `None` if there is none
    /// that the contact may see, and the meeting is `None` if the session has been revoked.
    pub async fn meet_with_ticket(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
    ) -> Result<(Workspace, Option<Meeting<Option<(Ticket, Option<Unread>)>>>), StoreError> {
        let ask = |reach| async move { self.sighting(&reach, id).await };
        let (workspace, meeting) = self.meet_asking(visitor, hint, ask).await?;
        let Some(Meeting { mut scope, reasons, page }) = meeting else { return Ok((workspace, None)) };
        let ticket = self.ticket_seen(&mut scope, &page, id).await?.map(|(ticket, _)| (ticket, page.unread));
        Ok((workspace, Some(Meeting { scope, reasons, page: ticket })))
    }

    pub(super) async fn sighting(&self, reach: &Reach, id: &TicketId) -> Result<Sighting, StoreError> {
        Sighting::read(self.get_all(Sighting::keys(reach, id)).await?)
    }

    /// Reads a ticket and its mark, if the contact sees it.
    pub(super) async fn ticket_seen(
        &self,
        scope: &mut CompanyScope,
        sighting: &Sighting,
        id: &TicketId,
    ) -> Result<Option<(Ticket, Mark)>, StoreError> {
        let found = if sighting.may_be_seen(scope, id) { self.ticket_now(id).await? } else { None };
        // It may have moved since its row was read, and is judged by where it is now.
        Ok(found.filter(|(ticket, _)| scope.sees(&ticket.row)))
    }

    /// Reads the ticket of a conversation and its mark, if the contact sees it, or keeps the conversation without it.
    pub(super) async fn ticket_behind(
        &self,
        scope: &mut CompanyScope,
        sighting: &Sighting,
        id: &TicketId,
    ) -> Result<Option<(Ticket, Mark)>, StoreError> {
        let found = if sighting.may_be_seen(scope, id) { self.ticket_now(id).await? } else { None };
        let keeps = |ticket: &Ticket| sighting.took_part() && scope.keeps_conversation(&ticket.row);
        Ok(found.filter(|(ticket, _)| scope.sees(&ticket.row) || keeps(ticket)))
    }

    async fn ticket_now(&self, id: &TicketId) -> Result<Option<(Ticket, Mark)>, StoreError> {
        let found = self.get_all([keys::BODY, keys::MARK].map(|sk| key(keys::ticket(id), sk)).to_vec()).await?;
        let mark = found.iter().find(|item| text(item, "sk") == keys::MARK).map(mark_in).unwrap_or_default();
        let body = found.into_iter().find(|item| text(item, "sk") == keys::BODY);
        let ticket = body.map(|body| record::<BodyRecord>(body)?.into_ticket()).transpose()?;
        Ok(ticket.map(|ticket| (ticket, mark)))
    }

    pub(super) async fn ticket_page(
        &self,
        scope: &mut CompanyScope,
        sighting: &Sighting,
        id: &TicketId,
        past: Past<'_>,
    ) -> Result<Option<TicketPage>, StoreError> {
        if !sighting.may_be_seen(scope, id) {
            return Ok(None);
        }
        let (found, place) = match past {
            Past::Newest => (self.with_newest(id).await?, None),
            Past::History(before) => {
                let (found, history) = futures::try_join!(self.with_newest(id), self.history(id, before))?;
                (found.map(|found| Found { history, ..found }), None)
            }
            Past::Timeline(place) => {
                let (found, lines) = futures::try_join!(self.ticket_and_link(id), self.lines_at(id, place))?;
                let found = found.map(|(ticket, link)| {
                    let (history, mark) = (History::default(), Mark::default());
                    Found { ticket, link, history, lines, mark }
                });
                (found, Some(place))
            }
        };
        // It may have moved since its row was read, and is judged by where it is now.
        let Some(found) = found.filter(|found| scope.sees(&found.ticket.row)) else { return Ok(None) };
        let Found { ticket, link, history, lines, mark } = found;
        let (timeline, original) = futures::try_join!(
            self.timeline(&ticket, lines, place, Readers::Customers),
            self.original_seen(scope, &ticket)
        )?;
        let conversation = link.map(|link| ConversationSummary {
            id: link.conversation,
            participants: link.participants,
            participating: sighting.participating,
        });
        let (unread, following) = (sighting.unread, sighting.following);
        Ok(Some(TicketPage { ticket, original, history, timeline, conversation, unread, following, mark }))
    }

    /// Reads the ticket that another one repeats, if the contact sees it by itself: the one opens nothing of the other.
    async fn original_seen(&self, scope: &mut CompanyScope, ticket: &Ticket) -> Result<Option<TicketRow>, StoreError> {
        let Some(said) = &ticket.duplicate_of else { return Ok(None) };
        let sighting = self.sighting(&scope.reach(), &said.of).await?;
        Ok(self.ticket_seen(scope, &sighting, &said.of).await?.map(|(original, _)| original.row))
    }

    async fn with_newest(&self, id: &TicketId) -> Result<Option<Found>, StoreError> {
        let Some(found) = self.ticket_partition(id).await? else { return Ok(None) };
        let TicketPartition { ticket, link, lines, mark } = found;
        let history = History::of(&lines, ticket.row.company.clone());
        Ok(Some(Found { ticket, link, history, lines: Lines::newest(lines), mark }))
    }
}

/// What a ticket's own partition holds, of the past that was asked for.
struct Found {
    ticket: Ticket,
    link: Option<LinkRecord>,
    history: History,
    lines: Lines,
    mark: Mark,
}
