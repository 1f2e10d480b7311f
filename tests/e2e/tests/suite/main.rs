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
mod help_desk_doors;
mod help_desk_faults;
mod help_desk_tickets;
mod identity;
mod import;
mod list;
mod messages_and_notes;
mod newcomer;
mod openapi;
mod round_trips;
mod search;
mod settings;
mod settings_page;
mod space;
mod template;
mod ticket;
mod viewing;
mod ways_in;
