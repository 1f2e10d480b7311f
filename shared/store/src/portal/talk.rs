//! A single conversation, which contacts may read through a linked ticket that they may see, or because they take part
//! in one that has no ticket yet. As with tickets, one that is missing and one that is out of sight are asked for alike,
//! and messages are read only when the contact may read them.

use super::{
    detail::Sighting,
    entry::{CompanyScope, Hint, Meeting, Reach, Visitor},
};
use crate::{
    record::{ExchangeRecord, PartPlace, Thread, Workspace, mark_in},
    table::{Item, Store, StoreError, key, keys, record, text},
};
use domain::{
    id::{ConversationId, TicketId},
    mark::Mark,
    ticket::Ticket,
    turn::Exchange,
};

/// A conversation with what its page shows. It must still pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationPage {
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket; `None` if the conversation has none.
    pub ticket: Option<Ticket>,
    pub participating: bool,
    /// Whether the contact reads it without seeing its ticket (`domain::visibility::keeps_conversation`).
    pub kept: bool,
    /// Whether the contact's tickets space says that they take part.
    in_space: bool,
    /// What was said, as long as it has no ticket.
    pub exchange: Exchange,
    /// The messages that were asked for, without notes.
    pub thread: Option<Thread>,
    /// Raised by every change to the conversation or its ticket.
    pub mark: Mark,
}

impl ConversationPage {
    /// Whether the contact takes part as far as their tickets space and the ticket's page show it. A link to a
    /// conversation of many that was cut short has not reached everybody's tickets space.
    #[must_use]
    pub fn shows_participation(&self) -> bool {
        let is_linked = self.ticket.as_ref().is_some_and(|ticket| ticket.conversation.is_some());
        if is_linked { self.in_space } else { self.participating }
    }
}

/// How a contact comes to a conversation.
#[derive(Debug, Clone, Copy)]
pub enum Door<'a> {
    /// By its own id. Whoever also knows the linked ticket saves a round trip; a wrong one changes nothing else.
    Conversation(&'a ConversationId, Option<&'a TicketId>),
    /// Through the ticket that it is linked to.
    Ticket(&'a TicketId),
}

/// What is behind a [`Door`].
#[derive(Debug, Clone, PartialEq)]
pub enum Behind {
    /// Nothing that the contact may see.
    Nothing,
    /// A ticket that the contact may see, and that has no conversation.
    Silence,
    Conversation(Box<ConversationPage>),
}

/// The messages to read: at most so many before a place, or the newest of all.
#[derive(Debug, Clone, Copy)]
pub struct Messages<'a> {
    pub before: Option<&'a PartPlace>,
    pub limit: usize,
}

/// What was found of a conversation, and of the ticket that the contact named.
#[derive(Debug, Default)]
struct Clues {
    head: Option<Head>,
    participating: bool,
    /// That of the conversation, which counts as long as there is no ticket.
    mark: Mark,
    sighting: Sighting,
}

#[derive(Debug, Clone)]
struct Head {
    title: Option<String>,
    ticket: Option<TicketId>,
    exchange: Exchange,
}

impl Head {
    fn read(item: &Item) -> Result<Self, StoreError> {
        Ok(Self {
            title: Some(text(item, "title").to_owned()).filter(|title| !title.is_empty()),
            ticket: TicketId::new(text(item, "ticket")).ok(),
            exchange: record::<ExchangeRecord>(item.clone())?.into(),
        })
    }
}

impl Store {
    /// Requests a conversation. The meeting is `None` if the session has been revoked.
    pub async fn meet_with_conversation(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        door: Door<'_>,
        messages: Option<Messages<'_>>,
    ) -> Result<(Workspace, Option<Meeting<Behind>>), StoreError> {
        let ask = |reach: Reach| async move {
            match door {
                Door::Conversation(id, linked) => self.clues(&reach, id, linked).await,
                Door::Ticket(ticket) => {
                    Ok(Clues { sighting: self.sighting(&reach, ticket).await?, ..Clues::default() })
                }
            }
        };
        let (workspace, meeting) = self.meet_asking(visitor, hint, ask).await?;
        let Some(Meeting { mut scope, reasons, page: clues }) = meeting else { return Ok((workspace, None)) };
        let page = match door {
            Door::Conversation(id, linked) => self.behind_its_own_door(&mut scope, clues, id, linked, messages).await?,
            Door::Ticket(ticket) => self.behind_its_ticket(&mut scope, &clues.sighting, ticket, messages).await?,
        };
        Ok((workspace, Some(Meeting { scope, reasons, page })))
    }

