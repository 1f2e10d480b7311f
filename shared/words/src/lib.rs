//! What people are told when something cannot be done. Rules and use cases return what happened as a type; this crate
//! turns it into a sentence.

pub mod access;
pub mod refusal;

/// The title of a conversation in which nobody has written yet.
pub const UNTITLED: &str = "Conversation";
