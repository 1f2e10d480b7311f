//! The list as a file for spreadsheets (docs/product.md, The list): every ticket that the list holds, on all its pages.

use crate::list::{List, query, read_query};
use domain::{
    filter::{Filter, Span},
    projection::CustomerRow,
    search::Query as Words,
};
use lambda_http::http::{StatusCode, header};
use portal::customer::{self, Visit};
use store::ListQuery;
use web::{App, Problem, Request, Response, hint};

/// In bytes. Lambda's answers have 6 MB at most, in which quotes and ends of lines take two bytes each.
const LONGEST: usize = 4_000_000;
/// How many months are offered.
const MONTHS: usize = 12;
/// By this, programs for spreadsheets know that it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What the page offers to export.
pub(crate) struct Offer {
    pub(crate) url: String,
    /// Parts of the list, where all of it is too much.
    pub(crate) months: Vec<Month>,
}

pub(crate) struct Month {
    pub(crate) url: String,
    pub(crate) text: String,
}

pub(crate) fn offer(app: &App, (q, wanted): (&str, &ListQuery), list: &List) -> Offer {
    let (filter, order) = (&wanted.filter, wanted.order);
    let url = |filter: &Filter| format!("/api/tickets/export?{}", query(q, filter, order));
    // What the other filters leave of them is known only when it has been looked at.
    let most = filter.state.map_or(list.counts.all, |state| list.counts.of(state));
    let most = filter.turn.map_or(most, |pile| most.min(list.turns.in_pile(pile)));
    let is_too_much = q.is_empty() && filter.updated.is_everything() && most > app.config.most_exported as u64;
    let now = app.portal.clock.now();
    let months = std::iter::successors(Some(now.month_began()), |month| Some(month.month_before()));
    let months = months.take(if is_too_much { MONTHS } else { 0 }).map(|from| {
        let updated = Span { from: Some(from), to: Some(from.month_after()) };
        Month { url: url(&Filter { updated, ..filter.clone() }), text: from.month() }
    });
    Offer { url: url(filter), months: months.collect() }
}

pub(crate) async fn export(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let (q, filter, order) = read_query(request, &[])?;
    let wanted = ListQuery { filter, words: Words::parse(q), order, ..ListQuery::default() };
    let found = customer::list::all(&app.portal, visit, &wanted, app.config.most_exported).await?;
    let mut file = String::from(BYTE_ORDER_MARK);
    line(&mut file, &COLUMNS.map(str::to_owned));
    for row in &found.rows {
        line(&mut file, &cells(row, &app.config.portal_origin));
        if file.len() > LONGEST {
            return Err(customer::Error::TooManyTickets.into());
        }
    }
    let name = format!("attachment; filename=\"tickets-{}.csv\"", app.portal.clock.now().day());
    let response = Response::new(StatusCode::OK, "text/csv; charset=utf-8", file.into_bytes());
    // What is said to be encoded is passed on byte by byte. Of a plain text `lambda_http` would take the byte order mark.
    let response = response.header(header::CONTENT_ENCODING, "identity");
    Ok(response.header(header::CONTENT_DISPOSITION, &name).cookie(hint::refresh(app, visit, &found.hint)))
}

const COLUMNS: [&str; 11] = [
    "Number",
    "Title",
    "Type",
    "State",
    "Turn",
    "Turn since (UTC)",
    "Company",
    "Created by",
    "Created (UTC)",
    "Updated (UTC)",
    "Address",
];

fn cells(row: &CustomerRow, origin: &str) -> [String; 11] {
    [
        row.number.to_string(),
        row.title.clone(),
        row.ticket_type.name.clone(),
        row.state.label.clone(),
        crate::page::turn(&row.turn.who).to_owned(),
        row.turn.since.in_a_cell(),
        row.company.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
        row.created_by.name.clone(),
        row.created_at.in_a_cell(),
        row.updated_at.in_a_cell(),
        format!("{origin}{}", row.url),
    ]
}

/// Adds a line (RFC 4180).
fn line(file: &mut String, cells: &[String]) {
    for (nth, cell) in cells.iter().enumerate() {
        if nth > 0 {
            file.push(',');
        }
        let cell = harmless(cell);
        if cell.contains([',', ';', '"', '\r', '\n', '\t']) {
            file.extend(["\"", &cell.replace('"', "\"\""), "\""]);
        } else {
            file.push_str(&cell);
        }
    }
    file.push_str("\r\n");
}

/// What programs for spreadsheets would take for a formula begins with an apostrophe instead (OWASP, CSV injection). They
/// pass over what cannot be seen before it, and some take the wide forms of these characters for the narrow ones.
fn harmless(cell: &str) -> String {
    let begins = |it: &str| it.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']);
    let seen = cell.trim_start_matches(|it: char| it.is_whitespace() || it.is_control() || it == '\u{feff}');
    if begins(cell) || begins(seen) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_take_for_a_formula_is_made_harmless_and_nothing_else_is_changed() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            (" \u{a0}=1", "' \u{a0}=1"),
            ("\u{feff}=1", "'\u{feff}=1"),
            ("＝1", "'＝1"),
            ("It fails = badly", "It fails = badly"),
            ("#1042", "#1042"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }

    #[test]
    fn a_cell_with_a_separator_a_quote_or_a_line_is_quoted() {
        let mut file = String::new();
        line(&mut file, &["a".into(), "b, c".into(), "say \"no\"".into(), "x\ny".into(), "=\"1\"".into()]);
        assert_eq!(file, "a,\"b, c\",\"say \"\"no\"\"\",\"x\ny\",\"'=\"\"1\"\"\"\r\n");
    }
}
