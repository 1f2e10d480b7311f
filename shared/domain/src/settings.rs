//! The settings that the operator chooses for the whole portal.

use crate::{
    address,
    color::Color,
    condition::{Condition, MOST_CONDITIONS},
    history::Actor,
    id::LogoId,
    limit::{self, Verdict, demand},
    support::SupportContact,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Maximum size of all conditions together, in bytes. They are read with every request.
const MOST_RULES: usize = 16 * 1024;

/// The portal's settings. They are one item, read with every request, so a change applies from the next request on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortalSettings {
    /// Whether the operator has turned the portal on.
    pub enabled: bool,
    /// Required settings that have been shown to work.
    pub confirmed: BTreeSet<RequiredSetting>,
    /// Where people without a session are sent to sign in: an `https` address, or `http` on this machine.
    pub sign_in_url: Option<String>,
    pub brand: Brand,
    /// The image that a teammate has uploaded as the logo. It goes before that of `brand`.
    pub logo: Option<LogoId>,
    /// How customers reach the vendor's support: an e-mail address, or an `https` address.
    pub support_contact: Option<String>,
    /// The conditions for entering; empty means everybody may enter.
    pub audience: Vec<Condition>,
    /// Who sees only their own tickets.
    pub visibility: Visibility,
    /// Whether contacts may report something.
    pub reporting: bool,
}

impl PortalSettings {
    /// Returns the required settings that nobody has confirmed yet.
    #[must_use]
    pub fn missing(&self) -> Vec<RequiredSetting> {
        RequiredSetting::ALL.into_iter().filter(|setting| !self.confirmed.contains(setting)).collect()
    }

    /// Whether the portal is turned on and no required setting is missing.
    #[must_use]
    pub fn portal_is_on(&self) -> bool {
        self.enabled && self.missing().is_empty()
    }

    /// Returns the settings that prevent the portal from being turned on: those that are not confirmed, and those that
    /// failed their last check. Empty for a portal that is on: one teammate's failed check must not shut all customers
    /// out.
    #[must_use]
    pub fn in_the_way(&self, failed: &BTreeSet<RequiredSetting>) -> Vec<RequiredSetting> {
        if self.portal_is_on() {
            return Vec::new();
        }
        let stands = |it: &RequiredSetting| !self.confirmed.contains(it) || failed.contains(it);
        RequiredSetting::ALL.into_iter().filter(stands).collect()
    }

    /// Checks that every setting has an allowed value.
    ///
    /// # Errors
    /// The first setting that does not, by the name of its field, and the reason.
    pub fn verify(&self) -> Result<(), Unfit> {
        let optional = |text: &Option<String>, rule: fn(&str) -> Verdict| text.as_deref().map_or(Ok(()), rule);
        let unfit = |field: &'static str| move |why| Unfit { field: field.into(), why };
        optional(&self.sign_in_url, sign_in).map_err(unfit("sign_in_url"))?;
        optional(&self.brand.name, |name| limit::name("it", name)).map_err(unfit("brand.name"))?;
        optional(&self.brand.logo_url, logo).map_err(unfit("brand.logo_url"))?;
        optional(&self.brand.color, color).map_err(unfit("brand.color"))?;
        optional(&self.support_contact, support).map_err(unfit("support_contact"))?;
        verify_conditions("audience", &self.audience)?;
        verify_conditions("visibility.conditions", &self.visibility.conditions)?;
        let rules = self.audience.iter().chain(&self.visibility.conditions).map(Condition::bytes).sum::<usize>();
        demand(rules <= MOST_RULES, || "it comes to more than 16 KB, with the visibility conditions".into())
            .map_err(unfit("audience"))
    }
}

impl PortalSettings {
    /// Returns the settings that differ in `after`. Confirmations and the uploaded logo are recorded separately and left out.
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<Change> {
        let (before, after) = (self.changeable(), after.changeable());
        let pairs = before.into_iter().zip(after);
        pairs
            .filter(|((_, before), (_, after))| before != after)
            .map(|((setting, before), (_, after))| Change { setting: setting.into(), before, after })
            .collect()
    }

    fn changeable(&self) -> [(&'static str, Value); 7] {
        [
            ("enabled", json!(self.enabled)),
            ("sign_in_url", json!(self.sign_in_url)),
            ("brand", json!(self.brand)),
            ("support_contact", json!(self.support_contact)),
            ("audience", json!(self.audience)),
            ("visibility", json!(self.visibility)),
            ("reporting", json!(self.reporting)),
        ]
    }
}

/// A change of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The setting's name in the API.
    pub setting: String,
    pub before: Value,
    pub after: Value,
}

