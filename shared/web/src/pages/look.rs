//! How the shell of a page looks: whose portal it is, and who reads it.

use crate::{
    base::app::App,
    http::request::Request,
    identity::{session_cookie, teammate::teammate},
};
use domain::settings::{Brand, PortalSettings};
use portal::teammate::Teammate;
use std::sync::Arc;
use store::Workspace;

/// Whose portal it is and who reads it.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub(crate) brand: Brand,
    pub(crate) reader: Reader,
    /// The address of the Messenger's script. Only contacts get it.
    pub(crate) messenger: Option<String>,
    /// Whether the page has the form for a new ticket, with a style and a script of its own.
    pub(crate) reports: bool,
}

/// Who reads a page, with what to call them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Somebody on a customers' page who is not known.
    #[default]
    Nobody,
    Contact(String),
    /// A teammate, who sees what this contact sees.
    Viewed(String),
    /// Somebody at the Help Desk, with the name of the teammate if they are signed in.
    HelpDesk(Option<String>, Option<Section>),
}

/// The section of the Help Desk to which a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What waits for the team, with the pages of tickets and conversations.
    Inbox,
    /// Search over tickets and conversations.
    Search,
    /// Contacts.
    People,
    Companies,
    /// The portal's settings.
    Settings,
}

impl Section {
    /// In the order in which the header shows them.
    pub(crate) const ALL: [Self; 5] = [Self::Inbox, Self::Search, Self::People, Self::Companies, Self::Settings];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Inbox => "Inbox",
            Self::Search => "Search",
            Self::People => "People",
            Self::Companies => "Companies",
            Self::Settings => "Settings",
        }
    }

    pub(crate) const fn url(self) -> &'static str {
        match self {
            Self::Inbox => "/helpdesk",
            Self::Search => "/helpdesk/search",
            Self::People => "/helpdesk/people",
            Self::Companies => "/helpdesk/companies",
            Self::Settings => "/helpdesk/settings",
        }
    }
}

impl Look {
    /// The look for somebody who is not signed in.
    #[must_use]
    pub fn signed_out(workspace: &Workspace) -> Self {
        Self { brand: workspace.settings.brand.clone(), ..Self::default() }
    }

    /// The look for somebody who is not known.
    pub(crate) fn at_the_door(app: &App, request: &Request) -> Self {
        Self { brand: brand(app, request), ..Self::default() }
    }

    /// The look for the sender of the request. A teammate who sees the page as a contact is told so on it.
    #[must_use]
    pub fn of(app: &App, request: &Request) -> Self {
        let brand = brand(app, request);
        let known = request.visit.get().and_then(|visit| visit.reader());
        let name = known.and_then(|reader| reader.name.clone());
        if request.is_for_help_desk() {
            let teammate = teammate(app, request).ok();
            let reader = Reader::HelpDesk(teammate.map(|it| it.display_name().to_owned()), None);
            return Self { brand, reader, ..Self::default() };
        }
        match (&request.viewing, known) {
            (Some(contact), _) => {
                let reader = Reader::Viewed(name.unwrap_or_else(|| contact.to_string()));
                Self { brand, reader, ..Self::default() }
            }
            (None, Some(_)) => Self {
                brand,
                reader: Reader::Contact(name.unwrap_or_else(|| YOU.to_owned())),
                messenger: Some(format!("{}/embed/messenger.js", app.config.portal_origin)),
                reports: false,
            },
            // It was not looked up who they are, but what they bring can be ended.
            (None, None) if session_cookie::all(app, request).next().is_some() => {
                Self { brand, reader: Reader::Contact(YOU.to_owned()), ..Self::default() }
            }
            (None, None) => Self { brand, ..Self::default() },
        }
    }

    /// The look of the Help Desk for this teammate.
    #[must_use]
    pub fn help_desk(workspace: &Workspace, teammate: &Teammate) -> Self {
        let reader = Reader::HelpDesk(Some(teammate.display_name().to_owned()), None);
        Self { reader, ..Self::signed_out(workspace) }
    }

    /// Gives the page what the form for a new ticket needs.
    #[must_use]
    pub fn reporting(self) -> Self {
        Self { reports: true, ..self }
    }

    /// Sets the section of the Help Desk. Customers' pages have none.
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

/// What a reader is called whose name is not known.
const YOU: &str = "You";

/// The portal's settings, as this request has read them; if it has not, as this process last did. `None` where neither has.
pub(crate) fn settings(app: &App, request: &Request) -> Option<Arc<PortalSettings>> {
    request.settings().cloned().or_else(|| app.portal.store.last_workspace().map(|last| last.settings))
}

/// The portal's look, or the default one while it is not known.
fn brand(app: &App, request: &Request) -> Brand {
    settings(app, request).map(|it| it.brand.clone()).unwrap_or_default()
}
