//! The import of a file of companies, contacts, conversations and tickets (`docs/import.md`).
//!
//! Lines may come in any order, so the file is read once for each rank of lines, beginning with those that others refer
//! to. A line with a mistake is refused with its number, and the others continue; of a conversation, a part with a mistake is
//! refused, and its other parts continue. Every write can be repeated: the next import completes one that was interrupted,
//! and repeating an import changes nothing.

mod conversations;
mod directory;
mod fingerprint;
mod html;
mod known;
pub mod line;
mod patience;
mod read;
mod summary;
mod tickets;
mod valid;
mod workspace;

pub use line::{Kind, Line};
pub use read::{LONGEST_LINE, Source};
pub use summary::{Outcome, Refusal, Summary, Tally};

use fingerprint::{Brought, Seen};
use known::Known;
use std::io;
use store::{Store, StoreError};

/// An import cannot continue. What it has written is complete, and the next import continues from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read the file: {0}")]
    Read(#[from] io::Error),
    /// The table cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How to import.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Only report what would be done.
    pub dry_run: bool,
}

/// Receives the progress of an import.
pub trait Progress {
    /// The file has this many lines.
    fn start(&mut self, _lines: u64) {}
    /// This many more lines are done.
    fn advance(&mut self, _lines: u64) {}
    /// A line is refused.
    fn refused(&mut self, _refusal: &Refusal) {}
}

/// Ignores the progress.
impl Progress for () {}

/// Imports lines that are in memory.
///
/// # Errors
/// [`ImportError`] when the table cannot be read or written. Refused lines are not errors; the summary lists them.
pub async fn import_text(store: &Store, text: &str) -> Result<Summary, ImportError> {
    import(store, Source::Text(text), Options::default(), &mut ()).await
}

/// Imports lines and reports what happens to them to `progress`.
///
/// # Errors
/// [`ImportError`] when the file cannot be read, or when the table cannot be read or written. Refused lines are not
/// errors; the summary lists them.
pub async fn import(
    store: &Store,
    source: Source<'_>,
    options: Options,
    progress: &mut (dyn Progress + Send),
) -> Result<Summary, ImportError> {
    let known = Known::read(store).await?;
    let summary = Summary::default();
    let import = Import { store, source, options, progress, known, seen: Seen::default(), summary };
    import.run().await
}

/// Lines that are processed together. They fill several of DynamoDB's own batches.
const BATCH: usize = 500;
/// Bytes of lines after which a batch ends, even if it has fewer lines.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

struct Import<'a> {
    store: &'a Store,
    source: Source<'a>,
    options: Options,
    progress: &'a mut (dyn Progress + Send),
    known: Known,
    seen: Seen,
    summary: Summary,
}

/// A line with its number.
type Numbered = (u64, Line);

/// Returns the rank of a kind. Kinds are imported rank by rank, and each refers only to ranks before it.
const fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Settings | Kind::TicketType | Kind::TicketState | Kind::Teammate => 1,
        Kind::Company => 2,
        Kind::Contact => 3,
        Kind::Conversation => 4,
        Kind::Ticket => 5,
    }
}

impl Import<'_> {
    async fn run(mut self) -> Result<Summary, ImportError> {
        let ranks = self.survey()?;
        for rank in 1..=5 {
            if ranks.contains(&rank) {
                self.pass(rank, &ranks).await?;
            }
        }
        Ok(self.summary)
    }

    /// Returns the rank of each line; 0 for lines that are empty or refused at once.
    fn survey(&mut self) -> Result<Vec<u8>, ImportError> {
        let mut ranks = Vec::new();
        let mut refusals = Vec::new();
        let mut lines = self.source.lines()?;
        while let Some((number, line)) = lines.next()? {
            ranks.push(match line {
                Ok("") => 0,
                Ok(text) => line::kind(text).map(rank).unwrap_or_else(|reason| {
                    refusals.push((number, reason));
                    0
                }),
                Err(reason) => {
                    refusals.push((number, reason));
                    0
                }
            });
        }
        self.progress.start(ranks.len() as u64);
        self.progress.advance(ranks.iter().filter(|rank| **rank == 0).count() as u64);
        for (number, reason) in refusals {
            self.refuse(number, None, reason);
        }
        Ok(ranks)
    }

    async fn pass(&mut self, rank: u8, ranks: &[u8]) -> Result<(), ImportError> {
        let mut lines = self.source.lines()?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let mut passed = ranks.iter();
        while let Some((number, line)) = lines.next()? {
            if passed.next() != Some(&rank) {
                continue;
            }
            let Ok(text) = line else { continue };
            bytes += text.len();
            match Line::parse(text) {
                Ok(line) => batch.push((number, line)),
                Err(reason) => {
                    let kind = line::kind(text).ok();
                    self.refuse(number, kind, reason);
                    self.progress.advance(1);
                }
            }
            if batch.len() == BATCH || bytes > BATCH_BYTES {
                self.write(rank, std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
        }
        self.write(rank, batch).await
    }

    async fn write(&mut self, rank: u8, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let lines = batch.len() as u64;
        self.known.learn(self.store, batch.iter().map(|(_, line)| line)).await?;
        match rank {
            1 => self.workspace(batch).await?,
            2 => self.companies(batch).await?,
            3 => self.contacts(batch).await?,
            4 => self.conversations(batch).await?,
            _ => self.tickets(batch).await?,
        }
        self.progress.advance(lines);
        Ok(())
    }

    /// Checks a line and resolves what it refers to. Returns the result of `resolve`, unless an earlier line
    /// was the same. A line is refused if it is not valid, or differs from an earlier line with its id.
    fn accept<T>(&mut self, number: u64, line: &Line, resolve: impl FnOnce(&Known) -> Result<T, String>) -> Option<T> {
        let resolved = self.holds(line).and_then(|()| resolve(&self.known));
        match resolved.and_then(|it| Ok((it, self.seen.add(line, number)?))) {
            Ok((it, Brought::New)) => return Some(it),
            Ok((_, Brought::Same)) => self.summary.count(line.kind(), Outcome::Unchanged),
            Ok((_, Brought::Other(reason))) | Err(reason) => self.refuse(number, Some(line.kind()), reason),
        }
        None
    }

    fn holds(&self, line: &Line) -> Result<(), String> {
        match line {
            Line::Settings(it) => valid::settings(it),
            Line::TicketType(_) | Line::TicketState(_) => workspace::entry(line).map_or(Ok(()), |it| it.verify()),
            Line::Teammate(it) => valid::person(it.name.as_deref()),
            Line::Company(it) => valid::company(it),
            Line::Contact(it) => valid::contact(it),
            // Each of its parts holds by itself.
            Line::Conversation(_) => Ok(()),
            Line::Ticket(it) => valid::ticket(it),
        }
    }

    /// Refuses a part of a conversation, which is imported without it.
    fn refuse_part(&mut self, line: u64, reason: String) {
        let refusal = Refusal { line, reason };
        self.progress.refused(&refusal);
        self.summary.refuse_part(&refusal);
    }

    fn refuse(&mut self, line: u64, kind: Option<Kind>, reason: String) {
        let refusal = Refusal { line, reason };
        self.progress.refused(&refusal);
        self.summary.refuse(kind, &refusal);
    }
}
