//! The fast way to read the JSON of a message: straight to the message's bytes, by a table of its fields. What it reads
//! the slow way reads too, and to the same message; whatever is unusual or wrong it leaves to the slow way, so that it
//! decides nothing and tells no fault.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::OnceLock;

use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::distinct;

/// Reads a message; `None` leaves it to the slow way.
pub(super) fn read<T: Message + Default>(descriptor: &MessageDescriptor, text: &[u8]) -> Option<T> {
    let shapes = shapes(descriptor);
    let shape = *shapes.places.get(descriptor.full_name())?;
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut json = serde_json::Deserializer::from_slice(text);
    json.deserialize_map(Fields { shapes, shape, bytes: &mut bytes }).ok()?;
    json.end().ok()?;
    T::decode(&bytes[..]).ok()
}

/// Every message of the package.
struct Shapes {
    /// By full name: where it is among the shapes.
    places: HashMap<String, usize>,
    shapes: Vec<Shape>,
}

/// The fields of a message by their names, in both spellings.
type Shape = HashMap<String, Field>;

struct Field {
    number: u32,
    /// A bit for the field among those of its message, and one for the choice it is a part of.
    bits: u128,
    repeated: Repeated,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Repeated {
    Once,
    List,
    /// Of texts by texts.
    Map,
}

/// What a field holds. What is not here is left to the slow way.
enum Kind {
    Bool,
    Double,
    Int32,
    Int64,
    Uint32,
    Text,
    Enum(HashMap<String, i32>),
    /// By its place among the shapes.
    Message(usize),
    /// A moment or a time, written as a text.
    Time(MessageDescriptor),
}

fn shapes(descriptor: &MessageDescriptor) -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let messages = || descriptor.parent_pool().all_messages();
        let places = messages().enumerate().map(|(place, message)| (message.full_name().to_owned(), place)).collect();
        let shapes = messages().map(|message| shape(&message, &places)).collect();
        Shapes { places, shapes }
    })
}

fn shape(message: &MessageDescriptor, places: &HashMap<String, usize>) -> Shape {
    let mut shape = Shape::new();
    for (place, field) in message.fields().enumerate() {
        let choices = message.oneofs().position(|oneof| oneof.fields().any(|other| other == field));
        let bit = |place: usize| 1_u128.checked_shl(place as u32);
        let bits = bit(place).zip(choices.map_or(Some(0), |choice| bit(64 + choice)));
        for name in [field.name(), field.json_name()] {
            let (Some((own, choice)), Some(kind)) = (bits.filter(|_| place < 64), kind(&field, places)) else {
                continue;
            };
            let repeated = match (field.is_map(), field.is_list()) {
                (true, _) => Repeated::Map,
                (_, true) => Repeated::List,
                _ => Repeated::Once,
            };
            shape.insert(name.to_owned(), Field { number: field.number(), bits: own | choice, repeated, kind });
        }
    }
    shape
}

fn kind(field: &FieldDescriptor, places: &HashMap<String, usize>) -> Option<Kind> {
    use prost_reflect::Kind as Stated;
    Some(match field.kind() {
        Stated::Bool => Kind::Bool,
        Stated::Double => Kind::Double,
        Stated::Int32 => Kind::Int32,
        Stated::Int64 => Kind::Int64,
        Stated::Uint32 => Kind::Uint32,
        Stated::String => Kind::Text,
        Stated::Enum(words) => Kind::Enum(words.values().map(|word| (word.name().to_owned(), word.number())).collect()),
        Stated::Message(entry) if field.is_map() => {
            let is_text = |field: FieldDescriptor| matches!(field.kind(), Stated::String);
            let texts = is_text(entry.map_entry_key_field()) && is_text(entry.map_entry_value_field());
            texts.then_some(Kind::Text)?
        }
        Stated::Message(message) => match message.full_name() {
            "google.protobuf.Duration" | "google.protobuf.Timestamp" => Kind::Time(message),
            name if name.starts_with("google.protobuf.") => return None,
            name => Kind::Message(*places.get(name)?),
        },
        _ => return None,
    })
}

/// Why the fast way ends; nobody reads it.
fn unusual<E: Error>() -> E {
    E::custom("unusual")
}

/// Reads the fields of a message.
struct Fields<'a> {
    shapes: &'a Shapes,
    shape: usize,
    bytes: &'a mut Vec<u8>,
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = 0;
        while let Some(field) = map.next_key_seed(Name(&self.shapes.shapes[self.shape]))? {
            if seen & field.bits != 0 {
                return Err(unusual());
            }
            seen |= field.bits;
            map.next_value_seed(Content { shapes: self.shapes, field, bytes: self.bytes, repeated: field.repeated })?;
        }
        Ok(())
    }
}

