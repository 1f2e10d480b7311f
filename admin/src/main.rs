//! The operator's command. See `docs/import.md` for what it imports.

use admin::command::Command;
use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    Command::parse().run().await
}
