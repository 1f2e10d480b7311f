//! The states of a ticket, and how a step changes them.

use super::scenario::Step;
use serde::Serialize;

/// A ticket state of `local/demo/catalog.yaml`, under its id there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum State {
    #[serde(rename = "st-new")]
    New,
    #[serde(rename = "st-support")]
    Support,
    #[serde(rename = "st-engineering")]
    Engineering,
    #[serde(rename = "st-merged")]
    Merged,
    #[serde(rename = "st-waiting")]
    Waiting,
    #[serde(rename = "st-solved")]
    Solved,
    #[serde(rename = "st-declined")]
    Declined,
}

impl State {
    /// The state of a ticket after `step`.
    pub const fn after(self, step: &Step) -> Self {
        match step {
            Step::Them(_) if matches!(self, Self::Waiting) => Self::Support,
            Step::Them(_) | Step::Colleague(_) | Step::Note(_) => self,
            Step::Ask(_) => Self::Waiting,
            Step::Look(_) => Self::Support,
            Step::Escalate(_) => Self::Engineering,
            Step::Fix(_) => Self::Merged,
            Step::Done(_) => Self::Solved,
            Step::Decline(_) => Self::Declined,
        }
    }
}
