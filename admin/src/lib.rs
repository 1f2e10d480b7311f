//! The operator's command: create the table, import, check, mint tokens. It works on AWS and on this machine alike.

pub mod command;
pub mod progress;
pub mod target;
pub mod token;
