//! Values that people type into the fields of a form.

use domain::{catalog::DataType, timestamp::Timestamp};
use serde_json::Value;

/// Reads the value that was typed into a field. Blank text removes it.
///
/// # Errors
/// What the value has to be, in words that follow its name.
pub fn value(data_type: DataType, typed: &str) -> Result<Value, &'static str> {
    let plain = typed.trim();
    if plain.is_empty() {
        return Ok(Value::Null);
    }
    let number = || plain.parse::<serde_json::Number>().map(Value::Number);
    match data_type {
        DataType::String | DataType::List => Ok(Value::from(typed)),
        DataType::Integer => plain.parse::<i64>().map(Value::from).map_err(|_| "is a whole number"),
        DataType::Decimal => number().map_err(|_| "is a number, with a point for the fraction"),
        DataType::Boolean => Ok(Value::from(plain == "true")),
        DataType::Datetime => time(plain).map(|it| Value::from(it.to_string())).ok_or("is a date and time"),
    }
}

/// Reads a time as browsers send it: without a time zone, and without seconds when they are zero.
fn time(typed: &str) -> Option<Timestamp> {
    [format!("{typed}Z"), format!("{typed}:00Z"), typed.to_owned()].iter().find_map(|text| text.parse().ok())
}

/// Writes a time as browsers would send it, so that an untouched field comes back unchanged: in UTC to the second,
/// without a time zone, and without seconds when they are zero.
#[must_use]
pub fn local_time(value: &str) -> String {
    let utc = value.parse::<Timestamp>().map_or_else(|_| value.to_owned(), |time| time.to_string());
    let seconds = utc.get(..19).unwrap_or(&utc);
    seconds.strip_suffix(":00").filter(|it| it.len() == 16).unwrap_or(seconds).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    #[test]
    fn values_come_back_as_they_were_shown() {
        for (data_type, value_of) in [
            (DataType::String, Value::from("words")),
            (DataType::Integer, Value::from(-3)),
            (DataType::Decimal, Value::from(1.5)),
            (DataType::Boolean, Value::from(false)),
            (DataType::Datetime, Value::from("2026-01-02T03:04:05Z")),
        ] {
            let text = text_of(&value_of);
            let text = if data_type == DataType::Datetime { local_time(&text) } else { text };
            let back = value(data_type, &text).unwrap();
            assert!(data_type.admits(&back), "{back}");
            assert_eq!(text_of(&back).trim_end_matches(".000Z").trim_end_matches('Z'), text, "{data_type:?}");
            assert_eq!(value(data_type, " ").unwrap(), Value::Null);
        }
        assert_eq!(local_time("2026-01-02T03:04:00.250+01:00"), "2026-01-02T02:04", "as a browser writes it");
        assert!(value(DataType::Integer, "1.5").is_err());
        assert!(value(DataType::Datetime, "soon").is_err());
        assert!(value(DataType::Datetime, "2026-01-02T03:04").is_ok(), "browsers leave out seconds that are none");
    }
}