/// The results of the checks of a required setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// When a check last confirmed it, and by whom. `None` if nobody has, or only an import.
    pub confirmed: Option<(Timestamp, Actor)>,
    /// What was wrong if a later check failed.
    pub fault: Option<Fault>,
}

/// Why a required setting does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub problem: String,
    /// How to fix it.
    pub mend: String,
}

/// Checks the number of conditions and each condition.
///
/// # Errors
/// The first fault, by its place in `field`, and the reason.
pub fn verify_conditions(field: &str, conditions: &[Condition]) -> Result<(), Unfit> {
    demand(conditions.len() <= MOST_CONDITIONS, || format!("it has more than {MOST_CONDITIONS} conditions"))
        .map_err(|why| Unfit { field: field.into(), why })?;
    for (index, condition) in conditions.iter().enumerate() {
        condition.verify().map_err(|(name, why)| Unfit { field: format!("{field}[{index}].{name}"), why })?;
    }
    Ok(())
}

/// A setting has a value that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Unfit {
    /// The name of the field in the API, such as `brand.color` or `audience[2].value`.
    pub field: String,
    /// The reason, in words.
    pub why: String,
}

fn sign_in(url: &str) -> Verdict {
    demand(address::is_safe(url), || "it must be an https address, or http on this machine, without a user name".into())
}

fn logo(url: &str) -> Verdict {
    let fits = url.starts_with("https://") && address::is_safe(url);
    demand(fits, || "it must be an https address, without a user name".into())
}

fn support(contact: &str) -> Verdict {
    contact.parse::<SupportContact>().map(drop).map_err(|error| error.to_string())
}

fn color(text: &str) -> Verdict {
    text.parse::<Color>().map(drop).map_err(|error| error.to_string())
}

/// What must work before the portal can be turned on (docs/product.md, Required settings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredSetting {
    /// The portal answers at the Help Center's own domain.
    CustomDomain,
    /// The session cookie reaches the portal there.
    CookieForwarding,
    /// A token signed by the vendor's backend verifies.
    IdentityVerification,
}

impl RequiredSetting {
    pub const ALL: [Self; 3] = [Self::CustomDomain, Self::CookieForwarding, Self::IdentityVerification];

    /// Returns the setting's name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomDomain => "custom_domain",
            Self::CookieForwarding => "cookie_forwarding",
            Self::IdentityVerification => "identity_verification",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Shown in the header and the page title.
    #[serde(default, deserialize_with = "limit::unless_blank", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The `https` address of an image.
    #[serde(default, deserialize_with = "limit::unless_blank", skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// In the form `#rrggbb`.
    #[serde(default, deserialize_with = "limit::unless_blank", skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

impl Brand {
    /// Returns the name to show, which is `Help Center` if none is set.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or("Help Center")
    }
}

