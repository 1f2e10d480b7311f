//! Settings, ticket types, ticket states and teammates: few, and the same for everyone.

use crate::{Import, ImportError, Line, Numbered, Outcome, known::Known, line, patience::patiently};
use domain::{
    catalog::{Catalog, Entry, TicketType},
    id::TeammateId,
    limit::{self, Verdict},
    settings::PortalSettings,
    state::TicketState,
};
use std::collections::BTreeMap;

/// Maximum number of types and states in one update. DynamoDB's expressions are limited to 4 KB.
const AT_ONCE: usize = 100;

impl Import<'_> {
    pub(crate) async fn workspace(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let (mut settings, mut catalog, mut teammates) = (None, Catalog::default(), Vec::new());
        for (number, line) in batch {
            let entry = entry(&line);
            if self.accept(number, &line, |known| entry.as_ref().map_or(Ok(()), |it| known.has_room_for(it))).is_none()
            {
                continue;
            }
            if let Some(reason) = self.moves_tickets(&line).await? {
                self.refuse(number, Some(line.kind()), reason);
                continue;
            }
            let kind = line.kind();
            let outcome = match (line, entry) {
                (_, Some(entry)) => self.entry(entry, &mut catalog),
                (Line::Settings(line), _) => self.settings(&line, &mut settings),
                (Line::Teammate(line), _) => self.teammate(line, &mut teammates),
                _ => continue,
            };
            self.summary.count(kind, outcome);
        }
        if self.options.dry_run {
            return Ok(());
        }
        for part in parts(catalog) {
            patiently(|| self.store.put_catalog(&part)).await?;
        }
        if !teammates.is_empty() {
            patiently(|| self.store.put_teammates(&teammates)).await?;
        }
        if let Some(settings) = settings {
            patiently(|| self.store.put_settings(&settings)).await?;
        }
        Ok(())
    }

    /// Why a type or a state cannot have the category of its line: tickets have it from there, and who sees them goes by
    /// it.
    async fn moves_tickets(&self, line: &Line) -> Result<Option<String>, ImportError> {
        let catalog = &self.known.catalog;
        let what = match line {
            Line::TicketType(it) if catalog.types.get(&it.id).is_some_and(|had| had.category != it.category) => {
                patiently(|| self.store.has_ticket_of(&it.id)).await?.then(|| format!("ticket type {}", it.id))
            }
            Line::TicketState(it) if catalog.states.get(&it.id).is_some_and(|had| had.category != it.category) => {
                patiently(|| self.store.has_ticket_in(&it.id)).await?.then(|| format!("ticket state {}", it.id))
            }
            _ => None,
        };
        Ok(what.map(|what| {
            format!(
                "{what} has tickets, so that its category stays as it is; give the new category an id of its own, and \
                 bring the tickets again with it"
            )
        }))
    }

    fn settings(&mut self, line: &line::SettingsLine, changed: &mut Option<PortalSettings>) -> Outcome {
        // An import has no image: that of a teammate stays.
        let settings = PortalSettings { logo: self.known.settings.logo.clone(), ..line.settings() };
        if self.known.settings == settings {
            return Outcome::Unchanged;
        }
        let new = self.known.settings == PortalSettings::default();
        self.known.settings = settings.clone();
        *changed = Some(settings);
        if new { Outcome::Created } else { Outcome::Updated }
    }

    fn entry(&mut self, entry: Entry, changed: &mut Catalog) -> Outcome {
        let (had, has) = (self.known.bytes_before(&entry), entry.bytes());
        self.known.catalog_bytes = self.known.catalog_bytes - had + has;
        let known = &mut self.known.catalog;
        match entry {
            Entry::Type(it) => keep(it.id.clone(), it, &mut known.types, &mut changed.types),
            Entry::State(it) => keep(it.id.clone(), it, &mut known.states, &mut changed.states),
        }
    }

    fn teammate(&mut self, line: line::TeammateLine, changed: &mut Vec<(TeammateId, Option<String>)>) -> Outcome {
        let line::TeammateLine { id, name } = line;
        let had = self.known.teammates.insert(id.clone(), Some(name.clone())).flatten();
        let outcome = compare(had.as_ref(), &name);
        if outcome != Outcome::Unchanged {
            changed.push((id, name));
        }
        outcome
    }
}

/// The ticket type or state of a line.
pub(crate) fn entry(line: &Line) -> Option<Entry> {
    Some(match line.clone() {
        Line::TicketType(line::TicketTypeLine { id, name, external_label, icon, category, attributes }) => {
            let external_label = external_label.unwrap_or_else(|| name.clone());
            Entry::Type(TicketType { id, name, external_label, icon, category, attributes })
        }
        Line::TicketState(line::TicketStateLine { id, category, internal_label, external_label, position }) => {
            let external_label = external_label.unwrap_or_else(|| category.default_label().into());
            let internal_label = internal_label.unwrap_or_else(|| external_label.clone());
            let position = position.unwrap_or(0);
            Entry::State(TicketState { id, category, internal_label, external_label, position })
        }
        _ => return None,
    })
}

impl Known {
    /// What the one of the same id takes.
    fn bytes_before(&self, entry: &Entry) -> usize {
        self.catalog.entry_like(entry).map_or(0, |it| it.bytes())
    }

    fn has_room_for(&self, entry: &Entry) -> Verdict {
        let (had, has) = (self.bytes_before(entry), entry.bytes());
        limit::demand(limit::has_room(self.catalog_bytes, had, has), || {
            "ticket types and states come to more than 300 KB".into()
        })
    }
}

/// Puts an entry where it is kept, and where it is written from if it is another one.
fn keep<I: Clone + Ord, T: Clone + PartialEq>(
    id: I,
    it: T,
    known: &mut BTreeMap<I, T>,
    changed: &mut BTreeMap<I, T>,
) -> Outcome {
    let had = known.insert(id.clone(), it.clone());
    let outcome = compare(had.as_ref(), &it);
    if outcome != Outcome::Unchanged {
        changed.insert(id, it);
    }
    outcome
}

/// What it means to put `it` where `had` is.
pub(crate) fn compare<T: PartialEq>(had: Option<&T>, it: &T) -> Outcome {
    match had {
        None => Outcome::Created,
        Some(had) if had == it => Outcome::Unchanged,
        Some(_) => Outcome::Updated,
    }
}

fn parts(catalog: Catalog) -> Vec<Catalog> {
    let mut parts = vec![Catalog::default()];
    let types = catalog.types.into_values().map(Ok);
    for entry in types.chain(catalog.states.into_values().map(Err)) {
        if parts.last().is_some_and(|part| part.types.len() + part.states.len() == AT_ONCE) {
            parts.push(Catalog::default());
        }
        let Some(part) = parts.last_mut() else { continue };
        match entry {
            Ok(it) => drop(part.types.insert(it.id.clone(), it)),
            Err(it) => drop(part.states.insert(it.id.clone(), it)),
        }
    }
    parts
}
