//! How the shell of a page looks: whose portal it is, and who reads.

use crate::{App, Request, Teammate};
use domain::{contact::Contact, settings::Brand};
use store::Workspace;

/// Whose portal it is and who reads.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub(crate) brand: Brand,
    pub(crate) reader: Reader,
    /// The script of the Messenger, for contacts.
    pub(crate) messenger: Option<String>,
}

/// Who reads a page; by what they are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A customer's page for nobody in particular.
    #[default]
    Nobody,
    /// A contact.
    Contact(String),
    /// A teammate, who sees what this contact sees.
    Viewed(String),
    /// A teammate at the Help Desk; nobody when they are not signed in.
    HelpDesk(Option<String>, Option<Section>),
}

/// Where in the Help Desk a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Tickets and conversations.
    Search,
    /// Contacts.
    People,
    /// Companies.
    Companies,
    /// The portal's settings.
    Settings,
}

impl Section {
    /// In the order of the header.
    pub(crate) const ALL: [Self; 4] = [Self::Search, Self::People, Self::Companies, Self::Settings];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Search => "Search",
            Self::People => "People",
            Self::Companies => "Companies",
            Self::Settings => "Settings",
        }
    }

    pub(crate) const fn url(self) -> &'static str {
        match self {
            Self::Search => "/helpdesk",
            Self::People => "/helpdesk/people",
            Self::Companies => "/helpdesk/companies",
            Self::Settings => "/helpdesk/settings",
        }
    }
}

impl Look {
    /// The workspace's look, before anybody has signed in.
    #[must_use]
    pub fn signed_out(workspace: &Workspace) -> Self {
        Self { brand: workspace.settings.brand.clone(), ..Self::default() }
    }

    /// The workspace's look for this contact. A teammate who sees the page as the contact is told so on it.
    #[must_use]
    pub fn of(app: &App, workspace: &Workspace, contact: &Contact, request: &Request) -> Self {
        let name = [&contact.name, &contact.email].into_iter().flatten().next();
        let reader = match (&request.viewing, name) {
            (None, name) => Reader::Contact(name.map_or("You", String::as_str).to_owned()),
            (Some(_), Some(name)) => Reader::Viewed(name.clone()),
            (Some(viewing), None) => Reader::Viewed(viewing.contact.to_string()),
        };
        let messenger = (!request.is_viewing()).then(|| format!("{}/embed/messenger.js", app.config.portal_origin));
        Self { reader, messenger, ..Self::signed_out(workspace) }
    }

    /// The Help Desk, for this teammate.
    #[must_use]
    pub fn help_desk(workspace: &Workspace, teammate: &Teammate) -> Self {
        let reader = Reader::HelpDesk(Some(teammate.display_name().to_owned()), None);
        Self { reader, ..Self::signed_out(workspace) }
    }

    /// The Help Desk, before anybody has signed in.
    pub(crate) fn help_desk_signed_out(workspace: &Workspace) -> Self {
        Self { reader: Reader::HelpDesk(None, None), ..Self::signed_out(workspace) }
    }

    /// In this section of the Help Desk. Customers' pages have none.
    #[must_use]
    pub fn in_section(mut self, at: Section) -> Self {
        if let Reader::HelpDesk(_, section) = &mut self.reader {
            *section = Some(at);
        }
        self
    }

    pub(crate) const fn is_help_desk(&self) -> bool {
        matches!(self.reader, Reader::HelpDesk(..))
    }
}
