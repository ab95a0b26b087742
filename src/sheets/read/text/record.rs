//! [`Records`]: bytes into records of cells, by the usual rules of quotes (RFC 4180), and lenient where those are broken.

use super::super::Unreadable;

/// What is left of a text.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    unquoted: Vec<u8>,
}

/// One record, without its cells.
pub(super) struct Record {
    /// The line on which it begins, counted from 1.
    pub(super) line: u32,
    /// How many cells it has.
    pub(super) width: u32,
    /// The column of a quote that opens and never closes.
    pub(super) unclosed: Option<u32>,
    /// The first column in which text follows the closing quote, or spaces stand before what would open it.
    pub(super) stray: Option<u32>,
}

impl<'a> Records<'a> {
    /// The records from an offset on, at which a line begins.
    pub(super) fn new(bytes: &'a [u8], start: usize) -> Self {
        let mut records = Self { bytes, at: start, line: 1, unquoted: Vec::new() };
        records.count_lines(0, start);
        records
    }

    /// The next record; each of its cells goes to `take` with its column. None: there is no more.
    pub(super) fn next(
        &mut self,
        delimiter: u8,
        mut take: impl FnMut(u32, &[u8]) -> Result<(), Unreadable>,
    ) -> Result<Option<Record>, Unreadable> {
        if self.at >= self.bytes.len() {
            return Ok(None);
        }
        let start = self.at;
        let mut record = Record { line: self.line, width: 0, unclosed: None, stray: None };
        loop {
            let column = record.width;
            if self.bytes.get(self.at) == Some(&b'"') {
                self.quoted(delimiter, column, &mut record);
                take(column, &self.unquoted)?;
            } else {
                let from = self.at;
                self.at = self.end_of_cell(delimiter);
                let cell = self.bytes.get(from..self.at).unwrap_or_default();
                if cell.first() == Some(&b' ') && cell.trim_ascii_start().first() == Some(&b'"') {
                    record.stray = record.stray.or(Some(column));
                }
                take(column, cell)?;
            }
            record.width = record.width.saturating_add(1);
            match self.bytes.get(self.at) {
                Some(byte) if *byte == delimiter => self.at += 1,
                Some(b'\r') if self.bytes.get(self.at + 1) == Some(&b'\n') => self.at += 2,
                Some(_) => self.at += 1,
                None => break,
            }
            if self.bytes.get(self.at - 1) != Some(&delimiter) {
                break;
            }
        }
        self.count_lines(start, self.at);
        Ok(Some(record))
    }

    /// Reads a cell that begins with a quote into `unquoted`.
    fn quoted(&mut self, delimiter: u8, column: u32, record: &mut Record) {
        self.unquoted.clear();
        self.at += 1;
        loop {
            let from = self.at;
            let left = self.bytes.get(from..).unwrap_or_default();
            let Some(quote) = left.iter().position(|byte| *byte == b'"') else {
                self.unquoted.extend_from_slice(left);
                self.at = self.bytes.len();
                record.unclosed = Some(column);
                return;
            };
            self.unquoted.extend_from_slice(left.get(..quote).unwrap_or_default());
            self.at = from + quote + 1;
            if self.bytes.get(self.at) != Some(&b'"') {
                break;
            }
            self.unquoted.push(b'"');
            self.at += 1;
        }
        let from = self.at;
        self.at = self.end_of_cell(delimiter);
        if let Some(rest @ [_, ..]) = self.bytes.get(from..self.at) {
            self.unquoted.extend_from_slice(rest);
            if rest.iter().any(|byte| *byte != b' ') {
                record.stray = record.stray.or(Some(column));
            }
        }
    }

    /// Where the cell ends that goes on here without quotes.
    fn end_of_cell(&self, delimiter: u8) -> usize {
        let left = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
        left.iter().position(ends).map_or(self.bytes.len(), |length| self.at + length)
    }

    /// Counts the line ends between two offsets: LF, CR LF, and CR alone.
    fn count_lines(&mut self, from: usize, to: usize) {
        let part = self.bytes.get(from..to).unwrap_or_default();
        let ends = part.iter().enumerate().filter(|(place, byte)| match byte {
            b'\n' => true,
            b'\r' => self.bytes.get(from + place + 1) != Some(&b'\n'),
            _ => false,
        });
        let count = u32::try_from(ends.count()).unwrap_or(u32::MAX);
        self.line = self.line.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = Vec<(u32, Vec<String>)>;
    type Odd = Vec<(Option<u32>, Option<u32>)>;

    fn read(text: &str) -> (Read, Odd) {
        let mut records = Records::new(text.as_bytes(), 0);
        let (mut read, mut odd) = (Vec::new(), Vec::new());
        loop {
            let mut cells = Vec::new();
            let take = |_, bytes: &[u8]| {
                cells.push(String::from_utf8_lossy(bytes).into_owned());
                Ok(())
            };
            let Some(record) = records.next(b',', take).expect("no limit") else { break };
            assert_eq!(record.width as usize, cells.len());
            read.push((record.line, cells));
            odd.push((record.unclosed, record.stray));
        }
        (read, odd)
    }

    fn cells(text: &str) -> Read {
        read(text).0
    }

    fn row(line: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn every_line_end_ends_a_record() {
        for end in ["\n", "\r\n", "\r"] {
            let expected = [row(1, &["a", "b"]), row(2, &[""]), row(3, &["c", ""])];
            assert_eq!(cells(&["a,b", "", "c,"].join(end)), expected);
        }
    }

    #[test]
    fn a_last_line_end_begins_no_record() {
        assert_eq!(cells("a\n"), [row(1, &["a"])]);
        assert_eq!(cells(""), []);
    }

    #[test]
    fn quotes_hold_delimiters_line_breaks_and_doubled_quotes() {
        let expected = [row(1, &["a,b", "c\r\nd", "e\"f"]), row(3, &["g"])];
        assert_eq!(cells("\"a,b\",\"c\r\nd\",\"e\"\"f\"\ng"), expected);
    }

    #[test]
    fn a_quote_inside_a_cell_is_text() {
        assert_eq!(read("5\" disk,x").1, [(None, None)]);
        assert_eq!(cells("5\" disk,x"), [row(1, &["5\" disk", "x"])]);
    }

    #[test]
    fn a_quote_that_never_closes_holds_the_rest_and_is_told() {
        let (records, odd) = read("a,b\nc,\"d,e\nf,g");
        assert_eq!(records, [row(1, &["a", "b"]), row(2, &["c", "d,e\nf,g"])]);
        assert_eq!(odd, [(None, None), (Some(1), None)]);
    }

    #[test]
    fn text_after_a_closing_quote_stays_and_is_told() {
        let (records, odd) = read("\"a\"b,c\n\"d\" ,e");
        assert_eq!(records, [row(1, &["ab", "c"]), row(2, &["d ", "e"])]);
        assert_eq!(odd, [(None, Some(0)), (None, None)]);
        let (records, odd) = read("a, \"b\"\n");
        assert_eq!((records, odd), (vec![row(1, &["a", " \"b\""])], vec![(None, Some(1))]));
    }
}
