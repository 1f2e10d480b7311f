//! Reading the settings and changing them.

use desk::{actor::actor, association::given, problem};
use domain::{
    condition::Condition,
    desk::{Named, who},
    history::Actor,
    id::TeammateId,
    settings::{Brand, Fault, PortalSettings, Proof, RequiredSetting, Unfit, Visibility},
    timestamp::Timestamp,
};
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{SettingsFile, Signature, StoreError, WriteError};
use web::{App, Problem, Request, Response, params, response, teammate::Teammate};

/// The settings (api.md).
#[derive(Serialize)]
struct Answer<'a> {
    enabled: bool,
    sign_in_url: Option<&'a str>,
    brand: BrandAnswer<'a>,
    audience: &'a [Condition],
    visibility: &'a Visibility,
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

/// A required setting, and how it stands.
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

/// HTML for the vendor's site.
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
            // The call waits in `q` until the script is there.
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

/// The address to share.
pub(crate) fn portal_url(app: &App) -> String {
    format!("{}/tickets", app.config.portal_origin)
}

pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    Ok(answer(app, &app.store.settings_file().await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    enabled: bool,
    /// Has to be said: settings are replaced as a whole, and nobody should lose one by leaving it out.
    #[serde(deserialize_with = "given")]
    sign_in_url: Option<Option<String>>,
    brand: Brand,
    audience: Vec<Value>,
    visibility: WantedVisibility,
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
    let settings = PortalSettings {
        enabled: wanted.enabled,
        sign_in_url: wanted.sign_in_url.flatten(),
        brand: wanted.brand,
        audience: conditions("audience", wanted.audience)?,
        visibility: Visibility {
            restrict: wanted.visibility.restrict,
            conditions: conditions("visibility.conditions", wanted.visibility.conditions)?,
        },
        ..PortalSettings::default()
    };
    Ok(answer(app, &saved(app, teammate, settings, wanted.version).await?))
}

/// Conditions as JSON, each named when it is none.
///
/// # Errors
/// 400 `invalid_body` with the place of the first.
pub(crate) fn conditions(field: &str, given: Vec<Value>) -> Result<Vec<Condition>, Problem> {
    let read = |(index, value): (usize, Value)| {
        serde_json::from_value(value).map_err(|error| problem::invalid_body(&format!("{field}[{index}]: {error}")))
    };
    given.into_iter().enumerate().map(read).collect()
}

/// Puts these settings in place of those of `version`. What is confirmed is not theirs to say.
///
/// # Errors
/// 422 for a setting that cannot be, or for turning on what is not ready; 409 when somebody else was first.
pub(crate) async fn saved(
    app: &App,
    teammate: &Teammate,
    settings: PortalSettings,
    version: u64,
) -> Result<SettingsFile, Problem> {
    settings.verify().map_err(unfit)?;
    let file = app.store.settings_file().await?;
    let (seen, now) = (&file.workspace, &file.workspace.settings);
    if seen.settings_version != version {
        return Err(stale(seen.settings_version));
    }
    let missing = now.in_the_way(&file.failed());
    if settings.enabled && !missing.is_empty() {
        return Err(not_ready(&missing));
    }
    let after = PortalSettings { confirmed: now.confirmed.clone(), ..settings };
    match app.store.save_settings(seen, &after, &signature(app, teammate).await?).await {
        Ok(_) => Ok(app.store.settings_file().await?),
        Err(WriteError::Stale) => Err(stale(app.store.workspace().await?.settings_version)),
        Err(error) => Err(error.into()),
    }
}

/// Whose doing it is.
pub(crate) async fn signature(app: &App, teammate: &Teammate) -> Result<Signature, StoreError> {
    Ok(Signature { by: actor(app, teammate).await?, at: app.clock.now(), mark: app.new_id("s") })
}

/// 422: a setting cannot be so; which one is in `field`.
pub(crate) fn unfit(unfit: Unfit) -> Problem {
    problem::unfit("invalid_setting", format!("{unfit}.")).with("field", json!(unfit.field))
}

fn stale(version: u64) -> Problem {
    let detail = "Somebody has changed the settings since you read them. Look at them again, then decide.";
    Problem::new(StatusCode::CONFLICT, "stale_version", detail).with("version", json!(version))
}

fn not_ready(missing: &[RequiredSetting]) -> Problem {
    let names: Vec<_> = missing.iter().map(|it| it.as_str()).collect();
    let detail = format!(
        "The portal cannot be turned on before each required setting has passed its check. These have not: {}.",
        names.join(", ")
    );
    problem::unfit("required_settings_missing", detail).with("missing", json!(names))
}

fn answer(app: &App, file: &SettingsFile) -> Response {
    let settings = &file.workspace.settings;
    let Brand { name, logo_url, color } = &settings.brand;
    response::json(&Answer {
        enabled: settings.enabled,
        sign_in_url: settings.sign_in_url.as_deref(),
        brand: BrandAnswer { name: name.as_deref(), logo_url: logo_url.as_deref(), color: color.as_deref() },
        audience: &settings.audience,
        visibility: &settings.visibility,
        required: Required::all(file),
        portal_url: portal_url(app),
        snippets: Snippets::of(app),
        version: file.workspace.settings_version,
    })
}

/// What to call whoever did something.
pub(crate) fn called(by: &Actor) -> String {
    who(by).unwrap_or_else(|| "Someone".into())
}
