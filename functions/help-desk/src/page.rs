//! The Help Desk's pages.

use web::{App, Problem, Request, Response, teammate::Teammate};

pub(crate) async fn handle(_: &App, _: &Request, _: &Teammate) -> Result<Response, Problem> {
    Err(Problem::not_found())
}
