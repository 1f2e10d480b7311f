//! Which ticket may be said to repeat which (docs/product.md, Duplicates): there are no chains of them, and no circles, so
//! that whoever reads a duplicate is one step away from the ticket that goes on.

use crate::{id::TicketId, ticket::Ticket};

/// The most tickets that repeat one.
pub const MOST: usize = 100;

/// Why a ticket is not said to repeat another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It is the same ticket.
    Itself,
    /// It repeats this one already.
    Already(TicketId),
    /// The other one repeats this one.
    Circle,
    /// The other one repeats a third.
    OfDuplicate(TicketId),
    /// Others repeat it.
    HasDuplicates(usize),
    /// As many as can be repeat the other one.
    TooMany,
}

/// Whether `ticket` may be said to repeat `original`.
///
/// # Errors
/// [`Unfit`].
pub fn check(ticket: &Ticket, original: &Ticket) -> Result<(), Unfit> {
    if ticket.row.id == original.row.id {
        return Err(Unfit::Itself);
    }
    if let Some(already) = &ticket.duplicate_of {
        return Err(Unfit::Already(already.of.clone()));
    }
    match &original.duplicate_of {
        Some(further) if further.of == ticket.row.id => return Err(Unfit::Circle),
        Some(further) => return Err(Unfit::OfDuplicate(further.of.clone())),
        None => {}
    }
    match ticket.duplicates.len() {
        0 if original.duplicates.len() >= MOST => Err(Unfit::TooMany),
        0 => Ok(()),
        others => Err(Unfit::HasDuplicates(others)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{TicketCategory, TicketType},
        id::{ContactId, StateId, TypeId},
        state::{StateCategory, TicketState},
        ticket::Duplicate,
        timestamp::Timestamp,
    };

    fn ticket(id: &str) -> Ticket {
        let of = TicketType {
            id: TypeId::new("bug").unwrap(),
            name: "Bug".into(),
            external_label: "Bug".into(),
            icon: String::new(),
            category: TicketCategory::Customer,
            attributes: Vec::new(),
        };
        let state = TicketState {
            id: StateId::new("new").unwrap(),
            category: StateCategory::Submitted,
            internal_label: "New".into(),
            external_label: "New".into(),
            position: 0,
        };
        let requester = ContactId::new("ada").unwrap();
        Ticket::begun(TicketId::new(id).unwrap(), ("It fails", ""), &of, &state, requester, Timestamp::EPOCH)
    }

    fn of(id: &str) -> Option<Duplicate> {
        Some(Duplicate { of: TicketId::new(id).unwrap(), from: None })
    }

    #[test]
    fn there_are_no_chains_and_no_circles() {
        let (a, b) = (ticket("a"), ticket("b"));
        assert_eq!(check(&a, &b), Ok(()));
        assert_eq!(check(&a, &a), Err(Unfit::Itself));
        let of_b = Ticket { duplicate_of: of("b"), ..a.clone() };
        assert_eq!(check(&of_b, &ticket("c")), Err(Unfit::Already(b.row.id.clone())));
        assert_eq!(check(&b, &of_b), Err(Unfit::Circle));
        assert_eq!(check(&ticket("c"), &of_b), Err(Unfit::OfDuplicate(b.row.id.clone())), "a chain");
        let repeated = Ticket { duplicates: [a.row.id].into(), ..b };
        assert_eq!(check(&repeated, &ticket("c")), Err(Unfit::HasDuplicates(1)), "a chain from the other end");
        assert_eq!(check(&ticket("c"), &repeated), Ok(()));
    }

    #[test]
    fn there_is_an_end_to_how_often_one_is_repeated() {
        let all = (0..MOST).map(|n| TicketId::new(format!("d-{n}")).unwrap()).collect();
        let full = Ticket { duplicates: all, ..ticket("b") };
        assert_eq!(check(&ticket("a"), &full), Err(Unfit::TooMany));
    }
}
