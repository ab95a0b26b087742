//! Which character stands between the cells of a text.

use super::record::Records;
use std::collections::BTreeMap;

/// Those that are tried; of equally likely ones the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter that a first line such as `sep=;` declares, and where the next line begins.
pub(super) fn declared(bytes: &[u8]) -> Option<(u8, usize)> {
    let end = bytes.iter().take(16).position(|byte| matches!(byte, b'\n' | b'\r'))?;
    let line = bytes.get(..end)?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (key, delimiter) = line.split_at_checked(4)?;
    let [delimiter @ (b'\t' | b' '..=b'~')] = delimiter else { return None };
    let is_crlf = bytes.get(end..end + 2) == Some(b"\r\n");
    key.eq_ignore_ascii_case(b"sep=").then_some((*delimiter, end + if is_crlf { 2 } else { 1 }))
}

/// The delimiter by which most records have the same number of cells; of several that with more cells.
pub(super) fn delimiter<'a>(records: impl Fn() -> Records<'a>) -> u8 {
    let mut best = (0, 0, b',');
    for delimiter in DELIMITERS {
        let (share, width) = regularity(records(), delimiter);
        if (share, width) > (best.0, best.1) {
            best = (share, width, delimiter);
        }
    }
    best.2
}

/// Of a thousand records that hold something, how many have the commonest width; and that width. Nothing if it is 1.
fn regularity(mut records: Records<'_>, delimiter: u8) -> (u64, u32) {
    let mut widths: BTreeMap<u32, u64> = BTreeMap::new();
    let mut total = 0_u64;
    loop {
        let mut is_blank = true;
        let record = records.next(delimiter, |_, bytes| {
            is_blank &= bytes.iter().all(u8::is_ascii_whitespace);
            Ok(())
        });
        let Ok(Some(record)) = record else { break };
        if !is_blank {
            total = total.saturating_add(1);
            *widths.entry(record.width).or_default() += 1;
        }
    }
    let commonest = widths.into_iter().filter(|(width, _)| *width > 1).max_by_key(|(width, count)| (*count, *width));
    commonest.map_or((0, 1), |(width, count)| (count.saturating_mul(1000) / total.max(1), width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> char {
        char::from(delimiter(|| Records::new(text.as_bytes(), 0)))
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_rows_of_equal_width() {
        assert_eq!(found("id,skills\nS1,C:4;R:3\nS2,C:1;R:2;Go:1\n"), ',');
        assert_eq!(found("id;name\nS1;\"Quimby, R.\"\nS2;Li, Wei\nS3;Ana\n"), ';');
        assert_eq!(found("id\tskills\nS1\tC:4;R:3\nS2\ta,b,c\n"), '\t');
        assert_eq!(found("id|rank\nP1|1\nP2|2\n"), '|');
    }

    #[test]
    fn a_delimiter_inside_quotes_does_not_count() {
        assert_eq!(found("id;list\nS1;\"a,b\"\nS2;\"c,d\"\n\"e,f\";g\n"), ';');
    }

    #[test]
    fn one_column_is_read_as_commas() {
        assert_eq!(found("id\nS1\nS2\n"), ',');
    }

    #[test]
    fn a_first_line_may_declare_it() {
        assert_eq!(declared(b"sep=;\r\na;b"), Some((b';', 7)));
        assert_eq!(declared(b"\"SEP=|\"\na|b"), Some((b'|', 8)));
        assert_eq!(declared(b"separator,name\n"), None);
        assert_eq!(declared(b"sep=;"), None);
    }
}
