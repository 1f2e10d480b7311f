//! What the Help Desk functions share: a teammate's word on the company, requests that happen once, and the ticket as
//! an answer.

pub mod actor;
pub mod answer;
pub mod association;
pub mod once;
pub mod problem;
