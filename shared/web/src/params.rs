//! Query parameters, strictly: each is known, given once and short. A filter that is not understood is an error, never
//! "all".

use crate::{Problem, Request, signing::LONGEST_TOKEN};
use lambda_http::http::StatusCode;

/// The longest id is 256 bytes.
const LONGEST: usize = 1024;

/// Tokens of ours carry ids of their own.
fn longest(name: &str) -> usize {
    if matches!(name, "cursor" | "probe") { LONGEST_TOKEN } else { LONGEST }
}

/// The parameters of a query, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: &str) -> Self {
        Self::parse_bytes(query.as_bytes())
    }

    pub(crate) fn parse_bytes(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// All of them, for forms whose fields the workspace defines.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Takes the parameters called `names`, in that order.
    ///
    /// # Errors
    /// 400 `invalid_parameter` for any other parameter, one that is repeated, or one that is too long; a repeated
    /// `state`, `limit` or `cursor` is named by its own code.
    pub fn take<const N: usize>(&self, names: [&str; N]) -> Result<[Option<&str>; N], Problem> {
        let mut taken = [None; N];
        for (name, value) in &self.0 {
            let slot = names.iter().position(|known| known == name).and_then(|index| taken.get_mut(index));
            let Some(slot) = slot else {
                return Err(invalid("invalid_parameter", format!("There is no parameter {:?} here.", short(name))));
            };
            let code = match name.as_str() {
                "state" => "invalid_state",
                "limit" => "invalid_limit",
                "cursor" => "invalid_cursor",
                _ => "invalid_parameter",
            };
            if slot.is_some() {
                return Err(invalid(code, format!("{name} is given more than once.")));
            }
            if value.len() > longest(name) {
                return Err(invalid(code, format!("{name} is too long.")));
            }
            *slot = Some(value.as_str());
        }
        Ok(taken)
    }
}

/// Refuses any parameter, for routes that have none.
///
/// # Errors
/// 400 `invalid_parameter`.
pub fn none(request: &Request) -> Result<(), Problem> {
    request.params.take([]).map(|[]| ())
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A 400 about a parameter.
#[must_use]
pub fn invalid(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

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
