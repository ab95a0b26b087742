//! Every fault of a JSON text against its message: unknown fields, words, types and numbers, each with its path, what is allowed and what is
//! near. It is asked only where a text could not be read, and decides nothing.

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use rules::validation::nearest_text;
use serde_json::{Map, Value};

use super::MalformedJson;

/// Most faults that are told of one text.
const MOST: usize = 200;

/// Most words that are listed of an enum.
const MOST_WORDS: usize = 30;

/// The faults of a value that is to be a message.
pub(super) fn faults(descriptor: &MessageDescriptor, value: &Value) -> Vec<MalformedJson> {
    let mut check = Check { found: Vec::new() };
    check.message(descriptor, value, "", None);
    check.found
}

/// What was found so far.
struct Check {
    found: Vec<MalformedJson>,
}

impl Check {
    fn fault(&mut self, path: &str, row: Option<&str>, message: String) {
        if self.found.len() < MOST {
            let row = row.map_or_else(String::new, |id| format!(" (in the row of {id})"));
            self.found.push(MalformedJson { field: path.to_owned(), message: format!("{message}{row}") });
        }
    }

    /// `row` is the id of the row that the value stands in.
    fn message(&mut self, descriptor: &MessageDescriptor, value: &Value, path: &str, row: Option<&str>) {
        if descriptor.full_name().starts_with("google.protobuf.") {
            if !value.is_string() {
                let example = if descriptor.name() == "Duration" { "\"60s\"" } else { "\"2026-12-01T00:00:00Z\"" };
                self.fault(path, row, format!("{} is no text such as {example}", shown(value)));
            }
            return;
        }
        let Value::Object(fields) = value else {
            return self.fault(path, row, format!("{} is no {{…}}", shown(value)));
        };
        let own = row_id(descriptor, fields);
        let row = own.or(row);
        for (name, value) in fields {
            let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let known = descriptor.fields().find(|field| field.name() == name || field.json_name() == name);
            match known {
                None => self.fault(&place, row, unknown(descriptor, name)),
                Some(field) if !value.is_null() => self.field(&field, value, &place, row),
                Some(_) => {}
            }
        }
    }

    fn field(&mut self, field: &FieldDescriptor, value: &Value, path: &str, row: Option<&str>) {
        if field.is_map() {
            let Value::Object(entries) = value else {
                return self.fault(path, row, format!("{} is no {{…}} of names and values", shown(value)));
            };
            if let Kind::Message(entry) = field.kind() {
                for (name, value) in entries {
                    self.value(&entry.map_entry_value_field().kind(), value, &format!("{path}.{name}"), row);
                }
            }
        } else if field.is_list() {
            let Value::Array(values) = value else {
                return self.fault(path, row, format!("{} is no list […]", shown(value)));
            };
            for (at, value) in values.iter().enumerate() {
                self.value(&field.kind(), value, &format!("{path}[{at}]"), row);
            }
        } else {
            self.value(&field.kind(), value, path, row);
        }
    }

    fn value(&mut self, kind: &Kind, value: &Value, path: &str, row: Option<&str>) {
        let wanted = match kind {
            Kind::Message(descriptor) => return self.message(descriptor, value, path, row),
            Kind::Enum(words) => return self.word(words, value, path, row),
            Kind::Bool if !value.is_boolean() => "true or false",
            Kind::String | Kind::Bytes if !value.is_string() => "a text in quotation marks",
            Kind::Double | Kind::Float if !is_number(value) => "a number",
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 if whole(value).is_none_or(|n| i32::try_from(n).is_err()) => {
                "a whole number from -2147483648 to 2147483647"
            }
            Kind::Uint32 | Kind::Fixed32 if whole(value).is_none_or(|n| u32::try_from(n).is_err()) => {
                "a whole number from 0 to 4294967295"
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 if whole(value).is_none_or(|n| i64::try_from(n).is_err()) => {
                "a whole number"
            }
            Kind::Uint64 | Kind::Fixed64 if whole(value).is_none_or(|n| u64::try_from(n).is_err()) => {
                "a whole number from 0"
            }
            _ => return,
        };
        self.fault(path, row, format!("{} is not {wanted}", shown(value)));
    }

    fn word(&mut self, words: &EnumDescriptor, value: &Value, path: &str, row: Option<&str>) {
        let known: Vec<String> =
            words.values().filter(|word| word.number() != 0).map(|w| w.name().to_owned()).collect();
        let is_known = match value {
            Value::String(word) => words.get_value_by_name(word).is_some(),
            // What a number means is judged where the message is read.
            Value::Number(number) => number.is_i64(),
            _ => false,
        };
        if is_known {
            return;
        }
        let listed = if known.len() <= MOST_WORDS {
            known.join(", ")
        } else {
            format!("the {} words of the proto", known.len())
        };
        let near = value.as_str().map(str::to_uppercase);
        let near = near.and_then(|word| nearest_text(&word, known.iter().map(String::as_str)).map(str::to_owned));
        let near = near.map_or_else(String::new, |near| format!("; the nearest is {near}"));
        self.fault(path, row, format!("{} is none of {listed}{near}", shown(value)));
    }
}

/// The id of a row: the first field of its message, where that is an id.
fn row_id<'a>(descriptor: &MessageDescriptor, fields: &'a Map<String, Value>) -> Option<&'a str> {
    let own = descriptor.get_field(1).filter(|field| field.name().ends_with("_id"))?;
    fields.get(own.name()).or_else(|| fields.get(own.json_name()))?.as_str()
}

/// What is said of a field that a message has not.
fn unknown(descriptor: &MessageDescriptor, name: &str) -> String {
    let names: Vec<String> = descriptor.fields().map(|field| field.name().to_owned()).collect();
    if let Some(near) = nearest_text(name, names.iter().map(String::as_str)) {
        return format!("there is no such field; the nearest is {near}");
    }
    let is_within = |field: &FieldDescriptor| match field.kind() {
        Kind::Message(inner) => inner.fields().any(|field| field.name() == name || field.json_name() == name),
        _ => false,
    };
    match descriptor.fields().find(|field| !field.is_list() && is_within(field)) {
        Some(outer) => format!("there is no such field here; it stands in {{\"{}\": {{\"{name}\": …}}}}", outer.name()),
        None => format!("there is no such field; there are {}", names.join(", ")),
    }
}

fn is_number(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| text.parse::<f64>().is_ok())
}

/// A whole number, which may stand as a text.
fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            whole.or_else(|| number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e18).map(|n| n as i128))
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A value as people would write it, cut where it is long.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "{…}".to_owned(),
        Value::Array(_) => "[…]".to_owned(),
        value => {
            let text = value.to_string();
            if text.chars().count() <= 60 { text } else { text.chars().take(60).chain("…".chars()).collect() }
        }
    }
}