/// Reads the name of a field.
struct Name<'a>(&'a Shape);

impl<'de, 'a> DeserializeSeed<'de> for Name<'a> {
    type Value = &'a Field;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'a Field, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Name<'a> {
    type Value = &'a Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<&'a Field, E> {
        self.0.get(name).ok_or_else(unusual)
    }
}

/// Reads what a field holds, or one of it.
struct Content<'a> {
    shapes: &'a Shapes,
    field: &'a Field,
    bytes: &'a mut Vec<u8>,
    repeated: Repeated,
}

impl Content<'_> {
    fn varint(self, value: u64) {
        encode_key(self.field.number, WireType::Varint, self.bytes);
        encode_varint(value, self.bytes);
    }

    fn integer<E: Error, N: Copy + TryInto<i32> + TryInto<i64> + TryInto<u32>>(self, value: N) -> Result<(), E> {
        let widened = match self.field.kind {
            Kind::Int32 => value.try_into().ok().map(|value: i32| i64::from(value)),
            Kind::Int64 => value.try_into().ok(),
            Kind::Uint32 => value.try_into().ok().map(|value: u32| i64::from(value)),
            _ => None,
        };
        self.varint(widened.ok_or_else(unusual)? as u64);
        Ok(())
    }

    fn double(self, value: f64) {
        encode_key(self.field.number, WireType::SixtyFourBit, self.bytes);
        self.bytes.extend(value.to_le_bytes());
    }

    /// A number without a point, which a double may be as well.
    fn whole<E: Error, N: Copy + TryInto<i32> + TryInto<i64> + TryInto<u32>>(
        self,
        value: N,
        as_double: f64,
    ) -> Result<(), E> {
        match (&self.field.kind, self.repeated) {
            (_, Repeated::List | Repeated::Map) => return Err(unusual()),
            (Kind::Double, _) => self.double(as_double),
            _ => self.integer(value)?,
        }
        Ok(())
    }
}

/// Writes a field of bytes.
fn put(number: u32, content: &[u8], bytes: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, bytes);
    encode_varint(content.len() as u64, bytes);
    bytes.extend_from_slice(content);
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the field holds")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.repeated != Repeated::List {
            return Err(unusual());
        }
        let Self { shapes, field, bytes, .. } = self;
        while list.next_element_seed(Content { shapes, field, bytes, repeated: Repeated::Once })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match (&self.field.kind, self.repeated) {
            (&Kind::Message(shape), Repeated::Once) => {
                encode_key(self.field.number, WireType::LengthDelimited, self.bytes);
                let start = self.bytes.len();
                Fields { shapes: self.shapes, shape, bytes: self.bytes }.visit_map(map)?;
                // How long it is stands before it and is known after it.
                let mut length = Vec::with_capacity(5);
                encode_varint((self.bytes.len() - start) as u64, &mut length);
                self.bytes.splice(start..start, length);
            }
            (_, Repeated::Map) => {
                let mut seen = HashSet::new();
                while let Some((key, value)) = map.next_entry::<String, String>()? {
                    if !seen.insert(distinct::plain(&key)) {
                        return Err(unusual());
                    }
                    let mut entry = Vec::with_capacity(key.len() + value.len() + 4);
                    put(1, key.as_bytes(), &mut entry);
                    put(2, value.as_bytes(), &mut entry);
                    put(self.field.number, &entry, self.bytes);
                }
            }
            _ => return Err(unusual()),
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        match (&self.field.kind, self.repeated) {
            (Kind::Bool, Repeated::Once) => self.varint(u64::from(value)),
            _ => return Err(unusual()),
        }
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.whole(value, value as f64)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.whole(value, value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        match (&self.field.kind, self.repeated) {
            // The slow way takes -0 for 0.
            (Kind::Double, Repeated::Once) if value != 0.0 || value.is_sign_positive() => self.double(value),
            _ => return Err(unusual()),
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        match (&self.field.kind, self.repeated) {
            (_, Repeated::List | Repeated::Map) => return Err(unusual()),
            (Kind::Text, _) => put(self.field.number, value.as_bytes(), self.bytes),
            // So large whole numbers are written.
            (Kind::Int64, _) => self.integer(value.parse::<i64>().map_err(E::custom)?)?,
            (Kind::Enum(words), _) => {
                let number = *words.get(value).ok_or_else(unusual)?;
                self.varint(i64::from(number) as u64);
            }
            (Kind::Time(message), _) => {
                let time = DynamicMessage::deserialize(message.clone(), StrDeserializer::<E>::new(value))?;
                put(self.field.number, &time.encode_to_vec(), self.bytes);
            }
            _ => return Err(unusual()),
        }
        Ok(())
    }
}
