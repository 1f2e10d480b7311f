//! Tokens for trying things out: what the vendor's backend, or the staff identity provider, would sign.

use portal::Clock;
use serde::Serialize;
use std::time::Duration;
use web::{
    config::demo,
    signing::{KeyError, KeyRing},
};

/// Who gets a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A contact: an identity token.
    Contact(String),
    Teammate(String),
}

/// A token cannot be minted with the keys of the environment.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {error}")]
pub struct TokenError {
    variable: &'static str,
    error: KeyError,
}

#[derive(Serialize)]
struct ContactClaims<'a> {
    user_id: &'a str,
    /// As the portal demands them, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    iat: i64,
    exp: i64,
}

#[derive(Serialize)]
struct TeammateClaims<'a> {
    sub: &'a str,
    aud: &'static str,
    iat: i64,
    exp: i64,
}

/// Mints a token with the keys that `environment` has, else with those of `cargo run`.
///
/// # Errors
/// [`TokenError`] when the keys cannot be read or none of them can sign.
pub fn mint(
    bearer: &Bearer,
    ttl: Duration,
    clock: &Clock,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<String, TokenError> {
    let iat = clock.now().seconds();
    let exp = iat.saturating_add(i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX));
    let (variable, demo_keys) = match bearer {
        Bearer::Contact(_) => ("IDENTITY_KEYS", demo::IDENTITY_KEYS),
        Bearer::Teammate(_) => ("TEAMMATE_KEYS", demo::TEAMMATE_KEYS),
    };
    let given = |name| environment(name).filter(|value| !value.is_empty());
    let keys = given(variable).unwrap_or_else(|| demo_keys.to_owned());
    let keys = KeyRing::from_json(&keys).map_err(|error| TokenError { variable, error })?;
    let token = match bearer {
        Bearer::Contact(user_id) => {
            let (aud, iss) = (given("IDENTITY_AUDIENCE"), given("IDENTITY_ISSUER"));
            keys.sign(&ContactClaims { user_id, aud, iss, iat, exp })
        }
        Bearer::Teammate(sub) => keys.sign(&TeammateClaims { sub, aud: "helpdesk", iat, exp }),
    };
    token.map_err(|error| TokenError { variable, error })
}

/// A time to live such as `90s`, `30m`, `1h` or `7d`.
///
/// # Errors
/// When it is not of this form, or is zero.
pub fn ttl(text: &str) -> Result<Duration, String> {
    let refuse = || format!("{text:?} is no time such as 90s, 30m, 1h or 7d");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(refuse)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return Err(refuse()),
    };
    let number: u64 = number.parse().map_err(|_| refuse())?;
    number.checked_mul(seconds).filter(|it| *it > 0).map(Duration::from_secs).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::sync::{Arc, atomic::AtomicI64};

    fn clock() -> Clock {
        Clock::Set(Arc::new(AtomicI64::new(1_000_000_999)))
    }

    fn claims(keys: &str, token: &str) -> Value {
        KeyRing::from_json(keys).unwrap().verify(token).unwrap()
    }

    #[test]
    fn tokens_are_what_the_functions_expect() {
        let contact = mint(&Bearer::Contact("u-1".into()), ttl("1h").unwrap(), &clock(), |_| None).unwrap();
        assert_eq!(
            claims(demo::IDENTITY_KEYS, &contact),
            json!({"user_id": "u-1", "iat": 1_000_000, "exp": 1_003_600})
        );
        let teammate = mint(&Bearer::Teammate("t-1".into()), ttl("90s").unwrap(), &clock(), |_| None).unwrap();
        assert_eq!(
            claims(demo::TEAMMATE_KEYS, &teammate),
            json!({"sub": "t-1", "aud": "helpdesk", "iat": 1_000_000, "exp": 1_000_090})
        );
        assert!(KeyRing::from_json(demo::IDENTITY_KEYS).unwrap().verify::<Value>(&teammate).is_err());
    }

    #[test]
    fn the_newest_key_of_the_environment_that_can_sign_does() {
        let keys = r#"[{"kid":"k2","alg":"HS256","secret":"newest"},{"kid":"k1","alg":"HS256","secret":"older"}]"#;
        let token = mint(&Bearer::Contact("u".into()), Duration::from_secs(1), &clock(), |name| {
            (name == "IDENTITY_KEYS").then(|| keys.to_owned())
        });
        let newest = r#"[{"kid":"k2","alg":"HS256","secret":"newest"}]"#;
        assert_eq!(claims(newest, &token.unwrap())["user_id"], "u");
        let demanded = mint(&Bearer::Contact("u".into()), Duration::from_secs(1), &clock(), |name| {
            name.starts_with("IDENTITY_").then(|| if name == "IDENTITY_KEYS" { keys.into() } else { name.into() })
        });
        let demanded = claims(newest, &demanded.unwrap());
        assert_eq!((&demanded["aud"], &demanded["iss"]), (&json!("IDENTITY_AUDIENCE"), &json!("IDENTITY_ISSUER")));
    }

    #[test]
    fn keys_that_cannot_sign_are_named() {
        for (keys, expected) in [("[]", "no key"), ("{", "not a JSON array")] {
            let error = mint(&Bearer::Contact("u".into()), Duration::from_secs(1), &clock(), |_| Some(keys.into()));
            let text = error.unwrap_err().to_string();
            assert!(text.starts_with("IDENTITY_KEYS: ") && text.contains(expected), "{text}");
        }
    }

    #[test]
    fn a_time_to_live_is_a_number_and_a_unit() {
        assert_eq!(ttl("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(ttl("7d"), Ok(Duration::from_secs(604_800)));
        for bad in ["", "s", "1", "1w", "-1h", "0h", "1.5h", "é", "99999999999999999999d", "18446744073709551615d"] {
            assert!(ttl(bad).is_err(), "{bad}");
        }
    }
}
