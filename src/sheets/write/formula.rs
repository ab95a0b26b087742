//! Which formulas of a copied sheet are kept.

/// Functions that compute with what they are given and look at nothing outside of the workbook.
const HARMLESS: [&str; 84] = [
    "ABS",
    "AND",
    "AVERAGE",
    "AVERAGEIF",
    "CEILING",
    "CHAR",
    "CHOOSE",
    "CLEAN",
    "CODE",
    "COLUMN",
    "CONCATENATE",
    "COUNT",
    "COUNTA",
    "COUNTBLANK",
    "COUNTIF",
    "COUNTIFS",
    "DATE",
    "DATEVALUE",
    "DAY",
    "EDATE",
    "EOMONTH",
    "EVEN",
    "EXACT",
    "EXP",
    "FALSE",
    "FIND",
    "FLOOR",
    "HLOOKUP",
    "HOUR",
    "IF",
    "IFERROR",
    "INDEX",
    "INT",
    "ISBLANK",
    "ISERROR",
    "ISNA",
    "ISNUMBER",
    "ISTEXT",
    "LARGE",
    "LEFT",
    "LEN",
    "LN",
    "LOG",
    "LOOKUP",
    "LOWER",
    "MATCH",
    "MAX",
    "MEDIAN",
    "MID",
    "MIN",
    "MINUTE",
    "MOD",
    "MONTH",
    "N",
    "NA",
    "NOT",
    "ODD",
    "OR",
    "POWER",
    "PRODUCT",
    "PROPER",
    "RANK",
    "REPLACE",
    "REPT",
    "RIGHT",
    "ROUND",
    "ROUNDDOWN",
    "ROUNDUP",
    "ROW",
    "SEARCH",
    "SIGN",
    "SMALL",
    "SQRT",
    "SUBSTITUTE",
    "SUM",
    "SUMIF",
    "SUMPRODUCT",
    "TEXT",
    "TIME",
    "TRIM",
    "TRUE",
    "UPPER",
    "VALUE",
    "VLOOKUP",
];

/// Whether a formula computes with numbers, texts, cells of its own sheet and harmless functions, and with nothing else: no other sheet
/// or file (`!`, `[`), no name, no program (`|`), no function that is not known to be harmless.
pub(super) fn is_kept(formula: &str) -> bool {
    let Some(mut rest) = formula.strip_prefix('=') else { return false };
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' => match text_length(rest) {
                Some(length) => length,
                None => return false,
            },
            '0'..='9' | '.' => number_length(rest),
            '$' | 'A'..='Z' | 'a'..='z' | '_' => {
                let is_of_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '$' | '_' | '.');
                let length = rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len());
                let word = &rest[..length];
                let is_call = rest[length..].starts_with('(');
                let is_known = HARMLESS.binary_search(&&*word.to_ascii_uppercase()).is_ok();
                let is_truth = word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false");
                if !(is_call && is_known || !is_call && (is_truth || is_reference(word))) {
                    return false;
                }
                length
            }
            '+' | '-' | '*' | '/' | '^' | '&' | '=' | '<' | '>' | '%' | '(' | ')' | ',' | ':' | ' ' => 1,
            _ => return false,
        };
        rest = &rest[taken..];
    }
    true
}

/// Length of a text in double quotes, in which a quote is written twice.
fn text_length(rest: &str) -> Option<usize> {
    let mut quotes = rest.match_indices('"').map(|(at, _)| at).skip(1).peekable();
    while let Some(at) = quotes.next() {
        match quotes.peek() {
            Some(&next) if next == at + 1 => quotes.next(),
            _ => return Some(at + 1),
        };
    }
    None
}

/// Length of a number, its power of ten included: `1.5E+3`.
fn number_length(rest: &str) -> usize {
    let digits = |text: &str| text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let whole = digits(rest);
    let power = rest[whole..].strip_prefix(['e', 'E']).map(|power| {
        let sign = usize::from(power.starts_with(['+', '-']));
        1 + sign + digits(&power[sign..])
    });
    whole + power.unwrap_or(0)
}

/// Whether a word is a cell, or a column of a range: `A1`, `$B$2`, `$C`.
fn is_reference(word: &str) -> bool {
    let column = word.strip_prefix('$').unwrap_or(word);
    let letters = column.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(column.len());
    let line = column[letters..].strip_prefix('$').unwrap_or(&column[letters..]);
    letters <= 3 && (letters > 0 || word.starts_with('$')) && line.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_compute_with_their_own_sheet_are_kept() {
        let kept = [
            "=A2+1",
            "=SUM($A$1:B9)*1.5E+3",
            "=IF(A1=\"x|[y]\"\"\",TRUE,0)",
            "=text(a2, \"00000\")",
            "=SUM(A:A)",
            "=1",
        ];
        for formula in kept {
            assert!(is_kept(formula), "{formula}");
        }
        assert!(HARMLESS.is_sorted());
    }

    #[test]
    fn formulas_that_reach_outside_are_not() {
        let left_out = [
            "=WEBSERVICE(\"http://x\")",
            "=HYPERLINK(\"http://x\")",
            "=IMPORTXML(\"u\",\"v\")",
            "=cmd|' /C calc'!A0",
            "=DDE(\"a\";\"b\";\"c\")",
            "=RTD(A1)",
            "=CALL(A1)",
            "=INDIRECT(A1)",
            "='[other.xlsx]Sheet1'!A1",
            "=Sheet2!A1",
            "='file:///etc/passwd'#$Sheet1.A1",
            "=rate*2",
            "=_xlfn.IMAGE(A1)",
            "=SUM([.A1:.A2])",
            "=\"open",
            "A1",
        ];
        for formula in left_out {
            assert!(!is_kept(formula), "{formula}");
        }
    }
}
