//! Reads attributes through serde. `serde_dynamo` would move those of each item into a map of its own, and on into
//! another: of a list's instructions that was a tenth.

use super::item::Item;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

/// Returns what serde reads from an item.
pub(super) fn fields<'de>(item: Item) -> MapDeserializer<'de, impl Iterator<Item = (String, Value)>, Error> {
    MapDeserializer::new(item.into_iter().map(|(name, value)| (name, Value(value))))
}

pub(super) struct Value(AttributeValue);

impl<'de> Deserializer<'de> for Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => visitor.visit_string(text),
            AttributeValue::N(text) => number(&text, visitor),
            AttributeValue::Bool(bool) => visitor.visit_bool(bool),
            AttributeValue::L(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Value))),
            AttributeValue::M(item) => visitor.visit_map(fields(item)),
            AttributeValue::Null(_) => visitor.visit_unit(),
            _ => Err(Error::custom("a type that is not written")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::Null(_) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant is its name, or a map with its content by its name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => visitor.visit_enum(text.into_deserializer()),
            AttributeValue::M(item) => {
                MapAccessDeserializer::new(fields(item)).deserialize_enum(name, variants, visitor)
            }
            _ => Err(Error::custom("neither the name of a variant nor a map of one")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Error> {
    if let Ok(number) = text.parse() {
        return visitor.visit_u64(number);
    }
    if let Ok(number) = text.parse() {
        return visitor.visit_i64(number);
    }
    visitor.visit_f64(text.parse().map_err(|_| Error::custom("not a number"))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize, de::DeserializeOwned};
    use std::{collections::BTreeMap, fmt::Debug};

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Record {
        text: String,
        numbers: (u64, i64, f64),
        yes: bool,
        some: Option<String>,
        none: Option<i64>,
        #[serde(default)]
        absent: Option<i64>,
        kinds: Vec<Kind>,
        by_name: BTreeMap<String, Name>,
        #[serde(flatten)]
        beside: Beside,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Beside {
        count: i64,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Name(String);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        With(Option<u8>),
        Fields { a: u8 },
    }

    fn read<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
        T::deserialize(fields(item))
    }

    #[test]
    fn what_is_written_is_read_again() {
        let record = Record {
            text: "one".into(),
            numbers: (u64::MAX, i64::MIN, 0.25),
            yes: true,
            some: Some("some".into()),
            kinds: vec![Kind::Plain, Kind::With(None), Kind::With(Some(2)), Kind::Fields { a: 3 }],
            by_name: [("first".to_owned(), Name("name".into()))].into(),
            beside: Beside { count: -1 },
            ..Record::default()
        };
        let item: Item = serde_dynamo::to_item(&record).unwrap();
        assert_eq!(read::<Record>(item).unwrap(), record);
    }

    #[test]
    fn what_is_of_another_type_is_an_error() {
        let with = |value| Item::from([("count".to_owned(), value)]);
        let text = |text: &str| AttributeValue::S(text.into());
        assert_eq!(read::<Beside>(with(AttributeValue::N("7".into()))).unwrap(), Beside { count: 7 });
        let bad =
            [text("7"), AttributeValue::N("7.5".into()), AttributeValue::N("x".into()), AttributeValue::Null(true)];
        for bad in bad.into_iter().chain([AttributeValue::Ns(vec!["7".into()])]) {
            assert!(read::<Beside>(with(bad.clone())).is_err(), "{bad:?}");
        }
        assert!(read::<BTreeMap<String, Kind>>(with(text("unknown"))).is_err());
    }
}
