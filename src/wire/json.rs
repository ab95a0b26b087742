//! Proto3 JSON of the messages, as grpcurl reads and writes it: unknown fields are errors, both spellings of a name are
//! read, the original one is written. A field that is stated twice is an error too, where grpcurl takes the last one.

mod check;
mod distinct;

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
