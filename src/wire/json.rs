//! Proto3 JSON of the messages, as grpcurl reads and writes it: unknown fields are errors, both spellings of a name are
//! read, the original one is written. A field that is stated twice is an error too, where grpcurl takes the last one.

mod check;
mod distinct;
mod plain;

use std::io::Write;
use std::sync::OnceLock;

use distinct::DistinctKeys;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde::Deserialize;

use super::DESCRIPTORS;

/// Why a text is no JSON of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedJson {
    /// Path of the place in the text, such as `instance.students[1].gpa`.
    pub field: String,
    /// What was found, with line and column.
    pub message: String,
}

fn descriptor(name: &str) -> Option<MessageDescriptor> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| DescriptorPool::decode(DESCRIPTORS).ok()).as_ref()?;
    pool.get_message_by_name(&format!("misti.matching.v1.{name}"))
}

fn no_descriptor(name: &str) -> MalformedJson {
    MalformedJson { field: String::new(), message: format!("no message {name}") }
}

/// Reads the JSON of a message of the package.
///
/// # Errors
/// Every place that has an unknown field or a value of the wrong type; where the text is no JSON at all the first place that is none.
pub fn read<T: Message + Default>(name: &str, text: &[u8]) -> Result<T, Vec<MalformedJson>> {
    let descriptor = descriptor(name).ok_or_else(|| vec![no_descriptor(name)])?;
    if let Some(encoding) = encoding(text) {
        let message = format!("the text is in {encoding}; save it as UTF-8");
        return Err(vec![MalformedJson { field: String::new(), message }]);
    }
    // A byte order mark is what spreadsheets put before their text.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if let Some(message) = plain::read(&descriptor, text) {
        return Ok(message);
    }
    read_first(&descriptor, text).map_err(|first| {
        let value: Option<serde_json::Value> = serde_json::from_slice(text).ok();
        let faults = value.map(|value| check::faults(&descriptor, &value)).unwrap_or_default();
        // What stands twice, for one, is told by the first fault alone.
        if faults.is_empty() { vec![first] } else { faults }
    })
}

/// Reads a message, up to the first fault.
fn read_first<T: Message + Default>(descriptor: &MessageDescriptor, text: &[u8]) -> Result<T, MalformedJson> {
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_slice(text);
    let distinct = DistinctKeys::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    distinct.map_err(|error| MalformedJson { field: track.path().to_string(), message: error.to_string() })?;
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_slice(text);
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = DynamicMessage::deserialize(descriptor.clone(), tracked);
    let message =
        read.map_err(|error| MalformedJson { field: track.path().to_string(), message: error.to_string() })?;
    json.end().map_err(|error| MalformedJson { field: String::new(), message: error.to_string() })?;
    message.transcode_to().map_err(|error| MalformedJson { field: String::new(), message: error.to_string() })
}

/// The encoding of a text that is not UTF-8, by how it begins.
fn encoding(text: &[u8]) -> Option<&'static str> {
    match text {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, ..] | [0, b'{', ..] => Some("UTF-16"),
        text if std::str::from_utf8(text).is_err() => Some("another encoding than UTF-8"),
        _ => None,
    }
}

/// Writes the JSON of a message of the package; `pretty` with line ends and indentation.
///
/// # Errors
/// When the output can't be written.
pub fn write<T: Message>(name: &str, message: &T, pretty: bool, output: &mut impl Write) -> std::io::Result<()> {
    let descriptor = descriptor(name).ok_or_else(|| std::io::Error::other(no_descriptor(name).message))?;
    let mut dynamic = DynamicMessage::new(descriptor);
    dynamic.transcode_from(message).map_err(std::io::Error::other)?;
    let options = SerializeOptions::new().use_proto_field_name(true);
    if pretty {
        let mut json = serde_json::Serializer::pretty(&mut *output);
        dynamic.serialize_with_options(&mut json, &options)?;
    } else {
        let mut json = serde_json::Serializer::new(&mut *output);
        dynamic.serialize_with_options(&mut json, &options)?;
    }
    output.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb;

    /// One of everything that the fast way knows, and of what it leaves to the slow one.
    const TEXTS: [&str; 4] = [
        r#"{"instance":{"term":"a\u00e9","students":[{"studentId":"S","study_level":"MASTERS","gpa":4.5,"choices":[{"rank":1,
        "project_id":"P"}],"must_place":true,"class_year":3,"attributes":{"a_b":"x","c":"é"}},{}],"projects":[{"project_id":"P"}]},
        "policy":{"goals":[{"kind":"PLACE_MOST","tolerance":"7"}],"lottery_seed":-12,"limits":{"time_limit":"1.5s"}}}"#,
        r#" {"policy": {"min_hours_per_week": 1e1, "weights": {"skills": 0, "language": -0.0}, "required_data": ["GPA", 2]}} "#,
        r#"{"instance": null, "policy": {"lottery_seed": 5.0, "rank_scale": "4", "goals": [{"kind": 1, "tolerance": null}]}}"#,
        r#"{"instance": {"students": [{"gpa": -0.0}]}}"#,
    ];

    #[test]
    fn no_two_fields_of_a_message_are_spelled_alike() {
        for message in descriptor("MatchRequest").expect("it is in the package").parent_pool().all_messages() {
            let names: Vec<String> = message.fields().map(|field| distinct::plain(field.name()).to_string()).collect();
            let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
            assert_eq!(distinct.len(), names.len(), "{}", message.full_name());
        }
    }

    #[test]
    fn the_fast_way_reads_nothing_that_the_slow_way_refuses_or_reads_otherwise() {
        let descriptor = descriptor("MatchRequest").expect("it is in the package");
        let mut fast = 0;
        let mut check = |text: &[u8]| {
            let Some(message) = plain::read::<pb::MatchRequest>(&descriptor, text) else { return false };
            fast += 1;
            let slow = read_first::<pb::MatchRequest>(&descriptor, text);
            assert_eq!(Ok(message), slow, "{}", String::from_utf8_lossy(text));
            true
        };
        assert_eq!(TEXTS.map(|text| check(text.as_bytes())), [true, false, false, false]);
        // Every one of them with a piece of it left out, doubled, or put in place of another.
        for text in TEXTS.map(str::as_bytes) {
            for at in 0..text.len() {
                for end in at + 1..text.len().min(at + 24) {
                    check(&[&text[..at], &text[end..]].concat());
                    check(&[&text[..end], &text[at..]].concat());
                }
                for other in *b"0-19\"{}[],:.eEnaP_ \\" {
                    check(&[&text[..at], &[other], &text[at + 1..]].concat());
                }
            }
        }
        assert!(fast > 500, "{fast}");
    }
}
