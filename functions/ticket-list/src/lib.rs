//! The list of the tickets of a contact's companies, also as a file, and the tickets space.

mod export;
mod list;
mod page;
mod panel;
mod space;

use web::{Function, Problem, routes};

pub const FUNCTION: Function = Function {
    name: "ticket-list",
    routes: routes![
        contact "GET /tickets" => list::list,
        contact "GET /api/tickets" => list::list,
        contact "GET /api/tickets/export" => export::export,
        contact "GET /api/tickets-space" => space::space,
    ],
};

const ROWS_A_PAGE: usize = 25;
const MOST_ROWS: usize = 100;

/// Reads the parameter `limit`: how many rows a page has.
fn limit(limit: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = limit else { return Ok(ROWS_A_PAGE) };
    let given = text.parse().ok();
    given
        .filter(|limit| (1..=MOST_ROWS).contains(limit) && text.bytes().all(|it| it.is_ascii_digit()))
        .ok_or_else(|| Problem::invalid("invalid_limit", format!("limit is a whole number from 1 to {MOST_ROWS}.")))
}