    /// Reads what is the same for every conversation, and where the contact would find the ticket that they named.
    async fn clues(&self, reach: &Reach, id: &ConversationId, linked: Option<&TicketId>) -> Result<Clues, StoreError> {
        let (partition, own) = (keys::conversation(id), keys::participant(&reach.contact));
        let mut wanted = [keys::CONVERSATION, &own, keys::MARK].map(|sk| key(partition.clone(), sk)).to_vec();
        wanted.extend(linked.into_iter().flat_map(|ticket| Sighting::keys(reach, ticket)));
        let (found, of_ticket): (Vec<_>, Vec<_>) =
            self.get_all(wanted).await?.into_iter().partition(|item| text(item, "pk") == partition);
        let at = |sk: &str| found.iter().find(|item| text(item, "sk") == sk);
        Ok(Clues {
            head: at(keys::CONVERSATION).map(Head::read).transpose()?,
            participating: at(&own).is_some(),
            mark: at(keys::MARK).map(mark_in).unwrap_or_default(),
            sighting: Sighting::read(of_ticket)?,
        })
    }

    async fn behind_its_own_door(
        &self,
        scope: &mut CompanyScope,
        clues: Clues,
        id: &ConversationId,
        linked: Option<&TicketId>,
        messages: Option<Messages<'_>>,
    ) -> Result<Behind, StoreError> {
        let Clues { head, participating, mark, mut sighting } = clues;
        let ticket = head.as_ref().and_then(|head| head.ticket.clone());
        let named = ticket.as_ref().filter(|ticket| linked == Some(*ticket));
        let known = named.is_some_and(|ticket| sighting.may_be_seen(scope, ticket));
        let own = head.is_some() && ticket.is_none() && participating;
        if !known && !own {
            // A conversation that is missing is looked for like one whose ticket is out of sight: under an id that is
            // nobody's, because what is found there does not count.
            let nobodys = TicketId::new(id.as_str()).ok();
            if let Some(ticket) = ticket.as_ref().or(nobodys.as_ref()) {
                sighting = self.sighting(&scope.reach(), ticket).await?;
            }
        }
        let Some(Head { title, exchange, .. }) = head else { return Ok(Behind::Nothing) };
        let page = ConversationPage {
            id: id.clone(),
            title,
            ticket: None,
            participating,
            in_space: sighting.participating,
            kept: false,
            exchange,
            thread: None,
            mark,
        };
        let Some(ticket) = ticket else {
            if !participating {
                return Ok(Behind::Nothing);
            }
            let thread = self.messages(id, messages).await?;
            return Ok(Behind::Conversation(Box::new(ConversationPage { thread, ..page })));
        };
        if !sighting.may_be_seen(scope, &ticket) {
            return Ok(Behind::Nothing);
        }
        let (seen, thread) =
            futures::try_join!(self.ticket_behind(scope, &sighting, &ticket), self.messages(id, messages))?;
        let Some((ticket, mark)) = seen else { return Ok(Behind::Nothing) };
        let kept = !scope.sees(&ticket.row);
        Ok(Behind::Conversation(Box::new(ConversationPage { ticket: Some(ticket), kept, mark, thread, ..page })))
    }

    async fn behind_its_ticket(
        &self,
        scope: &mut CompanyScope,
        sighting: &Sighting,
        ticket: &TicketId,
        messages: Option<Messages<'_>>,
    ) -> Result<Behind, StoreError> {
        let Some((ticket, mark)) = self.ticket_seen(scope, sighting, ticket).await? else {
            return Ok(Behind::Nothing);
        };
        let Some(id) = ticket.conversation.clone() else { return Ok(Behind::Silence) };
        let reach = scope.reach();
        let (clues, thread) = futures::try_join!(self.clues(&reach, &id, None), self.messages(&id, messages))?;
        let title = clues.head.and_then(|head| head.title);
        let (participating, ticket) = (clues.participating, Some(ticket));
        let in_space = sighting.participating;
        let page = ConversationPage {
            id,
            title,
            ticket,
            participating,
            in_space,
            kept: false,
            exchange: Exchange::default(),
            thread,
            mark,
        };
        Ok(Behind::Conversation(Box::new(page)))
    }

    async fn messages(
        &self,
        id: &ConversationId,
        messages: Option<Messages<'_>>,
    ) -> Result<Option<Thread>, StoreError> {
        let Some(Messages { before, limit }) = messages else { return Ok(None) };
        self.newest_messages(id, before, limit).await.map(Some)
    }
}
