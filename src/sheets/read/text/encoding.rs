//! Bytes of a text into UTF-8. What is no text in its encoding comes out as the byte FF, which no UTF-8 has.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use std::borrow::Cow;

/// What is no text.
const BROKEN: u8 = 0xFF;

/// A text in UTF-8, but for what is broken.
pub(super) struct Decoded<'a> {
    /// Its bytes, without a byte order mark.
    pub(super) bytes: Cow<'a, [u8]>,
    /// The encoding, if nothing says what it is.
    pub(super) guessed: Option<&'static str>,
}

/// Decodes a text by its byte order mark, else as UTF-16 or UTF-8 if it is that, else by a guess.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let known = |bytes: Cow<'_, [u8]>| Decoded { bytes: Cow::Owned(bytes.into_owned()), guessed: None };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Decoded { bytes: Cow::Borrowed(rest), guessed: None },
        [0xFF, 0xFE, 0, 0, rest @ ..] if rest.len().is_multiple_of(4) => known(utf_32(rest, u32::from_le_bytes)),
        [0, 0, 0xFE, 0xFF, rest @ ..] => known(utf_32(rest, u32::from_be_bytes)),
        [0xFF, 0xFE, rest @ ..] => known(utf_16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => known(utf_16(rest, u16::from_be_bytes)),
        _ if is_utf_16(bytes, 1) => known(utf_16(bytes, u16::from_le_bytes)),
        _ if is_utf_16(bytes, 0) => known(utf_16(bytes, u16::from_be_bytes)),
        _ if is_utf_8(bytes) => Decoded { bytes: Cow::Borrowed(bytes), guessed: None },
        _ => guess(bytes),
    }
}

/// Whether a text is UTF-8, with no more broken letters than whole ones beyond ASCII.
fn is_utf_8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken == 0 || broken <= whole
}

/// Whether the bytes look like UTF-16 without a mark: `high` is where in a pair of bytes the zero of an ASCII letter stands.
fn is_utf_16(bytes: &[u8], high: usize) -> bool {
    let head = bytes.get(..65_536).unwrap_or(bytes);
    let zeros = |place: usize| head.iter().skip(place).step_by(2).filter(|byte| **byte == 0).count();
    let (high, low) = (zeros(high), zeros(1 - high));
    bytes.len() >= 4 && bytes.len().is_multiple_of(2) && high > head.len() / 10 && low < high / 10
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = Vec::with_capacity(bytes.len());
    for read in char::decode_utf16(units.iter().map(|bytes| unit(*bytes))) {
        push(&mut text, read.ok());
    }
    text.extend(rest.iter().map(|_| BROKEN));
    Cow::Owned(text)
}

fn utf_32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Cow<'_, [u8]> {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut text = Vec::with_capacity(bytes.len() / 2);
    for bytes in units {
        push(&mut text, char::from_u32(unit(*bytes)));
    }
    text.extend(rest.first().map(|_| BROKEN));
    Cow::Owned(text)
}

fn push(text: &mut Vec<u8>, read: Option<char>) {
    match read {
        Some(read) => text.extend_from_slice(read.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.push(BROKEN),
    }
}

fn guess(bytes: &[u8]) -> Decoded<'_> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
    let mut read = Vec::with_capacity(text.len());
    for letter in text.chars() {
        push(&mut read, (!is_broken || letter != char::REPLACEMENT_CHARACTER).then_some(letter));
    }
    Decoded { bytes: Cow::Owned(read), guessed: Some(encoding.name()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id,name\nS1,Zoë Ağaoğlu\nS2,李伟 𠮷\n";

    fn read(bytes: &[u8]) -> (Option<String>, Option<&'static str>) {
        let decoded = decode(bytes);
        (String::from_utf8(decoded.bytes.into_owned()).ok(), decoded.guessed)
    }

    fn utf_16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_mark_says_what_a_text_is_and_is_no_part_of_it() {
        let marked = format!("\u{feff}{TEXT}");
        let utf_32 = |bytes: fn(u32) -> [u8; 4]| marked.chars().flat_map(|c| bytes(u32::from(c))).collect::<Vec<u8>>();
        for bytes in [
            marked.clone().into_bytes(),
            utf_16_of(&marked, u16::to_le_bytes),
            utf_16_of(&marked, u16::to_be_bytes),
            utf_32(u32::to_le_bytes),
            utf_32(u32::to_be_bytes),
        ] {
            assert_eq!(read(&bytes), (Some(TEXT.to_owned()), None));
        }
    }

    #[test]
    fn utf_16_without_a_mark_is_known_by_its_zeros() {
        for bytes in [utf_16_of(TEXT, u16::to_le_bytes), utf_16_of(TEXT, u16::to_be_bytes)] {
            assert_eq!(read(&bytes), (Some(TEXT.to_owned()), None));
        }
    }

    #[test]
    fn a_few_broken_bytes_leave_a_text_utf_8() {
        let mut bytes = TEXT.as_bytes().to_vec();
        let letter = TEXT.find('ë').expect("a letter");
        bytes.remove(letter + 1);
        let decoded = decode(&bytes);
        assert_eq!(decoded.guessed, None);
        assert_eq!(*decoded.bytes, *bytes);
    }

    #[test]
    fn half_a_letter_of_utf_16_is_broken_and_the_rest_is_read() {
        let mut bytes = utf_16_of("\u{feff}ab𠮷cd", u16::to_le_bytes);
        bytes.drain(6..8);
        assert_eq!(*decode(&bytes).bytes, *b"ab\xFFcd");
    }

    #[test]
    fn other_bytes_are_a_guess() {
        let (text, guessed) = read(b"id,name\nH1,Universit\xE4t T\xFCbingen\nH2,K\xF8benhavns Vindv\xE6rk\n");
        assert_eq!(guessed, Some("windows-1252"));
        assert_eq!(text.as_deref(), Some("id,name\nH1,Universität Tübingen\nH2,Københavns Vindværk\n"));
    }
}
