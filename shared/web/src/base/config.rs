//! Settings of a function, from its environment (docs/architecture.md, Settings).

use super::{
    signing::{HELP_DESK, KeyError, KeyRing},
    suffix,
};
use domain::address;
use std::{env, time::Duration};

/// Keys for `cargo run`. They are public, so [`Config::from_env`], with which deployed functions start, refuses them.
pub mod demo {
    /// Signs identity tokens.
    pub const IDENTITY_KEYS: &str =
        r#"[{"kid":"demo","alg":"HS256","secret":"demo-identity-secret-for-this-machine-only"}]"#;
    /// Signs everything that the portal hands out itself, such as sessions and cursors.
    pub const SESSION_KEYS: &str =
        r#"[{"kid":"demo","alg":"HS256","secret":"demo-session-secret-for-this-machine-only"}]"#;
    /// Signs teammate tokens.
    pub const TEAMMATE_KEYS: &str =
        r#"[{"kid":"demo","alg":"HS256","secret":"demo-teammate-secret-for-this-machine-only"}]"#;
}

#[derive(Debug, Clone)]
pub struct Config {
    /// The name of the DynamoDB table.
    pub table: String,
    /// Verifies identity tokens.
    pub identity_keys: KeyRing,
    /// The audience that identity tokens must have. With `None`, any but the Help Desk's will do.
    pub identity_audience: Option<String>,
    /// The issuer that identity tokens must have. With `None`, any will do.
    pub identity_issuer: Option<String>,
    /// Signs and verifies everything that the portal hands out itself, such as sessions and cursors.
    pub session_keys: KeyRing,
    /// Verifies teammate tokens.
    pub teammate_keys: KeyRing,
    /// Where people reach the portal: scheme and authority, as browsers write them in an `Origin` header.
    pub portal_origin: String,
    /// Where teammates without a token are sent to get one.
    pub teammate_sign_in_url: Option<String>,
    /// How long settings and catalog are kept in memory for contacts' requests.
    pub settings_for: Duration,
    /// How many tickets are looked through for a file of them.
    pub most_exported: usize,
}

/// How long a deployed function keeps settings and catalog in memory.
const SETTINGS_FOR: Duration = Duration::from_secs(5);
/// Of a usual size these are some 1,300 read units, and a file of 4 MB.
const MOST_EXPORTED: usize = 20_000;
/// A portal that was turned off must not stay open for longer, whatever the environment says.
const LONGEST_MEMORY: u64 = 60;

/// Why a setting cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not in the environment.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// It is not an array of usable keys.
    #[error("{0}: {1}")]
    Keys(&'static str, KeyError),
    /// It holds a demo key, which is public.
    #[error("{0} holds a demo key, which everybody knows")]
    DemoKey(&'static str),
    /// It is not an origin.
    #[error("PORTAL_ORIGIN must be a scheme and a host, such as https://help.example.com, not {0:?}")]
    Origin(String),
    /// Its parent domain is a public suffix: others have names beside the portal's.
    #[error(
        "PORTAL_ORIGIN must not be right under {0}, where anybody can have a name: cookies would be shared with all of \
         them. Give the portal a name under a domain of yours, such as help.example.com"
    )]
    PublicSuffix(String),
    /// It is the audience of teammates' tokens.
    #[error("IDENTITY_AUDIENCE must not be helpdesk, which makes a token a teammate's")]
    IdentityAudience,
    /// It is not a number of seconds, or too many.
    #[error("SETTINGS_SECONDS must be a number from 0 to 60, not {0:?}")]
    SettingsSeconds(String),
    /// It is no number of tickets, or too many for a request.
    #[error("EXPORT_TICKETS must be a number from 0 to 20000, not {0:?}")]
    ExportTickets(String),
    /// It is neither an https address nor an http address on this machine, so that tokens could be read on their way.
    #[error("TEAMMATE_SIGN_IN_URL must be an https address, or http on this machine, not {0:?}")]
    TeammateSignIn(String),
}

fn optional(name: &'static str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str) -> Result<String, ConfigError> {
    optional(name).ok_or(ConfigError::Missing(name))
}

