//! How the shell of a page looks: whose portal it is, and who reads it.

use crate::{
    base::{app::App, config::Config},
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
    /// The logo, if there is one.
    pub(crate) logo: Option<Logo>,
    pub(crate) reader: Reader,
    /// The address of the Messenger's script. Only contacts get it.
    pub(crate) messenger: Option<String>,
    /// Whether the page has the form for a new ticket, with a style and a script of its own.
    pub(crate) reports: bool,
}

/// An image that pages show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Logo {
    pub(crate) url: String,
    /// What a content security policy has to let in for it.
    pub(crate) source: String,
}

/// The address of the logo that a teammate has uploaded.
#[must_use]
pub fn uploaded(config: &Config, settings: &PortalSettings) -> Option<String> {
    settings.logo.as_ref().map(|id| format!("{}/embed/logo/{id}", config.portal_origin))
}

impl Logo {
    /// The one that was uploaded, else that at the address in the settings.
    fn of(config: &Config, settings: &PortalSettings) -> Option<Self> {
        let elsewhere = || {
            let url = settings.brand.logo_url.as_deref().filter(|url| url.starts_with("https://"))?;
            Some(Self { url: url.to_owned(), source: origin_of(url).to_owned() })
        };
        uploaded(config, settings).map(|url| Self { source: url.clone(), url }).or_else(elsewhere)
    }
}

/// The scheme and host of an `https` address, without anything that could add to a content security policy.
fn origin_of(url: &str) -> &str {
    let host = url.get(8..).unwrap_or_default();
    let end =
        host.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':'))).unwrap_or(host.len());
    url.get(..8 + end).unwrap_or_default()
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
    pub fn signed_out(app: &App, workspace: &Workspace) -> Self {
        Self::dressed(app, &workspace.settings)
    }

    fn dressed(app: &App, settings: &PortalSettings) -> Self {
        Self { brand: settings.brand.clone(), logo: Logo::of(&app.config, settings), ..Self::default() }
    }

    /// The look for somebody who is not known.
    pub(crate) fn at_the_door(app: &App, request: &Request) -> Self {
        settings(app, request).map(|it| Self::dressed(app, &it)).unwrap_or_default()
    }

    /// The look for the sender of the request. A teammate who sees the page as a contact is told so on it.
    #[must_use]
    pub fn of(app: &App, request: &Request) -> Self {
        let look = Self::at_the_door(app, request);
        let known = request.visit.get().and_then(|visit| visit.reader());
        let name = known.and_then(|reader| reader.name.clone());
        if request.is_for_help_desk() {
            let teammate = teammate(app, request).ok();
            let reader = Reader::HelpDesk(teammate.map(|it| it.display_name().to_owned()), None);
            return Self { reader, ..look };
        }
        match (&request.viewing, known) {
            (Some(contact), _) => {
                let reader = Reader::Viewed(name.unwrap_or_else(|| contact.to_string()));
                Self { reader, ..look }
            }
            (None, Some(_)) => Self {
                reader: Reader::Contact(name.unwrap_or_else(|| YOU.to_owned())),
                messenger: Some(format!("{}/embed/messenger.js", app.config.portal_origin)),
                ..look
            },
            // It was not looked up who they are, but what they bring can be ended.
            (None, None) if session_cookie::all(app, request).next().is_some() => {
                Self { reader: Reader::Contact(YOU.to_owned()), ..look }
            }
            (None, None) => look,
        }
    }

    /// The look of the Help Desk for this teammate.
    #[must_use]
    pub fn help_desk(app: &App, workspace: &Workspace, teammate: &Teammate) -> Self {
        let reader = Reader::HelpDesk(Some(teammate.display_name().to_owned()), None);
        Self { reader, ..Self::signed_out(app, workspace) }
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
