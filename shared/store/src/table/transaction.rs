//! The one builder of write transactions. Each action knows what it means if its condition fails. What is added to the
//! same counters or raises the same mark is added up, because a transaction may touch an item only once.
//!
//! DynamoDB cancels the second of two transactions that touch one item at the same time. What all writes of a company or
//! of a person add to is therefore kept in shards, and each attempt picks some at random.

use super::{
    connect::{Store, key},
    error::{StoreError, WriteError, cancellation},
    item::Item,
    keys,
    pause::Attempts,
};
use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::{transact_write_items::TransactWriteItemsError, update_item::builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update, builders::UpdateBuilder},
};
use domain::{
    id::{CompanyId, ContactId, ConversationId, TicketId},
    timestamp::Timestamp,
    visibility::Part,
};
use std::collections::{BTreeMap, HashMap};

/// DynamoDB's limit on the actions of a transaction.
pub(crate) const MOST_ACTIONS: usize = 100;
/// Bytes of what a transaction puts: DynamoDB's limit is 4 MB, names of attributes and all.
pub(crate) const MOST_BYTES: usize = 3 * 1024 * 1024;

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
    /// What is added to marks and the counters beside them, by the key of the item that has, or first had, the mark.
    sums: BTreeMap<(String, &'static str), Sum>,
    /// What follows when it has been carried out, because it does not fit in.
    later: Vec<TransactWriteItem>,
}

