//! The vendor's ticket types and ticket states.

use super::scenarios::Step;
use domain::{catalog::TicketCategory, state::StateCategory};
use serde_json::{Value, json};

/// The ticket types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bug,
    Billing,
    Feature,
    Access,
    Internal,
    Incident,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Bug, Self::Billing, Self::Feature, Self::Access, Self::Internal, Self::Incident];

    /// The ticket type's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Bug => "bug",
            Self::Billing => "billing",
            Self::Feature => "feature",
            Self::Access => "access",
            Self::Internal => "internal",
            Self::Incident => "incident",
        }
    }

    /// Whether customers see such tickets.
    pub const fn category(self) -> TicketCategory {
        match self {
            Self::Bug | Self::Billing | Self::Feature | Self::Access => TicketCategory::Customer,
            Self::Internal => TicketCategory::BackOffice,
            Self::Incident => TicketCategory::Tracker,
        }
    }

    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Bug => ("🐞", "Bug"),
            Self::Billing => ("💳", "Billing"),
            Self::Feature => ("✨", "Feature request"),
            Self::Access => ("🔑", "Access"),
            Self::Internal => ("🧰", "Internal task"),
            Self::Incident => ("🔥", "Incident"),
        }
    }

    /// Name, data type, and whether contacts see it.
    const fn attributes(self) -> &'static [(&'static str, &'static str, bool)] {
        match self {
            Self::Bug => &[
                ("Area", "list", true),
                ("Severity", "list", true),
                ("Reproduced", "boolean", false),
                ("Engineering issue", "string", false),
            ],
            Self::Billing => &[
                ("Topic", "list", true),
                ("Invoice number", "string", true),
                ("Amount (EUR)", "decimal", true),
                ("Goodwill approved", "boolean", false),
            ],
            Self::Feature => &[
                ("Area", "list", true),
                ("Votes", "integer", true),
                ("Deal size (EUR)", "decimal", false),
                ("Planned for", "datetime", false),
            ],
            Self::Access => &[
                ("Topic", "list", true),
                ("People affected", "integer", true),
                ("Needed by", "datetime", true),
                ("Blocks work", "boolean", true),
            ],
            Self::Internal => {
                &[("Team", "list", false), ("Change window", "datetime", true), ("Effort (hours)", "decimal", false)]
            }
            Self::Incident => &[("Component", "list", false), ("Customers affected", "integer", false)],
        }
    }
}

/// The ticket states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    New,
    Support,
    Engineering,
    Merged,
    Waiting,
    Solved,
    Declined,
}

impl State {
    const ALL: [Self; 7] =
        [Self::New, Self::Support, Self::Engineering, Self::Merged, Self::Waiting, Self::Solved, Self::Declined];

    /// The ticket state's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::New => "st-new",
            Self::Support => "st-support",
            Self::Engineering => "st-engineering",
            Self::Merged => "st-merged",
            Self::Waiting => "st-waiting",
            Self::Solved => "st-solved",
            Self::Declined => "st-declined",
        }
    }

    /// What it means.
    pub const fn category(self) -> StateCategory {
        match self {
            Self::New => StateCategory::Submitted,
            Self::Support | Self::Engineering | Self::Merged => StateCategory::InProgress,
            Self::Waiting => StateCategory::WaitingOnCustomer,
            Self::Solved | Self::Declined => StateCategory::Resolved,
        }
    }

    /// Internal label, external label.
    const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::New => ("New, not triaged", "Submitted"),
            Self::Support => ("With support (tier 2)", "In progress"),
            Self::Engineering => ("With engineering (tier 3)", "In progress"),
            Self::Merged => ("Fix merged, release pending", "Fix on its way"),
            Self::Waiting => ("Pending customer, nudge after 5 days", "Waiting on you"),
            Self::Solved => ("Solved", "Resolved"),
            Self::Declined => ("Won't do", "Closed"),
        }
    }

    /// The state of a ticket after `step`.
    pub const fn after(self, step: Step) -> Self {
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

/// The import lines of all types and states.
pub fn lines() -> impl Iterator<Item = Value> {
    let types = Kind::ALL.into_iter().map(|kind| {
        let (icon, name) = kind.name();
        let attribute = |&(name, data_type, visible): &(&str, &str, bool)| {
            json!({"name": name, "data_type": data_type, "visible_to_contacts": visible})
        };
        let attributes: Vec<Value> = kind.attributes().iter().map(attribute).collect();
        json!({
            "kind": "ticket_type", "id": kind.id(), "name": name, "icon": icon,
            "category": kind.category(), "attributes": attributes,
        })
    });
    let states = State::ALL.into_iter().map(|state| {
        let (internal, external) = state.labels();
        json!({
            "kind": "ticket_state", "id": state.id(), "category": state.category(),
            "internal_label": internal, "external_label": external,
        })
    });
    types.chain(states)
}
