//! The lines of an import file, as they are written and read (`docs/import.md`).

use crate::html;
use domain::{
    catalog::{AttributeDefinition, TicketCategory},
    condition::Condition,
    id::{CompanyId, ContactId, ConversationId, PartId, StateId, TeammateId, TicketId, TypeId},
    limit,
    settings::{Brand, PortalSettings, RequiredSetting, Visibility},
    state::StateCategory,
    timestamp::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    Settings(SettingsLine),
    TicketType(TicketTypeLine),
    TicketState(TicketStateLine),
    Teammate(TeammateLine),
    Company(CompanyLine),
    /// A contact with its memberships.
    Contact(ContactLine),
    /// A conversation with its parts.
    Conversation(ConversationLine),
    /// A ticket with its history.
    Ticket(TicketLine),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Settings,
    TicketType,
    TicketState,
    Teammate,
    Company,
    Contact,
    Conversation,
    Ticket,
}

impl Kind {
    /// All kinds, in the order in which they are imported.
    pub const ALL: [Self; 8] = [
        Self::Settings,
        Self::TicketType,
        Self::TicketState,
        Self::Teammate,
        Self::Company,
        Self::Contact,
        Self::Conversation,
        Self::Ticket,
    ];

    /// Returns the name of the kind in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::TicketType => "ticket_type",
            Self::TicketState => "ticket_state",
            Self::Teammate => "teammate",
            Self::Company => "company",
            Self::Contact => "contact",
            Self::Conversation => "conversation",
            Self::Ticket => "ticket",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The portal's settings. They replace the previous ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsLine {
    /// Whether the portal is on.
    #[serde(default, deserialize_with = "or_default")]
    pub enabled: bool,
    /// Required settings that work: all, unless the line says which. The operator's import is the operator's word.
    #[serde(default = "all_required", deserialize_with = "or_all_required")]
    pub confirmed: BTreeSet<RequiredSetting>,
    /// Where people are sent to sign in.
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub sign_in_url: Option<String>,
    /// Name, logo and colour.
    #[serde(default, deserialize_with = "or_default")]
    pub brand: Brand,
    /// How customers reach the vendor's support.
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub support_contact: Option<String>,
    /// Who may enter.
    #[serde(default, deserialize_with = "or_default")]
    pub audience: Vec<Condition>,
    /// Who sees only their own tickets.
    #[serde(default, deserialize_with = "visibility")]
    pub visibility: Visibility,
    /// Whether contacts may report something.
    #[serde(default, deserialize_with = "or_default")]
    pub reporting: bool,
}

impl SettingsLine {
    /// Returns the settings in the line.
    #[must_use]
    pub fn settings(&self) -> PortalSettings {
        let Self { enabled, confirmed, sign_in_url, brand, support_contact, audience, visibility, reporting } =
            self.clone();
        let logo = None;
        PortalSettings {
            enabled,
            confirmed,
            sign_in_url,
            brand,
            logo,
            support_contact,
            audience,
            visibility,
            reporting,
        }
    }
}

fn all_required() -> BTreeSet<RequiredSetting> {
    RequiredSetting::ALL.into()
}

fn or_all_required<'de, D: Deserializer<'de>>(value: D) -> Result<BTreeSet<RequiredSetting>, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_else(all_required))
}

/// As `null` is as good as absent in an import, and not in the API.
fn visibility<'de, D: Deserializer<'de>>(value: D) -> Result<Visibility, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Given {
        restrict: bool,
        #[serde(default, deserialize_with = "or_default")]
        conditions: Vec<Condition>,
    }
    let given = Option::<Given>::deserialize(value)?;
    Ok(given.map_or_else(Visibility::default, |it| Visibility { restrict: it.restrict, conditions: it.conditions }))
}