impl Config {
    /// Reads the settings of a deployed function.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn from_env() -> Result<Self, ConfigError> {
        let secret = |name| {
            let json = required(name)?;
            if json.contains("-secret-for-this-machine-only") {
                return Err(ConfigError::DemoKey(name));
            }
            Ok((name, json))
        };
        Self::new(
            required("TABLE_NAME")?,
            secret("IDENTITY_KEYS")?,
            secret("SESSION_KEYS")?,
            secret("TEAMMATE_KEYS")?,
            required("PORTAL_ORIGIN")?,
        )?
        .with_identity_of(optional("IDENTITY_AUDIENCE"), optional("IDENTITY_ISSUER"))?
        .with_settings_for(optional("SETTINGS_SECONDS"))?
        .with_most_exported(optional("EXPORT_TICKETS"))?
        .with_teammate_sign_in(optional("TEAMMATE_SIGN_IN_URL"))
    }

    /// Makes the settings of `cargo run`, with the demo keys in place of keys that are not in the environment. Settings
    /// and catalog are not kept in memory, so that an import in another process counts at once.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn on_this_machine(table: String, portal_origin: String) -> Result<Self, ConfigError> {
        let or_demo = |name, demo: &str| (name, required(name).unwrap_or_else(|_| demo.to_owned()));
        Self::new(
            table,
            or_demo("IDENTITY_KEYS", demo::IDENTITY_KEYS),
            or_demo("SESSION_KEYS", demo::SESSION_KEYS),
            or_demo("TEAMMATE_KEYS", demo::TEAMMATE_KEYS),
            portal_origin,
        )?
        .with_identity_of(optional("IDENTITY_AUDIENCE"), optional("IDENTITY_ISSUER"))?
        .with_settings_for(optional("SETTINGS_SECONDS").or_else(|| Some("0".to_owned())))?
        .with_most_exported(optional("EXPORT_TICKETS"))?
        .with_teammate_sign_in(optional("TEAMMATE_SIGN_IN_URL"))
    }

    /// Replaces what identity tokens must say about their audience and issuer.
    ///
    /// # Errors
    /// [`ConfigError::IdentityAudience`] for the one of teammates' tokens, which are never identity tokens.
    fn with_identity_of(self, audience: Option<String>, issuer: Option<String>) -> Result<Self, ConfigError> {
        match audience {
            Some(audience) if audience == HELP_DESK => Err(ConfigError::IdentityAudience),
            identity_audience => Ok(Self { identity_audience, identity_issuer: issuer, ..self }),
        }
    }

    /// Replaces how long settings and catalog are kept in memory, in seconds.
    ///
    /// # Errors
    /// [`ConfigError::SettingsSeconds`].
    fn with_settings_for(self, seconds: Option<String>) -> Result<Self, ConfigError> {
        let Some(text) = seconds else { return Ok(self) };
        match text.parse() {
            Ok(seconds) if seconds <= LONGEST_MEMORY => Ok(Self { settings_for: Duration::from_secs(seconds), ..self }),
            _ => Err(ConfigError::SettingsSeconds(text)),
        }
    }

    /// Replaces how many tickets are looked through for a file.
    ///
    /// # Errors
    /// [`ConfigError::ExportTickets`].
    fn with_most_exported(self, tickets: Option<String>) -> Result<Self, ConfigError> {
        let Some(text) = tickets else { return Ok(self) };
        match text.parse() {
            Ok(most_exported) if most_exported <= MOST_EXPORTED => Ok(Self { most_exported, ..self }),
            _ => Err(ConfigError::ExportTickets(text)),
        }
    }

    /// Replaces the address where teammates sign in.
    ///
    /// # Errors
    /// [`ConfigError::TeammateSignIn`] for an address to which a browser should not be sent.
    fn with_teammate_sign_in(self, url: Option<String>) -> Result<Self, ConfigError> {
        match url {
            Some(url) if !address::is_safe(&url) => Err(ConfigError::TeammateSignIn(url)),
            teammate_sign_in_url => Ok(Self { teammate_sign_in_url, ..self }),
        }
    }

    fn new(
        table: String,
        identity: (&'static str, String),
        session: (&'static str, String),
        teammate: (&'static str, String),
        portal_origin: String,
    ) -> Result<Self, ConfigError> {
        let ring = |(name, json): (&'static str, String)| {
            KeyRing::from_json(&json).map_err(|error| ConfigError::Keys(name, error))
        };
        let session_keys = ring(session)?;
        session_keys.require_signing().map_err(|error| ConfigError::Keys("SESSION_KEYS", error))?;
        let authority = portal_origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        if authority.is_none_or(|(_, host)| host.is_empty() || host.contains(['/', '?', '#', '@', ' '])) {
            return Err(ConfigError::Origin(portal_origin));
        }
        let portal_origin = as_browsers_write(&portal_origin);
        let (identity_keys, teammate_keys) = (ring(identity)?, ring(teammate)?);
        let config = Self {
            table,
            identity_keys,
            identity_audience: None,
            identity_issuer: None,
            session_keys,
            teammate_keys,
            portal_origin,
            teammate_sign_in_url: None,
            settings_for: SETTINGS_FOR,
            most_exported: MOST_EXPORTED,
        };
        match config.cookie_domain() {
            Some(parent) if suffix::is_public(parent) => Err(ConfigError::PublicSuffix(parent.to_owned())),
            _ => Ok(config),
        }
    }

    /// The domain on which cookies are set: the parent of the Help Center's, so that app and Help Center share them.
    /// `None` when there is no parent (`localhost`, an IP address, a bare `example.com`), or when the host is API
    /// Gateway's own, where an operator can look around before there is a domain.
    #[must_use]
    pub fn cookie_domain(&self) -> Option<&str> {
        let host = self.host();
        let is_gateway = host.contains(".execute-api.") && host.ends_with(".amazonaws.com");
        if is_gateway || host.parse::<std::net::IpAddr>().is_ok() {
            return None;
        }
        host.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'))
    }

    /// The address where customers begin, which teammates share with them.
    #[must_use]
    pub fn portal_url(&self) -> String {
        format!("{}/tickets", self.portal_origin)
    }

    /// The Help Center's domain, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        address::host(self.authority())
    }

    /// The Help Center's domain, with the port where it is not the scheme's own.
    pub(crate) fn authority(&self) -> &str {
        self.portal_origin.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// `https`, or `http` on a developer's machine.
    pub(crate) fn scheme(&self) -> &str {
        self.portal_origin.split_once("://").map_or("", |(scheme, _)| scheme)
    }

    /// Whether people reach the portal over TLS. Only then can cookies be `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme() == "https"
    }
}

/// An origin in lower case, and without the port that its scheme has anyway.
fn as_browsers_write(origin: &str) -> String {
    let mut origin = origin.to_ascii_lowercase();
    let port = if origin.starts_with("https:") { ":443" } else { ":80" };
    if origin.ends_with(port) {
        origin.truncate(origin.len() - port.len());
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(origin: &str) -> Result<Config, ConfigError> {
        Config::on_this_machine("t".into(), origin.into())
    }

    #[test]
    fn cookies_go_on_the_parent_domain_where_there_is_one() {
        for (origin, domain) in [
            ("https://help.example.com", Some("example.com")),
            ("https://help.example.com:8443", Some("example.com")),
            ("https://example.com", None),
            ("http://127.0.0.1:3000", None),
            ("http://localhost:3000", None),
            ("https://a1b2c3.execute-api.eu-west-1.amazonaws.com", None),
        ] {
            assert_eq!(config(origin).unwrap().cookie_domain(), domain, "{origin}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for bad in
            ["help.example.com", "ftp://help.example.com", "https://", "https://help.example.com/", "https://a@b"]
        {
            assert!(matches!(config(bad), Err(ConfigError::Origin(_))), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_kept_as_browsers_write_it() {
        for (given, kept) in [
            ("https://Help.Example.com:443", "https://help.example.com"),
            ("http://help.example.com:80", "http://help.example.com"),
            ("https://help.example.com:8443", "https://help.example.com:8443"),
            ("https://help.example.com:80", "https://help.example.com:80"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(config(given).unwrap().portal_origin, kept);
        }
    }

    #[test]
    fn a_parent_under_which_anybody_can_have_a_name_is_refused() {
        for (origin, parent) in [
            ("https://acme.co.uk", "co.uk"),
            ("https://ACME.CO.UK:8443", "co.uk"),
            ("https://acme.github.io", "github.io"),
            ("https://d111111abcdef8.cloudfront.net", "cloudfront.net"),
            ("https://help.acme.ck", "acme.ck"),
            ("https://acme.xn--55qx5d.cn", "xn--55qx5d.cn"),
        ] {
            let Err(ConfigError::PublicSuffix(refused)) = config(origin) else { panic!("{origin}") };
            assert_eq!(refused, parent);
        }
        for good in ["https://help.acme.co.uk", "https://help.www.ck", "https://help.acme.github.io", "https://acme.io"]
        {
            assert!(config(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn identity_tokens_are_never_demanded_to_be_for_the_help_desk() {
        let given =
            |audience: &str| config("https://help.example.com").unwrap().with_identity_of(Some(audience.into()), None);
        assert_eq!(given("help.example.com").unwrap().identity_audience.as_deref(), Some("help.example.com"));
        assert!(matches!(given("helpdesk"), Err(ConfigError::IdentityAudience)));
    }

    #[test]
    fn settings_are_kept_for_a_bounded_time() {
        let given = |text: &str| config("https://help.example.com").unwrap().with_settings_for(Some(text.into()));
        for (text, seconds) in [("0", 0), ("5", 5), ("60", 60)] {
            assert_eq!(given(text).unwrap().settings_for, Duration::from_secs(seconds));
        }
        for bad in ["61", "-1", "5s", "0.5", " 5", "99999999999999999999"] {
            assert!(matches!(given(bad), Err(ConfigError::SettingsSeconds(_))), "{bad}");
        }
        assert_eq!(config("https://help.example.com").unwrap().settings_for, Duration::ZERO);
    }

    #[test]
    fn teammates_sign_in_over_tls_or_on_this_machine() {
        let given = |url: &str| config("https://help.example.com").unwrap().with_teammate_sign_in(Some(url.into()));
        for good in ["https://staff.example.com/login?x=1#top", "http://127.0.0.1:3000/sign-in"] {
            assert_eq!(given(good).unwrap().teammate_sign_in_url.as_deref(), Some(good));
        }
        for bad in ["http://staff.example.com/login", "javascript:alert(1)"] {
            assert!(matches!(given(bad), Err(ConfigError::TeammateSignIn(_))), "{bad}");
        }
        let none = config("https://help.example.com").unwrap().with_teammate_sign_in(None).unwrap();
        assert_eq!(none.teammate_sign_in_url, None);
    }
}
