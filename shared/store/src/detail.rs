//! One ticket, as a contact may ask for it: through a company it is in, or because it created it.

use crate::{
    Admission, Entry, Hint, Store, StoreError, Visitor,
    connect::key,
    entry::Reach,
    item::{BodyRecord, EventRecord, Item, LinkRecord, RowRecord, SpaceRecord, SpaceRole, mark_in, record, text},
    keys,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    company::Company,
    history::Event,
    id::{ContactId, TicketId},
    mark::Mark,
    projection::ConversationSummary,
    ticket::{Ticket, TicketRow},
};
use std::collections::BTreeSet;

/// A ticket with what its page shows. It still has to pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketPage {
    /// The ticket.
    pub ticket: Ticket,
    /// Oldest first.
    pub history: Vec<Event>,
    /// The linked conversation.
    pub conversation: Option<ConversationSummary>,
    /// Raised by every change of what is here.
    pub mark: Mark,
    /// The ticket's company, when the contact created the ticket and is not in it.
    pub left: Option<Company>,
}

/// A ticket with everything around it.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketFile {
    /// The ticket.
    pub ticket: Ticket,
    /// Oldest first.
    pub history: Vec<Event>,
    /// The linked conversation.
    pub conversation: Option<ConversationSummary>,
    /// Contacts who participate in it.
    pub participants: BTreeSet<ContactId>,
}

/// Everything in a ticket's own partition.
struct Partition {
    ticket: Ticket,
    history: Vec<Event>,
    link: Option<LinkRecord>,
    mark: Mark,
}

impl TicketFile {
    /// The contacts who take part in the ticket: its requester, and those in the conversation.
    #[must_use]
    pub fn people(&self) -> BTreeSet<ContactId> {
        self.participants.iter().cloned().chain([self.ticket.row.requester.clone()]).collect()
    }
}

impl Store {
    /// Asks for entry and a ticket. `None` when there is none that the contact could name.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn enter_with_ticket(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
    ) -> Result<Entry<Option<TicketPage>>, StoreError> {
        let mut entry =
            self.enter_asking(visitor, hint, |reach| async move { self.ticket_page(&reach, id).await }).await?;
        if let Admission::Granted(scope, Some(page)) = &mut entry.admission
            && let Some(company) = &page.ticket.row.company
            && !scope.companies().iter().any(|mine| mine.id == *company)
        {
            page.left = self.companies(&BTreeSet::from([company.clone()])).await?.remove(company);
        }
        Ok(entry)
    }

    pub(crate) async fn ticket_page(&self, reach: &Reach, id: &TicketId) -> Result<Option<TicketPage>, StoreError> {
        let mut addresses: Vec<_> =
            reach.companies.iter().map(|company| key(keys::company(company), keys::ticket(id))).collect();
        addresses.push(key(keys::contact(&reach.contact), keys::space(id)));
        let (named, found) = futures::try_join!(self.get_all(addresses), self.ticket_partition(id))?;

        let space_key = keys::space(id);
        let (space, rows): (Vec<_>, Vec<_>) = named.into_iter().partition(|item| text(item, "sk") == space_key);
        let space = space.into_iter().next().map(record::<SpaceRecord>).transpose()?;
        let created = space.as_ref().is_some_and(|entry| entry.role == SpaceRole::Creator);
        let Some(Partition { ticket, history, link, mark }) = found else { return Ok(None) };
        // The two reads are not one: a ticket that moved between them is judged by where it is now.
        let home = keys::home(ticket.row.company.as_ref(), &ticket.row.requester);
        if !created && !rows.iter().any(|row| text(row, "pk") == home) {
            return Ok(None);
        }
        let participating = space.is_some_and(|entry| entry.participating);
        let conversation = link.map(|link| ConversationSummary {
            id: link.conversation,
            participants: link.participants,
            participating,
        });
        Ok(Some(TicketPage { ticket, history, conversation, mark, left: None }))
    }

    async fn ticket_partition(&self, id: &TicketId) -> Result<Option<Partition>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::ticket(id)))
            .consistent_read(true);
        let (mut body, mut history, mut link, mut mark) = (None, Vec::new(), None, Mark::default());
        for item in self.query_all(query).await? {
            match text(&item, "sk") {
                keys::BODY => body = Some(record::<BodyRecord>(item)?.into_ticket()?),
                keys::CONVERSATION => link = Some(record::<LinkRecord>(item)?),
                keys::MARK => mark = mark_in(&item),
                _ => history.push(record::<EventRecord>(item)?.into()),
            }
        }
        Ok(body.map(|ticket| Partition { ticket, history, link, mark }))
    }

    /// A ticket with its history and who takes part in it, for teammates.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn ticket_file(&self, id: &TicketId) -> Result<Option<TicketFile>, StoreError> {
        let found = self.ticket_partition(id).await?;
        let Some(Partition { ticket, history, link, .. }) = found else { return Ok(None) };
        let conversation = link.map(|link| ConversationSummary {
            id: link.conversation,
            participants: link.participants,
            participating: false,
        });
        let participants = match &ticket.conversation {
            Some(conversation) => self.participants(conversation).await?,
            None => BTreeSet::new(),
        };
        Ok(Some(TicketFile { ticket, history, conversation, participants }))
    }

    /// The tickets that a contact created, newest update first: for teammates.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn tickets_created_by(&self, contact: &ContactId) -> Result<Vec<TicketRow>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :space)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::contact(contact)))
            .expression_attribute_values(":space", AttributeValue::S(keys::SPACES.into()));
        let created = |item: &Item| text(item, "role") == "creator";
        let items = self.query_all(query).await?.into_iter().filter(created);
        let mut rows: Vec<TicketRow> =
            items.map(|item| record::<RowRecord>(item).map(Into::into)).collect::<Result<_, _>>()?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.boundary()));
        Ok(rows)
    }

    /// A ticket as the vendor holds it, for teammates and the operator.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        let found = self.get_all(vec![key(keys::ticket(id), keys::BODY)]).await?;
        found.into_iter().next().map(|item| record::<BodyRecord>(item)?.into_ticket()).transpose()
    }
}
