//! A Lambda function: its name and its routes with their handlers. `local` mounts it, `main` runs it, and a test
//! compares its routes with `infra/template.yaml`.

use crate::{
    base::app::App,
    http::{problem::Problem, request::Request, response::Response},
};
use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The name of its crate.
    pub name: &'static str,
    /// Made with [`routes`](crate::routes).
    pub routes: &'static [Route],
}

/// A handler, as the router calls it.
pub type Handler = for<'a> fn(&'a App, &'a Request) -> BoxFuture<'a, Result<Response, Problem>>;

/// A route of the HTTP API, and what answers it.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The route key, such as `GET /tickets/{ticket_id}`, or [`DEFAULT`].
    pub key: &'static str,
    pub handle: Handler,
}

/// The route key for requests that no other route answers.
pub const DEFAULT: &str = "$default";

/// The method whose route answers a request: `HEAD` is answered as `GET`, without the body.
fn answered_as(method: &str) -> &str {
    if method == "HEAD" { "GET" } else { method }
}

/// The key of the route for which the gateway hands over a request. At the gateway, what answers `GET` is routed as `ANY`.
fn key_of(gateway_key: &str, method: &str) -> String {
    match gateway_key.strip_prefix("ANY ") {
        Some(path) => format!("{} {path}", answered_as(method)),
        None => gateway_key.to_owned(),
    }
}

/// Lists the routes of a function, each with who may ask and which handler answers:
///
/// - `anyone`: `handler(app, request)`;
/// - `contact`: `handler(app, request, visit)`, or 401 for somebody who is not signed in;
/// - `teammate`: `handler(app, request, teammate)`, or 401 for somebody who is not signed in as a teammate.
#[macro_export]
macro_rules! routes {
    ($($who:ident $key:literal => $handler:path),+ $(,)?) => {
        &[$($crate::Route { key: $key, handle: $crate::routes!(@$who $handler) }),+]
    };
    (@anyone $handler:path) => { |app, request| Box::pin($handler(app, request)) };
    (@contact $handler:path) => {
        |app, request| Box::pin(async move { $handler(app, request, $crate::visitor::signed_in(app, request)?).await })
    };
    (@teammate $handler:path) => {
        |app, request| Box::pin(async move { $handler(app, request, &$crate::teammate::signed_in(app, request)?).await })
    };
}

impl Function {
    /// Answers a request with the handler of its route.
    pub(crate) async fn handle(&self, app: &App, request: &Request) -> Result<Response, Problem> {
        let route = self.routes.iter().find(|route| route.key == request.route);
        (route.ok_or_else(Problem::not_found)?.handle)(app, request).await
    }

    /// Finds the route of a request: by the gateway's key, or by the path when that names none of this function's routes,
    /// as under `cargo lambda watch`.
    pub(crate) fn find_route(&self, request: &mut Request) {
        request.route = key_of(&request.route, request.method.as_str());
        if self.routes.iter().any(|route| route.key == request.route) {
            return;
        }
        let found = self.routes.iter().find_map(|route| {
            let parameters = route.matches(request.method.as_str(), &request.raw_path)?;
            Some((route.key, parameters))
        });
        match found {
            Some((key, parameters)) => (request.route, request.path) = (key.to_owned(), parameters),
            None => request.route = DEFAULT.to_owned(),
        }
    }
}

impl Route {
    /// Matches a request and returns its path parameters. Segments are split before they are decoded, so that an
    /// encoded slash stays within its segment. A parameter that is not UTF-8 does not match. `HEAD` matches as `GET`.
    #[must_use]
    pub fn matches(self, method: &str, path: &str) -> Option<BTreeMap<String, String>> {
        let (own_method, template) = self.key.split_once(' ')?;
        let (template, path) = (template.split('/'), path.split('/'));
        if own_method != answered_as(method) || template.clone().count() != path.clone().count() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_routes_as_any_is_the_route_of_its_method() {
        for (gateway_key, method, key) in [
            ("ANY /tickets/{ticket_id}", "GET", "GET /tickets/{ticket_id}"),
            ("ANY /tickets/{ticket_id}", "HEAD", "GET /tickets/{ticket_id}"),
            ("ANY /tickets/{ticket_id}", "PUT", "PUT /tickets/{ticket_id}"),
            ("POST /api/session", "POST", "POST /api/session"),
            (DEFAULT, "HEAD", DEFAULT),
        ] {
            assert_eq!(key_of(gateway_key, method), key, "{gateway_key} {method}");
        }
    }

    #[test]
    fn a_route_takes_its_parameters_from_whole_segments() {
        let handle: Handler = |_, _| Box::pin(async { Err(Problem::not_found()) });
        let route = Route { key: "GET /tickets/{ticket_id}", handle };
        let id = |path: &str| route.matches("GET", path).and_then(|mut it| it.remove("ticket_id"));
        assert_eq!(id("/tickets/tk-1").as_deref(), Some("tk-1"));
        assert_eq!(id("/tickets/a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(id("/tickets/%2e%2e").as_deref(), Some(".."));
        for path in ["/tickets", "/tickets/", "/tickets/a/b", "/tickets/%ff", "/Tickets/a", "tickets/a"] {
            assert_eq!(id(path), None, "{path}");
        }
        assert_eq!(route.matches("POST", "/tickets/tk-1"), None);
        assert!(route.matches("HEAD", "/tickets/tk-1").is_some());
    }
}
