//! The settings page, which works without JavaScript. Until its form is saved, it is shown again with everything that
//! was typed.

mod fields;
mod form;
pub(crate) mod logo;
pub(crate) mod states;
pub(crate) mod team;
pub(crate) mod types;
mod words;

use crate::{
    checks,
    preview::{self, Preview},
    probe,
    settings::{Required, Snippets, called},
};
use askama::Template;
use domain::{
    address,
    color::{Color, Scheme},
    settings::{RequiredSetting, Unfit},
    timestamp::Timestamp,
};
use form::{Act, List, Rows, Typed};
use lambda_http::http::StatusCode;
use portal::teammate::{Error, Teammate, settings};
use store::{SettingsFile, Workspace};
use web::{
    App, Problem, Request, Response,
    look::{Look, Section, uploaded},
    page::{Page, render},
    params, response,
};

/// A teammate's request for the page.
struct Visit<'a> {
    app: &'a App,
    request: &'a Request,
    teammate: &'a Teammate,
}

/// The message at the top of the page.
#[derive(Default)]
struct Notice {
    /// What was done.
    done: Option<String>,
    /// What has to be corrected.
    alert: Option<String>,
    /// The settings that have not passed their checks: name, and place on the page.
    missing: Vec<(&'static str, &'static str)>,
    status: StatusCode,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    notice: Notice,
    state: &'static str,
    /// What is to be done until the portal is on.
    steps: Vec<Step>,
    required: Vec<RequiredShown>,
    /// Whether there are no ticket types and states.
    is_empty: bool,
    typed: &'a Typed,
    audience: Rows<'a>,
    visibility: Rows<'a>,
    /// How a link and a button look in the colour, in the light and in the dark scheme.
    swatches: Vec<Swatch>,
    preview: Option<Preview>,
    /// The address of the logo that was uploaded.
    logo: Option<String>,
    host: &'a str,
    /// The domain on which the session cookie is set. `None` when only the host itself gets it.
    cookie_domain: Option<&'a str>,
    portal_url: String,
    snippets: Snippets,
    changes: Vec<(String, String, Timestamp)>,
}

/// One of the things to do until the portal is on.
struct Step {
    name: &'static str,
    /// Where on the page, or on which.
    place: String,
    is_done: bool,
}

/// All of them, in the order in which one does them; none once the portal is on.
fn steps(file: &SettingsFile) -> Vec<Step> {
    let Workspace { settings, catalog, .. } = &file.workspace;
    if settings.portal_is_on() {
        return Vec::new();
    }
    let types = if catalog.is_empty() { "#begin" } else { "/helpdesk/settings/types" };
    let types = Step { name: "Ticket types and states", place: types.into(), is_done: !catalog.is_empty() };
    let required = Required::all(file).into_iter().map(|it| Step {
        name: words::name(it.setting),
        place: format!("#required-{}", it.setting.as_str()),
        is_done: it.confirmed && it.fault.is_none(),
    });
    let on = Step { name: "Turn the portal on", place: "#enabled".into(), is_done: settings.enabled };
    [types].into_iter().chain(required).chain([on]).collect()
}

/// The workspace's colour in one of the schemes.
struct Swatch {
    name: &'static str,
    surface: &'static str,
    link: Color,
    main: Color,
    on_main: Color,
}

/// Both of them; none without a colour.
fn swatches(color: &str) -> Vec<Swatch> {
    let Ok(main) = color.parse::<Color>() else { return Vec::new() };
    let Scheme { on_light, on_dark, on_color } = main.scheme();
    let of = |name, surface, link| Swatch { name, surface, link, main, on_main: on_color };
    vec![of("Light", "#ffffff", on_light), of("Dark", "#181c23", on_dark)]
}

struct RequiredShown {
    name: &'static str,
    required: Required,
    /// Whether its check needs a token.
    is_identity: bool,
    /// Whether its check sets a cookie, which the page explains.
    is_cookie: bool,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    Visit { app, request, teammate }.show().await
}

/// Does what the pressed button of the form says.
pub(crate) async fn act(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    Visit { app, request, teammate }.act().await
}

