//! The end-to-end suite, in one program: what links once builds fast.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod association;
mod bad_input;
mod canary;
mod compression;
mod conversation;
mod conversion;
mod cross_origin;
mod dependencies;
mod directory;
mod embed;
mod events;
mod faults;
mod fresh;
mod ways_in;
