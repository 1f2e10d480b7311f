//! Companies, then contacts with their memberships.

use crate::{Import, ImportError, Kind, Line, Numbered, Outcome, Refusal, line::ContactLine, patience::patiently};
use domain::contact::Contact;
use futures::{StreamExt, stream};
use std::collections::BTreeSet;
use store::{Store, Upserted, WriteError};

/// Companies or contacts that are written at the same time. More would conflict with each other at the companies that
/// they share.
const AT_ONCE: usize = 4;
/// Tickets that get a contact's new name in one go.
const RENAMED_AT_ONCE: usize = 100;

impl From<Upserted> for Outcome {
    fn from(upserted: Upserted) -> Self {
        match upserted {
            Upserted::Created => Self::Created,
            Upserted::Changed => Self::Updated,
            Upserted::Unchanged => Self::Unchanged,
        }
    }
}

impl Import<'_> {
    pub(crate) async fn companies(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let mut lines = Vec::with_capacity(batch.len());
        for (number, line) in batch {
            if self.accept(number, &line, |_| Ok(())).is_some()
                && let Line::Company(line) = line
            {
                lines.push(line);
            }
        }
        let ids: BTreeSet<_> = lines.iter().map(|line| line.id.clone()).collect();
        let had = patiently(|| self.store.companies(&ids)).await?;
        let mut changed = Vec::new();
        for line in &lines {
            let outcome = match had.get(&line.id) {
                None => Outcome::Created,
                Some(had) if had.name == line.name && had.attributes == line.attributes => Outcome::Unchanged,
                Some(_) => Outcome::Updated,
            };
            if outcome != Outcome::Unchanged {
                changed.push(line);
            }
            self.known.companies.insert(line.id.clone(), Some(line.name.clone()));
            self.summary.count(Kind::Company, outcome);
        }
        if self.options.dry_run {
            return Ok(());
        }
        let store = self.store;
        let writes = changed
            .into_iter()
            .map(|line| async move { patiently(|| store.put_company(&line.id, &line.name, &line.attributes)).await });
        let mut done = stream::iter(writes).buffer_unordered(AT_ONCE);
        while let Some(result) = done.next().await {
            result.map_err(store::StoreError::from)?;
        }
        Ok(())
    }

    pub(crate) async fn contacts(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let mut lines = Vec::with_capacity(batch.len());
        for (number, line) in batch {
            let resolved = self.accept(number, &line, |known| match &line {
                Line::Contact(line) => line.companies.iter().try_for_each(|id| known.company(id).map(drop)),
                _ => Ok(()),
            });
            if resolved.is_some()
                && let Line::Contact(line) = line
            {
                lines.push((number, line));
            }
        }
        let (store, dry_run) = (self.store, self.options.dry_run);
        let writes = lines.into_iter().map(|(number, line)| async move {
            let result = if dry_run { foresee(store, &line).await } else { record(store, &line).await };
            (number, line, result)
        });
        let mut done = stream::iter(writes).buffer_unordered(AT_ONCE);
        while let Some((number, line, result)) = done.next().await {
            match result {
                Ok(outcome) => {
                    self.known.contacts.insert(line.id, Some(line.name));
                    self.summary.count(Kind::Contact, outcome);
                }
                Err(WriteError::Store(error)) => return Err(error.into()),
                // Somebody else is changing the companies or this contact at the same time.
                Err(error) => {
                    let refusal = Refusal { line: number, reason: error.to_string() };
                    self.progress.refused(&refusal);
                    self.summary.refuse(Some(Kind::Contact), &refusal);
                }
            }
        }
        Ok(())
    }
}

fn contact(line: &ContactLine) -> Contact {
    let ContactLine { id, email, name, archived, attributes, .. } = line.clone();
    Contact { id, name, email, archived, session_epoch: 0, attributes }
}

async fn record(store: &Store, line: &ContactLine) -> Result<Outcome, WriteError> {
    let contact = contact(line);
    let outcome = patiently(|| store.put_contact(&contact, &line.companies)).await.map(Outcome::from)?;
    if outcome == Outcome::Updated {
        while patiently(|| store.rename_requester(&contact.id, RENAMED_AT_ONCE)).await? > 0 {}
    }
    Ok(outcome)
}

async fn foresee(store: &Store, line: &ContactLine) -> Result<Outcome, WriteError> {
    Ok(match patiently(|| store.contact(&line.id)).await? {
        None => Outcome::Created,
        Some((had, companies)) => {
            let mut it = contact(line);
            it.session_epoch = had.session_epoch;
            if it == had && companies == line.companies { Outcome::Unchanged } else { Outcome::Updated }
        }
    })
}
