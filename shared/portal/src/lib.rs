//! What people can do with the portal, one file for each use case: what a contact does is in [`customer`], what a
//! teammate does in [`teammate`].
//!
//! A use case takes what was asked for, decides by the rules of `domain`, reads and writes through `store`, and returns
//! what happened as a type. It knows neither HTTP nor the words that people read, so that every way in (a page, the
//! JSON API, the Messenger) can put it in its own words.

mod again;
pub mod customer;
mod given;
pub mod message;
pub mod once;
mod ports;
pub mod teammate;

pub use given::given;
pub use ports::{Clock, Ids};
use store::Store;

/// What every use case works with.
#[derive(Debug, Clone)]
pub struct Portal {
    pub store: Store,
    pub clock: Clock,
    pub ids: Ids,
}
