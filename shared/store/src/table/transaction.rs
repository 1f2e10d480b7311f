//! The one builder of write transactions. Each action knows what it means if its condition fails. Counters of the same
//! company are added up, because a transaction may touch an item only once.

use super::{
    connect::{Store, key},
    error::{StoreError, WriteError, cancellation},
    item::Item,
    keys,
};
use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update, builders::UpdateBuilder},
};
use domain::{
    id::{CompanyId, ContactId, ConversationId, TicketId},
    timestamp::Timestamp,
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// DynamoDB's limit on the actions of a transaction.
pub(crate) const MOST_ACTIONS: usize = 100;
/// Bytes of what a transaction puts: DynamoDB's limit is 4 MB, names of attributes and all.
pub(crate) const MOST_BYTES: usize = 3 * 1024 * 1024;
/// Tries when other writers are in the way, with doubling pauses from 10 ms.
const TRIES: u32 = 7;

/// The attributes of a mark, whether it is an item of its own or part of the item that it belongs to.
pub(crate) const CHANGES: &str = "changes";
pub(crate) const CHANGED_AT: &str = "changed_at";

/// An attribute, and the value that a writer saw in it; `None` if it was absent.
pub(crate) type Attribute<'a> = (&'a str, Option<AttributeValue>);

/// Writes that happen together or not at all.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    store: &'a Store,
    /// Each action, with the error that it means if its condition fails.
    actions: Vec<(TransactWriteItem, Option<WriteError>)>,
    counters: BTreeMap<CompanyId, (BTreeMap<String, i64>, Timestamp)>,
    marks: BTreeMap<(String, &'static str), Timestamp>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store, actions: Vec::new(), counters: BTreeMap::new(), marks: BTreeMap::new() }
    }

    /// Returns the number of actions so far.
    pub(crate) fn len(&self) -> usize {
        self.actions.len() + self.counters.len() + self.marks.len()
    }

    /// Bytes of the texts that it puts, beside which the rest is small.
    pub(crate) fn bytes(&self) -> usize {
        let puts = self.actions.iter().filter_map(|(action, _)| action.put.as_ref());
        puts.flat_map(|put| put.item.values()).filter_map(|value| value.as_s().ok()).map(String::len).sum()
    }

    /// Takes in another one, which happens together with this.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.actions.extend(other.actions);
        for (company, (counters, at)) in other.counters {
            let (kept, latest) = self.counters.entry(company).or_insert((BTreeMap::new(), at));
            *latest = at.max(*latest);
            counters.into_iter().for_each(|(name, by)| *kept.entry(name).or_default() += by);
        }
        other.marks.into_iter().for_each(|((pk, sk), at)| self.raise(pk, sk, at));
    }

    pub(crate) fn put(&mut self, item: Item) -> Result<(), StoreError> {
        let put =
            Put::builder().table_name(&self.store.table).set_item(Some(item)).build().map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().put(put).build(), None));
        Ok(())
    }

    /// Puts an item that must not exist yet.
    pub(crate) fn create(&mut self, item: Item, unless: WriteError) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().put(put).build(), Some(unless)));
        Ok(())
    }

    /// Puts an item over one that has `version`.
    pub(crate) fn replace(&mut self, item: Item, version: u64) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", AttributeValue::N(version.to_string()))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().put(put).build(), Some(WriteError::Stale)));
        Ok(())
    }

    pub(crate) fn delete(&mut self, pk: String, sk: String) -> Result<(), StoreError> {
        let delete = Delete::builder().table_name(&self.store.table).set_key(Some(key(pk, sk))).build();
        let delete = delete.map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().delete(delete).build(), None));
        Ok(())
    }

    /// Deletes an item that must exist.
    pub(crate) fn take_away(&mut self, pk: String, sk: String, unless: WriteError) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().delete(delete).build(), Some(unless)));
        Ok(())
    }

    /// Sets and removes attributes of an item. Its other attributes stay.
    pub(crate) fn set(&mut self, pk: String, sk: String, set: Item, remove: &[&str]) -> Result<(), StoreError> {
        let update = self.update(pk, sk, set, remove)?.build().map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), None));
        Ok(())
    }

    /// Like [`Self::set`], and also raises the item's version, whatever it is.
    pub(crate) fn set_next(&mut self, pk: String, sk: String, set: Item, remove: &[&str]) -> Result<(), StoreError> {
        let update = self.update(pk, sk, set, remove)?;
        let expression = format!("{} ADD version :one", update.get_update_expression().as_deref().unwrap_or_default());
        let one = AttributeValue::N("1".into());
        let update = update.update_expression(expression).expression_attribute_values(":one", one);
        let update = update.build().map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), None));
        Ok(())
    }

    /// Like [`Self::set`], but fails as stale unless `attribute` still has the value that was `seen`, or is still
    /// absent. An empty list and an absent one count as the same.
    pub(crate) fn set_over(
        &mut self,
        at: (String, &str),
        set: Item,
        remove: &[&str],
        seen: Attribute<'_>,
    ) -> Result<(), StoreError> {
        self.set_over_all(at, set, remove, vec![seen])
    }

    /// Like [`Self::set_over`], for several attributes. With nothing to set or remove, it only demands them.
    pub(crate) fn set_over_all(
        &mut self,
        (pk, sk): (String, &str),
        set: Item,
        remove: &[&str],
        seen: Vec<Attribute<'_>>,
    ) -> Result<(), StoreError> {
        let (condition, names, values) = as_seen(seen);
        let action = TransactWriteItem::builder();
        let action = if set.is_empty() && remove.is_empty() {
            let check = ConditionCheck::builder()
                .table_name(&self.store.table)
                .set_key(Some(key(pk, sk)))
                .condition_expression(condition)
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values((!values.is_empty()).then_some(values));
            action.condition_check(check.build().map_err(StoreError::unbuilt)?)
        } else {
            let mut update = self.update(pk, sk.into(), set, remove)?.condition_expression(condition);
            for (name, attribute) in names {
                update = update.expression_attribute_names(name, attribute);
            }
            for (name, value) in values {
                update = update.expression_attribute_values(name, value);
            }
            action.update(update.build().map_err(StoreError::unbuilt)?)
        };
        self.actions.push((action.build(), Some(WriteError::Stale)));
        Ok(())
    }

    /// Writes into a contact's tickets space that they take part in the conversation of a ticket. The role of whoever
    /// has one already stays: another writer may just have made them the ticket's creator. With `unless`, the contact
    /// must be the creator.
    pub(crate) fn take_part(
        &mut self,
        contact: &ContactId,
        ticket: &TicketId,
        unless: Option<WriteError>,
    ) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(keys::contact(contact), keys::space(ticket))))
            .expression_attribute_names("#id", "id")
            .expression_attribute_names("#participating", "participating")
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":id", AttributeValue::S(ticket.to_string()))
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        let update = match unless {
            Some(_) => update
                .update_expression("SET #id = :id, #participating = :yes")
                .condition_expression("#role = :creator")
                .expression_attribute_values(":creator", AttributeValue::S("creator".into())),
            None => update
                .update_expression("SET #id = :id, #participating = :yes, #role = if_not_exists(#role, :participant)")
                .expression_attribute_values(":participant", AttributeValue::S("participant".into())),
        };
        let update = update.build().map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), unless));
        Ok(())
    }

    /// Links an existing conversation to a ticket, unless it is linked to another one.
    pub(crate) fn link(&mut self, conversation: &ConversationId, ticket: &TicketId) -> Result<(), StoreError> {
        let id = AttributeValue::S(ticket.to_string());
        let set = HashMap::from([("ticket".to_owned(), id.clone())]);
        let update = self
            .update(keys::conversation(conversation), keys::CONVERSATION.into(), set, &[])?
            .condition_expression("attribute_exists(pk) AND (attribute_not_exists(ticket) OR ticket = :this)")
            .expression_attribute_values(":this", id)
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), Some(WriteError::Linked)));
        Ok(())
    }

    /// Adds to a number in an existing item.
    pub(crate) fn add(&mut self, pk: String, sk: String, name: &str, by: i64) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .update_expression("ADD #n :by")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#n", name)
            .expression_attribute_values(":by", AttributeValue::N(by.to_string()))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), Some(WriteError::Stale)));
        Ok(())
    }

    fn update(&self, pk: String, sk: String, set: Item, remove: &[&str]) -> Result<UpdateBuilder, StoreError> {
        let (mut names, mut values, mut sets) = (HashMap::new(), HashMap::new(), Vec::new());
        for (index, (name, value)) in set.into_iter().enumerate() {
            names.insert(format!("#s{index}"), name);
            values.insert(format!(":s{index}"), value);
            sets.push(format!("#s{index} = :s{index}"));
        }
        let mut removes = Vec::new();
        for (index, name) in remove.iter().enumerate() {
            names.insert(format!("#r{index}"), (*name).to_owned());
            removes.push(format!("#r{index}"));
        }
        let clause = |word: &str, all: &[String]| (!all.is_empty()).then(|| format!("{word} {}", all.join(", ")));
        let clauses = [clause("SET", &sets), clause("REMOVE", &removes)];
        let expression = clauses.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let values = (!values.is_empty()).then_some(values);
        Ok(Update::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .update_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(values))
    }

    /// Returns the items that the transaction would put.
    pub(crate) fn into_puts(self) -> Vec<Item> {
        let puts = self.actions.into_iter().filter_map(|(action, _)| action.put);
        puts.map(|put| put.item).collect()
    }

    /// Requires that an item still has `version`.
    pub(crate) fn require_version(&mut self, pk: String, sk: &str, version: u64) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", AttributeValue::N(version.to_string()))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().condition_check(check).build(), Some(WriteError::Stale)));
        Ok(())
    }

    /// Sets and removes attributes of an item that has `version`, and raises the version.
    pub(crate) fn amend(
        &mut self,
        pk: String,
        sk: &str,
        mut set: Item,
        remove: &[&str],
        version: u64,
    ) -> Result<(), StoreError> {
        set.insert("version".into(), AttributeValue::N((version + 1).to_string()));
        let update = self
            .update(pk, sk.into(), set, remove)?
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", AttributeValue::N(version.to_string()))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), Some(WriteError::Stale)));
        Ok(())
    }

    /// Requires that an item exists.
    pub(crate) fn require(&mut self, pk: String, sk: impl Into<String>, unless: WriteError) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().condition_check(check).build(), Some(unless)));
        Ok(())
    }

    /// Adds to a counter of a company and raises the company's mark.
    pub(crate) fn add_to(&mut self, company: &CompanyId, counter: String, by: i64, at: Timestamp) {
        let (counters, latest) = self.counters.entry(company.clone()).or_insert((BTreeMap::new(), at));
        *latest = at.max(*latest);
        *counters.entry(counter).or_default() += by;
    }

    /// Raises a mark, because what it belongs to has changed.
    pub(crate) fn raise(&mut self, pk: String, sk: &'static str, at: Timestamp) {
        let latest = self.marks.entry((pk, sk)).or_insert(at);
        *latest = at.max(*latest);
    }

    /// Adds one action for each mark, and one for all counters of a company. The company's mark rises even if no
    /// counter changes, because the ticket's row has changed.
    fn add_up(&mut self) -> Result<(), StoreError> {
        for ((pk, sk), at) in std::mem::take(&mut self.marks) {
            let update = Update::builder()
                .table_name(&self.store.table)
                .set_key(Some(key(pk, sk)))
                .update_expression("ADD #changes :one SET #at = :at")
                .expression_attribute_names("#changes", CHANGES)
                .expression_attribute_names("#at", CHANGED_AT)
                .expression_attribute_values(":one", AttributeValue::N("1".into()))
                .expression_attribute_values(":at", AttributeValue::N(at.millis().to_string()))
                .build()
                .map_err(StoreError::unbuilt)?;
            self.actions.push((TransactWriteItem::builder().update(update).build(), None));
        }
        for (company, (mut counters, at)) in std::mem::take(&mut self.counters) {
            counters.insert(CHANGES.into(), 1);
            let mut update = Update::builder()
                .table_name(&self.store.table)
                .set_key(Some(key(keys::company(&company), keys::COMPANY)))
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_names("#at", CHANGED_AT)
                .expression_attribute_values(":at", AttributeValue::N(at.millis().to_string()));
            let mut adds = Vec::new();
            for (index, (name, by)) in counters.into_iter().filter(|(_, by)| *by != 0).enumerate() {
                adds.push(format!("#c{index} :c{index}"));
                update = update
                    .expression_attribute_names(format!("#c{index}"), name)
                    .expression_attribute_values(format!(":c{index}"), AttributeValue::N(by.to_string()));
            }
            let update = update
                .update_expression(format!("ADD {} SET #at = :at", adds.join(", ")))
                .build()
                .map_err(StoreError::unbuilt)?;
            self.actions.push((TransactWriteItem::builder().update(update).build(), Some(WriteError::UnknownCompany)));
        }
        Ok(())
    }

    /// Carries out all actions or none. The SDK sends a client token, so its own retries write nothing twice. A
    /// transaction that conflicts with another one is tried again from the start.
    pub(crate) async fn commit(mut self) -> Result<(), WriteError> {
        self.add_up()?;
        let (actions, mut meanings): (Vec<_>, Vec<_>) = self.actions.into_iter().unzip();
        if actions.is_empty() {
            return Ok(());
        }
        for round in 0..TRIES {
            let write = self.store.client.transact_write_items().set_transact_items(Some(actions.clone()));
            let error = match write.send().await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            if let Some(meaning) = failed(&error, &mut meanings) {
                return Err(meaning);
            }
            let in_the_way = is_in_the_way(&error);
            let error = StoreError::from_sdk(error);
            if !in_the_way || !error.is_busy() || round + 1 == TRIES {
                return Err(error.into());
            }
            tokio::time::sleep(Duration::from_millis(10 << round)).await;
        }
        Err(StoreError::Busy("other writers stay in the way".into()).into())
    }
}

