//! A ticket that a contact reports, with its conversation, in one transaction.

use super::{once::Once, ticket::TicketWrite};
use crate::{
    portal::CompanyScope,
    record::{HeadRecord, part_item, participant_item},
    table::{Store, StoreError, Transaction, WriteError, item, key, keys},
};
use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use domain::{
    conversation::Part,
    history::{Change, Event},
    id::ContactId,
    ticket::Ticket,
    timestamp::Timestamp,
    turn::Exchange,
};
use std::{collections::BTreeSet, time::Duration};

/// How long it is counted who reported how much.
const MINUTE: u64 = 60;

impl Store {
    /// Creates a ticket for the contact, with a conversation that begins with `said`, in which they take part.
    ///
    /// # Errors
    /// [`WriteError::Repeated`] when the request was carried out before. [`WriteError::Left`] when the contact has just
    /// left the company. Nothing is written then.
    pub async fn report(
        &self,
        scope: &CompanyScope,
        ticket: Ticket,
        said: &Part,
        once: Option<&Once>,
    ) -> Result<Ticket, WriteError> {
        let Some(conversation) = ticket.conversation.clone() else {
            return Err(StoreError::unmade("CONVERSATION").into());
        };
        let (contact, id) = (&scope.contact().id, ticket.row.id.clone());
        let participants = BTreeSet::from([contact.clone()]);
        let people = self.participants_now(&participants).await?;
        let mut head = HeadRecord::new(&conversation, std::slice::from_ref(said), participants.len(), &people);
        // What was said is the ticket's.
        (head.ticket, head.exchange, head.edition) = (Some(id.clone()), (&Exchange::default()).into(), 1);
        let created = Event { at: ticket.row.created_at, by: said.author.clone(), change: Change::Created };
        let through = ticket.row.company.is_some().then(|| contact.clone());
        let write = TicketWrite::create(ticket, created).among(participants).through(through);
        let [mut write] = self.with_company_names([write]).await?;
        write.require_company()?;
        write.opens = true;
        let mut transaction = Transaction::new(self);
        if let Some(once) = once {
            transaction.once(once, id.as_str())?;
        }
        let place = keys::conversation(&conversation);
        transaction.create(item(place, keys::CONVERSATION.into(), &head)?, WriteError::Exists)?;
        transaction.put(participant_item(&conversation, contact)?)?;
        transaction.put(part_item(&conversation, said)?)?;
        let ticket = write.into_actions(&mut transaction)?;
        transaction.commit().await?;
        Ok(ticket)
    }

    /// Counts a report of this contact, unless that would be more than `most` within a minute; then returns in how many
    /// seconds the next minute begins.
    pub async fn count_report(&self, by: &ContactId, at: Timestamp, most: u32) -> Result<Option<u32>, StoreError> {
        let seconds = u64::try_from(at.seconds()).unwrap_or(0);
        let minute = keys::request(&format!("reports of {by}"), &(seconds / MINUTE).to_string());
        let number = |number: String| AttributeValue::N(number);
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(minute, keys::REQUEST)))
            .update_expression("SET expires = :expires ADD reports :one")
            .condition_expression("attribute_not_exists(reports) OR reports < :most")
            .expression_attribute_values(":one", number("1".into()))
            .expression_attribute_values(":most", number(most.to_string()))
            .expression_attribute_values(
                ":expires",
                number(at.plus(Duration::from_secs(10 * MINUTE)).seconds().to_string()),
            );
        match update.send().await {
            Ok(_) => Ok(None),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => {
                Ok(Some(u32::try_from(MINUTE - seconds % MINUTE).unwrap_or(1)))
            }
            Err(error) => Err(StoreError::from_sdk(error)),
        }
    }
}
