//! The shell around every page: head, header, style and script, and a content security policy that allows nothing else.

use super::{
    look::{Reader, Section},
    script,
};
use crate::{
    http::{problem::Problem, response::Response},
    identity::viewing,
};
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{sentence::isolated, settings::is_color};
use lambda_http::http::{HeaderName, StatusCode, header};
use std::sync::LazyLock;

pub use super::look::Look;

static STYLE: LazyLock<Inline> = LazyLock::new(|| Inline::style(include_str!("../../assets/portal.css")));
static SCRIPT: LazyLock<Inline> = LazyLock::new(|| {
    Inline::module(&[
        script::TIMES,
        script::LIVE,
        script::DRAFTS,
        include_str!("../../assets/menus.js"),
        include_str!("../../assets/time_tags.js"),
        include_str!("../../assets/thread.js"),
        include_str!("../../assets/composer.js"),
        include_str!("../../assets/open_page.js"),
        include_str!("../../assets/search.js"),
        include_str!("../../assets/portal.js"),
    ])
});
// Apart from the portal's own, so that only the pages that need them have them.
static REPORT_STYLE: LazyLock<Inline> = LazyLock::new(|| Inline::style(include_str!("../../assets/report.css")));
static REPORT_SCRIPT: LazyLock<Inline> =
    LazyLock::new(|| Inline::module(&[script::DRAFTS, include_str!("../../assets/report.js")]));
static VIEWING_STYLE: LazyLock<Inline> = LazyLock::new(|| Inline::style(include_str!("../../assets/viewing.css")));
static HELP_DESK_STYLE: LazyLock<Inline> = LazyLock::new(|| Inline::style(include_str!("../../assets/helpdesk.css")));
static HELP_DESK_SCRIPT: LazyLock<Inline> = LazyLock::new(|| {
    Inline::module(&[
        include_str!("../../assets/helpdesk.js"),
        include_str!("../../assets/choosing.js"),
        include_str!("../../assets/keys.js"),
    ])
});

/// An inline style or script, and its source expression in the content security policy.
struct Inline {
    text: String,
    source: String,
}

impl Inline {
    fn style(css: &str) -> Self {
        Self::of(script::style(css))
    }

    fn module(parts: &[&str]) -> Self {
        Self::of(script::module(parts))
    }

    fn of(text: String) -> Self {
        Self { source: source_hash(&text), text }
    }
}

#[derive(Debug)]
pub struct Page<'a> {
    /// The title of the browser's tab, before the brand.
    pub title: &'a str,
    pub look: &'a Look,
    /// A rendered template.
    pub content: String,
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    title: &'a str,
    brand: &'a str,
    /// The brand as it stands in a sentence.
    brand_in_title: String,
    initial: String,
    logo: Option<&'a str>,
    reader: &'a Reader,
    help_desk: bool,
    content: &'a str,
    styles: &'a [&'a str],
    scripts: &'a [&'a str],
}

impl Shell<'_> {
    const SECTIONS: [Section; 5] = Section::ALL;
    const STOP_VIEWING: &'static str = viewing::STOP;
}

/// Renders a template.
///
/// # Errors
/// 500 when one of its values cannot be written.
pub fn render(template: &impl Template) -> Result<String, Problem> {
    template.render().map_err(|_| Problem::broken("a template that cannot be rendered"))
}

impl Page<'_> {
    /// Makes the answer with the page in its shell.
    ///
    /// # Errors
    /// 500 when the shell cannot be rendered.
    pub fn into_response(self, status: StatusCode) -> Result<Response, Problem> {
        let brand = &self.look.brand;
        let color = brand.color.as_deref().filter(|it| is_color(it)).unwrap_or("#3b5bdb");
        let brand_style = format!(":root{{--brand:{color}}}");
        let logo = brand.logo_url.as_deref().filter(|url| url.starts_with("https://"));
        let (more_style, more_script) = match self.look.reader {
            Reader::Nobody | Reader::Contact(_) => (None, None),
            Reader::Viewed(_) => (Some(&*VIEWING_STYLE), None),
            Reader::HelpDesk(..) => (Some(&*HELP_DESK_STYLE), Some(&*HELP_DESK_SCRIPT)),
        };
        let report = self.look.reports.then(|| (&*REPORT_STYLE, &*REPORT_SCRIPT)).unzip();
        let styles: Vec<_> = [&*STYLE].into_iter().chain(more_style).chain(report.0).collect();
        let scripts: Vec<_> = [&*SCRIPT].into_iter().chain(more_script).chain(report.1).collect();
        let policy = format!(
            "default-src 'none'; style-src {}'{}'; script-src {}; img-src data:{}; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            styles.iter().map(|it| format!("'{}' ", it.source)).collect::<String>(),
            source_hash(&brand_style),
            scripts
                .iter()
                .map(|it| format!("'{}'", it.source))
                .chain(self.look.messenger.clone())
                .collect::<Vec<_>>()
                .join(" "),
            logo.map(|url| format!(" {}", origin_of(url))).unwrap_or_default(),
        );
        let name = brand.display_name();
        let shell = Shell {
            title: self.title,
            brand: name,
            brand_in_title: isolated(name),
            initial: name
                .chars()
                .find(|it| it.is_alphanumeric())
                .map(|it| it.to_uppercase().collect())
                .unwrap_or_default(),
            logo,
            reader: &self.look.reader,
            help_desk: self.look.is_help_desk(),
            content: &self.content,
            styles: &styles.iter().map(|it| it.text.as_str()).chain([brand_style.as_str()]).collect::<Vec<_>>(),
            scripts: &scripts.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(),
        };
        Ok(Response::new(status, "text/html; charset=utf-8", render(&shell)?.into_bytes())
            .header(header::CONTENT_SECURITY_POLICY, &policy)
            .header(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"))
    }
}

/// The scheme and host of an `https` address, without anything that could add to a content security policy.
fn origin_of(url: &str) -> &str {
    let host = url.get(8..).unwrap_or_default();
    let end =
        host.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':'))).unwrap_or(host.len());
    url.get(..8 + end).unwrap_or_default()
}

fn source_hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, source.as_bytes())))
}
