//! What became of a form: done, or something to mend on the page that it came from.

use lambda_http::http::StatusCode;
use portal::teammate::Error;
use web::Problem;
use words::refusal::on_the_page;

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

    /// What was refused, for the teammate to mend on the page itself; what failed stays a problem.
    pub(crate) fn mend(error: Error) -> Result<Self, Problem> {
        let alert = on_the_page(&error);
        let is_failure = matches!(error, Error::Store(_));
        let problem = Problem::from(error);
        if is_failure {
            return Err(problem);
        }
        Ok(Self { alert: Some(alert), done: None, status: problem.status })
    }
}
