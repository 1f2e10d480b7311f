//! The settings as JSON.

use domain::{
    condition::Condition,
    desk::{Named, who},
    history::Actor,
    id::TeammateId,
    limit,
    settings::{Brand, Fault, PortalSettings, Proof, RequiredSetting, Visibility},
    timestamp::Timestamp,
};
use portal::{
    given,
    teammate::{Teammate, settings},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::SettingsFile;
use web::{App, Problem, Request, Response, look::uploaded, params, response};

/// The settings, as the API returns them.
#[derive(Serialize)]
struct Answer<'a> {
    enabled: bool,
    sign_in_url: Option<&'a str>,
    brand: BrandAnswer<'a>,
    support_contact: Option<&'a str>,
    /// The address of the logo that a teammate has uploaded.
    logo: Option<String>,
    audience: &'a [Condition],
    visibility: &'a Visibility,
    reporting: bool,
    required: Vec<Required>,
    portal_url: String,
    snippets: Snippets,
    version: u64,
}

#[derive(Serialize)]
struct BrandAnswer<'a> {
    name: Option<&'a str>,
    logo_url: Option<&'a str>,
    color: Option<&'a str>,
}

/// A required setting with the result of its check.
#[derive(Serialize)]
pub(crate) struct Required {
    pub(crate) setting: RequiredSetting,
    pub(crate) confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confirmed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confirmed_by: Option<Named<TeammateId>>,
    #[serde(flatten)]
    pub(crate) fault: Option<Fault>,
}

impl Required {
    pub(crate) fn of(setting: RequiredSetting, file: &SettingsFile) -> Self {
        let Proof { confirmed, fault } = file.proofs.get(&setting).cloned().unwrap_or_default();
        let is_confirmed = file.workspace.settings.confirmed.contains(&setting);
        let proven = confirmed.filter(|_| is_confirmed);
        Self {
            setting,
            confirmed: is_confirmed,
            confirmed_at: proven.as_ref().map(|(at, _)| *at),
            confirmed_by: proven.and_then(|(_, by)| match by {
                Actor::Teammate { id, name } => Some(Named { id, name }),
                Actor::Contact { .. } | Actor::System => None,
            }),
            fault,
        }
    }

    pub(crate) fn all(file: &SettingsFile) -> Vec<Self> {
        RequiredSetting::ALL.into_iter().map(|setting| Self::of(setting, file)).collect()
    }
}

/// HTML for the vendor to paste into their pages.
#[derive(Serialize)]
pub(crate) struct Snippets {
    pub(crate) card: String,
    pub(crate) messenger: String,
}

impl Snippets {
    pub(crate) fn of(app: &App) -> Self {
        let origin = &app.config.portal_origin;
        Self {
            card: format!(
                "<script type=\"module\" src=\"{origin}/embed/portal-card.js\"></script>\n\
                 <tickets-portal-card></tickets-portal-card>"
            ),
            // The call waits in `q` until the script has loaded.
            messenger: format!(
                "<script>\n\
                 window.TicketsPortal ||= function () {{ (TicketsPortal.q ||= []).push(arguments); }};\n\
                 TicketsPortal('boot', {{ identity_token: 'THE TOKEN THAT YOUR BACKEND SIGNED' }});\n\
                 </script>\n\
                 <script type=\"module\" src=\"{origin}/embed/messenger.js\"></script>"
            ),
        }
    }
}

pub(crate) async fn read(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    answer(app, &settings::read(&app.portal).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    enabled: bool,
    /// Required, even if it is `null`: settings are replaced as a whole, and leaving one out should not reset it.
    #[serde(deserialize_with = "given")]
    sign_in_url: Option<Option<String>>,
    brand: Brand,
    /// Absent leaves it as it is: clients of versions without it do not know of it.
    #[serde(default, deserialize_with = "given")]
    support_contact: Option<Option<String>>,
    audience: Vec<Value>,
    visibility: WantedVisibility,
    /// The same.
    reporting: Option<bool>,
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedVisibility {
    restrict: bool,
    conditions: Vec<Value>,
}

pub(crate) async fn save(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let wanted: Wanted = request.json()?;
    let now = match (&wanted.support_contact, wanted.reporting) {
        (Some(_), Some(_)) => PortalSettings::default(),
        _ => settings::read(&app.portal).await?.workspace.settings.as_ref().clone(),
    };
    let settings = PortalSettings {
        enabled: wanted.enabled,
        sign_in_url: limit::optional(wanted.sign_in_url.flatten()),
        brand: wanted.brand,
        audience: conditions("audience", wanted.audience)?,
        visibility: Visibility {
            restrict: wanted.visibility.restrict,
            conditions: conditions("visibility.conditions", wanted.visibility.conditions)?,
        },
        support_contact: wanted.support_contact.map_or(now.support_contact, limit::optional),
        reporting: wanted.reporting.unwrap_or(now.reporting),
        ..PortalSettings::default()
    };
    answer(app, &settings::save(&app.portal, teammate, settings, wanted.version).await?)
}

/// Reads conditions from JSON.
///
/// # Errors
/// 400 `invalid_body` with the place of the first that is not valid.
pub(crate) fn conditions(field: &str, given: Vec<Value>) -> Result<Vec<Condition>, Problem> {
    let read = |(index, value): (usize, Value)| {
        serde_json::from_value(value).map_err(|error| Problem::invalid_body(&format!("{field}[{index}]: {error}")))
    };
    given.into_iter().enumerate().map(read).collect()
}

fn answer(app: &App, file: &SettingsFile) -> Result<Response, Problem> {
    let settings = &file.workspace.settings;
    let Brand { name, logo_url, color } = &settings.brand;
    response::json(&Answer {
        enabled: settings.enabled,
        sign_in_url: settings.sign_in_url.as_deref(),
        brand: BrandAnswer { name: name.as_deref(), logo_url: logo_url.as_deref(), color: color.as_deref() },
        support_contact: settings.support_contact.as_deref(),
        logo: uploaded(&app.config, settings),
        audience: &settings.audience,
        visibility: &settings.visibility,
        reporting: settings.reporting,
        required: Required::all(file),
        portal_url: app.config.portal_url(),
        snippets: Snippets::of(app),
        version: file.workspace.settings_version,
    })
}

/// The name of whoever did something.
pub(crate) fn called(by: &Actor) -> String {
    who(by).unwrap_or_else(|| "Someone".into())
}
