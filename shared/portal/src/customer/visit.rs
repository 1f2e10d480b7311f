use super::Error;
use domain::{contact::Contact, settings::Brand};
use std::sync::OnceLock;
use store::{Admission, CompanyScope, Entry, Hint, Meeting, Visitor, Workspace};

/// A contact with a request: who they are, where they are expected to look, and, once the store has told, how a page for
/// them looks.
#[derive(Debug)]
pub struct Visit {
    visitor: Visitor,
    hint: Option<Hint>,
    reader: OnceLock<Reader>,
}

/// Who reads the answer, and whose portal it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The portal's look.
    pub brand: Brand,
    /// Where people sign in.
    pub sign_in_url: Option<String>,
    /// What to call the contact: by name, else by e-mail address.
    pub name: Option<String>,
}

impl Visit {
    /// A visit by somebody whose identity has been verified. The hint decides nothing but speed.
    #[must_use]
    pub const fn new(visitor: Visitor, hint: Option<Hint>) -> Self {
        Self { visitor, hint, reader: OnceLock::new() }
    }

    /// Who asks.
    #[must_use]
    pub const fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// Where they are expected to look.
    #[must_use]
    pub const fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Who reads the answer, as soon as a use case has found out.
    #[must_use]
    pub fn reader(&self) -> Option<&Reader> {
        self.reader.get()
    }

    fn read_by(&self, workspace: &Workspace, contact: &Contact) {
        self.reader.get_or_init(|| Reader {
            brand: workspace.settings.brand.clone(),
            sign_in_url: workspace.settings.sign_in_url.clone(),
            name: [&contact.name, &contact.email].into_iter().flatten().next().cloned(),
        });
    }

    /// The scope and page of somebody who may enter the portal.
    ///
    /// # Errors
    /// [`Error::Refused`] with every reason.
    pub(super) fn admitted<T>(&self, entry: Entry<T>) -> Result<(Workspace, CompanyScope, T), Error> {
        let Entry { workspace, contact, admission } = entry;
        self.read_by(&workspace, &contact);
        match admission {
            Admission::Granted(scope, page) => Ok((workspace, scope, page)),
            Admission::Refused(reasons) => Err(Error::Refused(reasons)),
        }
    }

    /// What somebody asked for who is signed in, whether they may enter the portal or not.
    ///
    /// # Errors
    /// [`Error::SessionEnded`].
    pub(super) fn met<T>(&self, workspace: &Workspace, meeting: Option<Meeting<T>>) -> Result<Meeting<T>, Error> {
        let meeting = meeting.ok_or(Error::SessionEnded)?;
        self.read_by(workspace, meeting.scope.contact());
        Ok(meeting)
    }
}
