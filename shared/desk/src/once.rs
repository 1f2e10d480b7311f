//! The `Idempotency-Key` header: a request that is sent again is carried out once.

use crate::problem;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use store::Once;
use web::{App, Problem, Request, params::invalid, teammate::Teammate};

/// Characters of a key.
const LONGEST_KEY: usize = 255;

/// The key that came with the request.
///
/// # Errors
/// 400 `invalid_parameter` for a key that is repeated, empty or too long.
pub fn key(app: &App, request: &Request, teammate: &Teammate) -> Result<Option<Once>, Problem> {
    if !request.headers.contains_key("idempotency-key") {
        return Ok(None);
    }
    let key = request.header("idempotency-key").filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| {
        invalid("invalid_parameter", format!("Idempotency-Key is one key of 1 to {LONGEST_KEY} characters."))
    })?;
    let fingerprint = fingerprint(&[request.raw_path.as_bytes(), request.body()]);
    Ok(Some(Once { of: format!("teammate {}", teammate.id), key: key.into(), fingerprint, at: app.clock.now() }))
}

/// Tells requests apart: SHA-256 over the parts, each with its length.
#[must_use]
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(*part);
    }
    URL_SAFE_NO_PAD.encode(digest(&SHA256, &bytes))
}

/// What the request came to when it was carried out before.
///
/// # Errors
/// 422 `idempotency_key_reused` when the key came with another request; 503 when DynamoDB cannot be read.
pub async fn before(app: &App, once: Option<&Once>) -> Result<Option<String>, Problem> {
    let Some(once) = once else { return Ok(None) };
    let done = app.store.done(once).await?;
    match done {
        Some(done) if done.fingerprint != once.fingerprint => Err(problem::unfit(
            "idempotency_key_reused",
            "This key came with another request before. Use a new one for each.",
        )),
        done => Ok(done.map(|done| done.outcome)),
    }
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
