//! Bytes of a request to its message. A malformed one is INVALID_ARGUMENT here, where tonic's own codec says INTERNAL;
//! and entries are counted before anything is made of them, because two bytes of an empty row become hundreds in memory.

use std::marker::PhantomData;

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost::{Message, Name};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::Bytes;

use super::status;
use super::uploads;

/// Most rows in one list of an instance.
const MOST_ROWS: usize = 1_000_000;
/// Most fields in all rows, and in all lists beside the instance.
const MOST_FIELDS: usize = 16_000_000;
/// Bytes of memory that an empty row and a field in a row become, about as many as the generated messages have.
const ROW_BYTES: usize = 200;
const FIELD_BYTES: usize = 48;
/// The instance is the first field of every request that has one.
const INSTANCE: u32 = 1;
/// Fields that hold files: their bytes are counted as bytes, and not looked into.
const FILES: &[(&str, &[u32])] = &[
    ("ImportSeasonRequest", &[1, 3]),
    ("GetTemplateResponse", &[1]),
    ("ExportResponse", &[1]),
    ("ReportResponse", &[1]),
];
/// Fields of a file.
const FIELDS_OF_FILE: usize = 2;

/// The codec of the service.
#[derive(Debug, Clone)]
pub struct CheckedCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for CheckedCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + Send + 'static, U: Message + Name + Default + Send + 'static> Codec for CheckedCodec<T, U> {
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = CheckedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        CheckedDecoder(PhantomData)
    }
}

/// Writes a message.
#[derive(Debug, Clone)]
pub struct ProstEncoder<T>(PhantomData<T>);

impl<T: Message + Send + 'static> Encoder for ProstEncoder<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|_| status::unexpected())
    }
}

/// Counts, then reads a message.
#[derive(Debug, Clone)]
pub struct CheckedDecoder<U>(PhantomData<U>);

impl<U: Message + Name + Default + Send + 'static> Decoder for CheckedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        use prost::bytes::Buf;
        // What came compressed is larger here, and what it is made of larger still.
        uploads::hold(buffer.remaining())?;
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let counted = count(U::NAME, &bytes).map_err(|why| status::malformed_message(&why))?;
        uploads::hold(bytes.len() + counted.rows * ROW_BYTES + counted.fields * FIELD_BYTES)?;
        U::decode(bytes).map(Some).map_err(|error| status::malformed_message(&error.to_string()))
    }
}

/// What a message is made of.
#[derive(Debug, Clone, Copy)]
struct Counted {
    rows: usize,
    fields: usize,
}

/// Counts the rows of an instance and their fields; what is no protocol buffer is left for the decoder to refuse.
fn count(name: &str, message: &Bytes) -> Result<Counted, String> {
    let files = FILES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, files)| files);
    let mut rows = [0_usize; 16];
    let mut fields = 0_usize;
    for (tag, part) in parts(message.clone()) {
        if tag != INSTANCE || files.contains(&tag) {
            fields += 1 + if files.contains(&tag) {
                parts(part).take(FIELDS_OF_FILE).count()
            } else {
                // A change of a run holds a whole row.
                parts(part).map(|(_, inner)| 1 + parts(inner).count()).sum::<usize>()
            };
            if fields > MOST_FIELDS {
                return Err(format!("more than {MOST_FIELDS} entries"));
            }
            continue;
        }
        for (list, row) in parts(part) {
            let count = &mut rows[(list as usize).min(15)];
            *count += 1;
            if *count > MOST_ROWS {
                return Err(format!("more than {MOST_ROWS} entries in one list"));
            }
            fields += parts(row).count();
            if fields > MOST_FIELDS {
                return Err(format!("more than {MOST_FIELDS} entries"));
            }
        }
    }
    Ok(Counted { rows: rows.iter().sum(), fields })
}

/// The fields of a message: their numbers, and the bytes of those that have a length.
fn parts(mut message: Bytes) -> impl Iterator<Item = (u32, Bytes)> {
    use prost::bytes::Buf;
    std::iter::from_fn(move || {
        if !message.has_remaining() {
            return None;
        }
        let (tag, kind) = decode_key(&mut message).ok()?;
        if kind != WireType::LengthDelimited {
            skip_field(kind, tag, &mut message, DecodeContext::default()).ok()?;
            return Some((tag, Bytes::new()));
        }
        let length = usize::try_from(decode_varint(&mut message).ok()?).ok()?;
        (length <= message.remaining()).then(|| (tag, message.split_to(length)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::pb;

    #[test]
    fn a_season_of_any_size_that_the_service_takes_is_counted_through() {
        let students = vec![pb::Student { student_id: "S".to_owned(), ..pb::Student::default() }; 10_000];
        let instance = Some(pb::Instance { students, ..pb::Instance::default() });
        assert!(count("MatchRequest", &pb::MatchRequest { instance, policy: None }.encode_to_vec().into()).is_ok());
    }

    #[test]
    fn empty_rows_without_end_are_refused_before_they_are_made() {
        let rows = [0x2a, 0x00].repeat(MOST_ROWS + 1);
        let mut message = vec![0x0a];
        prost::encoding::encode_varint(rows.len() as u64, &mut message);
        message.extend(rows);
        assert!(count("MatchRequest", &message.into()).is_err());
    }

    #[test]
    fn empty_assignments_without_end_are_refused_too() {
        assert!(count("MatchRequest", &[0x1a, 0x00].repeat(MOST_FIELDS + 1).into()).is_err());
    }

    #[test]
    fn a_file_is_as_large_as_its_bytes_whatever_they_look_like_and_files_without_end_are_refused() {
        let content = [0x0a, 0x00].repeat(MOST_FIELDS + 1);
        let file = pb::DeskFile { name: "students.csv".to_owned(), content };
        let request =
            pb::ImportSeasonRequest { files: vec![file.clone()], decisions: Some(file), ..Default::default() };
        let counted = count(pb::ImportSeasonRequest::NAME, &request.encode_to_vec().into()).expect("few fields");
        assert_eq!((counted.rows, counted.fields), (0, 6));
        let exported = pb::ExportResponse { files: request.files };
        let counted = count(pb::ExportResponse::NAME, &exported.encode_to_vec().into()).expect("few fields");
        assert_eq!((counted.rows, counted.fields), (0, 3));
        let empty = [0x0a, 0x00].repeat(MOST_FIELDS + 1);
        assert!(count(pb::ImportSeasonRequest::NAME, &empty.into()).is_err());
    }

    #[test]
    fn what_is_no_protocol_buffer_is_left_to_the_decoder() {
        for bytes in [vec![0x0a, 0x05], vec![0xff; 30], vec![0x0b; 30], Vec::new()] {
            assert!(count("MatchRequest", &bytes.into()).is_ok());
        }
    }
}
