//! The store on the real engine, in one program: what links once builds fast.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk;
mod entry;
mod lists;
mod search;
mod settings;
mod tickets;
mod tls;
mod world;
