//! The end-to-end suite, in one program: what links once builds fast.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod bad_input;
mod canary;
mod compression;
mod conversation;
mod dependencies;
mod events;
mod faults;
mod identity;
mod import;
mod list;
mod newcomer;
mod openapi;
mod round_trips;
mod search;
mod space;
mod template;
mod ticket;
mod viewing;
