//! What became of a form: done, or something to mend on the page that it came from.

use lambda_http::http::StatusCode;
use web::Problem;

/// What the page says at its top.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    /// Something is to be mended.
    pub(crate) alert: Option<String>,
    /// Something was done.
    pub(crate) done: Option<&'static str>,
    pub(crate) status: StatusCode,
}

impl Notice {
    /// From the query of the page that a form leads to.
    pub(crate) fn done(what: Option<&str>) -> Self {
        let done = what.and_then(|what| {
            Some(match what {
                "saved" => "Saved.",
                "unchanged" => "Nothing was different, so nothing was changed.",
                "created" => "The ticket is there.",
                "company" => "The company is set.",
                "linked" => "The ticket and the conversation are linked.",
                "sent" => "Sent.",
                "noted" => "Noted. Only teammates read it.",
                _ => return None,
            })
        });
        Self { done, ..Self::default() }
    }

    /// What went wrong, when the teammate can mend it on the page itself; else the problem stays one.
    pub(crate) fn mend(problem: Problem) -> Result<Self, Problem> {
        let on_the_page =
            [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
        if !on_the_page.contains(&problem.status) {
            return Err(problem);
        }
        Ok(Self { alert: Some(words(&problem.detail)), done: None, status: problem.status })
    }
}

/// Without what only programs need to read.
pub(crate) fn words(detail: &str) -> String {
    let detail = detail.strip_prefix("The body is not what it should be: ").unwrap_or(detail);
    let mut letters = detail.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
