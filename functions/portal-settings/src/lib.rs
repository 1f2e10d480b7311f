//! The portal's settings, for teammates (product.md 3.7): what must work before it can be turned on, who may enter, who
//! sees what, how it looks, and how people get there.

mod checks;
mod page;
mod preview;
mod settings;

use futures::FutureExt;
use web::{App, Function, Problem, Request, Response, Route, teammate};

const READ: Route = Route("GET /api/helpdesk/settings");
const SAVE: Route = Route("PUT /api/helpdesk/settings");
const CHECK: Route = Route("POST /api/helpdesk/settings/checks");
const PREVIEW: Route = Route("POST /api/helpdesk/settings/audience/preview");

const ROUTES: &[Route] = &[READ, SAVE, CHECK, PREVIEW, page::SHOW, page::SAVE, page::CHECK, page::COOKIE_CAME_BACK];

/// `portal-settings`.
pub const FUNCTION: Function =
    Function { name: "portal-settings", routes: ROUTES, handle: |app, request| handle(app, request).boxed() };

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    let teammate = teammate::signed_in(app, request).await?;
    match Route::of(&request.route, ROUTES) {
        Some(READ) => settings::read(app, request).await,
        Some(SAVE) => settings::save(app, request, &teammate).await,
        Some(CHECK) => checks::check(app, request, &teammate).await,
        Some(PREVIEW) => preview::preview(app, request, &teammate).await,
        _ => page::handle(app, request, &teammate).await,
    }
}
