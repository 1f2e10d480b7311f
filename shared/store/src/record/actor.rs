//! The stored form of an actor: who did something.

use domain::{
    history::Actor,
    id::{ContactId, TeammateId},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActorRecord {
    Contact { id: ContactId, name: Option<String> },
    Teammate { id: TeammateId, name: Option<String> },
    System,
}

impl From<&Actor> for ActorRecord {
    fn from(actor: &Actor) -> Self {
        match actor.clone() {
            Actor::Contact { id, name } => Self::Contact { id, name },
            Actor::Teammate { id, name } => Self::Teammate { id, name },
            Actor::System => Self::System,
        }
    }
}

impl From<ActorRecord> for Actor {
    fn from(actor: ActorRecord) -> Self {
        match actor {
            ActorRecord::Contact { id, name } => Self::Contact { id, name },
            ActorRecord::Teammate { id, name } => Self::Teammate { id, name },
            ActorRecord::System => Self::System,
        }
    }
}
