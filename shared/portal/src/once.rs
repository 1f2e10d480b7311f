//! Requests that are carried out only once, however often they are sent: the sender gives each a key.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use store::{Once, Store, StoreError};

/// Maximum length of a key, in bytes.
pub const LONGEST_KEY: usize = 255;

/// The key of a request, with what it was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Chosen by the sender.
    pub key: String,
    /// The request's [`fingerprint`], which shows whether the same request is sent again.
    pub fingerprint: String,
}

/// Tells requests apart: SHA-256 over the parts, each preceded by its length.
#[must_use]
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(*part);
    }
    URL_SAFE_NO_PAD.encode(digest(&SHA256, &bytes))
}

/// What an earlier request with this key did.
#[derive(Debug)]
pub(crate) enum Before {
    /// There was none.
    Nothing,
    /// The same request made this: the id or place that was recorded.
    Made(String),
    /// The key was used for a different request.
    Another,
}

/// Looks up what an earlier request with this key did.
///
/// # Errors
/// [`StoreError`] when DynamoDB cannot be read.
pub(crate) async fn before(store: &Store, once: &Once) -> Result<Before, StoreError> {
    Ok(match store.done(once).await? {
        None => Before::Nothing,
        Some(done) if done.fingerprint != once.fingerprint => Before::Another,
        Some(done) => Before::Made(done.outcome),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_requests_apart_also_where_they_are_cut_differently() {
        assert_eq!(fingerprint(&[b"/a", b"{}"]), fingerprint(&[b"/a", b"{}"]));
        let all: std::collections::BTreeSet<_> =
            [&[b"/a".as_slice(), b"{}"][..], &[b"/a{", b"}"], &[b"/a{}", b""], &[b"", b"/a{}"], &[b"/a{}"], &[]]
                .map(fingerprint)
                .into();
        assert_eq!(all.len(), 6);
    }
}