/// A ticket type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketTypeLine {
    pub id: TypeId,
    /// What teammates read.
    pub name: String,
    /// What contacts read. Defaults to the name.
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub external_label: Option<String>,
    /// An emoji, or nothing.
    #[serde(default, deserialize_with = "or_nothing")]
    pub icon: String,
    /// Whether customers see tickets of this type.
    pub category: TicketCategory,
    /// In the order in which they are shown.
    #[serde(default, deserialize_with = "or_default")]
    pub attributes: Vec<AttributeDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketStateLine {
    pub id: StateId,
    /// What it means.
    pub category: StateCategory,
    /// What teammates read. Defaults to the external label.
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub internal_label: Option<String>,
    /// What contacts read. Defaults to the category's own label.
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub external_label: Option<String>,
    /// Its place among the states; 0 if absent.
    #[serde(default)]
    pub position: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeammateLine {
    pub id: TeammateId,
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyLine {
    pub id: CompanyId,
    pub name: String,
    /// The vendor's own data, for conditions.
    #[serde(default, deserialize_with = "or_default")]
    pub attributes: BTreeMap<String, String>,
}

/// A contact with its memberships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactLine {
    /// The identity token's `user_id`.
    pub id: ContactId,
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "limit::unless_blank")]
    pub name: Option<String>,
    /// Nobody can sign in as them any more.
    #[serde(default, deserialize_with = "or_default")]
    pub archived: bool,
    /// Exactly the companies that the contact is in.
    #[serde(default, deserialize_with = "or_default")]
    pub companies: BTreeSet<CompanyId>,
    /// The vendor's own data, for conditions.
    #[serde(default, deserialize_with = "or_default")]
    pub attributes: BTreeMap<String, String>,
}

/// A conversation with its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationLine {
    pub id: ConversationId,
    /// The contacts who participate.
    #[serde(default, deserialize_with = "or_default")]
    pub participants: BTreeSet<ContactId>,
    /// Messages and notes.
    #[serde(default, deserialize_with = "or_default")]
    pub parts: Parts,
}

/// The parts of a conversation. One that cannot be read does not take the others along.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Those that hold, each with its place in the line, counted from 0.
    pub(crate) good: Vec<(usize, PartLine)>,
    /// Why the others do not, each beginning with its place.
    pub(crate) refused: Vec<String>,
}

impl Parts {
    /// Keeps the parts that hold; the first that does not is told from those after it.
    pub(crate) fn keep(&mut self, mut holds: impl FnMut(&PartLine) -> Result<(), String>) {
        let refused = &mut self.refused;
        self.good.retain(|(place, part)| match holds(part) {
            Ok(()) => true,
            Err(reason) => {
                refused.push(format!("parts[{place}]: {reason}"));
                false
            }
        });
    }
}

/// Only those that hold are what the line says.
impl Serialize for Parts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.good.iter().map(|(_, part)| part))
    }
}

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parts = Self::default();
        for (place, value) in Vec::<Value>::deserialize(deserializer)?.into_iter().enumerate() {
            match serde_path_to_error::deserialize::<_, PartLine>(value) {
                Ok(part) => parts.good.push((place, part.plain())),
                Err(error) => {
                    let within = error.path().to_string();
                    let within = if within == "." { String::new() } else { format!(".{within}") };
                    parts.refused.push(format!("parts[{place}]{within}: {}", error.inner()));
                }
            }
        }
        Ok(parts)
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As it is to be read.
    #[default]
    Text,
    /// As HTML, of which text is made.
    Html,
}

impl Format {
    /// Whether it is text, which a line need not say.
    fn is_text(&self) -> bool {
        *self == Self::Text
    }

    /// What is to be read of `text`.
    fn read(self, text: String) -> String {
        match self {
            Self::Text => text,
            Self::Html => html::text(&text),
        }
    }
}

/// A message or a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartLine {
    /// Unique in the conversation.
    pub id: PartId,
    /// Who may read it.
    #[serde(rename = "type")]
    pub part_type: PartType,
    pub author: ActorLine,
    pub body: String,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Format::is_text")]
    pub body_format: Format,
    pub at: Timestamp,
}

impl PartLine {
    /// The same part as plain text.
    fn plain(self) -> Self {
        Self { body: self.body_format.read(self.body), body_format: Format::Text, ..self }
    }
}

/// Who may read a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartType {
    /// Customers and teammates.
    Message,
    /// Teammates only.
    Note,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorLine {
    /// A contact.
    Contact(ContactId),
    /// A teammate.
    Teammate(TeammateId),
}

