//! Demo data, loaded into a table that nobody has set up.

use crate::{
    demo::{self, Person},
    sign_in,
};
use domain::{id::ContactId, settings::PortalSettings};
use std::error::Error;
use web::App;

/// Makes sure that a table without settings gets the demo data, and that the sign-in address is this portal's. The
/// settings are loaded last: a start that was cut short goes on with the next one.
///
/// Returns the demo people, if they are in the table.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn demo_data(app: &App) -> Result<Vec<Person>, Box<dyn Error>> {
    let here = sign_in::address(&app.config.portal_origin);
    let settings = app.store.workspace().await?.settings;
    if *settings == PortalSettings::default() {
        eprintln!("Loading demo data…");
        let lines = demo::ndjson(app.clock.now(), &here);
        let (settings, others) = lines.split_once('\n').unwrap_or_default();
        import::import_text(&app.store, others).await?;
        import::import_text(&app.store, settings).await?;
    } else if settings.sign_in_url.as_deref().is_some_and(sign_in::is_local) {
        let settings = PortalSettings { sign_in_url: Some(here), ..settings.as_ref().clone() };
        app.store.put_settings(&settings).await?;
    }
    let people = demo::people();
    let first = people.first().map(|person| ContactId::new(person.contact)).transpose()?;
    match first {
        Some(first) if app.store.contact(&first).await?.is_some() => Ok(people),
        _ => Ok(Vec::new()),
    }
}
