//! Conversations with their participants and parts. They only grow: an import does not remove people who have joined or
//! parts that have been written since.

use crate::{
    Import, ImportError, Kind, Line, Numbered, Outcome,
    fingerprint::fingerprint,
    known::{Conversation, Known},
    line::{ConversationLine, PartLine, PartType},
    patience::patiently,
    tickets, valid,
};
use domain::{
    conversation::{Part, PartKind},
    limit,
};
use std::collections::BTreeSet;
use store::ConversationRecord;

impl Import<'_> {
    pub(crate) async fn conversations(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let mut records = Vec::with_capacity(batch.len());
        for (number, line) in batch {
            let Line::Conversation(mut it) = line else { continue };
            let mut ids = BTreeSet::new();
            it.parts.keep(|part| {
                valid::part(part)?;
                self.known.actor(&part.author)?;
                limit::demand(ids.insert(part.id.clone()), || format!("part {} is there twice", part.id))
            });
            let (refused, line) = (std::mem::take(&mut it.parts.refused), Line::Conversation(it));
            let Line::Conversation(it) = &line else { continue };
            let accepted = self.accept(number, &line, |known| conversation(known, it));
            for reason in refused.into_iter().filter(|_| accepted.is_some()) {
                self.refuse_part(number, reason);
            }
            records.extend(accepted);
        }
        let ids: Vec<_> = records.iter().map(|record| record.id.clone()).collect();
        let heads = patiently(|| self.store.imported_conversations(&ids)).await?;
        let mut changed = Vec::new();
        for mut record in records {
            let head = heads.get(&record.id);
            let outcome = match head {
                None => Outcome::Created,
                Some(head) if head.fingerprint == record.fingerprint => Outcome::Unchanged,
                Some(_) => Outcome::Updated,
            };
            let joined_since = head.is_some_and(|head| {
                outcome == Outcome::Updated || head.participants != record.participants.len() as u64
            });
            if joined_since {
                record.participants.extend(patiently(|| self.store.participants(&record.id)).await?);
            }
            let (participants, fingerprint) = (record.participants.clone(), record.fingerprint.clone());
            let ticket = head.and_then(|head| head.ticket.clone());
            let conversation = Conversation { participants, fingerprint, ticket };
            self.known.conversations.insert(record.id.clone(), Some(conversation));
            self.summary.count(Kind::Conversation, outcome);
            if outcome != Outcome::Unchanged {
                changed.push(record);
            }
        }
        if !self.options.dry_run {
            patiently(|| self.store.put_conversations(&changed)).await?;
        }
        Ok(())
    }
}

fn conversation(known: &Known, line: &ConversationLine) -> Result<ConversationRecord, String> {
    line.participants.iter().try_for_each(|id| known.contact(id).map(drop))?;
    let part = |part: &PartLine| {
        Ok(Part {
            id: part.id.clone(),
            kind: match part.part_type {
                PartType::Message => PartKind::Message,
                PartType::Note => PartKind::Note,
            },
            author: known.actor(&part.author)?,
            body: part.body.clone(),
            at: part.at,
        })
    };
    let parts = line.parts.good.iter().map(|(_, it)| part(it)).collect::<Result<Vec<_>, String>>()?;
    // The fingerprint includes the names that go into the parts, so that a new name counts as a change.
    let names: Vec<_> = parts.iter().map(|part| tickets::name(&part.author)).collect();
    let fingerprint = fingerprint(&(line, names))?;
    Ok(ConversationRecord { id: line.id.clone(), participants: line.participants.clone(), parts, fingerprint })
}
