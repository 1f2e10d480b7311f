//! Adding a message or a note to a conversation.

use super::{attention::MOST_ASKED, once::Once, ticket::TicketWrite};
use crate::{
    record::{HeadRecord, LinkRecord, MOST_NAMED, PartRecord, nothing_said_since, part_item, part_place},
    table::{Attribute, Store, StoreError, Transaction, WriteError, key, keys, record},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, TicketId},
};

impl Store {
    /// Adds a message or note, once, together with the ticket's next version if there is a ticket that it changes.
    ///
    /// # Errors
    /// [`WriteError::Repeated`] when the request was carried out before, [`WriteError::Stale`] when the ticket has
    /// changed, or the conversation: it has a ticket now, or another place in search. Nothing is written in either case.
    pub async fn say(
        &self,
        conversation: &ConversationId,
        part: &Part,
        once: &Once,
        ticket: Option<TicketWrite>,
    ) -> Result<(), WriteError> {
        let mut transaction = Transaction::new(self);
        transaction.once(once, &part_place(part))?;
        if let Some(head) = self.conversation_head(conversation).await? {
            let alone = part.kind == PartKind::Message && ticket.is_none();
            let seen = if alone { vec![self.alone(&head).await?] } else { Vec::new() };
            let named = self.add_to_head(&head, part, alone, seen, &mut transaction).await?;
            match &head.ticket {
                Some(ticket) if alone => transaction.raise(keys::ticket(ticket), keys::MARK, part.at),
                None if alone => {
                    let was_unanswered = head.exchange().unanswered_since.is_some();
                    transaction.list_conversation(was_unanswered, &named, part.at)?;
                }
                _ => {}
            }
        }
        transaction.put(part_item(conversation, part)?)?;
        if let Some(ticket) = ticket {
            let joined = match ticket.changes_whom_it_waits_on() {
                true => self.participant_count(&ticket.after.row.id).await?,
                false => None,
            };
            let (participants, followers) = futures::try_join!(
                self.first_participants(conversation, MOST_ASKED),
                self.followers(&ticket.after.row.id, MOST_ASKED)
            )?;
            let mut ticket = ticket.among(participants).joined(joined);
            ticket.followers = followers;
            ticket.touch(&mut transaction)?;
        }
        transaction.commit().await
    }

    /// Returns what a message without a ticket goes by: that its conversation has none, so that readers go by the
    /// conversation's mark. A ticket that does not lead back to the conversation cannot be written with the message; its
    /// mark can.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when the conversation has been linked since the writer looked.
    async fn alone(&self, head: &HeadRecord) -> Result<Attribute<'static>, WriteError> {
        if let Some(id) = &head.ticket
            && self.ticket(id).await?.is_some_and(|ticket| ticket.conversation.as_ref() == Some(&head.id))
        {
            return Err(WriteError::Stale);
        }
        Ok(("ticket", head.ticket.as_ref().map(|id| AttributeValue::S(id.to_string()))))
    }

    /// Adds to the head of a conversation what a part changes of it. The first message gives it a title. A part that comes
    /// before any other says when it started and whose it is. A message in a conversation `alone`, without a ticket, also
    /// becomes the last one that its head knows of. Returns the head as it will be.
    async fn add_to_head(
        &self,
        head: &HeadRecord,
        part: &Part,
        alone: bool,
        mut seen: Vec<Attribute<'_>>,
        transaction: &mut Transaction<'_>,
    ) -> Result<HeadRecord, StoreError> {
        let mut exchange = head.exchange();
        if alone {
            exchange.add(part);
        }
        let has_begun = head.words.is_some();
        let place = (keys::conversation(&head.id), keys::CONVERSATION);
        if head.title.is_some() || part.kind == PartKind::Note && has_begun {
            let named = HeadRecord { exchange: (&exchange).into(), ..head.clone() };
            if alone {
                let (set, absent) = named.said()?;
                seen.extend(nothing_said_since(&head.exchange()));
                transaction.set_over_all(place, set, &absent, seen)?;
            }
            return Ok(named);
        }
        let first = self.first_participants(&head.id, MOST_NAMED).await?;
        let people = self.participants_now(&first).await?;
        let mut named = HeadRecord::new(&head.id, std::slice::from_ref(part), first.len(), &people);
        if has_begun {
            (named.started, named.started_by) = (head.started, head.started_by.clone());
        }
        named.exchange = (&exchange).into();
        let (set, absent) = named.attributes(Some(head))?;
        seen.extend(head.seen());
        transaction.set_over_all(place, set, &absent, seen)?;
        Ok(named)
    }

    /// Reads how many participants a ticket says that it has.
    async fn participant_count(&self, ticket: &TicketId) -> Result<Option<u64>, StoreError> {
        let found = self.get_all(vec![key(keys::ticket(ticket), keys::CONVERSATION)]).await?;
        let link = found.into_iter().next().map(record::<LinkRecord>).transpose()?;
        Ok(link.map(|link| link.participants))
    }

    /// Reads the part that an earlier request added.
    pub async fn said(&self, conversation: &ConversationId, outcome: &str) -> Result<Option<Part>, StoreError> {
        let mut places = vec![key(keys::conversation(conversation), outcome)];
        // Where an older version put a note, before `admin reindex` moved it.
        if let Some(place) = outcome.strip_prefix(keys::PART) {
            places.push(key(keys::conversation(conversation), format!("{}{place}", keys::NOTE)));
        }
        let found = self.get_all(places).await?;
        found.into_iter().next().map(|item| record::<PartRecord>(item).map(Part::from)).transpose()
    }
}
