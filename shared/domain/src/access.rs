//! Decides whether a contact may enter the portal. The card, the banner, the page and the API share this one decision
//! (docs/product.md, Access).

use crate::{company::Company, condition, contact::Contact, settings::PortalSettings};
use serde::Serialize;

/// Why a contact may not enter. Several reasons are listed in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The operator has not turned the portal on, or a required setting is missing.
    PortalDisabled,
    /// There is no valid identity or session.
    NotSignedIn,
    /// The audience rules do not match this contact.
    NotInAudience,
    /// The contact has no e-mail address.
    NoEmail,
    /// The contact is a member of no company.
    NoCompany,
    /// None of the contact's companies has a ticket that customers may see.
    NoTickets,
}

impl Reason {
    /// Returns the stable code used in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PortalDisabled => "portal_disabled",
            Self::NotSignedIn => "not_signed_in",
            Self::NotInAudience => "not_in_audience",
            Self::NoEmail => "no_email",
            Self::NoCompany => "no_company",
            Self::NoTickets => "no_tickets",
        }
    }
}

/// Returns every reason that keeps a signed-in contact out, in order; empty means that access is granted.
///
/// A contact without a company gets only [`Reason::NoCompany`]; adding [`Reason::NoTickets`] would tell them nothing.
/// `has_tickets` says whether one of the companies has a ticket that customers may see.
#[must_use]
pub fn refusals(settings: &PortalSettings, contact: &Contact, companies: &[Company], has_tickets: bool) -> Vec<Reason> {
    let has_email = contact.email.as_deref().is_some_and(|email| !email.trim().is_empty());
    let checks = [
        (Reason::PortalDisabled, !settings.portal_is_on()),
        (Reason::NotInAudience, !condition::all_hold(&settings.audience, contact, companies)),
        (Reason::NoEmail, !has_email),
        (Reason::NoCompany, companies.is_empty()),
        (Reason::NoTickets, !companies.is_empty() && !has_tickets),
    ];
    checks.into_iter().filter_map(|(reason, fails)| fails.then_some(reason)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{CompanyId, ContactId},
        settings::RequiredSetting,
    };
    use proptest::prelude::*;

    fn world(on: bool, audience: bool, email: bool, company: bool) -> (PortalSettings, Contact, Vec<Company>) {
        let rule = r#"[{"subject":"contact","attribute":"id","op":"is","value":"somebody else"}]"#;
        let settings = PortalSettings {
            enabled: on,
            confirmed: RequiredSetting::ALL.into(),
            audience: if audience { vec![] } else { serde_json::from_str(rule).unwrap() },
            ..Default::default()
        };
        let mut contact = Contact::unrecorded(ContactId::new("u-1").unwrap());
        contact.email = email.then(|| "ada@acme.example".into());
        let acme = Company::new(CompanyId::new("acme").unwrap(), "Acme".into());
        (settings, contact, if company { vec![acme] } else { vec![] })
    }

    #[test]
    fn a_refusal_names_every_condition_that_fails_in_order() {
        for bits in 0..32u8 {
            let [on, audience, email, company, ticket] = [1, 2, 4, 8, 16].map(|bit| bits & bit != 0);
            let (settings, contact, companies) = world(on, audience, email, company);
            let mut expected = vec![];
            if !on {
                expected.push("portal_disabled");
            }
            if !audience {
                expected.push("not_in_audience");
            }
            if !email {
                expected.push("no_email");
            }
            if !company {
                expected.push("no_company");
            } else if !ticket {
                expected.push("no_tickets");
            }
            let codes: Vec<_> =
                refusals(&settings, &contact, &companies, ticket).into_iter().map(Reason::code).collect();
            assert_eq!(codes, expected, "{bits:05b}");
        }
    }

    #[test]
    fn a_missing_required_setting_keeps_the_portal_off() {
        for missing in RequiredSetting::ALL {
            let (mut settings, contact, companies) = world(true, true, true, true);
            settings.confirmed.remove(&missing);
            assert_eq!(refusals(&settings, &contact, &companies, true), [Reason::PortalDisabled]);
        }
    }

    proptest! {
        #[test]
        fn a_blank_email_is_no_email(blank in "[ \t]{0,5}") {
            let (settings, mut contact, companies) = world(true, true, true, true);
            contact.email = Some(blank);
            prop_assert_eq!(refusals(&settings, &contact, &companies, true), [Reason::NoEmail]);
        }
    }
}
