//! Query parameters, read strictly: each has to be known, given once and short. A filter that is not understood is an
//! error and never means "all".

use super::{problem::Problem, request::Request};
use crate::base::signing::LONGEST_TOKEN;
use std::collections::BTreeSet;

/// In bytes. The longest id has 256.
const LONGEST: usize = 1024;
/// The same of a text to look for: somebody may paste a whole message.
const LONGEST_SOUGHT: usize = 4096;

/// The longest value in bytes. The portal's own tokens contain ids, so they may be longer.
fn longest(name: &str) -> usize {
    match name {
        "cursor" | "history_cursor" | "timeline_cursor" | "probe" => LONGEST_TOKEN,
        "q" | "text" => LONGEST_SOUGHT,
        _ => LONGEST,
    }
}

/// What mail and advertising tools add to every link that they send or count, by name; and see [`is_added`]. The vendor
/// announces the portal in a newsletter, and the link has to work. Pages act as if these were not there, which widens
/// nothing, because none of them is a filter. Programs write their addresses themselves, so the API refuses them.
const ADDED: [&str; 37] = [
    // Google
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "gad_source",
    "gad_campaignid",
    "srsltid",
    "_ga",
    "_gl",
    // Meta, Microsoft, X, TikTok, LinkedIn, Pinterest, Snapchat, Reddit, Yandex
    "fbclid",
    "igsh",
    "igshid",
    "msclkid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "epik",
    "sccid",
    "rdt_cid",
    "yclid",
    // Mailchimp, HubSpot, Marketo, Klaviyo, Omeda, Vero, Dotdigital, ActiveCampaign, Drip, Branch
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "__hssc",
    "__hstc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "_kx",
    "oly_enc_id",
    "vero_id",
    "dm_i",
    "vgo_ee",
    "__s",
    "_branch_match_id",
];

/// Whether a parameter is one that other tools add: one of [`ADDED`], in upper or lower case, or one of the families of
/// Google Analytics (`utm_…`), HubSpot (`hsa_…`) and Matomo (`mtm_…`, `pk_…`).
fn is_added(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["utm_", "hsa_", "mtm_", "pk_"].iter().any(|family| name.starts_with(family)) || ADDED.contains(&name.as_str())
}

/// A query without what other tools have added to it. The rest stays as it is written.
pub(crate) fn own(query: &str) -> String {
    keep(query, |name| !is_added(name))
}

/// A query without a parameter. The rest stays as it is written.
pub(crate) fn without(name: &str, query: &str) -> String {
    keep(query, |other| other != name)
}

fn keep(query: &str, wanted: impl Fn(&str) -> bool) -> String {
    let is_wanted = |pair: &&str| form_urlencoded::parse(pair.as_bytes()).all(|(name, _)| wanted(&name));
    query.split('&').filter(is_wanted).collect::<Vec<_>>().join("&")
}

/// The parameters of a query or the fields of a form, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Reads the fields of a form. Their lines end as in [`lines`].
    pub(crate) fn of_form(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), lines(&value))).collect())
    }

    /// The first parameter of this name. Does not check the others.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(other, value)| (other == name).then_some(value))
    }

    /// All parameters, for forms whose fields the workspace defines.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the parameters called `names`, in that order.
    ///
    /// # Errors
    /// As [`Self::only`].
    pub fn take<const N: usize>(&self, names: [&str; N]) -> Result<[Option<&str>; N], Problem> {
        self.only(&names)?;
        Ok(names.map(|name| self.first(name)))
    }

    /// Demands that there are no others than these.
    ///
    /// # Errors
    /// 400 `invalid_parameter` for any other parameter, one that is repeated, or one that is too long. For `state`,
    /// `limit` and `cursor` the code is `invalid_state` and so on.
    pub fn only(&self, names: &[&str]) -> Result<(), Problem> {
        let mut seen = BTreeSet::new();
        for (name, value) in self.iter() {
            if !names.contains(&name) {
                return Err(Problem::invalid(
                    "invalid_parameter",
                    format!("There is no parameter {:?} here.", short(name)),
                ));
            }
            let code = match name {
                "state" => "invalid_state",
                "limit" => "invalid_limit",
                "cursor" | "history_cursor" | "timeline_cursor" => "invalid_cursor",
                _ => "invalid_parameter",
            };
            if !seen.insert(name) {
                return Err(Problem::invalid(code, format!("{name} is given more than once.")));
            }
            if value.len() > longest(name) {
                return Err(Problem::invalid(code, format!("{name} is too long.")));
            }
        }
        Ok(())
    }
}

/// Ends the lines of a text with `\n`. Browsers send `\r\n` from a text area, and imported texts may have either.
#[must_use]
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Refuses every parameter, for routes that have none.
///
/// # Errors
/// 400 `invalid_parameter`.
pub fn none(request: &Request) -> Result<(), Problem> {
    request.params.take([]).map(|[]| ())
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_tools_add_is_taken_out_and_the_rest_stays_as_it_is_written() {
        for (query, kept) in [
            ("", ""),
            ("utm_source=mail&UTM_Medium=a%26b", ""),
            ("state=a&fbclid=1&state=b&&=&gclid", "state=a&state=b&&="),
            ("company=a%2Bb+c&%5Fhsenc=x&_hsmi=1", "company=a%2Bb+c"),
            ("xutm_source=1&clid=2&gclid2=3", "xutm_source=1&clid=2&gclid2=3"),
        ] {
            assert_eq!(own(query), kept);
        }
    }

    #[test]
    fn parameters_are_known_single_and_short() {
        let take =
            |query: &str| Params::parse(query).take(["state", "company"]).map(|it| it.map(|it| it.map(str::to_owned)));
        assert_eq!(take("").unwrap(), [None, None]);
        assert_eq!(take("company=a%26b+c&state=x").unwrap(), [Some("x".into()), Some("a&b c".into())]);
        assert_eq!(take("state=").unwrap(), [Some(String::new()), None]);
        for (query, code) in [
            ("stat=x", "invalid_parameter"),
            ("state=a&state=a", "invalid_state"),
            ("company=a&company=b", "invalid_parameter"),
            (&format!("company={}", "x".repeat(1025)), "invalid_parameter"),
        ] {
            assert_eq!(take(query).unwrap_err().code, code, "{query}");
        }
    }
}
