//! A ticket's timeline: what was said about it and what happened to it, in the order of time (docs/product.md, The ticket
//! page).

use crate::{
    conversation::Part,
    history::{Actor, Event},
};

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line of the history.
    Event(Event),
    /// A message or a note.
    Part(Part),
}

impl Entry {
    /// Returns the line of history that it is.
    #[must_use]
    pub const fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            Self::Part(_) => None,
        }
    }

    /// Whoever did or wrote it.
    pub const fn actor_mut(&mut self) -> &mut Actor {
        match self {
            Self::Event(event) => &mut event.by,
            Self::Part(part) => &mut part.author,
        }
    }
}
