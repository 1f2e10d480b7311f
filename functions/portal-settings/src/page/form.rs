//! The form as it was typed. It can be shown again even if it is incomplete or wrong.

use domain::{
    condition::{Condition, MOST_CONDITIONS, Subject, Test},
    settings::{Brand, PortalSettings, Visibility},
};
use web::{Problem, params::Params};

/// The fields of the form, as they were typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) enabled: bool,
    pub(super) sign_in_url: String,
    pub(super) name: String,
    pub(super) logo_url: String,
    pub(super) color: String,
    pub(super) support_contact: String,
    pub(super) audience: Vec<Row>,
    pub(super) restrict: bool,
    pub(super) visibility: Vec<Row>,
    pub(super) reporting: bool,
    pub(super) version: u64,
}

/// A condition, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) subject: String,
    pub(super) attribute: String,
    pub(super) op: String,
    /// One value per line, for operators that take several.
    pub(super) value: String,
}

/// One of the two lists of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Audience,
    Visibility,
}

/// A list of conditions, as the page shows it.
pub(super) struct Rows<'a> {
    pub(super) list: &'static str,
    pub(super) rows: &'a [Row],
    pub(super) has_room: bool,
}

/// What a button does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    Save,
    /// Previews the audience: the first page, or the one to which this cursor leads.
    Preview(Option<String>),
    Add(List),
    Remove(List, usize),
    /// Records the usual ticket types and states.
    Begin,
}

pub(super) const OPS: [(&str, &str); 4] =
    [("is", "is"), ("is_not", "is not"), ("in", "is one of"), ("not_in", "is none of")];
pub(super) const SUBJECTS: [(&str, &str); 2] = [("contact", "Contact"), ("company", "Company")];

impl List {
    const ALL: [Self; 2] = [Self::Audience, Self::Visibility];

    const fn name(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::Visibility => "visibility",
        }
    }

    fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }
}

impl<'a> Rows<'a> {
    /// How many conditions a list may have.
    pub(super) const MOST: usize = MOST_CONDITIONS;

    pub(super) fn of(list: List, rows: &'a [Row]) -> Self {
        Self { list: list.name(), rows, has_room: rows.len() < MOST_CONDITIONS }
    }

    /// The empty condition that the page's script copies to add one.
    pub(super) fn blank() -> Row {
        Row::default()
    }
}

impl Row {
    fn is_blank(&self) -> bool {
        self.attribute.trim().is_empty() && self.value.trim().is_empty()
    }

    fn condition(&self) -> Result<Condition, Problem> {
        let subject = match self.subject.as_str() {
            "contact" => Subject::Contact,
            "company" => Subject::Company,
            _ => return Err(Problem::invalid_body("a condition is about a contact or a company")),
        };
        let value = self.value.trim();
        let values = || value.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let test = match self.op.as_str() {
            "is" => Test::Is(value.into()),
            "is_not" => Test::IsNot(value.into()),
            "in" => Test::In(values()),
            "not_in" => Test::NotIn(values()),
            _ => return Err(Problem::invalid_body("there is no such comparison")),
        };
        Ok(Condition { subject, attribute: self.attribute.trim().into(), test })
    }

    fn of(condition: &Condition) -> Self {
        let op = match condition.test {
            Test::Is(_) => "is",
            Test::IsNot(_) => "is_not",
            Test::In(_) => "in",
            Test::NotIn(_) => "not_in",
        };
        let subject = match condition.subject {
            Subject::Contact => "contact",
            Subject::Company => "company",
        };
        let value = condition.test.values().join("\n");
        Self { subject: subject.into(), attribute: condition.attribute.clone(), op: op.into(), value }
    }
}