/// A ticket with its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketLine {
    pub id: TicketId,
    /// The number that people use.
    pub number: u64,
    #[serde(rename = "type")]
    pub ticket_type: TypeId,
    /// One line of text.
    pub title: String,
    #[serde(default, deserialize_with = "or_nothing")]
    pub description: String,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Format::is_text")]
    pub description_format: Format,
    pub state: StateId,
    /// `null` means No company. If the field is absent, the automatic rule decides.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub company: Option<Option<CompanyId>>,
    /// The contact the ticket was created for.
    pub requester: ContactId,
    /// The linked conversation. If the line names none, the ticket keeps the one it has.
    #[serde(default)]
    pub conversation: Option<ConversationId>,
    /// Whether a back-office ticket is shared with customers.
    #[serde(default, deserialize_with = "or_default")]
    pub shared: bool,
    /// Whether its creator keeps it from their colleagues. If the line does not say, the ticket stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// Values of the type's attributes; null is no value.
    #[serde(default, deserialize_with = "or_default")]
    pub attributes: BTreeMap<String, Value>,
    pub created_at: Timestamp,
    /// When something that customers can see last changed. Defaults to the time of creation.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// What happened to it: its creation, unless the line says more.
    #[serde(default, deserialize_with = "or_default")]
    pub history: Vec<HistoryLine>,
}

impl TicketLine {
    /// The same line as plain text, without values that are blank.
    fn plain(mut self) -> Self {
        self.attributes.retain(|_, value| !limit::is_no_value(value));
        self.description = self.description_format.read(self.description);
        self.description_format = Format::Text;
        self
    }
}

/// Takes a blank text, and `null`, for an empty one.
fn or_nothing<'de, D: Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    limit::unless_blank(value).map(Option::unwrap_or_default)
}

/// Takes `null` for absent.
fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// Tells `null` from absent.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Something that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    pub at: Timestamp,
    pub event: EventName,
    /// Who did it. A rule if the field is absent.
    #[serde(default)]
    pub by: Option<ActorLine>,
    /// For `state_changed`: the new state.
    #[serde(default)]
    pub state: Option<StateId>,
    /// For `company_changed`: the new company. For `joined`: the company through which somebody joined.
    #[serde(default)]
    pub company: Option<CompanyId>,
    /// For `company_changed`: the previous company.
    #[serde(default)]
    pub previous_company: Option<CompanyId>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The ticket was created.
    Created,
    /// The ticket got another state.
    StateChanged,
    /// The ticket moved to another company.
    CompanyChanged,
    /// Somebody joined the conversation.
    Joined,
}

impl Line {
    /// Returns the kind of the line.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Settings(_) => Kind::Settings,
            Self::TicketType(_) => Kind::TicketType,
            Self::TicketState(_) => Kind::TicketState,
            Self::Teammate(_) => Kind::Teammate,
            Self::Company(_) => Kind::Company,
            Self::Contact(_) => Kind::Contact,
            Self::Conversation(_) => Kind::Conversation,
            Self::Ticket(_) => Kind::Ticket,
        }
    }

    /// Returns the id of what the line is about. There is only one settings line, and it has an empty id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Settings(_) => "",
            Self::TicketType(it) => it.id.as_str(),
            Self::TicketState(it) => it.id.as_str(),
            Self::Teammate(it) => it.id.as_str(),
            Self::Company(it) => it.id.as_str(),
            Self::Contact(it) => it.id.as_str(),
            Self::Conversation(it) => it.id.as_str(),
            Self::Ticket(it) => it.id.as_str(),
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// The mistake in words, with its column where that is known.
    pub fn parse(text: &str) -> Result<Self, String> {
        object(text)?;
        let line = serde_json::from_str(text).map_err(|error| match place(text) {
            Some(place) => format!("{place}: {}", reason(&error)),
            None => reason(&error),
        })?;
        Ok(match line {
            Self::Ticket(line) => Self::Ticket(line.plain()),
            line => line,
        })
    }
}

/// Requires an object. The parser would also accept an array with the fields in order.
fn object(text: &str) -> Result<(), String> {
    if text.starts_with('{') { Ok(()) } else { Err("not a JSON object".into()) }
}

#[derive(Deserialize)]
struct Tag {
    kind: Kind,
}

/// Reads the kind of a line and nothing else of it.
pub(crate) fn kind(text: &str) -> Result<Kind, String> {
    object(text)?;
    serde_json::from_str::<Tag>(text).map(|tag| tag.kind).map_err(|error| reason(&error))
}