/// What is added to a mark and to the counters beside it.
#[derive(Debug)]
struct Sum {
    counters: BTreeMap<String, i64>,
    /// When the mark was last raised.
    at: Timestamp,
    /// What else is set in the item, and the names of what is removed from it.
    set: Item,
    remove: Vec<&'static str>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store, actions: Vec::new(), sums: BTreeMap::new(), later: Vec::new() }
    }

    /// Returns the number of actions so far.
    pub(crate) fn len(&self) -> usize {
        self.actions.len() + self.sums.len()
    }

    /// Returns the number of actions so far that are not marks or counters.
    pub(crate) fn actions(&self) -> usize {
        self.actions.len()
    }

    /// Bytes of the texts that it puts, beside which the rest is small.
    pub(crate) fn bytes(&self) -> usize {
        let puts = self.actions.iter().filter_map(|(action, _)| action.put.as_ref());
        puts.flat_map(|put| put.item.values()).filter_map(|value| value.as_s().ok()).map(String::len).sum()
    }

    /// Takes in another one, which happens together with this.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.actions.extend(other.actions);
        self.later.extend(other.later);
        for ((pk, sk), Sum { counters, at, set, remove }) in other.sums {
            let sum = self.sum(pk, sk, at);
            sum.set.extend(set);
            sum.remove.extend(remove);
            counters.into_iter().for_each(|(name, by)| *sum.counters.entry(name).or_default() += by);
        }
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

    /// Puts an item over one whose attributes are still as they were `seen`.
    pub(crate) fn replace(&mut self, item: Item, seen: Vec<Attribute<'_>>) -> Result<(), StoreError> {
        let (condition, names, values) = as_seen(seen);
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
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

    /// Deletes an item whose attribute is still as it was `seen`.
    pub(crate) fn delete_over(&mut self, pk: String, sk: String, seen: Attribute<'_>) -> Result<(), StoreError> {
        let (condition, names, values) = as_seen(vec![seen]);
        let delete = Delete::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().delete(delete).build(), Some(WriteError::Stale)));
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
        let update = next(self.update(pk, sk, set, remove)?).build().map_err(StoreError::unbuilt)?;
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
        let action = TransactWriteItem::builder();
        let action = if set.is_empty() && remove.is_empty() {
            let (condition, names, values) = as_seen(seen);
            let check = ConditionCheck::builder()
                .table_name(&self.store.table)
                .set_key(Some(key(pk, sk)))
                .condition_expression(condition)
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values((!values.is_empty()).then_some(values));
            action.condition_check(check.build().map_err(StoreError::unbuilt)?)
        } else {
            let update = over(self.update(pk, sk.into(), set, remove)?, seen);
            action.update(update.build().map_err(StoreError::unbuilt)?)
        };
        self.actions.push((action.build(), Some(WriteError::Stale)));
        Ok(())
    }

    /// Writes into a contact's tickets space that they take part in the conversation of a ticket. The role of whoever
    /// has one already stays: another writer may just have made them the ticket's creator. With `unless`, the contact
    /// must be the creator; else the entry remembers the ticket's company, where it is looked for first. `part` says how they
    /// came to it, where that is not written yet.
    pub(crate) fn take_part(
        &mut self,
        contact: &ContactId,
        ticket: &TicketId,
        company: Option<&CompanyId>,
        part: Option<Part>,
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
        let (came, update) = match part {
            None => ("", update),
            Some(Part::Theirs) => (", took_part = :yes", update),
            Some(Part::Through(through)) => {
                let through = AttributeValue::S(through.to_string());
                let update = update.expression_attribute_names("#through", "through");
                (
                    ", #through = if_not_exists(#through, :through)",
                    update.expression_attribute_values(":through", through),
                )
            }
        };
        let update = match unless {
            Some(_) => update
                .update_expression(format!("SET #id = :id, #participating = :yes{came}"))
                .condition_expression("#role = :creator")
                .expression_attribute_values(":creator", AttributeValue::S("creator".into())),
            None => {
                let set = "SET #id = :id, #participating = :yes, #role = if_not_exists(#role, :participant)";
                let set = format!("{set}{came}");
                let update =
                    update.expression_attribute_values(":participant", AttributeValue::S("participant".into()));
                match company {
                    Some(company) => update
                        .update_expression(format!("{set}, #seen_in = :company"))
                        .expression_attribute_names("#seen_in", "seen_in")
                        .expression_attribute_values(":company", AttributeValue::S(company.to_string())),
                    None => update.update_expression(set),
                }
            }
        };
        let update = update.build().map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), unless));
        Ok(())
    }

    /// Like [`Self::set_next`], but fails as stale unless these attributes are still as they were `seen`.
    pub(crate) fn set_next_over(
        &mut self,
        (pk, sk): (String, &str),
        set: Item,
        remove: &[&str],
        seen: Vec<Attribute<'_>>,
    ) -> Result<(), StoreError> {
        let update = over(next(self.update(pk, sk.into(), set, remove)?), seen);
        let update = update.build().map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), Some(WriteError::Stale)));
        Ok(())
    }

    /// Like [`Self::set_next_over`], but also fails as stale unless an attribute is still absent, or less than `next`.
    pub(crate) fn set_next_before(
        &mut self,
        (pk, sk): (String, &str),
        set: Item,
        remove: &[&str],
        seen: Vec<Attribute<'_>>,
        (name, next_value): (&str, AttributeValue),
    ) -> Result<(), StoreError> {
        let update = over(next(self.update(pk, sk.into(), set, remove)?), seen);
        let seen = update.get_condition_expression().clone().unwrap_or_default();
        let before = "(attribute_not_exists(#before) OR #before < :before)";
        let update = update
            .condition_expression(format!("{seen} AND {before}"))
            .expression_attribute_names("#before", name)
            .expression_attribute_values(":before", next_value)
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), Some(WriteError::Stale)));
        Ok(())
    }

    /// Links an existing conversation to a ticket, unless it is linked to another one, or is no longer as it was `seen`.
    pub(crate) fn link(
        &mut self,
        conversation: &ConversationId,
        ticket: &TicketId,
        seen: Vec<Attribute<'_>>,
    ) -> Result<(), StoreError> {
        let id = AttributeValue::S(ticket.to_string());
        let set = HashMap::from([("ticket".to_owned(), id.clone())]);
        let update = over(self.update(keys::conversation(conversation), keys::CONVERSATION.into(), set, &[])?, seen);
        let unlinked = "attribute_exists(pk) AND (attribute_not_exists(ticket) OR ticket = :this)";
        let condition = match update.get_condition_expression().as_deref().filter(|seen| !seen.is_empty()) {
            Some(seen) => format!("{unlinked} AND {seen}"),
            None => unlinked.to_owned(),
        };
        let update = update.condition_expression(condition).expression_attribute_values(":this", id);
        let update = update.build().map_err(StoreError::unbuilt)?;
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

    /// Requires that an item exists, and that attributes of it are still as they were `seen`.
    pub(crate) fn require_as_seen(
        &mut self,
        (pk, sk): (String, String),
        seen: Vec<Attribute<'_>>,
        unless: WriteError,
    ) -> Result<(), StoreError> {
        let (condition, names, values) = as_seen(seen);
        let check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .set_key(Some(key(pk, sk)))
            .condition_expression(format!("attribute_exists(pk) AND {condition}"))
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().condition_check(check).build(), Some(unless)));
        Ok(())
    }

    /// Requires that a contact is in a company. A membership is kept on both sides, and which of the two is asked is left
    /// to chance, so that fewer of those who ask at once meet.
    pub(crate) fn require_membership(&mut self, contact: &ContactId, of: &CompanyId) -> Result<(), StoreError> {
        let (contact, company) = (keys::contact(contact), keys::company(of));
        let (pk, sk) = if fastrand::bool() { (contact, company) } else { (company, contact) };
        self.require(pk, sk, WriteError::Left)
    }

    /// Adds to a counter of a company and raises the company's mark, even if the counters come to nothing: the ticket's
    /// row has changed.
    pub(crate) fn add_to(&mut self, company: &CompanyId, counter: &'static str, by: i64, at: Timestamp) {
        let sum = self.sum(keys::company(company), keys::COMPANY, at);
        *sum.counters.entry(counter.to_owned()).or_default() += by;
    }

    /// Adds to a counter of the Help Desk's inbox, and raises the inbox's mark.
    pub(crate) fn add_to_desk(&mut self, counter: String, by: i64, at: Timestamp) {
        let sum = self.sum(keys::DESK.into(), keys::DESK, at);
        *sum.counters.entry(counter).or_default() += by;
    }

    /// Raises a mark, because what it belongs to has changed.
    pub(crate) fn raise(&mut self, pk: String, sk: &'static str, at: Timestamp) {
        self.sum(pk, sk, at);
    }

    /// Raises a mark, and sets and removes other attributes of its item.
    pub(crate) fn raise_with(
        &mut self,
        pk: String,
        sk: &'static str,
        at: Timestamp,
        (set, remove): (Item, Vec<&'static str>),
    ) {
        let sum = self.sum(pk, sk, at);
        sum.set.extend(set);
        sum.remove.extend(remove);
    }

    fn sum(&mut self, pk: String, sk: &'static str, at: Timestamp) -> &mut Sum {
        let sum = self.sums.entry((pk, sk)).or_insert_with(|| Sum {
            counters: BTreeMap::new(),
            at,
            set: Item::new(),
            remove: Vec::new(),
        });
        sum.at = at.max(sum.at);
        sum
    }

    /// Returns one action for each mark with its counters. Marks that many share are added to in a shard, which is
    /// picked anew each time.
    fn additions(&self) -> Result<Vec<TransactWriteItem>, StoreError> {
        let addition = |((pk, sk), sum): (&(String, &'static str), &Sum)| {
            let sk = match *sk {
                keys::COMPANY | keys::OWN_MARK | keys::DESK => keys::shard(sk, fastrand::u8(..keys::SHARDS)),
                _ => (*sk).to_owned(),
            };
            let mut update = Update::builder()
                .table_name(&self.store.table)
                .set_key(Some(key(pk.clone(), sk)))
                .expression_attribute_names("#at", CHANGED_AT)
                .expression_attribute_values(":at", AttributeValue::N(sum.at.millis().to_string()));
            let mut adds = Vec::new();
            let counters = sum.counters.iter().map(|(name, by)| (name.as_str(), *by)).filter(|(_, by)| *by != 0);
            for (index, (name, by)) in counters.chain([(CHANGES, 1)]).enumerate() {
                adds.push(format!("#c{index} :c{index}"));
                update = update
                    .expression_attribute_names(format!("#c{index}"), name)
                    .expression_attribute_values(format!(":c{index}"), AttributeValue::N(by.to_string()));
            }
            let mut sets = vec!["#at = :at".to_owned()];
            for (index, (name, value)) in sum.set.iter().enumerate() {
                sets.push(format!("#s{index} = :s{index}"));
                update = update
                    .expression_attribute_names(format!("#s{index}"), name)
                    .expression_attribute_values(format!(":s{index}"), value.clone());
            }
            let mut clauses = vec![format!("ADD {}", adds.join(", ")), format!("SET {}", sets.join(", "))];
            let removes: Vec<_> = (0..sum.remove.len()).map(|index| format!("#r{index}")).collect();
            for (index, name) in sum.remove.iter().enumerate() {
                update = update.expression_attribute_names(format!("#r{index}"), *name);
            }
            if !removes.is_empty() {
                clauses.push(format!("REMOVE {}", removes.join(", ")));
            }
            let update = update.update_expression(clauses.join(" ")).build();
            Ok(TransactWriteItem::builder().update(update.map_err(StoreError::unbuilt)?).build())
        };
        self.sums.iter().map(addition).collect()
    }

    /// Lets the actions that were added last follow the transaction if there are more than this. Each of them has to be
    /// right by itself.
    pub(crate) fn let_follow(&mut self, since: usize, most: usize) {
        let spare = self.len().saturating_sub(most).min(self.actions.len().saturating_sub(since));
        let follow = self.actions.split_off(self.actions.len() - spare);
        self.later.extend(follow.into_iter().map(|(action, _)| action));
    }

    /// Carries out all actions or none.
    ///
    /// A transaction that met another one was cancelled, so it is tried again in other shards and as a new request. When
    /// it is not known whether it was carried out, the very same request is sent again, under the same token: DynamoDB
    /// does not do it twice, and it does not meet itself.
    pub(crate) async fn commit(mut self) -> Result<(), WriteError> {
        if self.len() == 0 {
            return Ok(());
        }
        let (actions, mut meanings): (Vec<_>, Vec<_>) = std::mem::take(&mut self.actions).into_iter().unzip();
        let request = || -> Result<_, StoreError> {
            let token = format!("{:032x}", fastrand::u128(..));
            Ok(([actions.clone(), self.additions()?].concat(), token))
        };
        let (mut all, mut token) = request()?;
        let mut attempts = Attempts::new("other writers stay in the way");
        loop {
            let write = self.store.client.transact_write_items().set_transact_items(Some(all.clone()));
            let error = match write.client_request_token(&token).send().await {
                Ok(_) => {
                    self.follow().await;
                    return Ok(());
                }
                Err(error) => error,
            };
            if let Some(meaning) = failed(&error, &mut meanings) {
                return Err(meaning);
            }
            let (in_the_way, is_cancelled) = (is_in_the_way(&error), is_cancelled(&error));
            let error = StoreError::from_sdk(error);
            if !in_the_way || !error.is_busy() || attempts.another().await.is_err() {
                return Err(error.into());
            }
            if is_cancelled {
                (all, token) = request()?;
            }
        }
    }
}

impl Transaction<'_> {
    /// Carries out what follows. The transaction stands whatever becomes of it: what is left undone here, `admin repair`
    /// mends.
    async fn follow(self) {
        for some in self.later.chunks(MOST_ACTIONS) {
            let write = self.store.client.transact_write_items().set_transact_items(Some(some.to_vec()));
            if let Err(error) = write.send().await.map_err(StoreError::from_sdk) {
                tracing::error!(kind = error.kind(), error = error.for_log(), "what follows a write was left undone");
            }
        }
    }

    /// Sets and removes attributes of an item, sets one to a number, and another to the same unless it is there.
    pub(crate) fn set_since(
        &mut self,
        (pk, sk): (String, String),
        (set, remove): (Item, Vec<&'static str>),
        (latest, since): (&str, &str),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let update = self.update(pk, sk, set, &remove)?;
        let expression = update.get_update_expression().as_deref().unwrap_or_default().to_owned();
        let expression = expression.replacen("SET ", "SET #since = if_not_exists(#since, :at), #latest = :at, ", 1);
        let update = update
            .update_expression(expression)
            .expression_attribute_names("#since", since)
            .expression_attribute_names("#latest", latest)
            .expression_attribute_values(":at", AttributeValue::N(at.millis().to_string()))
            .build()
            .map_err(StoreError::unbuilt)?;
        self.actions.push((TransactWriteItem::builder().update(update).build(), None));
        Ok(())
    }
}

/// Makes an update raise the item's version.
fn next(update: UpdateBuilder) -> UpdateBuilder {
    let expression = format!("{} ADD version :one", update.get_update_expression().as_deref().unwrap_or_default());
    update.update_expression(expression).expression_attribute_values(":one", AttributeValue::N("1".into()))
}

/// Makes an update demand that attributes still are as they were seen.
fn over(update: UpdateBuilder, seen: Vec<Attribute<'_>>) -> UpdateBuilder {
    let (condition, names, values) = as_seen(seen);
    let mut update = update.condition_expression(condition);
    for (name, attribute) in names {
        update = update.expression_attribute_names(name, attribute);
    }
    for (name, value) in values {
        update = update.expression_attribute_values(name, value);
    }
    update
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

impl Store {
    /// Updates an item that transactions write too, and tries again while one of them has it.
    pub(crate) async fn update_after_others(&self, update: UpdateItemFluentBuilder) -> Result<(), StoreError> {
        let mut attempts = Attempts::new("transactions stay in the way of an update");
        loop {
            match update.clone().send().await {
                Err(error) if error.code() == Some("TransactionConflictException") => attempts.another().await?,
                answer => return answer.map(drop).map_err(StoreError::from_sdk),
            }
        }
    }
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

/// Whether it is certain that nothing was written.
fn is_cancelled(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> bool {
    error.as_service_error().is_some_and(TransactWriteItemsError::is_transaction_canceled_exception)
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
