//! The settings page: complete without JavaScript. Its form comes back with everything that was typed until it is saved.

mod form;
mod words;

use crate::{
    checks,
    preview::{self, Preview},
    settings::{Required, Snippets, called, portal_url, saved},
};
use askama::Template;
use desk::problem;
use domain::{
    address,
    settings::{RequiredSetting, Unfit},
    timestamp::Timestamp,
};
use form::{Act, List, Rows, Typed};
use lambda_http::http::StatusCode;
use store::SettingsFile;
use web::{
    App, Problem, Request, Response, Route,
    look::{Look, Section},
    page::{Page, render},
    params::{self, invalid},
    probe, response,
    teammate::Teammate,
};

pub(crate) const SHOW: Route = Route("GET /helpdesk/settings");
pub(crate) const SAVE: Route = Route("POST /helpdesk/settings");
pub(crate) const CHECK: Route = Route("POST /helpdesk/settings/checks");
pub(crate) const COOKIE_CAME_BACK: Route = Route("GET /helpdesk/settings/checks/cookie");

/// Somebody at the page.
struct Visit<'a> {
    app: &'a App,
    request: &'a Request,
    teammate: &'a Teammate,
}

/// What there is to say on top of the page.
#[derive(Default)]
struct Notice {
    /// What has been done.
    done: Option<String>,
    /// What is to be mended.
    alert: Option<String>,
    /// What is not ready, with the place on the page where it can be made so.
    missing: Vec<(&'static str, &'static str)>,
    status: StatusCode,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    notice: Notice,
    state: &'static str,
    required: Vec<RequiredShown>,
    typed: &'a Typed,
    audience: Rows<'a>,
    visibility: Rows<'a>,
    preview: Option<Preview>,
    host: &'a str,
    /// The domain that the session cookie is on.
    cookie_domain: Option<&'a str>,
    portal_url: String,
    snippets: Snippets,
    changes: Vec<(String, String, Timestamp)>,
}

struct RequiredShown {
    name: &'static str,
    required: Required,
    /// Its check takes a token.
    is_identity: bool,
    /// Its check needs explaining where there is only this machine.
    is_cookie: bool,
}

pub(crate) async fn handle(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit { app, request, teammate };
    match Route::of(&request.route, crate::ROUTES) {
        Some(SHOW) => visit.show().await,
        Some(SAVE) => visit.act().await,
        Some(CHECK) => visit.check().await,
        Some(COOKIE_CAME_BACK) => visit.cookie_came_back().await,
        _ => Err(Problem::not_found()),
    }
}

