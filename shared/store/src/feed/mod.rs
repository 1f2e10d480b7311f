//! What follows from a change a moment later: entries in the index of search.
//!
//! Whoever reads the table's stream calls [`Store::index`] for each item that was written. What is indexed goes by the
//! item *as it is now*, read consistently, and never by what the stream says of it: the stream can therefore be late, be
//! repeated or be out of order, and everything that it says can be derived from the table again.
//!
//! Each [`Document`] has entries of its own, and a [manifest](ManifestRecord) that names them. The manifest is written
//! before an entry is put, naming what was there and what will be, and once more when all are as they should be. Wherever
//! a reader ends in between, the next one finds in the manifest what may be there.

mod document;
mod manifest;

pub use document::Document;

pub(crate) use document::Manner;
pub(crate) use manifest::{ManifestRecord, Places, hash};
