use super::Error;
use domain::{access::Reason, contact::Contact, settings::PortalSettings};
use std::sync::{Arc, OnceLock};
use store::{Admission, CompanyScope, Entry, Hint, Meeting, Visitor, Workspace};

/// A contact's request: who they are, which companies they are expected to be in, and, once a use case has read it from
/// the store, what a page needs to greet them.
#[derive(Debug)]
pub struct Visit {
    visitor: Visitor,
    hint: Option<Hint>,
    reader: OnceLock<Reader>,
}

/// Who reads the answer, and the settings of the portal that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub settings: Arc<PortalSettings>,
    /// The contact's name, else their e-mail address.
    pub name: Option<String>,
    /// Whether they may enter the portal. Those who may not still have their conversations.
    pub may_enter: bool,
    /// Whether they may report something.
    pub may_report: bool,
}

impl Visit {
    /// Makes the visit of somebody whose identity has been verified. The hint affects only speed.
    #[must_use]
    pub const fn new(visitor: Visitor, hint: Option<Hint>) -> Self {
        Self { visitor, hint, reader: OnceLock::new() }
    }

    #[must_use]
    pub const fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The companies that they are expected to be in.
    #[must_use]
    pub const fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Who reads the answer. `None` until a use case has read it from the store.
    #[must_use]
    pub fn reader(&self) -> Option<&Reader> {
        self.reader.get()
    }

    fn read_by(&self, workspace: &Workspace, contact: &Contact, reasons: &[Reason]) {
        self.reader.get_or_init(|| Reader {
            settings: workspace.settings.clone(),
            name: [&contact.name, &contact.email].into_iter().flatten().next().cloned(),
            may_enter: reasons.is_empty(),
            may_report: workspace.settings.reporting && reasons.iter().all(|reason| *reason == Reason::NoTickets),
        });
    }

    /// Unpacks the scope and page of somebody who may enter the portal.
    ///
    /// # Errors
    /// [`Error::Refused`] with every reason.
    pub(super) fn admitted<T>(&self, entry: Entry<T>) -> Result<(Workspace, CompanyScope, T), Error> {
        let Entry { workspace, contact, admission } = entry;
        let reasons = match &admission {
            Admission::Granted(..) => &[],
            Admission::Refused(reasons) => reasons.as_slice(),
        };
        self.read_by(&workspace, &contact, reasons);
        match admission {
            Admission::Granted(scope, page) => Ok((workspace, scope, page)),
            Admission::Refused(reasons) => Err(Error::Refused(reasons)),
        }
    }

    /// Unpacks what somebody who is signed in asked for, whether they may enter the portal or not.
    ///
    /// # Errors
    /// [`Error::SessionEnded`].
    pub(super) fn met<T>(&self, workspace: &Workspace, meeting: Option<Meeting<T>>) -> Result<Meeting<T>, Error> {
        let meeting = meeting.ok_or(Error::SessionEnded)?;
        self.read_by(workspace, meeting.scope.contact(), &meeting.reasons);
        Ok(meeting)
    }
}
