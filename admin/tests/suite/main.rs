//! What the check and the command do to a table. One program, because linking takes longer than running.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod check;
mod command;
mod corrupt;
mod credentials;
mod erase;
mod reindex;
mod repair;
// Tables are filled by the import, as in its own tests.
#[path = "../../../import/tests/suite/world.rs"]
mod world;
