//! Companies, contacts with their memberships, and teammates, as the vendor's systems report them.

use crate::{
    record::{Viewer, list_anew, listed_company, listed_contact, membership},
    table::{Attempts, MOST_ACTIONS, Store, StoreError, Transaction, WriteError, item, key, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId, TeammateId},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whether an upsert changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// The record was new.
    Created,
    /// The record existed and was different.
    Changed,
    /// The record was already the same.
    Unchanged,
}

async fn again_when_stale<Fut>(write: impl Fn() -> Fut) -> Result<Upserted, WriteError>
where
    Fut: Future<Output = Result<Upserted, WriteError>>,
{
    let mut attempts = Attempts::new("others keep writing a record");
    loop {
        match write().await {
            Err(WriteError::Stale) => attempts.another().await?,
            result => return result,
        }
    }
}

fn attributes(of: &BTreeMap<String, String>) -> AttributeValue {
    AttributeValue::M(of.iter().map(|(name, value)| (name.clone(), AttributeValue::S(value.clone()))).collect())
}

fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn ids(of: &BTreeSet<CompanyId>) -> AttributeValue {
    AttributeValue::L(of.iter().map(|id| string(id.as_str())).collect())
}

impl Store {
    /// Records a company's name and attributes. Its counters stay.
    ///
    /// # Errors
    /// [`WriteError::Store`], busy when others keep changing the company.
    pub async fn put_company(
        &self,
        id: &CompanyId,
        name: &str,
        own: &BTreeMap<String, String>,
    ) -> Result<Upserted, WriteError> {
        again_when_stale(|| self.put_company_over(id, name, own)).await
    }

    async fn put_company_over(
        &self,
        id: &CompanyId,
        name: &str,
        own: &BTreeMap<String, String>,
    ) -> Result<Upserted, WriteError> {
        let known = self.companies(&BTreeSet::from([id.clone()])).await?.remove(id);
        let upserted = match &known {
            None => Upserted::Created,
            Some(Company { name: had, attributes, .. }) if had == name && attributes == own => {
                return Ok(Upserted::Unchanged);
            }
            Some(_) => Upserted::Changed,
        };
        let mut transaction = Transaction::new(self);
        let set = HashMap::from([
            ("id".into(), string(id.as_str())),
            ("name".into(), string(name)),
            ("attributes".into(), attributes(own)),
        ]);
        // Written over the name that was read, so that no entry of another name stays in the list.
        let seen = ("name", known.as_ref().map(|known| string(&known.name)));
        transaction.set_over((keys::company(id), keys::COMPANY), set, &[], seen)?;
        let before = known.as_ref().map(|known| listed_company(id, &known.name));
        list_anew(&mut transaction, before, listed_company(id, name))?;
        transaction.commit().await?;
        Ok(upserted)
    }

    /// Records a contact with exactly these companies. Its session epoch stays.
    ///
    /// # Errors
    /// [`WriteError::UnknownCompany`] when one of them is not recorded; nothing is written then. [`WriteError::Store`],
    /// busy when others keep changing the contact.
    pub async fn put_contact(
        &self,
        contact: &Contact,
        companies: &BTreeSet<CompanyId>,
    ) -> Result<Upserted, WriteError> {
        again_when_stale(|| self.put_contact_over(contact, companies)).await
    }

    async fn put_contact_over(
        &self,
        contact: &Contact,
        companies: &BTreeSet<CompanyId>,
    ) -> Result<Upserted, WriteError> {
        let viewer = self.viewer(&contact.id).await?;
        let Viewer { contact: had, recorded, revision, companies: is_in, leaving, becoming, .. } = viewer;
        let same = Contact { session_epoch: had.session_epoch, ..contact.clone() } == had;
        if recorded && same && is_in == *companies && becoming.is_none() {
            return Ok(Upserted::Unchanged);
        }
        let was_in: BTreeSet<_> = is_in.union(&leaving).cloned().collect();
        let joined: Vec<_> = companies.difference(&was_in).collect();
        let wanted = joined.iter().map(|id| (*id).clone()).collect();
        if self.companies(&wanted).await?.len() < joined.len() {
            return Err(WriteError::UnknownCompany);
        }
        let mut steps = Vec::new();
        for company in joined {
            let mut step = Transaction::new(self);
            membership(&contact.id, company)?.into_iter().try_for_each(|item| step.put(item))?;
            steps.push(step);
        }
        for company in was_in.difference(companies) {
            let mut step = Transaction::new(self);
            step.delete(keys::contact(&contact.id), keys::company(company))?;
            step.delete(keys::company(company), keys::contact(&contact.id))?;
            steps.push(step);
        }
        let mut transaction = Transaction::new(self);
        list_anew(&mut transaction, recorded.then(|| listed_contact(&had)), listed_contact(contact))?;
        let fits = transaction.len() + 1 + steps.iter().map(Transaction::len).sum::<usize>() <= MOST_ACTIONS;
        self.set_contact(contact, revision, (!fits).then_some(companies), &mut transaction)?;
        for step in steps {
            if transaction.len() + step.len() > MOST_ACTIONS {
                transaction.commit().await?;
                transaction = Transaction::new(self);
                self.over_revision(&contact.id, revision + 1, &[], &mut transaction)?;
            }
            transaction.take_in(step);
        }
        transaction.commit().await?;
        if !fits {
            let mut complete = Transaction::new(self);
            self.over_revision(&contact.id, revision + 1, &["becoming"], &mut complete)?;
            complete.commit().await?;
        }
        Ok(if recorded { Upserted::Changed } else { Upserted::Created })
    }

