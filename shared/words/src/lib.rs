//! What people are told when something cannot be done, and where something was found. Rules and use cases return what
//! happened as a type; this crate turns it into words.

pub mod access;
pub mod found;
pub mod refusal;

/// The title of a conversation in which nobody has written yet.
pub const UNTITLED: &str = "Conversation";
