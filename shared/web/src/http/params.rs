//! Query parameters, read strictly: each has to be known, given once and short. A filter that is not understood is an
//! error and never means "all".

use super::{problem::Problem, request::Request};
use crate::base::signing::LONGEST_TOKEN;

/// In bytes. The longest id has 256.
const LONGEST: usize = 1024;

/// The longest value in bytes. The portal's own tokens contain ids, so they may be longer.
fn longest(name: &str) -> usize {
    if matches!(name, "cursor" | "probe") { LONGEST_TOKEN } else { LONGEST }
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
    /// 400 `invalid_parameter` for any other parameter, one that is repeated, or one that is too long. For `state`,
    /// `limit` and `cursor` the code is `invalid_state` and so on.
    pub fn take<const N: usize>(&self, names: [&str; N]) -> Result<[Option<&str>; N], Problem> {
        let mut taken = [None; N];
        for (name, value) in &self.0 {
            let slot = names.iter().position(|known| known == name).and_then(|index| taken.get_mut(index));
            let Some(slot) = slot else {
                return Err(Problem::invalid(
                    "invalid_parameter",
                    format!("There is no parameter {:?} here.", short(name)),
                ));
            };
            let code = match name.as_str() {
                "state" => "invalid_state",
                "limit" => "invalid_limit",
                "cursor" => "invalid_cursor",
                _ => "invalid_parameter",
            };
            if slot.is_some() {
                return Err(Problem::invalid(code, format!("{name} is given more than once.")));
            }
            if value.len() > longest(name) {
                return Err(Problem::invalid(code, format!("{name} is too long.")));
            }
            *slot = Some(value.as_str());
        }
        Ok(taken)
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