/// Returns the place of a mistake in a line, such as `history[1].at`. The parser of lines does not know it, because it
/// sets fields aside until it has found `kind`.
fn place(text: &str) -> Option<String> {
    let mut fields: Map<String, Value> = serde_json::from_str(text).ok()?;
    let kind = Kind::deserialize(fields.remove("kind")?).ok()?;
    let fields = Value::Object(fields);
    match kind {
        Kind::Settings => place_in::<SettingsLine>(fields),
        Kind::TicketType => place_in::<TicketTypeLine>(fields),
        Kind::TicketState => place_in::<TicketStateLine>(fields),
        Kind::Teammate => place_in::<TeammateLine>(fields),
        Kind::Company => place_in::<CompanyLine>(fields),
        Kind::Contact => place_in::<ContactLine>(fields),
        Kind::Conversation => place_in::<ConversationLine>(fields),
        Kind::Ticket => place_in::<TicketLine>(fields),
    }
}

fn place_in<T: DeserializeOwned>(fields: Value) -> Option<String> {
    let error = serde_path_to_error::deserialize::<_, T>(fields).err()?;
    // A field that the line itself lacks is already named by the reason.
    Some(error.path().to_string()).filter(|place| place != ".")
}

/// Returns the parser's reason with the column. The parser also gives a line number, which is always 1.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(what) if error.line() > 0 => format!("{what} (column {})", error.column()),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const EXAMPLES: &str = r##"{"kind":"company","id":"acme","name":"Acme Ltd"}
{"kind":"contact","id":"u-1","email":"ada@acme.example","name":"Ada","companies":["acme"]}
{"kind":"teammate","id":"t-1","name":"Grace"}
{"kind":"ticket_type","id":"bug","name":"Bug","icon":"🐞","category":"customer","attributes":[{"name":"Severity","data_type":"list","visible_to_contacts":true}]}
{"kind":"ticket_state","id":"st-2","category":"in_progress","internal_label":"With engineering","external_label":"In progress"}
{"kind":"conversation","id":"c-1","participants":["u-1"],"parts":[{"id":"p-1","type":"message","author":{"contact":"u-1"},"body":"It fails","at":"2026-11-01T09:00:00Z"}]}
{"kind":"ticket","id":"tk-1","number":1042,"type":"bug","title":"Export fails","description":"…","state":"st-2","company":"acme","requester":"u-1","conversation":"c-1","shared":true,"attributes":{"Severity":"High"},"created_at":"2026-11-01T09:00:00Z","updated_at":"2026-11-02T10:00:00Z","history":[{"at":"2026-11-01T09:00:00Z","event":"created","by":{"contact":"u-1"}}]}
{"kind":"settings","enabled":true,"sign_in_url":"https://app.example.com/login","brand":{"name":"Example"},"support_contact":"support@example.com","audience":[{"subject":"contact","attribute":"email_domain","op":"is","value":"acme.example"}],"visibility":{"restrict":false,"conditions":[]}}"##;

    #[test]
    fn lines_are_read_and_written_alike() {
        for text in EXAMPLES.lines() {
            let line = Line::parse(text).unwrap();
            let written = serde_json::to_string(&line).unwrap();
            assert_eq!(Line::parse(&written), Ok(line.clone()), "{text}");
            assert_eq!(kind(text), Ok(line.kind()));
        }
    }

    /// Every object is given one field too many.
    #[test]
    fn unknown_fields_are_refused_at_every_depth() {
        fn objects(text: &str) -> Vec<usize> {
            text.match_indices('{').map(|(at, _)| at + 1).collect()
        }
        let mut tried = 0;
        for text in EXAMPLES.lines() {
            // A ticket's own attributes may have any name; they are checked against its type.
            for at in objects(text).into_iter().filter(|at| !text[..*at].ends_with("\"attributes\":{")) {
                let more = format!("{}\"bogus\":1,{}", &text[..at], &text[at..]);
                let error = match Line::parse(&more) {
                    // A part is refused by itself.
                    Ok(Line::Conversation(line)) => line.parts.refused.concat(),
                    other => other.expect_err(&more),
                };
                assert!(error.contains("bogus") || error.contains("single key"), "{more}: {error}");
                tried += 1;
            }
        }
        assert!(tried > 15);
    }

    /// Each optional field, the objects in lines included, is there once with `null` and once not at all. Values of a ticket's
    /// attributes have their own `null`, and a company's says something.
    #[test]
    fn null_is_as_good_as_absent() {
        for (required, optional) in [
            (json!({"kind": "settings"}), "enabled sign_in_url brand support_contact audience visibility confirmed"),
            (
                json!({"kind": "ticket_type", "id": "t", "name": "T", "category": "customer"}),
                "external_label icon attributes",
            ),
            (
                json!({"kind": "ticket_state", "id": "s", "category": "submitted"}),
                "internal_label external_label position",
            ),
            (json!({"kind": "teammate", "id": "t"}), "name"),
            (json!({"kind": "company", "id": "c", "name": "C"}), "attributes"),
            (json!({"kind": "contact", "id": "u"}), "email name archived companies attributes"),
            (json!({"kind": "conversation", "id": "c"}), "participants parts"),
            (
                json!({"kind": "ticket", "id": "t", "number": 1, "type": "t", "title": "T", "state": "s", "requester": "u",
                    "created_at": "2026-11-01T09:00:00Z"}),
                "description conversation shared attributes updated_at history",
            ),
        ] {
            let absent = Line::parse(&required.to_string()).unwrap();
            for field in optional.split(' ') {
                let mut line = required.clone();
                line[field] = Value::Null;
                assert_eq!(Line::parse(&line.to_string()).as_ref(), Ok(&absent), "{line}");
            }
        }
        let event = json!({"at": "2026-11-01T09:00:00Z", "event": "joined"});
        let ticket = json!({"kind": "ticket", "id": "t", "number": 1, "type": "t", "title": "T", "state": "s", "requester": "u",
            "created_at": "2026-11-01T09:00:00Z", "history": [event]});
        let definition = json!({"name": "a", "data_type": "string"});
        let form =
            json!({"kind": "ticket_type", "id": "t", "name": "T", "category": "customer", "attributes": [definition]});
        let settings = json!({"kind": "settings", "brand": {}, "visibility": {"restrict": true}});
        for (line, place, optional) in [
            (&ticket, "/history/0", "by state company previous_company"),
            (&form, "/attributes/0", "visible_to_contacts"),
            (&settings, "/brand", "name logo_url color"),
            (&settings, "/visibility", "conditions"),
        ] {
            let absent = Line::parse(&line.to_string()).unwrap();
            for field in optional.split(' ') {
                let mut line = line.clone();
                line.pointer_mut(place).unwrap()[field] = Value::Null;
                assert_eq!(Line::parse(&line.to_string()).as_ref(), Ok(&absent), "{line}");
            }
        }
    }

    #[test]
    fn a_value_of_the_wrong_shape_is_named_by_its_place() {
        for (text, expected) in [
            (
                r#"{"kind":"settings","audience":{"restrict":true,"conditions":[]}}"#,
                "audience: invalid type: map, expected a sequence",
            ),
            (r#"{"kind":"settings","brand":{"name":7}}"#, "brand.name: invalid type: integer `7`, expected a string"),
            (r#"{"kind":"company","id":"a","name":null}"#, "name: invalid type: null, expected a string"),
            (r#"{"kind":"conversation","id":"c","parts":{"id":"p"}}"#, "parts: invalid type: map, expected a sequence"),
            (r#"{"kind":"company","id":"a","name":"A","bogus":1}"#, "bogus: unknown field `bogus`"),
            (r#"{"kind":"company","id":"a"}"#, "missing field `name`"),
        ] {
            let error = Line::parse(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_reason_names_what_is_wrong() {
        for (text, expected) in [
            ("{", "EOF while parsing an object (column 1)"),
            (r#"["company","acme","Acme"]"#, "not a JSON object"),
            ("null", "not a JSON object"),
            (r#"{"id":"x"}"#, "missing field `kind`"),
            (r#"{"kind":"person","id":"x"}"#, "unknown variant `person`"),
            (r#"{"kind":"company","name":"x"}"#, "missing field `id`"),
            (r#"{"kind":"company","id":"","name":"x"}"#, "company id must be 1 to 256 bytes, not 0"),
            (r#"{"kind":"company","id":"a","id":"b","name":"x"}"#, "duplicate field `id`"),
            (r#"{"kind":"company","id":"a","name":"x"} {}"#, "trailing characters"),
            (r#"{"kind":"teammate","id":7}"#, "invalid type"),
            (r#"{"kind":"ticket_state","id":"a/b","category":"submitted"}"#, "[A-Za-z0-9_-]{1,64}"),
        ] {
            let error = Line::parse(text).unwrap_err();
            assert!(error.contains(expected) && !error.contains("line 1"), "{text}: {error}");
        }
    }
}
