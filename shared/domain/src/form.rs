//! What contacts fill in when they report something (docs/product.md, Reporting).

use crate::{
    catalog::{AttributeDefinition, Catalog, DataType, TicketCategory, TicketType},
    limit,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Returns the types of which contacts report something: those that all customers see, sorted by what these call them.
#[must_use]
pub fn types(catalog: &Catalog) -> Vec<&TicketType> {
    let mut types: Vec<_> = catalog.types.values().filter(|it| it.category == TicketCategory::Customer).collect();
    types.sort_by(|a, b| (&a.external_label, &a.id).cmp(&(&b.external_label, &b.id)));
    types
}

impl TicketType {
    /// Returns the attributes that contacts are asked for, in the order of the type.
    pub fn asked(&self) -> impl Iterator<Item = &AttributeDefinition> {
        self.attributes.iter().filter(|it| it.visible_to_contacts && it.asked)
    }
}

/// A value that the form does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The attribute's name.
    pub attribute: String,
    pub why: Why,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The form of this type does not ask for it.
    NotAsked,
    Missing,
    /// It takes values of this kind.
    Kind(DataType),
    /// It is none of those that can be chosen.
    NoOption,
    /// All values together come to more than a ticket has room for.
    TooLong,
}

/// Checks the values of a form, and returns those that say something.
///
/// # Errors
/// The first that the form of the type does not take, or lacks.
pub fn check(of: &TicketType, mut values: BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, Unfit> {
    let unfit = |attribute: &str, why| Unfit { attribute: attribute.to_owned(), why };
    values.retain(|_, value| !limit::is_no_value(value));
    if let Some(name) = values.keys().find(|name| !of.asked().any(|it| it.name == **name)) {
        return Err(unfit(name, Why::NotAsked));
    }
    for definition in of.asked() {
        let name = &definition.name;
        let wrong = match values.get(name) {
            None => definition.required.then_some(Why::Missing),
            Some(value) if !definition.data_type.admits(value) => Some(Why::Kind(definition.data_type)),
            Some(value) => (!definition.offers(value)).then_some(Why::NoOption),
        };
        if let Some(why) = wrong {
            return Err(unfit(name, why));
        }
    }
    match values.keys().next() {
        Some(first) if limit::room(&values).is_err() => Err(unfit(first, Why::TooLong)),
        _ => Ok(values),
    }
}

impl AttributeDefinition {
    fn offers(&self, value: &Value) -> bool {
        self.options.is_empty() || value.as_str().is_some_and(|text| self.options.iter().any(|it| it == text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TypeId;
    use serde_json::json;

    fn bug() -> TicketType {
        let asked = |name: &str, data_type| AttributeDefinition {
            asked: true,
            ..AttributeDefinition::new(name, data_type, true)
        };
        let severity = AttributeDefinition {
            required: true,
            options: vec!["High".into(), "Low".into()],
            ..asked("Severity", DataType::List)
        };
        let hidden = AttributeDefinition { visible_to_contacts: false, ..asked("Root cause", DataType::String) };
        let unasked = AttributeDefinition::new("Version", DataType::String, true);
        TicketType {
            id: TypeId::new("bug").unwrap(),
            name: "Bug".into(),
            external_label: "Bug".into(),
            icon: String::new(),
            category: TicketCategory::Customer,
            attributes: vec![severity, asked("Users", DataType::Integer), hidden, unasked],
        }
    }

    #[test]
    fn a_form_takes_what_it_asks_for_and_says_what_is_wrong_with_anything_else() {
        let high = ("Severity", json!("High"));
        for (values, expected) in [
            (vec![high.clone()], Ok(1)),
            (vec![high.clone(), ("Users", json!(3))], Ok(2)),
            (vec![high.clone(), ("Users", json!(null))], Ok(1)),
            (vec![], Err(("Severity", Why::Missing))),
            (vec![("Severity", json!(" \u{200b}"))], Err(("Severity", Why::Missing))),
            (vec![("Severity", json!("Middling"))], Err(("Severity", Why::NoOption))),
            (vec![("Severity", json!(1))], Err(("Severity", Why::Kind(DataType::List)))),
            (vec![high.clone(), ("Users", json!("3"))], Err(("Users", Why::Kind(DataType::Integer)))),
            (vec![high.clone(), ("Root cause", json!("x"))], Err(("Root cause", Why::NotAsked))),
            (vec![high.clone(), ("Version", json!("x"))], Err(("Version", Why::NotAsked))),
            (vec![high, ("Of another type", json!("x"))], Err(("Of another type", Why::NotAsked))),
        ] {
            let given = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let expected = expected.map_err(|(name, why)| Unfit { attribute: name.into(), why });
            assert_eq!(check(&bug(), given).map(|kept| kept.len()), expected, "{values:?}");
        }
    }

    #[test]
    fn nobody_reports_what_customers_do_not_see() {
        let of = |id: &str, category| TicketType { id: TypeId::new(id).unwrap(), category, ..bug() };
        let all = [("a", TicketCategory::BackOffice), ("b", TicketCategory::Tracker), ("c", TicketCategory::Customer)];
        let types_of = all.map(|(id, category)| (TypeId::new(id).unwrap(), of(id, category)));
        let catalog = Catalog { types: types_of.into(), ..Catalog::default() };
        assert_eq!(types(&catalog).iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["c"]);
    }
}
