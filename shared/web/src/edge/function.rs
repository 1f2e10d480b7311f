//! A Lambda function: its name, its routes, its handler. `local` mounts it, `main` runs it, and a test holds its
//! routes against `infra/template.yaml`.

use crate::{
    base::app::App,
    http::{problem::Problem, request::Request, response::Response},
};
use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// A function.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// As its crate is called.
    pub name: &'static str,
    /// What it answers, made with [`routes`](crate::routes).
    pub routes: &'static [Route],
}

/// What every handler is.
pub type Handler = for<'a> fn(&'a App, &'a Request) -> BoxFuture<'a, Result<Response, Problem>>;

/// A route of the HTTP API, and who answers it.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Its route key: `GET /tickets/{ticket_id}`, or [`DEFAULT`] for whatever no other route answers.
    pub key: &'static str,
    /// What answers it.
    pub handle: Handler,
}

/// The route key of whatever no other route answers.
pub const DEFAULT: &str = "$default";

/// The routes of a function, each with who may ask and what answers:
///
/// - `anyone`: `handler(app, request)`;
/// - `contact`: `handler(app, request, visit)`, 401 for whoever is not signed in;
/// - `teammate`: `handler(app, request, teammate)`, 401 for whoever is none.
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
    /// Answers a request by its route.
    pub(crate) async fn handle(&self, app: &App, request: &Request) -> Result<Response, Problem> {
        let route = self.routes.iter().find(|route| route.key == request.route);
        (route.ok_or_else(Problem::not_found)?.handle)(app, request).await
    }

    /// Gives the request the route that fits its path when the event names none of this function's, as under
    /// `cargo lambda watch`.
    pub(crate) fn find_route(&self, request: &mut Request) {
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
    /// The parameters of a path that this route answers. Segments are split before they are decoded, so that an
    /// encoded slash stays within its segment; what is not UTF-8 matches nothing.
    #[must_use]
    pub fn matches(self, method: &str, path: &str) -> Option<BTreeMap<String, String>> {
        let (own_method, template) = self.key.split_once(' ')?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
