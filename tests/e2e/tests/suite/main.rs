//! The end-to-end suite, in one program: what links once builds fast.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod anonymous;
mod association;
mod bad_input;
mod canary;
mod compression;
mod conversation;
mod conversion;
mod cross_origin;
mod dependencies;
mod directory;
mod events;
mod faults;
mod fresh;
mod help_desk_doors;
mod help_desk_faults;
mod help_desk_tickets;
mod identity;
mod import;
mod list;
mod logs;
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

/// A file that nobody names is a test that never runs.
#[test]
fn every_file_of_the_suite_is_part_of_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.strip_suffix(".rs").unwrap();
        assert!(name == "main" || main.contains(&format!("\nmod {name};\n")), "{name} is not run");
    }
}
