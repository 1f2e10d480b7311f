//! Which ticket another one repeats, as JSON.

use crate::tickets::ticket_id;
use domain::desk::DeskTicket;
use portal::teammate::{
    Teammate, search,
    ticket::duplicate::{self, Brought, Marked},
};
use serde::{Deserialize, Serialize};
use web::{App, Problem, Request, Response, params, response};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The id or number of the ticket that it repeats; `null` takes it back.
    of: Option<String>,
    version: u64,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    ticket: DeskTicket,
    /// What became of its people, if it repeats another one.
    people: Option<Brought>,
}

pub(crate) async fn put(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let Wanted { of, version } = request.json()?;
    let id = ticket_id(request)?;
    let answer = match of {
        Some(of) => {
            let original = search::referred(&app.portal, &of).await?;
            let Marked { ticket, people } = duplicate::mark(&app.portal, teammate, &id, &original, version).await?;
            Answer { ticket, people: Some(people) }
        }
        None => Answer { ticket: duplicate::unmark(&app.portal, teammate, &id, version).await?, people: None },
    };
    response::json(&answer)
}
