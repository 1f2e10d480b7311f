//! The shell around every page: head, header, style and script, and a content security policy that allows nothing else.

use super::{
    look::{Reader, Section},
    script,
};
use crate::{
    http::{
        body::{Body, Same},
        origin::COLOR,
        problem::Problem,
        response::Response,
    },
    identity::viewing,
};
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    color::{Color, Scheme},
    sentence::isolated,
};
use lambda_http::http::{HeaderName, StatusCode, header};
use std::sync::LazyLock;

pub use super::look::Look;

// What is around the text of a page, by who reads it: only the pages that need more have more.
static PORTAL: LazyLock<Frame> = LazyLock::new(|| Frame::new(&[STYLE], &[SCRIPT]));
static REPORT: LazyLock<Frame> = LazyLock::new(|| Frame::new(&[STYLE, REPORT_STYLE], &[SCRIPT, REPORT_SCRIPT]));
static VIEWED: LazyLock<Frame> = LazyLock::new(|| Frame::new(&[STYLE, VIEWING_STYLE], &[SCRIPT]));
static VIEWED_REPORT: LazyLock<Frame> =
    LazyLock::new(|| Frame::new(&[STYLE, VIEWING_STYLE, REPORT_STYLE], &[SCRIPT, REPORT_SCRIPT]));
static HELP_DESK: LazyLock<Frame> = LazyLock::new(|| {
    let script = &[
        include_str!("../../assets/helpdesk.js"),
        include_str!("../../assets/choosing.js"),
        script::ALIKE,
        ALIKE_BOX,
        include_str!("../../assets/reported.js"),
        include_str!("../../assets/keys.js"),
    ];
    let style = concat!(include_str!("../../assets/helpdesk.css"), include_str!("../../assets/alike.css"));
    Frame::new(&[STYLE, style], &[SCRIPT, script])
});

const HEAD: &str = include_str!("../../templates/head.html");
const STYLE: &str = include_str!("../../assets/portal.css");
const VIEWING_STYLE: &str = include_str!("../../assets/viewing.css");
const REPORT_STYLE: &str = concat!(include_str!("../../assets/alike.css"), include_str!("../../assets/report.css"));
const ALIKE_BOX: &str = include_str!("../../assets/alike_box.js");
const REPORT_SCRIPT: &[&str] = &[script::DRAFTS, script::ALIKE, ALIKE_BOX, include_str!("../../assets/report.js")];
/// The modules of every page.
const SCRIPT: &[&str] = &[
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
];

/// The styles and scripts of a page, and what the content security policy says of them.
struct Frame {
    /// The beginning of the page, with the styles.
    styles: Same,
    style_sources: String,
    /// With the end of the page.
    scripts: Same,
    script_sources: String,
}

impl Frame {
    fn new(styles: &[&str], scripts: &[&[&str]]) -> Self {
        let styles: Vec<_> = styles.iter().map(|css| script::style(css)).collect();
        let scripts: Vec<_> = scripts.iter().map(|parts| script::module(parts)).collect();
        let sources = |texts: &[String]| texts.iter().map(|it| format!("'{}' ", source_hash(it))).collect();
        let tags = |texts: &[String], start: &str, end: &str| -> String {
            texts.iter().map(|text| format!("{start}{text}{end}\n")).collect()
        };
        Self {
            style_sources: sources(&styles),
            styles: Same::new(HEAD.to_owned() + &tags(&styles, "<style>", "</style>")),
            script_sources: sources(&scripts),
            scripts: Same::new(tags(&scripts, "<script type=\"module\">", "</script>") + "</body>\n</html>\n"),
        }
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

/// What comes between styles and scripts.
#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    title: &'a str,
    /// The brand as it stands in a sentence.
    brand_in_title: String,
    icon: &'a str,
    brand: &'a str,
    brand_style: &'a str,
    initial: &'a str,
    logo: Option<&'a str>,
    reader: &'a Reader,
    help_desk: bool,
    content: &'a str,
}

/// The workspace's colour where pages have one, in shades that can be read.
fn brand_style(color: Color) -> String {
    let Scheme { on_light, on_dark, on_color } = color.scheme();
    format!(
        ":root{{--brand:{color};--main:{color};--on-main:{on_color};--link:{on_light};--focus:{on_light}}}\
         @media screen and (prefers-color-scheme:dark){{:root{{--link:{on_dark};--focus:{on_dark}}}}}"
    )
}

/// The icon of the browser's tab: the initial on the workspace's colour.
fn icon(color: Option<Color>, initial: &str) -> String {
    let Some(color) = color else { return "data:,".into() };
    let on = color.on_color();
    let image = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='9' fill='{color}'/>\
         <text x='16' y='23' font-family='sans-serif' font-weight='700' font-size='20' text-anchor='middle' fill='{on}'>\
         {initial}</text></svg>"
    );
    // What would end the address or the attribute. The initial is a letter or digit.
    format!("data:image/svg+xml,{}", image.replace('#', "%23").replace('<', "%3C").replace('>', "%3E"))
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
        let color = brand.color.as_deref().and_then(|it| it.parse::<Color>().ok());
        let brand_style = color.map_or_else(|| format!(":root{{--brand:{COLOR}}}"), brand_style);
        let frame: &'static Frame = match self.look.reader {
            Reader::Nobody | Reader::Contact(_) if self.look.reports => &REPORT,
            Reader::Nobody | Reader::Contact(_) => &PORTAL,
            Reader::Viewed(_) if self.look.reports => &VIEWED_REPORT,
            Reader::Viewed(_) => &VIEWED,
            Reader::HelpDesk(..) => &HELP_DESK,
        };
        let policy = format!(
            "default-src 'none'; style-src {}'{}'; script-src {}{}; img-src data:{}; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            frame.style_sources,
            source_hash(&brand_style),
            frame.script_sources.trim_end(),
            self.look.messenger.as_ref().map(|url| format!(" {url}")).unwrap_or_default(),
            self.look.logo.as_ref().map(|logo| format!(" {}", logo.source)).unwrap_or_default(),
        );
        let name = brand.display_name();
        let initial = name.chars().find(|it| it.is_alphanumeric());
        let initial: String = initial.map(|it| it.to_uppercase().collect()).unwrap_or_default();
        let icon = icon(color.or_else(|| COLOR.parse().ok()), &initial);
        let shell = Shell {
            title: self.title,
            brand_in_title: isolated(name),
            icon: &icon,
            brand: name,
            brand_style: &brand_style,
            initial: &initial,
            logo: self.look.logo.as_ref().map(|logo| logo.url.as_str()),
            reader: &self.look.reader,
            help_desk: self.look.is_help_desk(),
            content: &self.content,
        };
        let body = Body::from(&frame.styles).and(render(&shell)?.into_bytes()).and(&frame.scripts);
        Ok(Response::new(status, "text/html; charset=utf-8", body)
            .header(header::CONTENT_SECURITY_POLICY, &policy)
            .header(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"))
    }
}

fn source_hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, source.as_bytes())))
}