pub(crate) async fn check(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    Visit { app, request, teammate }.check().await
}

pub(crate) async fn cookie_came_back(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    Visit { app, request, teammate }.cookie_came_back().await
}

impl Visit<'_> {
    async fn show(&self) -> Result<Response, Problem> {
        let [done, checked] = self.request.params.take(["done", "checked"])?;
        let file = settings::read(&self.app.portal).await?;
        let checked = checked.and_then(|name| RequiredSetting::ALL.into_iter().find(|it| it.as_str() == name));
        let notice = match checked.map(|setting| (words::name(setting), Required::of(setting, &file))) {
            Some((name, Required { fault: Some(_), .. })) => Notice {
                alert: Some(format!("{name}: the check did not pass. What is wrong stands below.")),
                ..Notice::default()
            },
            Some((name, Required { confirmed: true, .. })) => {
                Notice { done: Some(format!("{name} works.")), ..Notice::default() }
            }
            _ => {
                let done = match done {
                    Some("saved") => Some("Saved."),
                    Some("begun") => Some("There are ticket types and states now. Tickets can be created."),
                    _ => None,
                };
                Notice { done: done.map(str::to_owned), ..Notice::default() }
            }
        };
        let typed = Typed::of(&file.workspace.settings, file.workspace.settings_version);
        self.page(file, &typed, None, notice).await
    }

    async fn act(&self) -> Result<Response, Problem> {
        params::none(self.request)?;
        let (mut typed, act) = form::read(&self.request.form()?)?;
        match act {
            Act::Save => return self.save(typed).await,
            Act::Begin => {
                settings::begin_catalog(&self.app.portal, self.teammate).await?;
                return Ok(response::see_other("/helpdesk/settings?done=begun"));
            }
            Act::Preview(cursor) => return self.preview(&typed, cursor.as_deref()).await,
            Act::Add(list) => typed.rows_of(list).push(form::Row::default()),
            Act::Remove(list, index) => {
                let rows = typed.rows_of(list);
                if index < rows.len() {
                    rows.remove(index);
                }
            }
        }
        self.page(settings::read(&self.app.portal).await?, &typed, None, Notice::default()).await
    }

    async fn save(&self, mut typed: Typed) -> Result<Response, Problem> {
        typed.drop_blank_rows();
        let refused = match settings::save(&self.app.portal, self.teammate, typed.settings()?, typed.version).await {
            Ok(_) => return Ok(response::see_other("/helpdesk/settings?done=saved")),
            Err(Error::UnfitSetting(unfit)) => return self.refuse(&typed, &unfit).await,
            Err(refused) => refused,
        };
        let file = settings::read(&self.app.portal).await?;
        let (alert, missing) = match &refused {
            Error::StaleSettings(_) => {
                typed.version = file.workspace.settings_version;
                let alert = "Somebody has changed the settings since you opened this page; the last changes stand at its end. \
                             Nothing of yours is saved yet: look it over, then save it again.";
                (alert, Vec::new())
            }
            Error::NotReady(missing) => {
                let missing = missing.iter().map(|it| (words::name(*it), it.as_str())).collect();
                ("The portal cannot be turned on yet. Nothing is saved. These have not passed their check:", missing)
            }
            _ => return Err(refused.into()),
        };
        let status = Problem::from(refused).status;
        let notice = Notice { alert: Some(alert.into()), missing, status, ..Notice::default() };
        self.page(file, &typed, None, notice).await
    }

    async fn preview(&self, typed: &Typed, cursor: Option<&str>) -> Result<Response, Problem> {
        let mut typed = typed.clone();
        typed.drop_blank_rows();
        let audience = typed.settings()?.audience;
        if let Err(unfit) = domain::settings::verify_conditions("audience", &audience) {
            return self.refuse(&typed, &unfit).await;
        }
        let preview = preview::for_page(self.app, self.teammate, &audience, cursor).await?;
        self.page(settings::read(&self.app.portal).await?, &typed, Some(preview), Notice::default()).await
    }

    async fn refuse(&self, typed: &Typed, unfit: &Unfit) -> Result<Response, Problem> {
        let notice = Notice {
            alert: Some(format!("{}. Nothing is saved.", words::unfit(unfit))),
            status: StatusCode::UNPROCESSABLE_ENTITY,
            ..Notice::default()
        };
        self.page(settings::read(&self.app.portal).await?, typed, None, notice).await
    }

    async fn check(&self) -> Result<Response, Problem> {
        params::none(self.request)?;
        let form = self.request.form()?;
        let field = |name: &str| form.first(name).unwrap_or_default();
        let setting = RequiredSetting::ALL.into_iter().find(|it| it.as_str() == field("setting"));
        let setting = setting.ok_or_else(|| Problem::invalid_body("there is no such setting to check"))?;
        let outcome = match setting {
            RequiredSetting::CustomDomain => checks::came_through_the_domain(self.app, self.request),
            RequiredSetting::IdentityVerification => {
                checks::identity_verifies(self.app, field("identity_token")).await?
            }
            RequiredSetting::CookieForwarding => match checks::cookie_can_be_shared(self.app, self.request) {
                Ok(()) => {
                    let probe::Probe { set_cookie, ticket } = probe::start(self.app, &self.teammate.id)?;
                    let to = format!("/helpdesk/settings/checks/cookie?probe={ticket}");
                    return Ok(response::see_other(&to).cookie(Some(set_cookie)));
                }
                Err(fault) => Err(fault),
            },
        };
        settings::record_check(&self.app.portal, self.teammate, setting, outcome).await?;
        Ok(back_to(setting))
    }

    /// The second half of the round trip. The browser gets here by a redirect, so this is a `GET`. Without the ticket
    /// that the first half sealed it changes nothing.
    async fn cookie_came_back(&self) -> Result<Response, Problem> {
        let [ticket] = self.request.params.take(["probe"])?;
        let setting = RequiredSetting::CookieForwarding;
        let ticket =
            ticket.ok_or_else(|| Problem::invalid("invalid_parameter", "Begin the check on the settings page."))?;
        let Some(expected) = probe::expected(self.app, &self.teammate.id, ticket) else {
            return Ok(back_to(setting));
        };
        let outcome = checks::cookie_came_back(self.app, self.request, self.teammate, &expected);
        settings::record_check(&self.app.portal, self.teammate, setting, outcome).await?;
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
        self.request.is_of(&file.workspace.settings);
        let changes = settings::changes(&app.portal).await?;
        let shown = |required: Required| RequiredShown {
            name: words::name(required.setting),
            is_identity: required.setting == RequiredSetting::IdentityVerification,
            is_cookie: required.setting == RequiredSetting::CookieForwarding,
            required,
        };
        let page = SettingsPage {
            notice,
            state: words::state(&file.workspace.settings),
            steps: steps(&file),
            required: Required::all(&file).into_iter().map(shown).collect(),
            is_empty: file.workspace.catalog.is_empty(),
            typed,
            audience: Rows::of(List::Audience, &typed.audience),
            visibility: Rows::of(List::Visibility, &typed.visibility),
            swatches: swatches(&typed.color),
            preview,
            logo: uploaded(&app.config, &file.workspace.settings),
            host: app.config.host(),
            cookie_domain: app.config.cookie_domain(),
            portal_url: app.config.portal_url(),
            snippets: Snippets::of(app),
            changes: changes.iter().map(|it| (called(&it.by), words::change(&it.change), it.at)).collect(),
        };
        let look = Look::help_desk(app, &file.workspace, self.teammate).in_section(Section::Settings);
        let page = Page { title: "Settings", look: &look, content: render(&page)? };
        page.into_response(status)
    }
}

impl SettingsPage<'_> {
    /// Whether the portal runs on a developer's machine, where cookies stay on one host.
    fn is_on_this_machine(&self) -> bool {
        self.cookie_domain.is_none() && address::is_loopback(self.host)
    }
}

fn back_to(setting: RequiredSetting) -> Response {
    let name = setting.as_str();
    response::see_other(&format!("/helpdesk/settings?checked={name}#required-{name}"))
}
