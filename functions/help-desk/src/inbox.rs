//! The inbox as JSON, and the reading of its parameters.

use domain::{
    id::{CompanyId, TeammateId, TypeId},
    turn::Who,
};
use portal::teammate::{
    Teammate,
    inbox::{self, Counts, Item, Wanted},
};
use serde::Serialize;
use store::CompanyFilter;
use web::{App, Problem, Request, Response, cursor, response};

/// Cases on a page.
const A_PAGE: usize = 25;

/// A page of the inbox.
#[derive(Debug, Serialize)]
pub(crate) struct Inbox {
    pub(crate) items: Vec<Item>,
    pub(crate) counts: Counts,
    /// Leads to further cases. A page that is not the last can be short, or empty.
    pub(crate) next_cursor: Option<String>,
}

pub(crate) async fn inbox(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [turn, assignee, company, no_company, ticket_type, cursor] =
        request.params.take(["turn", "assignee", "company", "no_company", "type", "cursor"])?;
    let wanted = wanted(teammate, [turn, assignee, company, no_company, ticket_type])?;
    response::json(&page(app, teammate, &wanted, cursor).await?)
}

/// Reads the parameters `turn`, `assignee`, `company`, `no_company` and `type`.
pub(crate) fn wanted(teammate: &Teammate, given: [Option<&str>; 5]) -> Result<Wanted, Problem> {
    let [turn, assignee, company, no_company, ticket_type] = given;
    let parameter = |why: &str| Problem::invalid("invalid_parameter", why);
    let turn = match turn {
        None | Some("us") => Who::Us,
        Some("customer") => Who::Customer,
        Some("none") => Who::Nobody,
        Some(_) => return Err(parameter("turn is us, customer or none.")),
    };
    let assignee = match assignee {
        None => None,
        Some("me") => Some(Some(teammate.id.clone())),
        Some("none") => Some(None),
        Some(id) => Some(Some(TeammateId::new(id).map_err(|error| parameter(&format!("{error}.")))?)),
    };
    let company = CompanyParameters { company, no_company }.read()?;
    let ticket_type = ticket_type.map(TypeId::new).transpose().map_err(|error| parameter(&format!("{error}.")))?;
    Ok(Wanted { turn, assignee, company, ticket_type })
}

/// The two parameters that say of which companies a list is.
pub(crate) struct CompanyParameters<'a> {
    pub(crate) company: Option<&'a str>,
    pub(crate) no_company: Option<&'a str>,
}

impl CompanyParameters<'_> {
    pub(crate) fn read(self) -> Result<CompanyFilter, Problem> {
        let parameter = |why: String| Problem::invalid("invalid_parameter", why);
        let company = self.company.map(CompanyId::new).transpose().map_err(|error| parameter(format!("{error}.")))?;
        match (company, self.no_company) {
            (None, None | Some("false")) => Ok(CompanyFilter::Any),
            (None, Some("true")) => Ok(CompanyFilter::NoCompany),
            (Some(company), None | Some("false")) => Ok(CompanyFilter::Of(company)),
            (Some(_), Some("true")) => Err(parameter("company and no_company exclude each other.".into())),
            (_, Some(_)) => Err(parameter("no_company is true or false.".into())),
        }
    }
}

/// Reads a page of the inbox.
pub(crate) async fn page(
    app: &App,
    teammate: &Teammate,
    wanted: &Wanted,
    cursor: Option<&str>,
) -> Result<Inbox, Problem> {
    let pages = cursor::List::of_teammate(app, &teammate.id, format!("inbox {wanted:?}"));
    let found = inbox::inbox(&app.portal, teammate, wanted, pages.place(cursor)?, A_PAGE).await?;
    Ok(Inbox { items: found.items, counts: found.counts, next_cursor: pages.cursor(found.next)? })
}
