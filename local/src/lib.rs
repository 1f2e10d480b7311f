//! The portal on a laptop: `cargo run`.

pub mod demo;