impl Typed {
    pub(super) fn of(settings: &PortalSettings, version: u64) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let rows = |conditions: &[Condition]| conditions.iter().map(Row::of).collect();
        Self {
            enabled: settings.enabled,
            sign_in_url: text(&settings.sign_in_url),
            name: text(&settings.brand.name),
            logo_url: text(&settings.brand.logo_url),
            color: text(&settings.brand.color),
            support_contact: text(&settings.support_contact),
            audience: rows(&settings.audience),
            restrict: settings.visibility.restrict,
            visibility: rows(&settings.visibility.conditions),
            reporting: settings.reporting,
            version,
        }
    }

    pub(super) fn rows_of(&mut self, list: List) -> &mut Vec<Row> {
        match list {
            List::Audience => &mut self.audience,
            List::Visibility => &mut self.visibility,
        }
    }

    /// Drops blank conditions, so that errors count the others as the page shows them.
    pub(super) fn drop_blank_rows(&mut self) {
        List::ALL.into_iter().for_each(|list| self.rows_of(list).retain(|row| !row.is_blank()));
    }

    /// The settings in the form. It has no field for what is confirmed.
    pub(super) fn settings(&self) -> Result<PortalSettings, Problem> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let conditions = |rows: &[Row]| rows.iter().map(Row::condition).collect::<Result<_, _>>();
        Ok(PortalSettings {
            enabled: self.enabled,
            sign_in_url: filled(&self.sign_in_url),
            brand: Brand { name: filled(&self.name), logo_url: filled(&self.logo_url), color: filled(&self.color) },
            support_contact: filled(&self.support_contact),
            audience: conditions(&self.audience)?,
            visibility: Visibility { restrict: self.restrict, conditions: conditions(&self.visibility)? },
            reporting: self.reporting,
            ..PortalSettings::default()
        })
    }
}

/// Reads what was typed, and which button was pressed.
///
/// # Errors
/// 400 `invalid_body` for a field or button that the form does not have.
pub(super) fn read(fields: &Params) -> Result<(Typed, Act), Problem> {
    let (mut typed, mut act, mut cursor, mut version) = (Typed::default(), None, None, None);
    for (name, value) in fields.iter() {
        let text = || value.to_owned();
        match name {
            "do" => act = Some(value),
            "cursor" => cursor = Some(value.to_owned()),
            "version" => version = value.parse().ok(),
            "enabled" => typed.enabled = true,
            "restrict" => typed.restrict = true,
            "reporting" => typed.reporting = true,
            "sign_in_url" => typed.sign_in_url = text(),
            "name" => typed.name = text(),
            "logo_url" => typed.logo_url = text(),
            "color" => typed.color = text(),
            "support_contact" => typed.support_contact = text(),
            _ => {
                let row = row(&mut typed, name).ok_or_else(|| Problem::invalid_body("it has an unknown field"))?;
                *row = text();
            }
        }
    }
    typed.version = version.ok_or_else(|| Problem::invalid_body("the version is missing"))?;
    let act =
        act.and_then(|name| pressed(name, cursor)).ok_or_else(|| Problem::invalid_body("no button is pressed"))?;
    Ok((typed, act))
}

/// Finds the field of a condition by a name such as `audience.2.value`. Adds rows up to it if need be.
fn row<'a>(typed: &'a mut Typed, name: &str) -> Option<&'a mut String> {
    let (list, rest) = name.split_once('.')?;
    let (index, part) = rest.split_once('.')?;
    let (rows, index) = (typed.rows_of(List::called(list)?), index.parse::<usize>().ok()?);
    if index > MOST_CONDITIONS {
        return None;
    }
    if rows.len() <= index {
        rows.resize(index + 1, Row::default());
    }
    let row = rows.get_mut(index)?;
    match part {
        "subject" => Some(&mut row.subject),
        "attribute" => Some(&mut row.attribute),
        "op" => Some(&mut row.op),
        "value" => Some(&mut row.value),
        _ => None,
    }
}

fn pressed(name: &str, cursor: Option<String>) -> Option<Act> {
    match name.split('.').collect::<Vec<_>>()[..] {
        ["save"] => Some(Act::Save),
        ["begin"] => Some(Act::Begin),
        ["preview"] => Some(Act::Preview(None)),
        ["more"] => Some(Act::Preview(cursor)),
        ["add", list] => Some(Act::Add(List::called(list)?)),
        ["remove", list, index] => Some(Act::Remove(List::called(list)?, index.parse().ok()?)),
        _ => None,
    }
}
