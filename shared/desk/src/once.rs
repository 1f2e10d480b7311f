//! The `Idempotency-Key` header: a request that is sent again is carried out once.

use store::Once;
use web::{
    App, Problem, Request,
    params::invalid,
    teammate::Teammate,
    words::{self, fingerprint},
};

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

/// What the request came to when it was carried out before.
///
/// # Errors
/// 422 `idempotency_key_reused` when the key came with another request; 503 when DynamoDB cannot be read.
pub async fn before(app: &App, once: Option<&Once>) -> Result<Option<String>, Problem> {
    match once {
        Some(once) => words::before(app, once).await,
        None => Ok(None),
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
