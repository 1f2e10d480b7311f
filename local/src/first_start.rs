//! Demo data, loaded into a table that nobody has set up.

use crate::{
    demo::{self, Cast},
    sign_in,
};
use domain::{id::ContactId, settings::PortalSettings};
use std::error::Error;
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
        eprintln!("Loading demo data…");
        let lines = demo::ndjson(cast, app.portal.clock.now(), &here)?;
        let (settings, others) = lines.split_once('\n').unwrap_or_default();
        import::import_text(&app.portal.store, others).await?;
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
