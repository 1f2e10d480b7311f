//! What an import does to a table. All tests are in one program, because linking takes longer than running.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod import;
mod refused;
mod world;
