//! What people are told when something cannot be done. Rules and use cases say what happened as a type; here it becomes a
//! sentence.

pub mod access;
pub mod refusal;

/// What a conversation is called before anybody has written in it.
pub const UNTITLED: &str = "Conversation";
