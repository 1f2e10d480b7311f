//! Demo data, loaded into a table that nobody has set up.

use crate::{
    demo::{self, Cast, Conversations},
    sign_in,
};
use domain::{
    catalog::Catalog,
    id::{ContactId, ConversationId, TeammateId},
    settings::PortalSettings,
};
use portal::teammate::{
    Teammate,
    conversation::{Reply, Then, reply},
};
use serde_json::Value;
use std::error::Error;
use store::WriteError;
use web::App;

/// Makes sure that a table without settings gets the demo data, and that the sign-in address is this portal's. The
/// settings are loaded last: a start that was cut short goes on with the next one.
///
/// Returns whether the people of the demo data are in the table.
///
/// # Errors
/// When the table cannot be read or written, or a file of the demo data has a mistake.
pub async fn demo_data(app: &App, cast: &Cast) -> Result<bool, Box<dyn Error>> {
    let here = sign_in::address(&app.config.portal_origin);
    let settings = app.portal.store.workspace().await?.settings;
    if *settings == PortalSettings::default() {
        eprintln!("Loading demo data. Search takes it in after the start, and knows all of it a minute or two later.");
        let lines = demo::ndjson(cast, app.portal.clock.now(), &here)?;
        let (settings, others) = lines.split_once('\n').unwrap_or_default();
        import::import_text(&app.portal.store, others).await?;
        answer(app, others).await?;
        import::import_text(&app.portal.store, settings).await?;
    } else if settings.sign_in_url.as_deref().is_some_and(sign_in::is_local) {
        let settings = PortalSettings { sign_in_url: Some(here), ..settings.as_ref().clone() };
        app.portal.store.put_settings(&settings).await?;
    }
    match cast.contacts.first() {
        Some(first) => Ok(app.portal.store.contact(&ContactId::new(&*first.id)?).await?.is_some()),
        None => Ok(false),
    }
}

/// Makes sure that a table without ticket types and states gets the usual ones.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn usual_catalog(app: &App) -> Result<(), Box<dyn Error>> {
    if !app.portal.store.workspace().await?.catalog.is_empty() {
        return Ok(());
    }
    match app.portal.store.begin_catalog(&Catalog::usual(), None).await {
        Ok(()) | Err(WriteError::Exists) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Lets a teammate answer somebody's newest ticket in progress, and wait for them. However often the start is cut short,
/// it is said once.
async fn answer(app: &App, lines: &str) -> Result<(), Box<dyn Error>> {
    let answer = Conversations::read()?.answer;
    let lines = lines.lines().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>()?;
    let of = |kind: &'static str| lines.iter().filter(move |line| line["kind"] == kind);
    let in_progress: Vec<_> =
        of("ticket_state").filter(|it| it["category"] == "in_progress").map(|it| &it["id"]).collect();
    let theirs = of("ticket").filter(|it| it["requester"] == *answer.to && in_progress.contains(&&it["state"]));
    let newest = theirs.filter(|it| it["conversation"].is_string()).max_by_key(|it| it["updated_at"].as_str());
    let Some(conversation) = newest.and_then(|it| it["conversation"].as_str()) else { return Ok(()) };
    let teammate = Teammate { id: TeammateId::new(answer.by)?, name: None };
    let said = Reply { body: answer.says, client_id: "demo".into(), then: Some(Then::Wait), seen: None, anyway: false };
    reply(&app.portal, &teammate, &ConversationId::new(conversation)?, said).await?;
    Ok(())
}
