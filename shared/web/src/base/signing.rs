//! Signed tokens (JWT): identities that others sign, and everything that the portal hands out and wants back unchanged.
//! Each key has a fixed algorithm; a token never chooses it.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::timestamp::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode, errors::ErrorKind,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use std::fmt;

/// In bytes. No browser keeps a cookie longer than this.
pub const LONGEST_TOKEN: usize = 4096;
/// The audience of teammates' tokens. It keeps them apart from contacts' even if both are signed with the same key.
pub const HELP_DESK: &str = "helpdesk";
/// How far clocks may differ, in seconds.
pub const LEEWAY: i64 = 30;

/// Keys, newest first. The newest that can sign does so, and all verify, so that keys can be rotated.
#[derive(Clone)]
pub struct KeyRing(Vec<Key>);

#[derive(Clone)]
struct Key {
    kid: String,
    algorithm: Algorithm,
    verify: DecodingKey,
    sign: Option<EncodingKey>,
}

/// Shows ids and algorithms alone, to keep secrets out of logs.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| (&key.kid, key.algorithm))).finish()
    }
}

/// Why a `*_KEYS` value cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is not the JSON that docs/architecture.md, Settings, describes. Gives only line and column, because serde's
    /// message could quote a secret.
    #[error("not a JSON array of keys (line {0}, column {1})")]
    Json(usize, usize),
    /// It has no key.
    #[error("no key in the array")]
    Empty,
    /// A key does not fit its algorithm.
    #[error("key {kid}: {why}")]
    Key { kid: String, why: String },
    /// The first key is a public key, which cannot sign.
    #[error("the first key must be HS256: the others cannot sign")]
    CannotSign,
}

/// Why a token is not accepted. The reason goes into the log and not to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is longer than [`LONGEST_TOKEN`].
    #[error("too long")]
    TooLong,
    /// It is not a JWT, or it has extensions that must be understood (`crit`).
    #[error("not a token")]
    Malformed,
    /// No key has its `kid`.
    #[error("no key with its kid")]
    NoKey,
    /// The key that it names is for another algorithm, or all keys are if it names none.
    #[error("signed with another algorithm than the key's")]
    WrongAlgorithm,
    /// It was signed with another secret, or changed after it was signed.
    #[error("the signature does not verify")]
    Signature,
    /// The claims are not those of such a token.
    #[error("the claims are not those of such a token")]
    Invalid,
    /// It is an identity token that does not say whose it is.
    #[error("no user_id")]
    NoUserId,
    /// It is meant for teammates, and came as a contact's identity token.
    #[error("for the help desk")]
    ForHelpDesk,
    /// It is an identity token for another audience than the one that is demanded, or for none.
    #[error("for another audience")]
    OtherAudience,
    /// It is an identity token of another issuer than the one that is demanded, or of none.
    #[error("from another issuer")]
    OtherIssuer,
    #[error("expired")]
    Expired,
    /// It is not valid yet.
    #[error("not valid yet")]
    NotYet,
    /// It is valid for longer than a token may be.
    #[error("lives too long")]
    LivesTooLong,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyJson {
    kid: String,
    alg: String,
    secret: Option<String>,
    public_key: Option<String>,
}

/// Bytes of a new secret.
const SECRET: usize = 48;

/// The machine has no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("this machine has no random numbers")]
pub struct NoRandomness;

/// Makes a `*_KEYS` value with one new key, which can sign.
///
/// # Errors
/// Without a source of random numbers.
pub fn new_keys(kid: &str) -> Result<String, NoRandomness> {
    let mut secret = [0; SECRET];
    aws_lc_rs::rand::fill(&mut secret).map_err(|_| NoRandomness)?;
    Ok(json!([{"kid": kid, "alg": "HS256", "secret": STANDARD.encode(secret)}]).to_string())
}

