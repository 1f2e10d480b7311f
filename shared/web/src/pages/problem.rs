//! Problems as pages. The shell shows what the request has found out about the reader so far.

use super::{
    look::{Look, settings},
    shell::{Page, render},
};
use crate::{
    base::app::App,
    http::{
        problem::Problem,
        request::Request,
        response::{Response, see_other},
    },
};
use askama::Template;
use domain::{
    access::Reason,
    id::{ConversationId, TicketId},
    support::SupportContact,
};
use lambda_http::http::StatusCode;
use words::access::{Advice, NO_TEAMMATE, advice};

/// The answer for whoever asked, and the code of the problem that it tells: another one when this one could not be told.
pub(crate) async fn answer(app: &App, request: &Request, problem: Problem) -> (Response, &'static str) {
    if !request.wants_page() {
        let code = problem.code;
        return (problem.into_json(request), code);
    }
    if problem.leads_to_first_page && request.reads() {
        return (see_other(&request.first_page()), problem.code);
    }
    let mut told = problem.code;
    let page = match dressed(app, request, &problem).await {
        // Where people sign in could not be looked up.
        Err(problem) => {
            told = problem.code;
            page(app, request, &problem, None)
        }
        page => page,
    };
    (page.unwrap_or_else(|problem| problem.into_json(request)), told)
}

async fn dressed(app: &App, request: &Request, problem: &Problem) -> Result<Response, Problem> {
    let sign_in = match problem.reasons.is_empty() || request.is_viewing() {
        true => None,
        false => sign_in(app, request, problem).await?,
    };
    match sign_in {
        // Not after a form: browsers apply the page's `form-action` to redirects as well.
        Some(url) if problem.leads_to_sign_in && request.reads() => Ok(see_other(&url)),
        sign_in => page(app, request, problem, sign_in),
    }
}

/// The address where somebody who may not enter signs in. It returns to the page that was asked for, or to the one that a
/// form was on.
async fn sign_in(app: &App, request: &Request, problem: &Problem) -> Result<Option<String>, Problem> {
    let help_desk = request.is_for_help_desk();
    let known = request.visit.get().and_then(|visit| visit.reader());
    let url = match (help_desk, known) {
        (true, _) => {
            let url = app.config.teammate_sign_in_url.clone();
            if url.is_none() || !problem.leads_to_sign_in || !request.reads() {
                request.is_of(&app.portal.store.recent_workspace().await?.settings);
            }
            url
        }
        (false, Some(reader)) => reader.settings.sign_in_url.clone(),
        (false, None) => {
            let settings = app.portal.store.recent_workspace().await?.settings;
            request.is_of(&settings);
            settings.sign_in_url.clone()
        }
    };
    let target = if request.reads() { request.target() } else { page_of_form(request) };
    Ok(url.map(|url| with_return(&url, &format!("{}{target}", app.config.portal_origin))))
}

/// Adds `return_to` to the parameters of an address.
fn with_return(url: &str, back: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", back).finish();
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, rest)| (url, Some(rest)));
    let joint = if url.contains('?') { '&' } else { '?' };
    fragment.map_or_else(|| format!("{url}{joint}{query}"), |it| format!("{url}{joint}{query}#{it}"))
}

fn page(app: &App, request: &Request, problem: &Problem, sign_in: Option<String>) -> Result<Response, Problem> {
    let help_desk = request.is_for_help_desk();
    let at_the_door = !problem.reasons.is_empty() && !help_desk && !request.is_viewing();
    let known = problem.reasons.first().is_some_and(|first| *first != Reason::NotSignedIn);
    let look = if at_the_door && !known { Look::at_the_door(app, request) } else { Look::of(app, request) };
    let told = |reason: &Reason| if help_desk { NO_TEAMMATE } else { advice(*reason) };
    let reasons: Vec<_> = problem.reasons.iter().map(told).collect();
    let may_go_back = reasons.is_empty() && problem.status != StatusCode::SERVICE_UNAVAILABLE;
    let unsent = unsent(request);
    let settings = if help_desk { None } else { settings(app, request) };
    let support = settings.as_ref().and_then(|it| it.support_contact.as_deref()?.parse::<SupportContact>().ok());
    let content = ProblemPage {
        unsent: &unsent,
        support: support.map(|contact| contact.link()),
        vendor: settings.as_ref().and_then(|it| it.brand.name.as_deref()),
        heading: reasons.first().map_or_else(|| heading(problem), |first| first.heading),
        detail: &problem.detail,
        reasons: &reasons,
        sign_in: sign_in.as_deref(),
        known,
        has_space: at_the_door && known,
        may_report: at_the_door && request.visit.get().and_then(|visit| visit.reader()).is_some_and(|it| it.may_report),
        way_back: may_go_back.then_some(match help_desk {
            true => (first_page(true), "Back to the Help Desk"),
            false => (first_page(false), "See all tickets"),
        }),
    };
    let page = Page { title: content.heading, look: &look, content: render(&content)? };
    Ok(page.into_response(problem.status)?.retry_after(problem.retry_after()))
}

/// What a problem that is no refusal at the door is headed with.
fn heading(problem: &Problem) -> &'static str {
    match problem.status.as_u16() {
        403 => "Nothing was changed",
        404 => "We can’t find that",
        500..=599 => "That didn’t work just now",
        _ => "That address isn’t quite right",
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    heading: &'a str,
    detail: &'a str,
    reasons: &'a [Advice],
    sign_in: Option<&'a str>,
    /// Whether it is known who they are, so that the page offers to sign in as somebody else.
    known: bool,
    /// Whether they have a tickets space, which is open to everybody who is signed in.
    has_space: bool,
    /// Whether they may report something, although there is nothing to see yet.
    may_report: bool,
    way_back: Option<(&'a str, &'a str)>,
    /// Where customers ask for help, if they can.
    support: Option<String>,
    /// Whose support that is.
    vendor: Option<&'a str>,
    /// What the form that was refused says: the names of its fields for people, and what stands in them.
    unsent: &'a [(&'static str, String)],
}

