//! Settings, ticket types, ticket states and teammates: few, and the same for everyone.

use crate::{Import, ImportError, Line, Numbered, Outcome, line, patience::patiently};
use domain::{
    catalog::{Catalog, TicketType},
    id::TeammateId,
    settings::PortalSettings,
    state::TicketState,
};

/// Maximum number of types and states in one update. DynamoDB's expressions are limited to 4 KB.
const AT_ONCE: usize = 100;

impl Import<'_> {
    pub(crate) async fn workspace(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let (mut settings, mut catalog, mut teammates) = (None, Catalog::default(), Vec::new());
        for (number, line) in batch {
            if self.accept(number, &line, |_| Ok(())).is_none() {
                continue;
            }
            if let Some(reason) = self.moves_tickets(&line).await? {
                self.refuse(number, Some(line.kind()), reason);
                continue;
            }
            let kind = line.kind();
            let outcome = match line {
                Line::Settings(line) => self.settings(&line, &mut settings),
                Line::TicketType(line) => self.ticket_type(line, &mut catalog),
                Line::TicketState(line) => self.ticket_state(line, &mut catalog),
                Line::Teammate(line) => self.teammate(line, &mut teammates),
                Line::Company(_) | Line::Contact(_) | Line::Conversation(_) | Line::Ticket(_) => continue,
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
        let settings = line.settings();
        if self.known.settings == settings {
            return Outcome::Unchanged;
        }
        let new = self.known.settings == PortalSettings::default();
        self.known.settings = settings.clone();
        *changed = Some(settings);
        if new { Outcome::Created } else { Outcome::Updated }
    }

    fn ticket_type(&mut self, line: line::TicketTypeLine, changed: &mut Catalog) -> Outcome {
        let line::TicketTypeLine { id, name, icon, category, attributes } = line;
        let it = TicketType { id: id.clone(), name, icon, category, attributes };
        let had = self.known.catalog.types.insert(id.clone(), it.clone());
        let outcome = compare(had.as_ref(), &it);
        if outcome != Outcome::Unchanged {
            changed.types.insert(id, it);
        }
        outcome
    }

    fn ticket_state(&mut self, line: line::TicketStateLine, changed: &mut Catalog) -> Outcome {
        let line::TicketStateLine { id, category, internal_label, external_label } = line;
        let external_label = external_label.unwrap_or_else(|| category.default_label().into());
        let internal_label = internal_label.unwrap_or_else(|| external_label.clone());
        let it = TicketState { id: id.clone(), category, internal_label, external_label };
        let had = self.known.catalog.states.insert(id.clone(), it.clone());
        let outcome = compare(had.as_ref(), &it);
        if outcome != Outcome::Unchanged {
            changed.states.insert(id, it);
        }
        outcome
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

/// Returns the outcome of putting `it` in place of `had`.
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