/// Who sees only their own tickets (docs/product.md, Visibility).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visibility {
    /// When off, every member sees all tickets of the company.
    pub restrict: bool,
    /// When `restrict` is on, contacts that match these see only their own tickets; an empty list matches everybody.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns complete settings with one thing changed.
    fn with(change: impl FnOnce(&mut PortalSettings)) -> PortalSettings {
        let rule = json!({"subject": "company", "attribute": "plan", "op": "in", "value": ["gold", "silver"]});
        let conditions: Vec<Condition> = serde_json::from_value(json!([rule])).unwrap();
        let mut settings = PortalSettings {
            enabled: true,
            confirmed: RequiredSetting::ALL.into(),
            sign_in_url: Some("https://app.vendor.example/login".into()),
            brand: Brand {
                name: Some("Vendor".into()),
                logo_url: Some("https://vendor.example/logo.svg".into()),
                color: Some("#3355aA".into()),
            },
            logo: None,
            support_contact: Some("support@vendor.example".into()),
            audience: conditions.clone(),
            visibility: Visibility { restrict: true, conditions },
            reporting: true,
        };
        change(&mut settings);
        settings
    }

    fn condition(attribute: &str, op: &str, value: serde_json::Value) -> Condition {
        serde_json::from_value(json!({"subject": "contact", "attribute": attribute, "op": op, "value": value})).unwrap()
    }

    #[test]
    fn a_setting_that_cannot_be_is_named_with_its_reason() {
        assert_eq!(with(|_| {}).verify(), Ok(()));
        assert_eq!(PortalSettings::default().verify(), Ok(()));
        let long = "x".repeat(257);
        let many = vec![condition("id", "is", json!("x")); 51];
        let heavy = vec![condition("id", "in", json!(vec!["x".repeat(200); 10])); 9];
        for (settings, field, why) in [
            (with(|it| it.sign_in_url = Some("javascript:alert(1)".into())), "sign_in_url", "must be an https address"),
            (
                with(|it| it.sign_in_url = Some("http://app.vendor.example".into())),
                "sign_in_url",
                "or http on this machine",
            ),
            (with(|it| it.brand.name = Some(" ".into())), "brand.name", "blank"),
            (with(|it| it.brand.name = Some(long.clone())), "brand.name", "longer than 256"),
            (with(|it| it.brand.logo_url = Some("http://localhost/x.png".into())), "brand.logo_url", "https"),
            (with(|it| it.brand.logo_url = Some("data:image/png,x".into())), "brand.logo_url", "https"),
            (with(|it| it.brand.color = Some("red".into())), "brand.color", "#rrggbb"),
            (with(|it| it.brand.color = Some("#12345g".into())), "brand.color", "#rrggbb"),
            (with(|it| it.support_contact = Some("javascript:alert(1)".into())), "support_contact", "e-mail address"),
            (with(|it| it.audience = many.clone()), "audience", "more than 50"),
            (with(|it| it.visibility.conditions = many), "visibility.conditions", "more than 50"),
            (with(|it| it.audience = vec![condition("", "is", json!("x"))]), "audience[0].attribute", "blank"),
            (with(|it| it.audience = vec![condition(&long, "is", json!("x"))]), "audience[0].attribute", "longer"),
            (with(|it| it.audience.push(condition("id", "is", json!("")))), "audience[1].value", "blank"),
            (with(|it| it.audience.push(condition("id", "is_not", json!(long)))), "audience[1].value", "longer"),
            (with(|it| it.audience.push(condition("id", "in", json!([])))), "audience[1].value", "no values"),
            (with(|it| it.audience.push(condition("id", "in", json!(["a", " "])))), "audience[1].value", "blank"),
            (
                with(|it| it.audience.push(condition("id", "not_in", json!(vec!["a"; 101])))),
                "audience[1].value",
                "more than 100",
            ),
            (with(|it| it.audience = heavy), "audience", "16 KB"),
        ] {
            let unfit = settings.verify().unwrap_err();
            assert_eq!(unfit.field, field);
            assert!(unfit.why.contains(why), "{unfit}");
        }
    }

    #[test]
    fn turning_on_needs_every_required_setting_confirmed_and_holding() {
        let [domain, cookie, identity] = RequiredSetting::ALL;
        let off = |confirmed: &[RequiredSetting]| {
            with(|it| (it.enabled, it.confirmed) = (false, confirmed.iter().copied().collect()))
        };
        let failed = BTreeSet::from([cookie]);
        assert_eq!(off(&[domain, cookie, identity]).in_the_way(&BTreeSet::new()), []);
        assert_eq!(off(&[domain, cookie, identity]).in_the_way(&failed), [cookie]);
        assert_eq!(off(&[cookie]).in_the_way(&failed), [domain, cookie, identity]);
        assert_eq!(
            with(|it| it.confirmed.retain(|one| *one != identity)).in_the_way(&BTreeSet::new()),
            [identity],
            "not on yet"
        );
    }

    #[test]
    fn a_portal_that_is_on_stays_on_when_a_check_fails() {
        assert_eq!(with(|_| {}).in_the_way(&RequiredSetting::ALL.into()), []);
    }

    #[test]
    fn a_change_is_told_with_what_was_and_what_is() {
        let (before, same) = (with(|_| {}), with(|it| it.confirmed.clear()));
        assert_eq!(before.changes_to(&same), []);
        let after = with(|it| (it.enabled, it.sign_in_url, it.support_contact) = (false, None, None));
        let told = |setting: &str, before, after| Change { setting: setting.into(), before, after };
        assert_eq!(
            before.changes_to(&after),
            [
                told("enabled", json!(true), json!(false)),
                told("sign_in_url", json!("https://app.vendor.example/login"), Value::Null),
                told("support_contact", json!("support@vendor.example"), Value::Null)
            ]
        );
    }

    #[test]
    fn names_are_those_of_the_api() {
        for setting in RequiredSetting::ALL {
            assert_eq!(serde_json::to_value(setting).unwrap(), setting.as_str());
        }
    }
}
