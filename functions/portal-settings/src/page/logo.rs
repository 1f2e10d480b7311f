//! The form with which teammates upload the logo, or take it away. It is a form of its own, because it carries a file.

use super::{Notice, Visit, fields, form::Typed};
use futures::{future, stream};
use multer::{Multipart, bytes::Bytes};
use portal::teammate::{Teammate, settings};
use std::{collections::BTreeMap, convert::Infallible};
use web::{App, Problem, Request, Response, params, response};

const FIELDS: [&str; 3] = ["version", "do", "logo"];

pub(crate) async fn save(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let (version, file) = read(request).await?;
    let refused = match settings::save_logo(&app.portal, teammate, file, version).await {
        Ok(()) => return Ok(response::see_other("/helpdesk/settings?done=saved#logo")),
        Err(refused) if fields::can_be_mended(&refused) => refused,
        Err(refused) => return Err(refused.into()),
    };
    let (status, alert) = fields::outcome(Some(refused));
    let file = settings::read(&app.portal).await?;
    let typed = Typed::of(&file.workspace.settings, file.workspace.settings_version);
    Visit { app, request, teammate }.page(file, &typed, None, Notice { alert, status, ..Notice::default() }).await
}

/// Reads the version that the change goes by, and the file; `None` where the logo is to be taken away.
///
/// # Errors
/// 400 `invalid_body` for a form that is none of this page's, 413 and 415 as of every form.
async fn read(request: &Request) -> Result<(u64, Option<Vec<u8>>), Problem> {
    let (media_type, body) = request.file_form()?;
    let broken = |_| Problem::invalid_body("it is no form with a file, or is cut off");
    let boundary = multer::parse_boundary(media_type).map_err(broken)?;
    let whole = stream::once(future::ready(Ok::<_, Infallible>(Bytes::copy_from_slice(body))));
    let mut form = Multipart::new(whole, boundary);
    let mut given = BTreeMap::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = FIELDS.into_iter().find(|name| field.name() == Some(name));
        let name = name.ok_or_else(|| Problem::invalid_body("it has an unknown field"))?;
        if given.insert(name, field.bytes().await.map_err(broken)?).is_some() {
            return Err(Problem::invalid_body("a field is given twice"));
        }
    }
    let text = |name: &str| given.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let version = text("version").and_then(|text| text.parse().ok());
    let version = version.ok_or_else(|| Problem::invalid_body("the version is missing"))?;
    match text("do") {
        Some("upload") => Ok((version, Some(given.get("logo").map(|bytes| bytes.to_vec()).unwrap_or_default()))),
        Some("remove") => Ok((version, None)),
        _ => Err(Problem::invalid_body("no button is pressed")),
    }
}
