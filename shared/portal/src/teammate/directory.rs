//! Companies and people: their profiles, and what the vendor's backend tells of them.

mod company;
mod contact;
mod names;

pub use company::{CompanyRecord, CompanyTickets, Profile, profile, put_company, tickets};
pub use contact::{ContactProfile, ContactRecord, Person, contact_profile, end_membership, end_sessions, put_contact};
pub use names::{companies, names};