    /// Demands that a contact is still at a revision, and removes attributes. A contact can be in more companies than one
    /// transaction holds; those after the first go by its revision, so that two writes at once never leave a mixture.
    fn over_revision(
        &self,
        id: &ContactId,
        revision: u64,
        remove: &[&str],
        to: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let seen = ("revision", Some(AttributeValue::N(revision.to_string())));
        to.set_over((keys::contact(id), keys::CONTACT), HashMap::new(), remove, seen)
    }

    /// Written over the revision that was read. Otherwise two writes at once could leave a mixture of both.
    /// `becoming` has the contact's companies if further transactions follow.
    fn set_contact(
        &self,
        contact: &Contact,
        revision: u64,
        becoming: Option<&BTreeSet<CompanyId>>,
        to: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let number = |number: u64| AttributeValue::N(number.to_string());
        let mut set = HashMap::from([
            ("id".into(), string(contact.id.as_str())),
            ("revision".into(), number(revision + 1)),
            ("attributes".into(), attributes(&contact.attributes)),
        ]);
        let mut remove = Vec::new();
        if contact.archived {
            set.insert("archived".into(), AttributeValue::Bool(true));
        } else {
            remove.push("archived");
        }
        match becoming {
            Some(companies) => drop(set.insert("becoming".into(), ids(companies))),
            None => remove.push("becoming"),
        }
        for (name, value) in [("name", &contact.name), ("email", &contact.email)] {
            match value {
                Some(value) => {
                    set.insert(name.into(), string(value));
                }
                None => remove.push(name),
            }
        }
        let seen = ("revision", (revision > 0).then(|| number(revision)));
        to.set_over((keys::contact(&contact.id), keys::CONTACT), set, &remove, seen)
    }

    /// Ends a membership. Returns `false` if there was none.
    ///
    /// # Errors
    /// [`WriteError::Store`], busy when others keep changing the contact.
    pub async fn remove_membership(&self, contact: &ContactId, company: &CompanyId) -> Result<bool, WriteError> {
        let ended = again_when_stale(|| self.remove_membership_over(contact, company)).await?;
        Ok(ended != Upserted::Unchanged)
    }

    async fn remove_membership_over(&self, contact: &ContactId, company: &CompanyId) -> Result<Upserted, WriteError> {
        let viewer = self.viewer(contact).await?;
        if !viewer.companies.contains(company) {
            return Ok(Upserted::Unchanged);
        }
        let mut transaction = Transaction::new(self);
        transaction.delete(keys::contact(contact), keys::company(company))?;
        transaction.delete(keys::company(company), keys::contact(contact))?;
        // Over the revision, so that a write of the whole contact which began before does not count without this one.
        let revision = |revision: u64| AttributeValue::N(revision.to_string());
        let mut set = HashMap::from([
            ("id".into(), string(contact.as_str())),
            ("revision".into(), revision(viewer.revision + 1)),
        ]);
        if let Some(mut becoming) = viewer.becoming {
            becoming.remove(company);
            set.insert("becoming".into(), ids(&becoming));
        }
        let seen = ("revision", (viewer.revision > 0).then(|| revision(viewer.revision)));
        transaction.set_over((keys::contact(contact), keys::CONTACT), set, &[], seen)?;
        transaction.commit().await?;
        Ok(Upserted::Changed)
    }

    /// Revokes every session of a contact.
    pub async fn raise_session_epoch(&self, id: &ContactId) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::contact(id), keys::CONTACT)))
            .update_expression("SET id = :id ADD session_epoch :one")
            .expression_attribute_values(":id", string(id.as_str()))
            .expression_attribute_values(":one", AttributeValue::N("1".into()));
        // What adds the contact to companies has it in a transaction.
        self.update_after_others(update).await
    }

    /// Records a teammate with the name in their token, so that others can give them tickets. A name that an import
    /// brought stays.
    pub async fn meet_teammate(&self, id: &TeammateId, name: Option<&str>) -> Result<(), StoreError> {
        let mut set = HashMap::from([("id".into(), string(id.as_str()))]);
        set.extend(name.map(|name| ("token_name".to_owned(), string(name))));
        let mut transaction = Transaction::new(self);
        transaction.set(keys::SETTINGS.into(), keys::teammate(id), set, &[])?;
        Ok(transaction.commit().await?)
    }

    /// Records the names of teammates.
    pub async fn put_teammates(&self, teammates: &[(TeammateId, Option<String>)]) -> Result<(), StoreError> {
        let record = |(id, name): &(TeammateId, Option<String>)| {
            item(
                keys::SETTINGS.into(),
                keys::teammate(id),
                &BTreeMap::from([("id", Some(id.to_string())), ("name", name.clone())]),
            )
        };
        self.put_all(teammates.iter().map(record).collect::<Result<_, _>>()?).await
    }
}
