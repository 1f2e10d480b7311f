//! What an import did.

use crate::line::Kind;
use std::{collections::BTreeMap, fmt};

/// What became of a line that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new in the table.
    Created,
    /// It replaced what the table had.
    Updated,
    /// The table has just that.
    Unchanged,
    /// The table's ticket is newer, and stays.
    Newer,
}

/// Lines of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// New in the table.
    pub created: u64,
    /// In place of what the table had.
    pub updated: u64,
    /// The table had just that.
    pub unchanged: u64,
    /// The table had a newer ticket, which stays.
    pub newer: u64,
    /// Not imported.
    pub refused: u64,
}

/// A line that was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which line, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// By kind. Kinds that the file does not have are not in it.
    pub kinds: BTreeMap<Kind, Tally>,
    /// All refused lines, also those whose kind cannot be told.
    pub refused: u64,
    /// The first refusals of them.
    pub refusals: Vec<Refusal>,
}

/// Refusals that a summary keeps.
const KEPT: usize = 20;

impl Summary {
    /// What became of the lines of a kind.
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

    pub(crate) fn refuse(&mut self, kind: Option<Kind>, refusal: &Refusal) {
        self.refused += 1;
        if let Some(kind) = kind {
            self.kinds.entry(kind).or_default().refused += 1;
        }
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
        let unknown = self.refused - self.kinds.values().map(|tally| tally.refused).sum::<u64>();
        if unknown > 0 {
            writeln!(f, "{:14}{:>60}", "unknown kind", unknown)?;
        }
        Ok(())
    }
}
