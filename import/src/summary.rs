//! The results of an import.

use crate::line::Kind;
use domain::id::TicketId;
use std::{collections::BTreeMap, fmt};

/// What happened to a line that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The table did not have it.
    Created,
    /// It replaced what the table had.
    Updated,
    /// The table already had the same.
    Unchanged,
    /// The table has a newer ticket, which stays.
    Newer,
}

/// The number of lines of one kind, by what happened to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// The table did not have them.
    pub created: u64,
    /// They replaced what the table had.
    pub updated: u64,
    /// The table already had the same.
    pub unchanged: u64,
    /// The table had a newer ticket, which stays.
    pub newer: u64,
    /// They were not imported.
    pub refused: u64,
}

/// A line that was not imported, or a part of its conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The number of the line, counting from 1.
    pub line: u64,
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// The results of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Counts for each kind that the file contains.
    pub kinds: BTreeMap<Kind, Tally>,
    /// All that was refused: lines, including those whose kind is unknown, and parts of conversations.
    pub refused: u64,
    /// Parts that were refused of conversations that were not.
    pub refused_parts: u64,
    /// The first refusals. The rest are only counted.
    pub refusals: Vec<Refusal>,
    /// The last ticket of the file that the table did not have, with its line.
    pub newest: Option<(u64, TicketId)>,
}

/// Maximum number of refusals that a summary keeps.
const KEPT: usize = 20;

impl Summary {
    /// Returns the counts for a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Tally {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    pub(crate) fn count(&mut self, kind: Kind, outcome: Outcome) {
        let tally = self.kinds.entry(kind).or_default();
        let counter = match outcome {
            Outcome::Created => &mut tally.created,
            Outcome::Updated => &mut tally.updated,
            Outcome::Unchanged => &mut tally.unchanged,
            Outcome::Newer => &mut tally.newer,
        };
        *counter += 1;
    }

    pub(crate) fn count_ticket(&mut self, line: u64, id: &TicketId, outcome: Outcome) {
        self.count(Kind::Ticket, outcome);
        if outcome == Outcome::Created && self.newest.as_ref().is_none_or(|(last, _)| *last < line) {
            self.newest = Some((line, id.clone()));
        }
    }

    pub(crate) fn refuse(&mut self, kind: Option<Kind>, refusal: &Refusal) {
        self.refused += 1;
        if let Some(kind) = kind {
            self.kinds.entry(kind).or_default().refused += 1;
        }
        self.keep(refusal);
    }

    pub(crate) fn refuse_part(&mut self, refusal: &Refusal) {
        self.refused += 1;
        self.refused_parts += 1;
        self.keep(refusal);
    }

    fn keep(&mut self, refusal: &Refusal) {
        if self.refusals.len() < KEPT {
            self.refusals.push(refusal.clone());
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:14}{:>10}{:>10}{:>11}{:>20}{:>9}",
            "", "created", "updated", "unchanged", "newer in the table", "refused"
        )?;
        for (kind, tally) in &self.kinds {
            let Tally { created, updated, unchanged, newer, refused } = tally;
            writeln!(f, "{kind:14}{created:>10}{updated:>10}{unchanged:>11}{newer:>20}{refused:>9}")?;
        }
        if self.refused_parts > 0 {
            writeln!(f, "{:14}{:>60}", "part", self.refused_parts)?;
        }
        let unknown = self.refused - self.refused_parts - self.kinds.values().map(|tally| tally.refused).sum::<u64>();
        if unknown > 0 {
            writeln!(f, "{:14}{:>60}", "unknown kind", unknown)?;
        }
        Ok(())
    }
}
