//! The Help Desk's pages, which work without JavaScript. Each has a module.

mod address;
mod alike;
mod choosing;
pub(crate) mod companies;
mod composer;
mod control;
pub(crate) mod conversation;
mod form;
pub(crate) mod inbox;
pub(crate) mod new;
pub(crate) mod people;
mod refine;
pub(crate) mod search;
mod settle;
mod table;
mod thread;
pub(crate) mod ticket;
pub(crate) mod viewing;

use askama::Template;
use domain::state::StateCategory;
use lambda_http::http::StatusCode;
use portal::teammate::{Teammate, workspace};
use store::Workspace;
use web::{
    App, Problem, Request, Response,
    look::{Look, Section},
    page::{Page, render},
    params, previous_page,
};

/// A teammate's request for a page, with the workspace in which it is answered.
struct Visit<'a> {
    app: &'a App,
    request: &'a Request,
    teammate: &'a Teammate,
    workspace: Workspace,
}

/// A link to a list.
struct WayBack<'a> {
    url: &'a str,
    name: &'static str,
}

impl<'a> Visit<'a> {
    /// Reads the workspace. Refuses parameters in the address of a form, whose fields come in the body.
    async fn of(app: &'a App, request: &'a Request, teammate: &'a Teammate) -> Result<Self, Problem> {
        let workspace = workspace(&app.portal).await?;
        request.is_of(&workspace.settings);
        if !request.reads() {
            params::none(request)?;
        }
        Ok(Self { app, request, teammate, workspace })
    }

    /// The list from which the reader came, with its filters, or the inbox.
    fn way_back(&self) -> WayBack<'_> {
        let came_from = previous_page(&self.app.config, self.request).unwrap_or_default();
        match came_from.split('?').next() {
            Some("/helpdesk/search") => WayBack { url: came_from, name: "Search" },
            Some("/helpdesk") => WayBack { url: came_from, name: "Inbox" },
            _ => WayBack { url: "/helpdesk", name: "Inbox" },
        }
    }

    fn page(
        &self,
        section: Section,
        title: &str,
        status: StatusCode,
        content: &impl Template,
    ) -> Result<Response, Problem> {
        let look = Look::help_desk(self.app, &self.workspace, self.teammate).in_section(section);
        Page { title, look: &look, content: render(content)? }.into_response(status)
    }
}

/// What teammates call the states of a category. The default label "Waiting on you" speaks to customers.
const fn state_name(category: StateCategory) -> &'static str {
    match category {
        StateCategory::WaitingOnCustomer => "Waiting on customer",
        other => other.default_label(),
    }
}
