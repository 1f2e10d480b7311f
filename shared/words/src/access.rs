//! Why somebody may not enter, and what they can do about it.

use domain::access::Reason;

/// A heading, and a sentence or two about what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// What is in the way.
    pub heading: &'static str,
    /// What the reader can do.
    pub text: &'static str,
}

/// For somebody who opens the Help Desk and is not signed in as a teammate, even if they are signed in as a contact.
pub const NO_TEAMMATE: Advice = Advice {
    heading: "Sign in as a teammate",
    text: "The Help Desk is for the support team. We don’t know which teammate you are, or your session has ended. Sign in with your staff account, then open this page again.",
};

/// The advice for a customer who may not enter for this reason.
#[must_use]
pub const fn advice(reason: Reason) -> Advice {
    let (heading, text) = match reason {
        Reason::PortalDisabled => (
            "The tickets portal isn’t open yet",
            "The support team has not turned it on. Ask them when it will be ready; until then you can reach them as usual.",
        ),
        Reason::NotSignedIn => (
            "Sign in to see your tickets",
            "We don’t know who you are, or your session has ended. Sign in and you’ll come straight back here.",
        ),
        Reason::NotInAudience => (
            "The portal isn’t available to you yet",
            "The support team has opened it to some customers only. Ask them to include you or your company.",
        ),
        Reason::NoEmail => (
            "Your account has no email address",
            "Add an email address to your account, or ask the support team to add it, then open this page again.",
        ),
        Reason::NoCompany => (
            "You aren’t connected to a company",
            "The portal shows a company’s tickets. Ask the person who manages your company’s account, or the support team, to add you to it.",
        ),
        Reason::NoTickets => (
            "There are no tickets yet",
            "Your company has no tickets to show. As soon as there is one, you’ll find it here.",
        ),
    };
    Advice { heading, text }
}
