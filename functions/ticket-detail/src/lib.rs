//! One ticket, as page and as JSON (product.md 3.4). A missing ticket and a forbidden one are the same.

mod page;

use domain::{
    id::{CompanyId, TicketId},
    projection::{CustomerTicket, Lens},
};
use futures::FutureExt;
use store::Watch;
use web::{
    App, Function, Problem, Request, Response, Route, fresh, hint,
    page::Look,
    params::invalid,
    problem::{admitted, signed_in},
    response,
};

const PAGE: Route = Route("GET /tickets/{ticket_id}");
const JSON: Route = Route("GET /api/tickets/{ticket_id}");

/// `ticket-detail`.
pub const FUNCTION: Function =
    Function { name: "ticket-detail", routes: &[PAGE, JSON], handle: |app, request| handle(app, request).boxed() };

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    let visitor = signed_in(app, request).await?;
    let company = read_query(request)?;
    let hint = hint::read(app, request, &visitor.contact, company.as_ref());
    // What is no id is a ticket that is not there, for those who may enter at all.
    let Ok(id) = TicketId::new(request.path_parameter("ticket_id")) else {
        let (workspace, scope, _) = admitted(app, request, app.store.enter(&visitor, hint.as_ref()).await?)?;
        return Err(Problem::ticket_not_found().in_look(Look::of(app, &workspace, scope.contact(), request)));
    };
    if let Some(same) = fresh::unchanged(app, request, &visitor, hint.as_ref(), Watch::Ticket(&id)).await? {
        return Ok(same);
    }

    let entry = app.store.enter_with_ticket(&visitor, hint.as_ref(), &id).await?;
    let (workspace, scope, found) = admitted(app, request, entry)?;
    let look = Look::of(app, &workspace, scope.contact(), request);
    let seen: Option<(CustomerTicket, _)> = found.and_then(|found| {
        let lens = Lens { left: found.left.as_ref(), ..scope.lens(&workspace) };
        Some((lens.ticket(&found.ticket, found.conversation, &found.history)?, found.mark))
    });
    let (ticket, mark) = seen.ok_or_else(|| Problem::ticket_not_found().in_look(look.clone()))?;
    let marks = scope.marks(Watch::Ticket(&id), mark);
    let tag = fresh::Tag::of(app, request, &visitor.contact, &ticket, &marks);
    let response = if request.wants_page() {
        page::render(&ticket, &tag, &look, request.is_viewing())
    } else {
        response::kept_json(&ticket)
    };
    Ok(response.tagged(request, &tag).cookie(hint::refresh(app, &scope, hint.as_ref())))
}

/// `company` says where the ticket may be. It is a hint: wrong or not, the answer is the same.
fn read_query(request: &Request) -> Result<Option<CompanyId>, Problem> {
    let [company] = request.params.take(["company"])?;
    company.map(CompanyId::new).transpose().map_err(|error| invalid("invalid_parameter", format!("{error}.")))
}
