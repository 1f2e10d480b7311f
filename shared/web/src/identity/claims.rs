//! What tokens that others sign have in common: their times, and for whom they are meant.

use crate::base::signing::{HELP_DESK, LEEWAY, TokenError};
use domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Number, Value};

/// The longest life of a token, in seconds: that of the session for which an identity token can be exchanged.
const OLDEST: i64 = 7 * 24 * 60 * 60;

/// The claims of RFC 7519 that count in every token.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    exp: Number,
    iat: Option<Number>,
    nbf: Option<Number>,
    /// A string or a list of strings. Anything else counts as another audience.
    aud: Option<Value>,
    /// Who signed it.
    iss: Option<Value>,
}

impl Claims {
    /// Checks that the token is valid now, and for no longer than tokens may be.
    ///
    /// # Errors
    /// [`TokenError::Expired`], [`TokenError::NotYet`], [`TokenError::LivesTooLong`], and [`TokenError::Invalid`] for a
    /// number that cannot be a time.
    pub(crate) fn check_times(&self, now: Timestamp) -> Result<(), TokenError> {
        let now = now.seconds();
        let exp = seconds(&self.exp)?;
        let iat = self.iat.as_ref().map(seconds).transpose()?;
        let nbf = self.nbf.as_ref().map(seconds).transpose()?;
        if exp.saturating_add(LEEWAY) <= now {
            return Err(TokenError::Expired);
        }
        if iat.into_iter().chain(nbf).any(|from| from > now + LEEWAY) {
            return Err(TokenError::NotYet);
        }
        let too_long = exp > now + OLDEST + LEEWAY || iat.is_some_and(|iat| iat < now - OLDEST - LEEWAY);
        if too_long { Err(TokenError::LivesTooLong) } else { Ok(()) }
    }

    /// Whether the Help Desk is the audience of the token, or one of several.
    pub(crate) fn is_for_help_desk(&self) -> bool {
        self.is_for(HELP_DESK)
    }

    /// Checks that the token is meant for this audience and comes from this issuer, where the operator demands them.
    ///
    /// # Errors
    /// [`TokenError::OtherAudience`] and [`TokenError::OtherIssuer`].
    pub(crate) fn check_purpose(&self, audience: Option<&str>, issuer: Option<&str>) -> Result<(), TokenError> {
        if audience.is_some_and(|wanted| !self.is_for(wanted)) {
            return Err(TokenError::OtherAudience);
        }
        match issuer {
            Some(wanted) if self.iss.as_ref().is_none_or(|iss| iss != wanted) => Err(TokenError::OtherIssuer),
            _ => Ok(()),
        }
    }

    fn is_for(&self, audience: &str) -> bool {
        match &self.aud {
            Some(Value::Array(several)) => several.iter().any(|one| one == audience),
            one => one.as_ref().is_some_and(|one| one == audience),
        }
    }
}

/// Rounds a `NumericDate`, which may have a fraction, down to seconds.
fn seconds(number: &Number) -> Result<i64, TokenError> {
    let value = number.as_f64().filter(|value| value.abs() < 1e15).ok_or(TokenError::Invalid)?;
    #[allow(clippy::cast_possible_truncation)] // bounded above
    Ok(value.floor() as i64)
}
