//! Mends what the check finds wrong and the table itself can tell how to mend: what is derived from tickets,
//! conversations and contacts is written anew from them. It can run while others write: everything is written over what
//! it was made from.

use super::check::Finding;
use crate::{
    record::{HeadRecord, LinkRecord, as_read, creator_entry, home_row},
    table::{Item, Store, StoreError, Transaction, WriteError, item, key, keys},
    write::MOST_ASKED,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    id::{ContactId, ConversationId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use std::collections::{BTreeSet, HashMap};

/// What a repair came to.
#[derive(Debug, Clone, Default)]
pub struct Repaired {
    /// What was wrong and no longer is.
    pub mended: Vec<Finding>,
    /// What is still wrong, and has to be decided by somebody.
    pub left: Vec<Finding>,
}

impl Store {
    /// Checks the table, mends what can be mended, and checks it again. A dry run only tells what would be tried.
    /// `at` is the time of the marks that tell readers to look again.
    ///
    /// What was written before an error is complete and correct.
    pub async fn repair(&self, dry_run: bool, at: Timestamp) -> Result<Repaired, StoreError> {
        let found = self.check(|_| {}).await?.findings;
        if dry_run {
            let (mended, left) = found.into_iter().partition(can_be_mended);
            return Ok(Repaired { mended, left });
        }
        let mut search = false;
        for finding in &found {
            match self.mend(finding, at).await {
                Ok(()) => {}
                // Somebody is writing there; the second check tells.
                Err(WriteError::Store(error)) => return Err(error),
                Err(_) => {}
            }
            search |= is_of_search(finding);
        }
        if search {
            self.reindex(false, |_| {}).await?;
        }
        let mut left = self.check(|_| {}).await?.findings;
        if !search && left.iter().any(is_of_search) {
            // What was mended stands elsewhere in search. Whoever reads the table's stream may not have come to it yet.
            self.reindex(false, |_| {}).await?;
            left = self.check(|_| {}).await?.findings;
        }
        Ok(Repaired { mended: found.into_iter().filter(|it| !left.contains(it)).collect(), left })
    }

    async fn mend(&self, finding: &Finding, at: Timestamp) -> Result<(), WriteError> {
        match finding {
            Finding::Homeless(id) | Finding::Different(id) | Finding::Space(id) => self.derive(id, at).await,
            Finding::Unlinked(id) => self.show_link(id, at).await,
            Finding::Unreturned(id) => self.lead_to(id, at).await,
            Finding::Astray { conversation, ticket } => self.lead_nowhere(conversation, ticket, at).await,
            Finding::Participation(id) => match self.ticket(id).await? {
                Some(ticket) => self.complete_participation(&ticket, at).await.map(drop),
                None => Ok(()),
            },
            Finding::Participants(id) => self.recount_participants(id).await,
            Finding::Miscounted { company, kept: Some(_), .. } => Ok(self.recount(company, false).await.map(drop)?),
            Finding::Unfinished(id) => self.finish(id).await,
            Finding::Turn(id) => Ok(self.recount_turn(id, false).await.map(drop)?),
            Finding::Inbox(id) => self.relist(id, at).await,
            Finding::Attention(id) => self.ask_anew(id, at).await,
            Finding::InboxMiscounted { .. } => Ok(self.recount_desk(false).await.map(drop)?),
            _ => Ok(()),
        }
    }

    /// Writes a ticket's item and its creator's entry anew.
    async fn derive(&self, id: &TicketId, at: Timestamp) -> Result<(), WriteError> {
        let Some(ticket) = self.ticket(id).await? else { return Ok(()) };
        let row = &ticket.row;
        let mut transaction = self.over(&ticket, at)?;
        transaction.put(home_row(row, ticket.version)?)?;
        let (entry, absent) = creator_entry(row, ticket.version)?;
        transaction.set(keys::contact(&row.requester), keys::space(id), entry, &absent)?;
        if row.is_its_creators_alone() {
            transaction.keep_private(None, row, ticket.version)?;
        } else {
            transaction.delete(keys::contact(&row.requester), keys::private(id))?;
        }
        transaction.raise(keys::contact(&row.requester), keys::OWN_MARK, at);
        transaction.commit().await
    }

    /// Starts a transaction that goes by the version of a ticket and tells its readers.
    fn over(&self, ticket: &Ticket, at: Timestamp) -> Result<Transaction<'_>, StoreError> {
        let mut transaction = Transaction::new(self);
        let partition = keys::ticket(&ticket.row.id);
        transaction.set_over_all((partition.clone(), keys::BODY), Item::new(), &[], as_read(ticket))?;
        transaction.raise(partition, keys::MARK, at);
        Ok(transaction)
    }

    /// Makes a ticket wait on those on whom it waits by its turn.
    async fn ask_anew(&self, id: &TicketId, at: Timestamp) -> Result<(), WriteError> {
        let Some(ticket) = self.ticket(id).await? else { return Ok(()) };
        let participants = match &ticket.conversation {
            Some(conversation) => self.first_participants(conversation, MOST_ASKED).await?,
            None => BTreeSet::new(),
        };
        let mut transaction = self.over(&ticket, at)?;
        transaction.wait_on_all(participants, &ticket)?;
        transaction.commit().await
    }

    /// Writes a ticket's place in the inbox anew.
    async fn relist(&self, id: &TicketId, at: Timestamp) -> Result<(), WriteError> {
        let Some(ticket) = self.ticket(id).await? else { return Ok(()) };
        let mut transaction = self.over(&ticket, at)?;
        transaction.list_ticket(Some(&ticket), &ticket, None, at)?;
        transaction.commit().await
    }

    /// Makes a ticket show the conversation that it is linked to.
    async fn show_link(&self, id: &TicketId, at: Timestamp) -> Result<(), WriteError> {
        let Some(ticket) = self.ticket(id).await? else { return Ok(()) };
        let mut transaction = self.over(&ticket, at)?;
        match &ticket.conversation {
            Some(conversation) => {
                let participants = self.participants(conversation).await?.len() as u64;
                let link = LinkRecord { conversation: conversation.clone(), participants };
                transaction.put(item(keys::ticket(id), keys::CONVERSATION.into(), &link)?)?;
            }
            None => transaction.delete(keys::ticket(id), keys::CONVERSATION.into())?,
        }
        transaction.commit().await
    }

    /// Makes the conversation of a ticket lead to it.
    async fn lead_to(&self, id: &TicketId, at: Timestamp) -> Result<(), WriteError> {
        let Some(ticket) = self.ticket(id).await? else { return Ok(()) };
        let Some(conversation) = &ticket.conversation else { return Ok(()) };
        let Some(head) = self.conversation_head(conversation).await? else { return Ok(()) };
        let mut transaction = self.over(&ticket, at)?;
        let set = HashMap::from([("ticket".to_owned(), AttributeValue::S(id.to_string()))]);
        self.lead(&head, Some(id), set, &[], at, &mut transaction).await?;
        transaction.commit().await
    }

    /// Frees a conversation from a ticket that knows nothing of it.
    async fn lead_nowhere(&self, id: &ConversationId, ticket: &TicketId, at: Timestamp) -> Result<(), WriteError> {
        let Some(head) = self.conversation_head(id).await? else { return Ok(()) };
        let mut transaction = Transaction::new(self);
        match self.ticket(ticket).await? {
            Some(found) if found.conversation.as_ref() == Some(id) => return Ok(()),
            Some(found) => {
                transaction.set_over_all((keys::ticket(ticket), keys::BODY), Item::new(), &[], as_read(&found))?;
            }
            None => {}
        }
        self.lead(&head, None, Item::new(), &["ticket"], at, &mut transaction).await?;
        transaction.commit().await
    }

    /// Changes where a conversation leads, over where it was seen to lead.
    async fn lead(
        &self,
        head: &HeadRecord,
        to: Option<&TicketId>,
        set: Item,
        remove: &[&str],
        at: Timestamp,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let seen = ("ticket", head.ticket.as_ref().map(|id| AttributeValue::S(id.to_string())));
        transaction.set_over((keys::conversation(&head.id), keys::CONVERSATION), set, remove, seen)?;
        let mark = self.get_all(vec![key(keys::conversation(&head.id), keys::MARK)]).await?;
        let was_listed = mark.first().is_some_and(|mark| mark.contains_key("view"));
        let head = HeadRecord { ticket: to.cloned(), ..head.clone() };
        transaction.list_conversation(was_listed, &head, at)
    }

    /// Counts a conversation's participants anew, for the conversation and its ticket.
    async fn recount_participants(&self, id: &ConversationId) -> Result<(), WriteError> {
        let Some(head) = self.conversation_head(id).await? else { return Ok(()) };
        let partitions = [Some(keys::conversation(id)), head.ticket.as_ref().map(keys::ticket)];
        let addresses = partitions.iter().flatten().map(|partition| key(partition, keys::CONVERSATION)).collect();
        let kept = self.get_all(addresses).await?;
        // After the numbers: whoever joins in between changes them, and this has to begin again.
        let count = AttributeValue::N(self.participants(id).await?.len().to_string());
        let mut transaction = Transaction::new(self);
        for item in kept {
            let seen = item.get("participants").cloned();
            if let (true, Some(AttributeValue::S(partition))) = (seen.as_ref() != Some(&count), item.get("pk")) {
                let set = HashMap::from([("participants".to_owned(), count.clone())]);
                transaction.set_over((partition.clone(), keys::CONVERSATION), set, &[], ("participants", seen))?;
            }
        }
        transaction.commit().await
    }

    /// Gives a contact the companies that the last write of it was about.
    async fn finish(&self, id: &ContactId) -> Result<(), WriteError> {
        let viewer = self.viewer(id).await?;
        let Some(companies) = viewer.becoming else { return Ok(()) };
        self.put_contact(&viewer.contact, &companies).await.map(drop)
    }
}

const fn is_of_search(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::TicketSearch(_) | Finding::ConversationSearch(_) | Finding::Heard(_) | Finding::ConversationInbox(_)
    )
}

const fn can_be_mended(finding: &Finding) -> bool {
    is_of_search(finding)
        || matches!(
            finding,
            Finding::Homeless(_)
                | Finding::Different(_)
                | Finding::Space(_)
                | Finding::Unlinked(_)
                | Finding::Unreturned(_)
                | Finding::Astray { .. }
                | Finding::Participation(_)
                | Finding::Participants(_)
                | Finding::Unfinished(_)
                | Finding::Turn(_)
                | Finding::Inbox(_)
                | Finding::Attention(_)
                | Finding::InboxMiscounted { .. }
        )
}