/// Returns the condition that attributes still are as they were seen, with its names and values. An empty list and an
/// absent one count as the same.
fn as_seen(seen: Vec<Attribute<'_>>) -> (String, HashMap<String, String>, HashMap<String, AttributeValue>) {
    let (mut conditions, mut names, mut values) = (Vec::new(), HashMap::new(), HashMap::new());
    for (index, (attribute, value)) in seen.into_iter().enumerate() {
        names.insert(format!("#seen{index}"), attribute.to_owned());
        conditions.push(match &value {
            None => format!("attribute_not_exists(#seen{index})"),
            Some(value) if value.as_l().is_ok_and(Vec::is_empty) => {
                format!("(attribute_not_exists(#seen{index}) OR #seen{index} = :seen{index})")
            }
            Some(_) => format!("#seen{index} = :seen{index}"),
        });
        values.extend(value.map(|value| (format!(":seen{index}"), value)));
    }
    (conditions.join(" AND "), names, values)
}

/// Returns what it means that a condition failed. This takes precedence over conflicts with other writers.
fn failed(
    error: &SdkError<TransactWriteItemsError, HttpResponse>,
    meanings: &mut [Option<WriteError>],
) -> Option<WriteError> {
    let reasons = error.as_service_error().into_iter().flat_map(cancellation);
    let mut failed = reasons.zip(meanings).filter(|(reason, _)| *reason == "ConditionalCheckFailed");
    failed.find_map(|(_, meaning)| meaning.take())
}

/// Whether another writer, or throttling, prevented the transaction.
fn is_in_the_way(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> bool {
    let codes = error.code().into_iter().chain(error.as_service_error().into_iter().flat_map(cancellation));
    codes.into_iter().any(|code| {
        matches!(
            code,
            "TransactionInProgressException"
                | "TransactionConflict"
                | "ThrottlingError"
                | "ProvisionedThroughputExceeded"
        )
    })
}
