//! [`Xml`]: a part of a workbook, element by element. Names are without their prefixes; entities of the document's own are refused.

use super::Unreadable;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// How deep elements may lie in each other.
const DEPTH: u32 = 256;

/// A place in an XML document.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: u32,
}

/// An element that was opened.
pub(super) struct Tag<'a>(BytesStart<'a>);

/// What comes next.
pub(super) enum Step<'a> {
    /// An element begins.
    Open(Tag<'a>),
    /// Text, with its references resolved.
    Text(Cow<'a, str>),
    /// The element ends.
    Close,
}

/// The text of an XML part, by its byte order mark or the encoding that it declares.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Unreadable> {
    let declared = || {
        let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(&bytes)).into_owned();
        let head = head.split("?>").next().filter(|head| head.starts_with("<?xml"))?.to_owned();
        let label = head.split("encoding=").nth(1)?.trim_start_matches(['"', '\'']);
        let label = label.split(['"', '\'']).next()?;
        encoding_rs::Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != encoding_rs::UTF_8)
    };
    let marked = encoding_rs::Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
    let encoding = marked.or_else(declared).unwrap_or(encoding_rs::UTF_8);
    let is_plain = encoding == encoding_rs::UTF_8 && marked.is_none();
    let text = if is_plain {
        String::from_utf8(bytes).ok()
    } else {
        let (text, _, is_broken) = encoding.decode(&bytes);
        (!is_broken).then(|| text.into_owned())
    };
    text.ok_or_else(|| Unreadable::Damaged("its XML holds bytes that are no text".to_owned()))
}

impl<'a> Xml<'a> {
    /// The beginning of a document.
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// What comes next. None: the document ends.
    pub(super) fn step(&mut self) -> Result<Option<Step<'a>>, Unreadable> {
        loop {
            return Ok(Some(match self.reader.read_event().map_err(|_| self.damaged())? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEPTH {
                        return Err(self.damaged());
                    }
                    Step::Open(Tag(start))
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Event::Text(text) => Step::Text(match text.into_inner() {
                    Cow::Borrowed(text) if !text.contains('\r') => Cow::Borrowed(text),
                    text => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
                }),
                Event::CData(text) => Step::Text(text.into_inner()),
                Event::GeneralRef(reference) => {
                    let letter = match reference.resolve_char_ref() {
                        Ok(Some(letter)) => letter,
                        Ok(None) => predefined(&reference).ok_or(Unreadable::Entities)?,
                        Err(_) => return Err(self.damaged()),
                    };
                    Step::Text(Cow::Owned(letter.to_string()))
                }
                Event::DocType(_) => return Err(Unreadable::Entities),
                Event::Eof if self.depth > 0 => return Err(self.damaged()),
                Event::Eof => return Ok(None),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            }));
        }
    }

    /// The next element inside the one that is open, which must be read to its end before the next is asked for. None: it ends.
    pub(super) fn child(&mut self) -> Result<Option<Tag<'a>>, Unreadable> {
        loop {
            match self.step()? {
                Some(Step::Open(tag)) => return Ok(Some(tag)),
                Some(Step::Text(_)) => {}
                Some(Step::Close) | None => return Ok(None),
            }
        }
    }

    /// Enters the outermost element.
    pub(super) fn root(&mut self) -> Result<Tag<'a>, Unreadable> {
        self.child()?.ok_or_else(|| self.damaged())
    }

    /// Reads to the end of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), Unreadable> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.step()?;
        }
        Ok(())
    }

    /// Reads to the end of the element that was opened last, and adds its text, without that of elements inside.
    pub(super) fn gather(&mut self, into: &mut String) -> Result<(), Unreadable> {
        loop {
            match self.step()? {
                Some(Step::Open(_)) => self.skip()?,
                Some(Step::Text(text)) => into.push_str(&text),
                Some(Step::Close) | None => return Ok(()),
            }
        }
    }

    fn damaged(&self) -> Unreadable {
        Unreadable::Damaged(format!("its XML breaks off or is malformed at byte {}", self.reader.buffer_position()))
    }
}

impl Tag<'_> {
    /// Its name without the prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Goes through its attributes: names without their prefixes, and values.
    pub(super) fn each(&self, mut take: impl FnMut(&str, Cow<'_, str>)) -> Result<(), Unreadable> {
        let damaged = || Unreadable::Damaged(format!("its XML has a malformed attribute in <{}>", self.name()));
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| damaged())?;
            let name = attribute.key.local_name().into_inner();
            if attribute.value.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
                take(name, attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| damaged())?);
            } else {
                take(name, Cow::Borrowed(&attribute.value));
            }
        }
        Ok(())
    }

    /// One attribute.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let mut found = None;
        self.each(|key, value| {
            if key == name && found.is_none() {
                found = Some(value.into_owned());
            }
        })?;
        Ok(found)
    }
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}