impl KeyRing {
    /// Reads the keys from a `*_KEYS` value.
    ///
    /// # Errors
    /// [`KeyError`] says which key is wrong, without quoting its secret.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let keys: Vec<KeyJson> =
            serde_json::from_str(json).map_err(|error| KeyError::Json(error.line(), error.column()))?;
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        keys.into_iter().map(Key::from_json).collect::<Result<_, _>>().map(Self)
    }

    /// Demands that the first key can sign.
    ///
    /// # Errors
    /// [`KeyError::CannotSign`].
    pub fn require_signing(&self) -> Result<(), KeyError> {
        self.0.first().and_then(|key| key.sign.as_ref()).map(|_| ()).ok_or(KeyError::CannotSign)
    }

    /// Signs `claims` with the newest key that can sign. The same claims always give the same token.
    ///
    /// # Errors
    /// [`KeyError::CannotSign`] when no key can.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let (key, secret) =
            self.0.iter().find_map(|key| Some((key, key.sign.as_ref()?))).ok_or(KeyError::CannotSign)?;
        let mut header = Header::new(key.algorithm);
        header.kid = Some(key.kid.clone());
        encode(&header, claims, secret).map_err(|error| KeyError::Key { kid: key.kid.clone(), why: error.to_string() })
    }

    /// Reads the claims of a token that one of the keys signed. The caller has to check the times in them.
    pub fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::TooLong);
        }
        let header = decode_header(token).map_err(|_| TokenError::Malformed)?;
        if header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        let named = |key: &&Key| header.kid.as_ref().is_none_or(|kid| *kid == key.kid);
        // Why the key that came closest does not verify it.
        let mut error = TokenError::NoKey;
        for key in self.0.iter().filter(named) {
            if key.algorithm != header.alg {
                error = if error == TokenError::NoKey { TokenError::WrongAlgorithm } else { error };
                continue;
            }
            let mut rules = Validation::new(key.algorithm);
            // The caller checks times and audience, by the portal's own clock.
            rules.validate_exp = false;
            rules.validate_aud = false;
            rules.required_spec_claims.clear();
            match decode::<T>(token, &key.verify, &rules) {
                Ok(token) => return Ok(token.claims),
                Err(why) if *why.kind() == ErrorKind::InvalidSignature => error = TokenError::Signature,
                // The signature is checked first and was right, so no other key needs to be tried.
                Err(_) => return Err(TokenError::Invalid),
            }
        }
        Err(error)
    }
}

impl Key {
    fn from_json(key: KeyJson) -> Result<Self, KeyError> {
        let KeyJson { kid, alg, secret, public_key } = key;
        let wrong = |why: String| KeyError::Key { kid: kid.clone(), why };
        let pem = |parse: fn(&[u8]) -> jsonwebtoken::errors::Result<DecodingKey>| match &public_key {
            Some(pem) => parse(pem.as_bytes()).map_err(|error| wrong(error.to_string())),
            None => Err(wrong(format!("{alg} needs a public_key"))),
        };
        let (algorithm, verify, sign) = match alg.as_str() {
            "HS256" => {
                let secret = secret.filter(|it| !it.is_empty()).ok_or_else(|| wrong("HS256 needs a secret".into()))?;
                let sign = EncodingKey::from_secret(secret.as_bytes());
                (Algorithm::HS256, DecodingKey::from_secret(secret.as_bytes()), Some(sign))
            }
            "RS256" => (Algorithm::RS256, pem(DecodingKey::from_rsa_pem)?, None),
            "ES256" => (Algorithm::ES256, pem(DecodingKey::from_ec_pem)?, None),
            "EdDSA" => (Algorithm::EdDSA, pem(DecodingKey::from_ed_pem)?, None),
            other => return Err(wrong(format!("alg {other:?} is none of HS256, RS256, ES256, EdDSA"))),
        };
        Ok(Self { kid, algorithm, verify, sign })
    }
}

/// The claims of a token that the portal handed out: its purpose (`aud`), the person (`sub`), its end and its content.
#[derive(Debug, Serialize, Deserialize)]
struct Sealed<T> {
    aud: String,
    sub: String,
    exp: i64,
    #[serde(flatten)]
    content: T,
}

impl KeyRing {
    /// Seals `content` for one purpose and person until `expires`.
    ///
    /// # Errors
    /// [`KeyError`] when no key can sign, or the content cannot be written as JSON.
    pub fn seal<T: Serialize>(
        &self,
        purpose: &str,
        person: &str,
        expires: Timestamp,
        content: T,
    ) -> Result<String, KeyError> {
        self.sign(&Sealed { aud: purpose.into(), sub: person.into(), exp: expires.seconds(), content })
    }

