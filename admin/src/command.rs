//! The command line.

use crate::{
    progress::{Bar, Counter},
    target::{Choice, Target},
    token::{self, Bearer},
};
use clap::{ArgGroup, Args, Parser, Subcommand};
use domain::id::ContactId;
use import::Source;
use portal::Clock;
use serde_json::json;
use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use store::{Erasure, Finding};
use web::signing;

/// The operator's command of the tickets portal.
#[derive(Debug, Parser)]
#[command(name = "admin", version)]
pub struct Command {
    /// The DynamoDB table.
    #[arg(long, env = "TABLE_NAME", default_value = "tickets-portal", global = true)]
    table: String,
    /// Folder of the data on this machine [default: that of `cargo run`].
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "aws")]
    data: Option<PathBuf>,
    /// Work on AWS, with the usual credentials.
    #[arg(long, global = true)]
    aws: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The table itself.
    #[command(subcommand)]
    Table(TableAction),
    /// Load companies, contacts, conversations and tickets (docs/import.md).
    Import {
        /// One JSON object a line.
        file: PathBuf,
        /// Check and count, write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Check that every ticket is where it belongs and every counter is right.
    Check,
    /// Mend what the check finds and the table itself can tell how to mend.
    Repair {
        /// Tell what would be tried, write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the index of search anew, and the names in it and in lists: for a table of an earlier version, and after
    /// companies or people were renamed.
    Reindex {
        /// Count, write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Erase a person, and print a receipt (docs/operations.md, Erasing a person).
    Erase {
        /// The contact.
        #[arg(long, value_name = "ID")]
        contact: String,
        /// Count, write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print a new secret key, as the portal's three secrets hold them.
    Keys,
    /// Print a signed token, to try things out with.
    Token(TokenOptions),
}

#[derive(Debug, Subcommand)]
enum TableAction {
    /// Create the table, unless it is there.
    Create {
        /// Tell whether it is there, create nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("bearer").required(true).args(["contact", "teammate"]))]
struct TokenOptions {
    /// An identity token for this contact.
    #[arg(long, value_name = "ID")]
    contact: Option<String>,
    /// A token for this teammate.
    #[arg(long, value_name = "ID")]
    teammate: Option<String>,
    /// How long it lives: 90s, 30m, 1h, 7d.
    #[arg(long, default_value = "1h", value_parser = token::ttl)]
    ttl: Duration,
}

/// Whether all is well: if not, there were findings or refused lines, and the exit code is 1. It is 2 when the command
/// could not be carried out.
type Outcome = Result<bool, Box<dyn Error>>;

impl Command {
    /// Carries out the command.
    pub async fn run(self) -> ExitCode {
        match self.act().await {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(2)
            }
        }
    }

    async fn act(self) -> Outcome {
        let Self { table, data, aws, action } = self;
        match action {
            Action::Keys => return print_keys(),
            Action::Token(options) => return print_token(options),
            _ => {}
        }
        let target = Target::find(Choice { table: table.clone(), data, aws }).await?;
        eprintln!("Table {table} in {}", target.place);
        // What an earlier command left.
        target.feed(&table).await;
        let outcome = on(&target, action, &table).await;
        target.feed(&table).await;
        target.close().await;
        outcome
    }
}

fn print_keys() -> Outcome {
    // The day tells keys apart when they are rotated.
    let day: String = Clock::System.now().to_string().chars().take(10).collect();
    println!("{}", signing::new_keys(&day)?);
    Ok(true)
}

fn print_token(options: TokenOptions) -> Outcome {
    let TokenOptions { contact, teammate, ttl } = options;
    let bearer =
        contact.map(Bearer::Contact).or(teammate.map(Bearer::Teammate)).ok_or("neither --contact nor --teammate")?;
    println!("{}", token::mint(&bearer, ttl, &Clock::System, |name| std::env::var(name).ok())?);
    Ok(true)
}

async fn on(target: &Target, action: Action, table: &str) -> Outcome {
    if let Action::Table(TableAction::Create { dry_run }) = action {
        let created = if dry_run { !target.store.table_exists().await? } else { target.store.create_table().await? };
        println!(
            "{}",
            match (created, dry_run) {
                (false, _) => "The table is there already",
                (true, false) => "Created the table",
                (true, true) => "There is no such table. It would be created",
            }
        );
        return Ok(true);
    }
    if target.local {
        if !target.store.create_table().await? {
            target.store.enable_stream().await?;
        }
    } else if !target.store.table_exists().await? {
        return Err(format!("there is no table {table}; `admin table create` makes it").into());
    }
    match action {
        Action::Import { file, dry_run } => import(target, &file, dry_run).await,
        Action::Reindex { dry_run } => reindex(target, dry_run).await,
        Action::Erase { contact, dry_run } => erase(target, &contact, dry_run).await,
        Action::Repair { dry_run } => repair(target, dry_run).await,
        _ => check(target).await,
    }
}

fn announce(dry_run: bool) {
    if dry_run {
        println!("Nothing was written. It would be:");
    }
}

async fn import(target: &Target, file: &Path, dry_run: bool) -> Outcome {
    let mut bar = Bar::new();
    let options = import::Options { dry_run };
    let result = import::import(&target.store, Source::File(file), options, &mut bar).await;
    bar.finish();
    let summary = result?;
    announce(dry_run);
    print!("{summary}");
    if let Some((_, newest)) = summary.newest.as_ref().filter(|_| !dry_run)
        && !target.finds(newest).await?
    {
        println!("Search does not have all of it yet; it follows by itself");
    }
    Ok(summary.refused == 0)
}

async fn reindex(target: &Target, dry_run: bool) -> Outcome {
    let counter = Counter::new("tickets and conversations");
    let result = target.store.reindex(dry_run, |done| counter.show(done)).await;
    counter.finish();
    let store::Reindexed { tickets, conversations, names, strays, recounted, inbox, turns } = result?;
    announce(dry_run);
    println!("{tickets} tickets and {conversations} conversations written, {strays} stray items removed");
    if names > 0 {
        println!("{names} companies and people can be found by what they are called");
    }
    if recounted > 0 {
        println!("{recounted} companies counted anew");
    }
    if inbox {
        println!("the inbox counted anew");
    }
    if turns > 0 {
        println!("{turns} tickets of which it was not known whose turn they are");
    }
    Ok(true)
}

/// Prints what was removed, and when, as JSON. Of the person it says the id alone.
async fn erase(target: &Target, contact: &str, dry_run: bool) -> Outcome {
    let id = ContactId::new(contact)?;
    let counter = Counter::new("items read");
    let result = target.store.erase(&id, dry_run, |read| counter.show(read)).await;
    counter.finish();
    let Some(Erasure { removed, left }) = result? else { return Err(format!("there is no contact {contact}").into()) };
    let clean = left.is_empty();
    let at = Clock::System.now();
    let receipt = json!({"contact": id, "at": at, "dry_run": dry_run, "removed": removed, "left": left});
    println!("{}", serde_json::to_string_pretty(&receipt)?);
    Ok(clean)
}

async fn repair(target: &Target, dry_run: bool) -> Outcome {
    let store::Repaired { mended, left } = target.store.repair(dry_run, Clock::System.now()).await?;
    announce(dry_run);
    for finding in &mended {
        println!("mended: {finding}");
    }
    for finding in &left {
        println!("left: {finding}");
    }
    println!("{} findings mended, {} left", mended.len(), left.len());
    Ok(left.is_empty())
}

/// How long search may be behind before that counts as wrong.
const A_MOMENT: Duration = Duration::from_secs(5);

async fn check(target: &Target) -> Outcome {
    let mut report = target.store.check(|_| {}).await?;
    if report.findings.iter().any(Finding::may_pass) {
        tokio::time::sleep(A_MOMENT).await;
        let again = target.store.check(|_| {}).await?;
        report.findings.retain(|it| !it.may_pass() || again.findings.contains(it));
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    let store::Report { items, tickets, companies, findings } = report;
    println!("{items} items, {tickets} tickets, {companies} companies: {} findings", findings.len());
    Ok(findings.is_empty())
}
