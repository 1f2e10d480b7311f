//! A Lambda function: its name, its routes, its handler. `local` mounts it, `main` runs it, and a test holds its
//! routes against `infra/template.yaml`.

use crate::{App, Problem, Request, Response};
use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// A function.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// As its crate is called.
    pub name: &'static str,
    /// What it answers.
    pub routes: &'static [Route],
    /// How.
    pub handle: Handler,
}

/// What every handler is.
pub type Handler = for<'a> fn(&'a App, &'a Request) -> BoxFuture<'a, Result<Response, Problem>>;

/// A route of the HTTP API, written as its route key: `GET /tickets/{ticket_id}`, or `$default` for all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route(pub &'static str);

impl Route {
    /// The one of `routes` with this route key.
    #[must_use]
    pub fn of(key: &str, routes: &[Self]) -> Option<Self> {
        routes.iter().copied().find(|route| route.0 == key)
    }

    /// The parameters of a path that this route answers. Segments are split before they are decoded, so that an
    /// encoded slash stays within its segment; what is not UTF-8 matches nothing.
    #[must_use]
    pub fn matches(self, method: &str, path: &str) -> Option<BTreeMap<String, String>> {
        let (own_method, template) = self.0.split_once(' ')?;
        let (template, path) = (template.split('/'), path.split('/'));
        if own_method != method || template.clone().count() != path.clone().count() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (wanted, given) in template.zip(path) {
            match wanted.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                Some(name) if !given.is_empty() => {
                    let value = percent_decode_str(given).decode_utf8().ok()?;
                    parameters.insert(name.to_owned(), value.into_owned());
                }
                None if wanted == given => {}
                _ => return None,
            }
        }
        Some(parameters)
    }
}

/// The route of whatever no other route answers.
pub const DEFAULT: Route = Route("$default");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_takes_its_parameters_from_whole_segments() {
        let route = Route("GET /tickets/{ticket_id}");
        let id = |path: &str| route.matches("GET", path).and_then(|mut it| it.remove("ticket_id"));
        assert_eq!(id("/tickets/tk-1").as_deref(), Some("tk-1"));
        assert_eq!(id("/tickets/a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(id("/tickets/%2e%2e").as_deref(), Some(".."));
        for path in ["/tickets", "/tickets/", "/tickets/a/b", "/tickets/%ff", "/Tickets/a", "tickets/a"] {
            assert_eq!(id(path), None, "{path}");
        }
        assert_eq!(route.matches("POST", "/tickets/tk-1"), None);
    }
}
