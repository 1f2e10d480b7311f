//! The fields of the form as they were typed. It can be shown again even if it is incomplete or wrong.

use domain::{
    catalog::DataType,
    form::{Unfit, Why},
    id::{CompanyId, TypeId},
};
use portal::{
    customer::{
        Error,
        report::{Asked, Form, FormType, NewReport},
    },
    once::{self, fingerprint},
};
use std::collections::BTreeMap;
use web::{Problem, params::Params, typed};

/// Precedes the type and the number of an attribute.
const ATTRIBUTE: &str = "attribute.";
/// Precedes a company's id, which may be any string.
const COMPANY: &str = "company:";

/// What was typed.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) ticket_type: String,
    pub(crate) company: String,
    pub(crate) private: bool,
    /// By the names of their fields.
    attributes: BTreeMap<String, String>,
    /// By which the form counts only once, however often it is sent.
    pub(crate) key: String,
    /// The button that was pressed.
    act: String,
}

/// What is wrong with a field, beside it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The id of the field.
    pub(crate) field: String,
    pub(crate) why: String,
}

/// The name of an attribute's field.
pub(crate) fn field(of: &FormType, nth: usize) -> String {
    format!("{ATTRIBUTE}{}.{nth}", of.shown.id)
}

/// The value of a company's option.
pub(crate) fn company(id: &CompanyId) -> String {
    format!("{COMPANY}{id}")
}

impl Typed {
    /// Reads what was typed.
    ///
    /// # Errors
    /// 400 `invalid_body` for a field that the form does not have.
    pub(crate) fn of(fields: &Params) -> Result<Self, Problem> {
        let mut typed = Self::default();
        for (name, value) in fields.iter() {
            let text = value.to_owned();
            match name {
                "title" => typed.title = text,
                "description" => typed.description = text,
                "type" => typed.ticket_type = text,
                "company" => typed.company = text,
                "private" => typed.private = true,
                "key" => typed.key = text,
                "do" => typed.act = text,
                _ if name.starts_with(ATTRIBUTE) => drop(typed.attributes.insert(name.to_owned(), text)),
                _ => return Err(Problem::invalid_body("it has an unknown field")),
            }
        }
        Ok(typed)
    }

    /// Whether it is not to be sent yet, but compared with what is known.
    pub(crate) fn only_looks(&self) -> bool {
        self.act == "look"
    }

    /// What stands in the field of an attribute.
    pub(crate) fn value(&self, field: &str) -> &str {
        self.attributes.get(field).map_or("", String::as_str)
    }

    /// What is reported.
    ///
    /// # Errors
    /// What is wrong with a field.
    pub(crate) fn report(&self, form: &Form) -> Result<NewReport, Wrong> {
        let wrong = |field: &str, error: &Error| Wrong {
            field: field.to_owned(),
            why: words::refusal::unreported(error).unwrap_or_default(),
        };
        let of = form.types.iter().find(|it| it.shown.id.as_str() == self.ticket_type);
        let of = of.ok_or_else(|| wrong("type", &Error::UnknownType))?;
        let mut attributes = BTreeMap::new();
        for (nth, asked) in of.attributes.iter().enumerate() {
            let field = field(of, nth);
            let value = typed::value(asked.data_type, self.value(&field)).map_err(|_| {
                let unfit = Unfit { attribute: asked.name.clone(), why: Why::Kind(asked.data_type) };
                wrong(&field, &Error::InvalidAttribute(unfit))
            })?;
            attributes.insert(asked.name.clone(), value);
        }
        let company = self.company.strip_prefix(COMPANY).map(CompanyId::new).transpose();
        let company = company.map_err(|_| wrong("company", &Error::NotOffered(Vec::new())))?;
        if company.is_none() && form.companies.len() > 1 {
            return Err(wrong("company", &Error::NotOffered(Vec::new())));
        }
        Ok(NewReport {
            ticket_type: TypeId::new(&*self.ticket_type).map_err(|_| wrong("type", &Error::UnknownType))?,
            title: self.title.clone(),
            description: self.description.clone(),
            company: company.map(Some),
            attributes,
            private: self.private,
        })
    }

    /// The field that an error is about, with what is wrong with it. `None` for an error that is none of the form's.
    pub(crate) fn wrong(&self, form: &Form, error: &Error) -> Option<Wrong> {
        let why = words::refusal::unreported(error)?;
        let of_attribute = |name: &str| {
            let of = form.types.iter().find(|it| it.shown.id.as_str() == self.ticket_type)?;
            let nth = of.attributes.iter().position(|it: &Asked| it.name == name)?;
            Some(field(of, nth))
        };
        let field = match error {
            Error::Invalid { field, .. } => (*field).to_owned(),
            Error::UnknownType => "type".to_owned(),
            Error::NotOffered(_) => "company".to_owned(),
            Error::InvalidAttribute(unfit) => of_attribute(&unfit.attribute).unwrap_or_default(),
            _ => String::new(),
        };
        Some(Wrong { field, why })
    }

    /// The key by which it is sent once.
    pub(crate) fn once(&self, new: &NewReport) -> Option<once::Key> {
        let key = Some(self.key.trim()).filter(|key| (1..=once::LONGEST_KEY).contains(&key.len()))?.to_owned();
        let content = serde_json::to_vec(new).ok()?;
        Some(once::Key { key, fingerprint: fingerprint(&[b"form", &content]) })
    }
}

/// How a value is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    Text,
    Number,
    Time,
    YesOrNo,
    Choice,
}

impl From<&Asked> for Entered {
    fn from(it: &Asked) -> Self {
        match it.data_type {
            DataType::List if !it.options.is_empty() => Self::Choice,
            DataType::String | DataType::List => Self::Text,
            DataType::Integer | DataType::Decimal => Self::Number,
            DataType::Datetime => Self::Time,
            DataType::Boolean => Self::YesOrNo,
        }
    }
}
