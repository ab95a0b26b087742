//! [`Named`]: what the attributes of a cell say, and the value that comes of it.

use super::super::Unreadable;
use super::super::formats;
use super::super::xml::Tag;
use crate::Value;

/// What the attributes of a cell say.
pub(super) struct Named {
    kind: String,
    number: Option<f64>,
    /// The value of a day, a time, a boolean or a text.
    stated: Option<String>,
    currency: String,
    is_failed: bool,
    /// The formula with its `=`.
    pub(super) formula: Option<String>,
    /// The style.
    pub(super) style: Option<String>,
    /// How many cells stand here that are all alike.
    pub(super) count: u32,
    /// How many rows and columns it is merged over.
    pub(super) merged: (u32, u32),
    /// How many rows and columns its formula fills.
    pub(super) fills: (u32, u32),
}

impl Named {
    /// Reads the attributes.
    pub(super) fn read(tag: &Tag<'_>) -> Result<Self, Unreadable> {
        let mut named = Self {
            kind: String::new(),
            number: None,
            stated: None,
            currency: String::new(),
            is_failed: false,
            formula: None,
            style: None,
            count: 1,
            merged: (1, 1),
            fills: (1, 1),
        };
        let count = |value: &str| value.parse::<u32>().unwrap_or(1).max(1);
        tag.each(|key, value| match key {
            "value-type" if value == "error" => named.is_failed = true,
            "value-type" => named.kind = value.into_owned(),
            "value" => named.number = formats::number(&value),
            "date-value" | "time-value" | "boolean-value" | "string-value" => named.stated = Some(value.into_owned()),
            "currency" => named.currency = value.into_owned(),
            "formula" => {
                let (_, formula) = value.split_once('=').unwrap_or(("", &value));
                named.formula = Some(format!("={formula}"));
            }
            "style-name" => named.style = Some(value.into_owned()),
            "number-columns-repeated" => named.count = count(&value),
            "number-rows-spanned" => named.merged.0 = count(&value),
            "number-columns-spanned" => named.merged.1 = count(&value),
            "number-matrix-rows-spanned" => named.fills.0 = count(&value),
            "number-matrix-columns-spanned" => named.fills.1 = count(&value),
            _ => {}
        })?;
        Ok(named)
    }

    /// The value, given the text that is shown. None: there is none.
    pub(super) fn value(&self, shown: String) -> Option<Value> {
        let is_failed =
            self.is_failed || self.formula.is_some() && (shown.starts_with('#') || shown.starts_with("Err:"));
        if is_failed && !shown.is_empty() {
            return Some(Value::Failed(shown));
        }
        let text = |shown: String| (!shown.is_empty()).then_some(Value::Text(shown));
        match (self.kind.as_str(), self.number, &self.stated) {
            ("float", Some(number), _) => Some(number_as_shown(number, &shown)),
            ("percentage", Some(number), _) => Some(Value::Text(format!("{}%", formats::hundredths(number)))),
            ("currency", Some(number), _) if self.currency.is_empty() => Some(Value::Number(number)),
            ("currency", Some(number), _) => Some(Value::Text(format!("{number} {}", self.currency))),
            ("date", _, Some(stated)) => Some(formats::iso(stated)),
            ("time", _, Some(stated)) => duration(stated).map(formats::elapsed).or_else(|| text(shown)),
            ("boolean", _, Some(stated)) => Some(Value::Boolean(stated == "true")),
            ("string", _, Some(stated)) if shown.is_empty() => Some(Value::Text(stated.clone())),
            ("string", _, _) if self.formula.is_some() => Some(Value::Text(shown)),
            _ => text(shown),
        }
    }
}

/// A number; as text where its format shows zeros before it, or letters or a currency around it.
fn number_as_shown(number: f64, shown: &str) -> Value {
    let shown = shown.trim();
    let is_padded = shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit());
    if is_padded && shown.parse::<f64>().is_ok_and(|read| (read - number).abs() < 0.5) {
        return Value::Text(shown.to_owned());
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (shown.find(is_digit), shown.rfind(is_digit)) else { return Value::Number(number) };
    let (before, after) = (shown.get(..first).unwrap_or_default(), shown.get(last + 1..).unwrap_or_default());
    let inside = shown.get(first..=last).unwrap_or_default();
    let says = |text: &str| {
        text.chars().any(|c| c.is_alphabetic() || c == '$' || !c.is_ascii() && !c.is_whitespace() && c != '−')
    };
    if inside.chars().any(char::is_alphabetic) || !(says(before) || says(after)) {
        return Value::Number(number);
    }
    let (before, sign) = (before.replace(['-', '−', '+'], ""), if number < 0.0 { "-" } else { "" });
    Value::Text(format!("{sign}{before}{}{after}", number.abs()))
}

/// A length of time such as `PT12H30M00S`, in days.
fn duration(text: &str) -> Option<f64> {
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |text| (-1.0, text));
    let mut left = text.strip_prefix("PT")?;
    let mut seconds = 0.0;
    while let Some(end) = left.find(|c: char| c.is_ascii_alphabetic()) {
        let (number, unit) = left.split_at(end);
        let number: f64 = number.replace(',', ".").parse().ok()?;
        seconds += number
            * match unit.as_bytes().first() {
                Some(b'H') => 3600.0,
                Some(b'M') => 60.0,
                Some(b'S') => 1.0,
                _ => return None,
            };
        left = unit.get(1..)?;
    }
    left.is_empty().then_some(sign * seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_a_person_sees() {
        for (number, shown, expected) in [
            (418.0, "00418", "00418"),
            (4.25, "4,25", "4.25"),
            (0.0, "0", "0"),
            (150_000.0, "1.5E+05", "150000"),
            (40.0, "40 h", "40 h"),
            (-560.0, "-€560.00", "-€560"),
            (1234.0, "1.234", "1234"),
            (3.0, "###", "3"),
        ] {
            assert_eq!(number_as_shown(number, shown).shown(), expected);
        }
    }

    #[test]
    fn lengths_of_time_are_days() {
        assert_eq!(duration("PT12H00M00S"), Some(0.5));
        assert_eq!(duration("-PT36H0M0,0S"), Some(-1.5));
        assert_eq!([duration("P1D"), duration("PT1X"), duration("PT12"), duration("PTH")], [None; 4]);
    }
}