    /// Opens what [`Self::seal`] made for the same purpose, and returns for whom it was made, with the content.
    ///
    /// # Errors
    /// [`TokenError`], also for a token that has expired or was made for another purpose.
    pub fn unseal<T: DeserializeOwned>(
        &self,
        purpose: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(String, T), TokenError> {
        let sealed: Sealed<T> = self.verify(token)?;
        if sealed.aud != purpose {
            return Err(TokenError::Invalid);
        }
        if sealed.exp + LEEWAY <= now.seconds() {
            return Err(TokenError::Expired);
        }
        Ok((sealed.sub, sealed.content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn ring(json: &str) -> KeyRing {
        KeyRing::from_json(json).unwrap()
    }

    const OLD: &str = r#"[{"kid":"k1","alg":"HS256","secret":"one"}]"#;
    const ROTATED: &str = r#"[{"kid":"k2","alg":"HS256","secret":"two"},{"kid":"k1","alg":"HS256","secret":"one"}]"#;

    #[test]
    fn a_rotated_ring_verifies_both_keys_and_signs_with_the_new_one() {
        let (old, rotated) = (ring(OLD), ring(ROTATED));
        let token = old.sign(&json!({"a": 1})).unwrap();
        assert_eq!(rotated.verify::<Value>(&token).unwrap(), json!({"a": 1}));
        let token = rotated.sign(&json!({"a": 1})).unwrap();
        assert_eq!(old.verify::<Value>(&token).unwrap_err(), TokenError::NoKey);
    }

    #[test]
    fn a_new_key_signs_and_is_another_each_time() {
        let [one, other] = [(); 2].map(|()| new_keys("2026-11-27").unwrap());
        assert_ne!(one, other);
        let token = ring(&one).sign(&json!({"a": 1})).unwrap();
        assert_eq!(ring(&one).verify::<Value>(&token).unwrap(), json!({"a": 1}));
        assert_eq!(ring(&other).verify::<Value>(&token).unwrap_err(), TokenError::Signature);
    }

    #[test]
    fn a_token_without_kid_is_tried_against_the_keys_of_its_algorithm() {
        let token = encode(&Header::new(Algorithm::HS256), &json!({}), &EncodingKey::from_secret(b"one")).unwrap();
        assert!(ring(ROTATED).verify::<Value>(&token).is_ok());
    }

    #[test]
    fn the_algorithm_is_the_keys_not_the_tokens() {
        let token = encode(&Header::new(Algorithm::HS512), &json!({}), &EncodingKey::from_secret(b"one")).unwrap();
        assert_eq!(ring(OLD).verify::<Value>(&token).unwrap_err(), TokenError::WrongAlgorithm);
        let unsigned = "eyJhbGciOiJub25lIn0.e30.";
        assert_eq!(ring(OLD).verify::<Value>(unsigned).unwrap_err(), TokenError::Malformed);
    }

    #[test]
    fn a_public_key_is_not_accepted_as_a_shared_secret() {
        let pem = include_str!("../../assets/test-ed25519.pub.pem");
        let keys = json!([{"kid": "e", "alg": "EdDSA", "public_key": pem}]).to_string();
        let forged =
            encode(&Header::new(Algorithm::HS256), &json!({}), &EncodingKey::from_secret(pem.as_bytes())).unwrap();
        assert_eq!(ring(&keys).verify::<Value>(&forged).unwrap_err(), TokenError::WrongAlgorithm);
    }

    #[test]
    fn an_error_says_how_far_a_token_came() {
        #[derive(Debug, Deserialize)]
        struct Claims {
            #[serde(rename = "a")]
            _a: u8,
        }
        let other = ring(r#"[{"kid":"k1","alg":"HS256","secret":"another"}]"#);
        let unnamed = |secret: &[u8], claims: &Value| {
            encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret)).unwrap()
        };
        for (token, why) in [
            (other.sign(&json!({"a": 1})).unwrap(), TokenError::Signature),
            (unnamed(b"another", &json!({"a": 1})), TokenError::Signature),
            (unnamed(b"two", &json!({"a": "x"})), TokenError::Invalid),
            (unnamed(b"one", &json!({})), TokenError::Invalid),
        ] {
            assert_eq!(ring(ROTATED).verify::<Claims>(&token).unwrap_err(), why);
        }
        assert!(ring(ROTATED).verify::<Claims>(&unnamed(b"one", &json!({"a": 1}))).is_ok());
    }

    #[test]
    fn oversized_and_foreign_text_is_refused() {
        for text in ["", "a", "a.b", "a.b.c", "é.é.é", "\0", &"x".repeat(5000)] {
            assert!(ring(OLD).verify::<Value>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_sealed_for_one_purpose_opens_for_no_other() {
        let (keys, now) = (ring(OLD), Timestamp::EPOCH);
        let token = keys.seal("cursor", "u-1", now, json!({"x": 1})).unwrap();
        assert!(keys.unseal::<Value>("cursor", &token, now).is_ok());
        assert_eq!(keys.unseal::<Value>("session", &token, now).unwrap_err(), TokenError::Invalid);
        let later = now.plus(std::time::Duration::from_secs(31));
        assert_eq!(keys.unseal::<Value>("cursor", &token, later).unwrap_err(), TokenError::Expired);
    }

    #[test]
    fn unusable_keys_are_named_without_their_secret() {
        for (json, says) in [
            ("[]", "no key"),
            ("{}", "not a JSON array"),
            (r#"[{"kid":"k","alg":"none","secret":"hush"}]"#, "none of HS256"),
            (r#"[{"kid":"k","alg":"HS256"}]"#, "needs a secret"),
            (r#"[{"kid":"k","alg":"RS256","public_key":"hush"}]"#, "key k"),
        ] {
            let error = KeyRing::from_json(json).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains("hush"), "{error}");
        }
    }
}
