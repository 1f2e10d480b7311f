//! Fingerprints, which show whether the same content comes again without keeping the content.

use crate::line::{Kind, Line};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use std::{
    collections::{HashMap, hash_map::Entry},
    fmt::Write as _,
};

/// Returns the SHA-256 of `content` as JSON, in hexadecimal.
pub(crate) fn fingerprint(content: &impl Serialize) -> Result<String, String> {
    Ok(hash(content)?.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

fn hash(content: &impl Serialize) -> Result<[u8; 32], String> {
    let json = serde_json::to_vec(content).map_err(|error| error.to_string())?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &json).as_ref());
    Ok(hash)
}

/// The ids of the lines read so far.
#[derive(Debug, Default)]
pub(crate) struct Seen(HashMap<(Kind, String), (u128, u64)>);

/// Returns half of a hash, which is enough to tell the lines of one file apart.
fn short(hash: [u8; 32]) -> u128 {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(hash) {
        *to = from;
    }
    u128::from_le_bytes(half)
}

/// Whether an earlier line had the same id.
pub(crate) enum Brought {
    /// No earlier line had it.
    New,
    /// An earlier line had it and was the same.
    Same,
    /// An earlier line had it and was different. Holds the reason for refusing this one.
    Other(String),
}

impl Seen {
    /// Remembers a line, unless an earlier line had its id.
    pub(crate) fn add(&mut self, line: &Line, number: u64) -> Result<Brought, String> {
        let content = short(hash(line)?);
        Ok(match self.0.entry((line.kind(), line.id().to_owned())) {
            Entry::Vacant(place) => {
                place.insert((content, number));
                Brought::New
            }
            Entry::Occupied(place) if place.get().0 == content => Brought::Same,
            Entry::Occupied(place) => {
                let first = place.get().1;
                Brought::Other(match line.kind() {
                    Kind::Settings => format!("line {first} has other settings"),
                    kind => format!("line {first} has another {kind} {:?}", line.id()),
                })
            }
        })
    }
}
