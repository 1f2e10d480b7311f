//! The store on a real engine. All tests are in one program, because linking once makes the build fast.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod costs;
mod desk;
mod entry;
mod feed;
mod find;
mod lists;
mod search;
mod settings;
mod tickets;
mod timeline;
mod tls;
mod world;
