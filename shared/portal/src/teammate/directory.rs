//! Companies and people: their profiles, and the records that the vendor's backend keeps up to date.

mod company;
mod contact;
mod names;
mod people;

pub use company::{CompanyRecord, CompanyTickets, Profile, profile, put_company, tickets};
pub use contact::{
    ContactProfile, ContactRecord, Person, contact, contact_profile, end_membership, end_sessions, put_contact,
};
pub use names::{companies, names};
pub use people::{Colleague, FoundPerson, colleagues, find, teammates};
