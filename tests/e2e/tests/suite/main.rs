//! The end-to-end suite, in one program, because linking one is faster than linking many. With `built-functions`, which
//! `tests/sam/run` sets, it goes through the built functions. It then leaves out the files in which no function runs,
//! or one that the test starts itself; a single test that cannot go through them is ignored, and says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod addresses;
mod alike;
mod anonymous;
mod association;
mod bad_input;
mod broken;
#[cfg(not(feature = "built-functions"))]
mod budget;
mod canary;
mod compression;
#[cfg(not(feature = "built-functions"))]
mod contention;
mod conversation;
mod conversion;
mod costs;
mod cross_origin;
mod deep_links;
#[cfg(not(feature = "built-functions"))]
mod demo;
mod dependencies;
mod directory;
mod duplicates;
mod embed;
mod error_pages;
mod events;
mod export;
mod faults;
mod feed;
mod filters;
mod fresh;
mod help_desk_doors;
mod help_desk_faults;
mod help_desk_pages;
mod help_desk_tickets;
mod identity;
#[cfg(not(feature = "built-functions"))]
mod import;
mod lag;
mod likeness;
mod list;
mod logo;
#[cfg(not(feature = "built-functions"))]
mod logs;
mod messages_and_notes;
mod names;
#[cfg(not(feature = "built-functions"))]
mod newcomer;
mod openapi;
mod origins;
mod people;
mod private;
#[cfg(not(feature = "built-functions"))]
mod races;
#[cfg(not(feature = "built-functions"))]
mod references;
mod report;
mod reported;
mod rooms;
mod round_trips;
mod search;
mod settings;
mod settings_page;
mod space;
mod team;
#[cfg(not(feature = "built-functions"))]
mod template;
mod ticket;
mod viewing;
mod visible;
mod ways_in;

/// A file that no line above names is not even compiled.
#[test]
fn no_suite_is_left_out() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite");
    for file in std::fs::read_dir(here).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let suite = name.strip_suffix(".rs").unwrap();
        assert!(suite == "main" || include_str!("main.rs").contains(&format!("\nmod {suite};\n")), "{name}");
    }
}
