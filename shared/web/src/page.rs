//! The shell around every page: head, header, style, script, and the policy that lets nothing else in.

use crate::Response;
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{contact::Contact, settings::Brand};
use lambda_http::http::{HeaderName, StatusCode, header};
use std::sync::LazyLock;
use store::Workspace;

const STYLE: &str = include_str!("../assets/portal.css");
const SCRIPT: &str = include_str!("../assets/portal.js");
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| source_hash(STYLE));
static SCRIPT_HASH: LazyLock<String> = LazyLock::new(|| source_hash(SCRIPT));

/// Whose portal it is and who is signed in.
#[derive(Debug, Clone, Default)]
pub struct Look {
    brand: Brand,
    contact: Option<String>,
}

impl Look {
    /// The workspace's look, for this contact.
    #[must_use]
    pub fn of(workspace: &Workspace, contact: Option<&Contact>) -> Self {
        let name =
            |contact: &Contact| contact.name.clone().or_else(|| contact.email.clone()).unwrap_or_else(|| "You".into());
        Self { brand: workspace.settings.brand.clone(), contact: contact.map(name) }
    }
}

/// A page.
#[derive(Debug)]
pub struct Page<'a> {
    /// What the tab says, before the brand.
    pub title: &'a str,
    /// Whose portal it is.
    pub look: &'a Look,
    /// What is in it: a rendered template.
    pub content: String,
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    title: &'a str,
    brand: &'a str,
    initial: String,
    logo: Option<&'a str>,
    contact: Option<&'a str>,
    content: &'a str,
    style: &'static str,
    brand_style: String,
    script: &'static str,
}

/// The template with its values. Writing to a string cannot fail, and our values cannot either.
#[must_use]
pub fn render(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

impl Page<'_> {
    /// The page as an answer that nobody but the reader keeps.
    #[must_use]
    pub fn into_response(self, status: StatusCode) -> Response {
        let brand = &self.look.brand;
        let color = brand.color.as_deref().filter(|it| is_color(it)).unwrap_or("#3b5bdb");
        let brand_style = format!(":root{{--brand:{color}}}");
        let logo = brand.logo_url.as_deref().filter(|url| url.starts_with("https://"));
        let policy = format!(
            "default-src 'none'; style-src '{}' '{}'; script-src '{}'; img-src data:{}; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            *STYLE_HASH,
            source_hash(&brand_style),
            *SCRIPT_HASH,
            logo.map(|url| format!(" {}", origin_of(url))).unwrap_or_default(),
        );
        let name = brand.display_name();
        let shell = Shell {
            title: self.title,
            brand: name,
            initial: name
                .chars()
                .find(|it| it.is_alphanumeric())
                .map(|it| it.to_uppercase().collect())
                .unwrap_or_default(),
            logo,
            contact: self.look.contact.as_deref(),
            content: &self.content,
            style: STYLE,
            brand_style,
            script: SCRIPT,
        };
        Response::new(status, "text/html; charset=utf-8", render(&shell).into_bytes())
            .header(header::CONTENT_SECURITY_POLICY, &policy)
            .header(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()")
    }
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// Scheme and host of an `https` address, where they are harmless in a policy.
fn origin_of(url: &str) -> &str {
    let host = url.get(8..).unwrap_or_default();
    let end =
        host.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':'))).unwrap_or(host.len());
    url.get(..8 + end).unwrap_or_default()
}

fn source_hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, source.as_bytes())))
}
