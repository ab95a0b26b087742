//! A formula that several cells share, as it stands in one of them.

use super::super::merged;

/// A formula as it stands so many lines and columns further down and to the right. Whole rows and columns (`A:A`) stay as they are.
pub(super) fn moved(formula: &str, lines: i64, columns: i64) -> String {
    let mut written = String::with_capacity(formula.len());
    let mut left = formula;
    while let Some(first) = left.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let length = match first {
            '"' | '\'' => left[1..].find(first).map_or(left.len(), |end| end + 2),
            _ if is_word(first) => left.find(|c| !is_word(c)).unwrap_or(left.len()),
            _ => first.len_utf8(),
        };
        let (token, rest) = left.split_at(length);
        let is_name = !is_word(first) || rest.starts_with(['(', '!', '[']);
        match if is_name { None } else { reference(token, lines, columns) } {
            Some(reference) => written.push_str(&reference),
            None => written.push_str(token),
        }
        left = rest;
    }
    written
}

/// An address such as `B$2`, moved where no `$` holds it. None: it is none, or would be outside the sheet.
fn reference(token: &str, lines: i64, columns: i64) -> Option<String> {
    let (line, column) = merged::address(token)?;
    let letters = token.trim_start_matches('$').find(|c: char| !c.is_ascii_alphabetic())?;
    let has_fixed_column = token.starts_with('$');
    let has_fixed_line = token.trim_start_matches('$').get(letters..)?.starts_with('$');
    let place = |at: u32, by: i64, is_fixed: bool| u32::try_from(i64::from(at) + if is_fixed { 0 } else { by }).ok();
    let (line, column) = (place(line, lines, has_fixed_line)?, place(column, columns, has_fixed_column)?);
    let plain = crate::Place::Cell(line.max(1), column).to_string();
    let end = plain.find(|c: char| c.is_ascii_digit())?;
    let sign = |is_fixed: bool| if is_fixed { "$" } else { "" };
    Some(format!("{}{}{}{}", sign(has_fixed_column), &plain[..end], sign(has_fixed_line), &plain[end..]))
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn addresses_move_and_nothing_else_does() {
        for (formula, expected) in [
            ("=B2+$B2+B$2+$B$2", "=C4+$B4+C$2+$B$2"),
            ("=SUM(A1:AZ10)", "=SUM(B3:BA12)"),
            ("=LOG10(A1)&\"A1 said \"\"B2\"\"\"", "=LOG10(B3)&\"A1 said \"\"B2\"\"\""),
            ("='A1 B2'!A1+Sheet2!B2+A1!C3", "='A1 B2'!B3+Sheet2!C4+A1!D5"),
            ("=Table1[A1]+x.A1+é1+1E5", "=Table1[B3]+x.A1+é1+1E5"),
            ("=\"open", "=\"open"),
        ] {
            assert_eq!(moved(formula, 2, 1), expected);
        }
        assert_eq!(moved("=A1+B9", -3, -1), "=A1+A6");
    }
}
