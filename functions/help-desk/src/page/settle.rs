//! The result of a form: it was carried out, or the page is shown again with what has to be corrected.

use lambda_http::http::StatusCode;
use portal::teammate::Error;
use web::Problem;
use words::refusal::on_the_page;

pub(crate) const SENT: &str = "Sent.";
pub(crate) const NOTED: &str = "Noted. Only teammates read it.";

/// What the page says at its top.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    /// What has to be corrected.
    pub(crate) alert: Option<String>,
    /// What was done.
    pub(crate) done: Option<&'static str>,
    pub(crate) status: StatusCode,
}

impl Notice {
    /// Reads the parameter `done` of the page to which a form redirects.
    pub(crate) fn done(what: Option<&str>) -> Self {
        let done = what.and_then(|what| {
            Some(match what {
                "saved" => "Saved.",
                "unchanged" => "Nothing was different, so nothing was changed.",
                "created" => "The ticket is there.",
                "company" => "The company is set.",
                "linked" => "The ticket and the conversation are linked.",
                "duplicate" => "It is marked as a duplicate. Its people are with the other ticket.",
                "duplicate_apart" => {
                    "It is marked as a duplicate. Some of its people do not see the other ticket, and are told nothing of it."
                }
                "no_duplicate" => "It is no duplicate any more.",
                "sent" => SENT,
                "noted" => NOTED,
                _ => return None,
            })
        });
        Self { done, ..Self::default() }
    }

    /// Makes the notice about a refusal that the teammate can correct on the page. Failures are returned as a problem.
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
