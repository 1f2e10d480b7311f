//! What is like a new ticket, as JSON.

use domain::id::ContactId;
use portal::teammate::{Teammate, similar};
use web::{App, Problem, Request, Response, response};

pub(crate) async fn similar(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let [text, requester] = request.params.take(["text", "requester"])?;
    let text = text.ok_or_else(|| Problem::invalid("invalid_parameter", "text is missing."))?;
    let requester = requester.map(ContactId::new).transpose();
    let requester = requester.map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))?;
    response::json(&similar::similar(&app.portal, text, requester.as_ref()).await?)
}
