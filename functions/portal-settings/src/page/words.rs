//! What the page calls things.

use domain::settings::{Change, PortalSettings, RequiredSetting, Unfit};
use serde_json::Value;

pub(super) const fn name(setting: RequiredSetting) -> &'static str {
    match setting {
        RequiredSetting::CustomDomain => "Help Center custom domain",
        RequiredSetting::CookieForwarding => "Cookie forwarding",
        RequiredSetting::IdentityVerification => "Identity verification",
    }
}

/// Says whether customers can enter.
pub(super) fn state(settings: &PortalSettings) -> &'static str {
    match (settings.enabled, settings.portal_is_on()) {
        (_, true) => "The portal is on.",
        (true, false) => "The portal is turned on but stays closed: a required setting is not confirmed.",
        (false, _) => "The portal is off: no customer can enter.",
    }
}

/// Says which field is not valid, and why.
pub(super) fn unfit(unfit: &Unfit) -> String {
    let (field, rest) = unfit.field.split_once('[').unwrap_or((&unfit.field, ""));
    let place = match field {
        "sign_in_url" => "Sign-in address",
        "brand.name" => "Name",
        "brand.logo_url" => "Address of the logo",
        "brand.color" => "Colour",
        "support_contact" => "Support contact",
        "audience" => "Who may enter",
        _ => "What members see",
    };
    match rest.split_once("].") {
        Some((index, part)) => {
            let number = index.parse::<usize>().map_or(0, |index| index + 1);
            format!("{place}, condition {number}, {part}: {}", unfit.why)
        }
        None => format!("{place}: {}", unfit.why),
    }
}

/// Says what was changed, in words that follow the name of whoever changed it.
pub(super) fn change(change: &Change) -> String {
    let after = &change.after;
    match change.setting.as_str() {
        "enabled" => if *after == true { "turned the portal on" } else { "turned the portal off" }.into(),
        "sign_in_url" => match after.as_str() {
            Some(url) => format!("set the sign-in address to {url}"),
            None => "removed the sign-in address".into(),
        },
        "brand" => "changed the look".into(),
        "logo" => if after.is_null() { "removed the logo" } else { "uploaded a logo" }.into(),
        "support_contact" => match after.as_str() {
            Some(contact) => format!("set the support contact to {contact}"),
            None => "removed the support contact".into(),
        },
        "catalog" => "began with the usual ticket types and states".into(),
        "audience" => format!("changed who may enter: {}", conditions(after)),
        "visibility" => match after["restrict"] == true {
            true => format!("restricted what members see: {}", conditions(&after["conditions"])),
            false => "let members see all tickets of their companies".into(),
        },
        "reporting" => if *after == true { "let customers report" } else { "no longer lets customers report" }.into(),
        "form" => format!("changed what customers are asked: {}", after.as_str().unwrap_or_default()),
        "ticket_type" | "ticket_state" | "teammate" => {
            let what = change.setting.replace('_', " ");
            let name = after.as_str().unwrap_or_default();
            match change.before.as_str() {
                None => format!("added the {what} {name}"),
                Some(before) if before == name => format!("changed the {what} {name}"),
                Some(before) => format!("changed the {what} {before}, now {name}"),
            }
        }
        other => {
            let setting = RequiredSetting::ALL.into_iter().find(|it| it.as_str() == other);
            format!("confirmed {}", setting.map_or_else(|| other.to_owned(), |it| name(it).to_owned()))
        }
    }
}

fn conditions(value: &Value) -> String {
    match value.as_array().map_or(0, Vec::len) {
        0 => "no conditions".into(),
        1 => "1 condition".into(),
        several => format!("{several} conditions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_a_sentence() {
        let said = |setting: &str, after| change(&Change { setting: setting.into(), before: Value::Null, after });
        for (setting, after, expected) in [
            ("enabled", json!(true), "turned the portal on"),
            ("enabled", json!(false), "turned the portal off"),
            ("sign_in_url", Value::Null, "removed the sign-in address"),
            ("support_contact", json!("help@vendor.example"), "set the support contact to help@vendor.example"),
            ("logo", json!("x"), "uploaded a logo"),
            ("teammate", json!("Grace"), "added the teammate Grace"),
            ("logo", Value::Null, "removed the logo"),
            ("support_contact", Value::Null, "removed the support contact"),
            ("audience", json!([1]), "changed who may enter: 1 condition"),
            ("visibility", json!({"restrict": true, "conditions": []}), "restricted what members see: no conditions"),
            ("visibility", json!({"restrict": false}), "let members see all tickets of their companies"),
            ("reporting", json!(true), "let customers report"),
            ("cookie_forwarding", json!(true), "confirmed Cookie forwarding"),
        ] {
            assert_eq!(said(setting, after), expected);
        }
    }

    #[test]
    fn a_condition_is_counted_as_people_count() {
        let said = |field: &str| unfit(&Unfit { field: field.into(), why: "it is blank".into() });
        assert_eq!(said("audience[1].value"), "Who may enter, condition 2, value: it is blank");
        assert_eq!(said("visibility.conditions[0].attribute"), "What members see, condition 1, attribute: it is blank");
        assert_eq!(said("brand.color"), "Colour: it is blank");
        assert_eq!(said("audience"), "Who may enter: it is blank");
    }
}