/// The fields of forms in which people write more than they would like to write again.
const WRITTEN: [(&str, &str); 3] = [("title", "Title"), ("description", "Description"), ("body", "Message")];

/// What somebody has written into the form that is refused. Browsers do not keep it for pages that must not be stored.
fn unsent(request: &Request) -> Vec<(&'static str, String)> {
    let Some(form) = (!request.reads()).then(|| request.form().ok()).flatten() else { return Vec::new() };
    let text = |field: &str| form.first(field).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    WRITTEN.into_iter().filter_map(|(field, name)| Some((name, text(field)?))).collect()
}

/// The page on which a form is, by what it is about: the conversation of a customer's ticket; at the Help Desk the ticket or
/// conversation itself.
fn page_of_form(request: &Request) -> String {
    let help_desk = request.is_for_help_desk();
    let ticket = TicketId::new(request.path_parameter("ticket_id"));
    let conversation = ConversationId::new(request.path_parameter("conversation_id"));
    match (help_desk, ticket, conversation) {
        _ if request.raw_path == NEW => NEW.to_owned(),
        (false, Ok(ticket), _) => format!("/tickets/{ticket}/conversation"),
        (true, Ok(ticket), _) => format!("/helpdesk/tickets/{ticket}"),
        (true, _, Ok(conversation)) => format!("/helpdesk/conversations/{conversation}"),
        _ => first_page(help_desk).to_owned(),
    }
}

/// Where contacts report something.
const NEW: &str = "/tickets/new";

/// The first page of the Help Desk or of the portal.
const fn first_page(help_desk: bool) -> &'static str {
    if help_desk { "/helpdesk" } else { "/tickets" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::config::Config,
        identity::teammate::{
            COOKIE, signed_in,
            tests::{app, request, token, with},
        },
        pages::look::Section,
    };
    use portal::teammate::Teammate;
    use serde_json::{Value, json};
    use std::sync::Arc;
    use store::Workspace;

    fn app_with_sign_in() -> App {
        let mut app = app();
        let config: &mut Config = Arc::make_mut(&mut app.config);
        config.teammate_sign_in_url = Some("https://staff.example.com/login?a=1".into());
        app
    }

    #[tokio::test]
    async fn somebody_who_is_no_teammate_signs_in_where_teammates_do() {
        let app = app_with_sign_in();
        let request_page = request("GET", "/helpdesk/people", &[("cookie", "portal_session=x")]);
        let problem = signed_in(&app, &request_page).unwrap_err();
        let page = answer(&app, &request_page, problem).await.0.into_http();
        let back = "https%3A%2F%2Fhelp.example.com%2Fhelpdesk%2Fpeople";
        assert_eq!(page.status(), StatusCode::SEE_OTHER);
        let location = page.headers()["location"].to_str().unwrap();
        assert_eq!(location, format!("https://staff.example.com/login?a=1&return_to={back}"));
        // A form may not be redirected to another site. The answer is a page of the portal's own, for which records are
        // read.
        let form = request("POST", "/helpdesk/view-as", &[]);
        let page = answer(&app, &form, signed_in(&app, &form).unwrap_err()).await.0.into_http();
        assert_eq!((page.status().as_u16(), &page.headers()["retry-after"]), (503, &"1".parse().unwrap()));

        let api = request("GET", "/api/helpdesk/search", &[]);
        let json = answer(&app, &api, signed_in(&app, &api).unwrap_err()).await.0.into_http();
        assert_eq!(
            (json.status(), &json.headers()["www-authenticate"]),
            (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
        );
        let problem: Value = serde_json::from_slice(json.body()).unwrap();
        assert_eq!(problem["code"], "not_signed_in");
    }

    #[tokio::test]
    async fn problems_at_the_help_desk_look_like_it() {
        let app = app_with_sign_in();
        let cookie = format!("{COOKIE}={}", token(&with("name", json!("Grace <b>"))));
        let request = request("GET", "/helpdesk/nothing", &[("cookie", &cookie)]);
        let page = answer(&app, &request, Problem::not_found()).await.0.into_http();
        let page = String::from_utf8(page.into_body()).unwrap();
        for part in [r#"href="/helpdesk">Back to the Help Desk"#, "Grace &#60;b&#62;", r#"action="/helpdesk/sign-out""#]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains(r#"href="/tickets""#), "{page}");
    }

    #[test]
    fn the_section_of_a_help_desk_page_is_marked() {
        let grace = Teammate { id: domain::id::TeammateId::new("t-1").unwrap(), name: None };
        let look = Look::help_desk(&app(), &Workspace::default(), &grace).in_section(Section::People);
        let page = Page { title: "People", look: &look, content: String::new() }.into_response(StatusCode::OK).unwrap();
        let page = String::from_utf8(page.into_http().into_body()).unwrap();
        assert!(page.contains(r#"<a href="/helpdesk/people" aria-current="page">People</a>"#));
    }

    #[derive(Template)]
    #[template(source = "{{ value }}", ext = "html")]
    struct Unwritable {
        value: Failing,
    }

    struct Failing;

    impl std::fmt::Display for Failing {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }

    #[test]
    fn a_template_that_cannot_be_rendered_is_broken_and_no_empty_page() {
        let problem = render(&Unwritable { value: Failing }).unwrap_err();
        assert_eq!((problem.status.as_u16(), problem.code), (500, "internal"));
    }
}