impl Visit<'_> {
    async fn show(&self) -> Result<Response, Problem> {
        let [done, checked] = self.request.params.take(["done", "checked"])?;
        let file = self.app.store.settings_file().await?;
        let checked = checked.and_then(|name| RequiredSetting::ALL.into_iter().find(|it| it.as_str() == name));
        let notice = match checked.map(|setting| (words::name(setting), Required::of(setting, &file))) {
            Some((name, Required { fault: Some(_), .. })) => Notice {
                alert: Some(format!("{name}: the check did not pass. What is wrong stands below.")),
                ..Notice::default()
            },
            Some((name, Required { confirmed: true, .. })) => {
                Notice { done: Some(format!("{name} works.")), ..Notice::default() }
            }
            _ => Notice { done: (done == Some("saved")).then(|| "Saved.".to_owned()), ..Notice::default() },
        };
        let typed = Typed::of(&file.workspace.settings, file.workspace.settings_version);
        self.page(file, &typed, None, notice).await
    }

    /// What one of the form's buttons does.
    async fn act(&self) -> Result<Response, Problem> {
        params::none(self.request)?;
        let (mut typed, act) = form::read(&self.request.form()?)?;
        match act {
            Act::Save => return self.save(typed).await,
            Act::Preview(cursor) => return self.preview(&typed, cursor.as_deref()).await,
            Act::Add(list) => typed.rows_of(list).push(form::Row::default()),
            Act::Remove(list, index) => {
                let rows = typed.rows_of(list);
                if index < rows.len() {
                    rows.remove(index);
                }
            }
        }
        self.page(self.app.store.settings_file().await?, &typed, None, Notice::default()).await
    }

    async fn save(&self, mut typed: Typed) -> Result<Response, Problem> {
        typed.drop_blank_rows();
        let settings = typed.settings()?;
        if let Err(unfit) = settings.verify() {
            return self.refuse(&typed, &unfit).await;
        }
        let refused = match saved(self.app, self.teammate, settings, typed.version).await {
            Ok(_) => return Ok(response::see_other("/helpdesk/settings?done=saved")),
            Err(problem) => problem,
        };
        let file = self.app.store.settings_file().await?;
        let (alert, missing) = match refused.code {
            "stale_version" => {
                typed.version = file.workspace.settings_version;
                let alert = "Somebody has changed the settings since you opened this page; the last changes stand at its end. \
                             Nothing of yours is saved yet: look it over, then save it again.";
                (alert, Vec::new())
            }
            "required_settings_missing" => {
                let missing = file.workspace.settings.in_the_way(&file.failed());
                let missing = missing.into_iter().map(|it| (words::name(it), it.as_str())).collect();
                ("The portal cannot be turned on yet. Nothing is saved. These have not passed their check:", missing)
            }
            _ => return Err(refused),
        };
        let notice = Notice { alert: Some(alert.into()), missing, status: refused.status, ..Notice::default() };
        self.page(file, &typed, None, notice).await
    }

    async fn preview(&self, typed: &Typed, cursor: Option<&str>) -> Result<Response, Problem> {
        let mut typed = typed.clone();
        typed.drop_blank_rows();
        let audience = typed.settings()?.audience;
        if let Err(unfit) = domain::settings::verify_conditions("audience", &audience) {
            return self.refuse(&typed, &unfit).await;
        }
        let preview = preview::previewed(self.app, self.teammate, &audience, cursor, preview::USUAL).await;
        let preview = match preview {
            // The rules were edited since the first page of it.
            Err(problem) if problem.code == "invalid_cursor" => {
                preview::previewed(self.app, self.teammate, &audience, None, preview::USUAL).await?
            }
            preview => preview?,
        };
        self.page(self.app.store.settings_file().await?, &typed, Some(preview), Notice::default()).await
    }

    async fn refuse(&self, typed: &Typed, unfit: &Unfit) -> Result<Response, Problem> {
        let notice = Notice {
            alert: Some(format!("{}. Nothing is saved.", words::unfit(unfit))),
            status: StatusCode::UNPROCESSABLE_ENTITY,
            ..Notice::default()
        };
        self.page(self.app.store.settings_file().await?, typed, None, notice).await
    }

    async fn check(&self) -> Result<Response, Problem> {
        params::none(self.request)?;
        let form = self.request.form()?;
        let field = |name: &str| form.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value);
        let setting = RequiredSetting::ALL.into_iter().find(|it| it.as_str() == field("setting"));
        let setting = setting.ok_or_else(|| problem::invalid_body("there is no such setting to check"))?;
        let outcome = match setting {
            RequiredSetting::CustomDomain => checks::came_through_the_domain(self.app, self.request),
            RequiredSetting::IdentityVerification => checks::identity_verifies(self.app, field("identity_token")),
            RequiredSetting::CookieForwarding => match checks::cookie_can_be_shared(self.app, self.request) {
                Ok(()) => {
                    let probe::Probe { set_cookie, ticket } = checks::begun(self.app, self.teammate)?;
                    let to = format!("/helpdesk/settings/checks/cookie?probe={ticket}");
                    return Ok(response::see_other(&to).cookie(Some(set_cookie)));
                }
                Err(fault) => Err(fault),
            },
        };
        checks::record(self.app, self.teammate, setting, outcome).await?;
        Ok(back_to(setting))
    }

    /// The second half of the round trip. It is the browser that follows here, so this is a `GET`; without the ticket that
    /// the first half sealed it does nothing.
    async fn cookie_came_back(&self) -> Result<Response, Problem> {
        let [ticket] = self.request.params.take(["probe"])?;
        let setting = RequiredSetting::CookieForwarding;
        let ticket = ticket.ok_or_else(|| invalid("invalid_parameter", "Begin the check on the settings page."))?;
        let Some(expected) = probe::expected(self.app, &self.teammate.id, ticket) else {
            return Ok(back_to(setting));
        };
        let outcome = checks::cookie_came_back(self.app, self.request, self.teammate, &expected);
        checks::record(self.app, self.teammate, setting, outcome).await?;
        Ok(back_to(setting).cookie(Some(probe::clear(self.app))))
    }

    async fn page(
        &self,
        file: SettingsFile,
        typed: &Typed,
        preview: Option<Preview>,
        notice: Notice,
    ) -> Result<Response, Problem> {
        let (app, status) = (self.app, notice.status);
        let changes = app.store.settings_changes().await?;
        let shown = |required: Required| RequiredShown {
            name: words::name(required.setting),
            is_identity: required.setting == RequiredSetting::IdentityVerification,
            is_cookie: required.setting == RequiredSetting::CookieForwarding,
            required,
        };
        let page = SettingsPage {
            notice,
            state: words::state(&file.workspace.settings),
            required: Required::all(&file).into_iter().map(shown).collect(),
            typed,
            audience: Rows::of(List::Audience, &typed.audience),
            visibility: Rows::of(List::Visibility, &typed.visibility),
            preview,
            host: app.config.host(),
            cookie_domain: app.config.cookie_domain(),
            portal_url: portal_url(app),
            snippets: Snippets::of(app),
            changes: changes.iter().map(|it| (called(&it.by), words::change(&it.change), it.at)).collect(),
        };
        let look = Look::help_desk(&file.workspace, self.teammate).in_section(Section::Settings);
        let page = Page { title: "Settings", look: &look, content: render(&page) };
        Ok(page.into_response(status))
    }
}

impl SettingsPage<'_> {
    /// Whether there is only this machine, so that cookies stay on one host.
    fn is_on_this_machine(&self) -> bool {
        self.cookie_domain.is_none() && address::is_loopback(self.host)
    }
}

fn back_to(setting: RequiredSetting) -> Response {
    let name = setting.as_str();
    response::see_other(&format!("/helpdesk/settings?checked={name}#required-{name}"))
}
