//! [`Strings`]: the texts that cells share.

use super::super::Unreadable;
use super::super::budget::Budget;
use super::super::xml::Xml;
use super::is_set;

/// The texts of a workbook, one behind the other.
#[derive(Default)]
pub(super) struct Strings {
    texts: String,
    ends: Vec<(usize, Strike)>,
}

/// Whether a text is struck through by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strike {
    /// As its cell is.
    AsCell,
    /// All of it.
    All,
    /// Not all of it.
    NotAll,
}

impl Strings {
    /// Reads the part.
    pub(super) fn read(text: &str, budget: &mut Budget) -> Result<Self, Unreadable> {
        let mut xml = Xml::new(text);
        xml.root()?;
        let mut strings = Self::default();
        while let Some(tag) = xml.child()? {
            if tag.name() == "si" {
                let strike = rich(&mut xml, &mut strings.texts)?;
                budget.hold(size_of::<(usize, Strike)>())?;
                strings.ends.push((strings.texts.len(), strike));
            } else {
                xml.skip()?;
            }
        }
        budget.hold(strings.texts.len())?;
        Ok(strings)
    }

    /// The text of a number.
    pub(super) fn text(&self, place: usize) -> Option<(&str, Strike)> {
        let (end, strike) = *self.ends.get(place)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(end, _)| *end);
        Some((self.texts.get(start..end)?, strike))
    }
}

/// Reads a text with its runs, but for phonetic ones, to the end of its element.
pub(super) fn rich(xml: &mut Xml<'_>, into: &mut String) -> Result<Strike, Unreadable> {
    let start = into.len();
    let (mut as_cell, mut struck, mut unstruck) = (false, false, false);
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "t" => xml.gather(into)?,
            "r" => {
                let (before, mut strike) = (into.len(), None);
                while let Some(tag) = xml.child()? {
                    match tag.name() {
                        "t" => xml.gather(into)?,
                        "rPr" => {
                            strike = Some(false);
                            while let Some(tag) = xml.child()? {
                                match tag.name() {
                                    "strike" => strike = Some(is_set(&tag, xml)?),
                                    _ => xml.skip()?,
                                }
                            }
                        }
                        _ => xml.skip()?,
                    }
                }
                let is_seen = into.get(before..).is_some_and(|run| !run.trim().is_empty());
                as_cell |= is_seen && strike.is_none();
                struck |= is_seen && strike == Some(true);
                unstruck |= is_seen && strike == Some(false);
            }
            _ => xml.skip()?,
        }
    }
    unescape(into, start);
    Ok(match (as_cell, struck, unstruck) {
        (_, _, true) => Strike::NotAll,
        (false, true, false) => Strike::All,
        _ => Strike::AsCell,
    })
}

/// Resolves letters that are written as `_x000D_`, from a place on.
pub(super) fn unescape(text: &mut String, start: usize) {
    let Some(tail) = text.get(start..).filter(|tail| tail.contains("_x")) else { return };
    let mut left = tail;
    let mut read = String::with_capacity(tail.len());
    while let Some(place) = left.find("_x") {
        let (before, escape) = left.split_at(place);
        read.push_str(before);
        let digits = escape.get(2..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let letter = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        match (letter, escape.get(6..)) {
            (Some(letter), Some(rest)) if rest.starts_with('_') => {
                read.push(letter);
                left = &rest[1..];
            }
            _ => {
                read.push_str("_x");
                left = &escape[2..];
            }
        }
    }
    read.push_str(left);
    text.truncate(start);
    text.push_str(&read);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn strings(items: &str) -> Strings {
        let text = format!("<sst xmlns='x'>{items}</sst>");
        Strings::read(&text, &mut Budget::new(&Limits::default())).expect("texts")
    }

    #[test]
    fn runs_are_one_text_and_phonetic_ones_are_none_of_it() {
        let read = strings(
            "<si><t> a </t></si><si><r><t xml:space='preserve'>Dil</t></r><r><rPr><b/></rPr><t>noza &amp; Co</t></r></si>\
             <si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si><si/>",
        );
        let texts: Vec<&str> = (0..5).map_while(|place| read.text(place)).map(|(text, _)| text).collect();
        assert_eq!(texts, [" a ", "Dilnoza & Co", "東京", ""]);
    }

    #[test]
    fn a_text_is_struck_if_all_its_runs_are() {
        let run = |inside: &str| format!("<r><rPr>{inside}</rPr><t>x</t></r>");
        let cases = [
            (format!("{}{}", run("<strike/>"), run("<strike val='1'/>")), Strike::All),
            (format!("{}{}", run("<strike/>"), run("")), Strike::NotAll),
            (run("<strike val='0'/>"), Strike::NotAll),
            (format!("<r><t>x</t></r>{}", run("<strike/>")), Strike::AsCell),
            ("<t>x</t>".to_owned(), Strike::AsCell),
        ];
        for (inside, expected) in cases {
            assert_eq!(
                strings(&format!("<si>{inside}</si>")).text(0),
                Some((if inside.matches('x').count() > 1 { "xx" } else { "x" }, expected)),
                "{inside}"
            );
        }
    }

    #[test]
    fn escaped_letters_are_resolved_and_what_only_looks_so_is_not() {
        for (written, expected) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("my_xylophone", "my_xylophone"),
            ("_xD800_é_x00é_", "_xD800_é_x00é_"),
            ("_x", "_x"),
        ] {
            let mut text = format!("ä{written}");
            unescape(&mut text, 2);
            assert_eq!(text, format!("ä{expected}"));
        }
    }
}
