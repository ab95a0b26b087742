//! [`Survey`]: how a column is written as a whole, which no single cell can say.

use sheets::{Cell, Value};

use super::dates::{Day, Order, Writing, day};
use super::numbers::{Number, number};
use super::text::trimmed;
use crate::columns::Kind;

/// How a column is written as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Survey {
    /// Cells that hold something.
    pub filled: usize,
    /// Days that are year first, words, or cells of days.
    year_first: usize,
    /// Days of three numbers that are days in one order only.
    day_first: usize,
    month_first: usize,
    /// Days of three numbers that may be two days, and those with points, whose day is first.
    two_days: usize,
    pointed: usize,
    /// Cells that hold a number with a comma.
    pub commas: usize,
    /// Numbers of lists that have decimals.
    fractions: usize,
    /// Texts with a space after them.
    pub trailing: usize,
}

impl Survey {
    /// Looks at one cell more.
    pub fn add(&mut self, cell: &Cell, kind: Kind) {
        let text = match &cell.value {
            Some(Value::Text(text)) => text.as_str(),
            Some(value) => {
                self.filled += 1;
                self.year_first += usize::from(matches!(value, Value::Moment(_)));
                return;
            }
            None => return,
        };
        let short = trimmed(text);
        if short.is_empty() {
            return;
        }
        self.filled += 1;
        self.trailing += usize::from(text.ends_with(char::is_whitespace));
        match kind {
            Kind::Date => self.add_day(short),
            Kind::Decimal(..) => self.commas += usize::from(matches!(number(short), Number::Comma(..))),
            Kind::SkillsAsked => {
                let parts = short.split(';').flat_map(|entry| entry.split(':').skip(1));
                let before = self.commas;
                for part in parts {
                    match number(part.trim()) {
                        Number::Plain(value) => self.fractions += usize::from(value.fract() != 0.0),
                        Number::Comma(..) => {
                            self.fractions += 1;
                            self.commas += 1;
                        }
                        _ => {}
                    }
                }
                self.commas = self.commas.min(before + 1);
            }
            _ => {}
        }
    }

    fn add_day(&mut self, text: &str) {
        match day(text) {
            Day::Iso(_) | Day::NearlyIso(_) | Day::Worded(_) | Day::WithTime(_) => self.year_first += 1,
            Day::Numbers { day_first, month_first, has_points, .. } => {
                self.pointed += usize::from(has_points);
                match (day_first, month_first) {
                    (Some(one), Some(other)) if one != other => self.two_days += 1,
                    (Some(_), None) => self.day_first += 1,
                    (None, Some(_)) => self.month_first += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Days that are written as three numbers.
    fn of_numbers(&self) -> usize {
        self.day_first + self.month_first + self.two_days
    }

    /// Cells that may be two days.
    pub fn two_days(&self) -> usize {
        self.two_days
    }

    /// How the column writes its days, by itself or by an answer.
    pub fn writing(&self, answer: Option<Order>) -> Writing {
        if self.of_numbers() <= self.year_first {
            return Writing::YearFirst;
        }
        match answer {
            Some(order) => Writing::Known(order),
            None if self.pointed == self.of_numbers() && self.month_first == 0 => Writing::Known(Order::DayFirst),
            None if self.day_first > 0 && self.month_first == 0 => Writing::Known(Order::DayFirst),
            None if self.month_first > 0 && self.day_first == 0 => Writing::Known(Order::MonthFirst),
            None if self.two_days > 0 && self.day_first == 0 => Writing::Unknown,
            None => Writing::Mixed,
        }
    }

    /// Whether the numbers of a list of skills are weights.
    pub fn weighs(&self) -> bool {
        self.fractions > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(days: &[&str]) -> Survey {
        let mut survey = Survey::default();
        days.iter().for_each(|day| survey.add(&Cell::text(0, *day), Kind::Date));
        survey
    }

    #[test]
    fn one_day_above_twelve_says_the_order_of_the_column_and_two_orders_say_nothing() {
        assert_eq!(survey(&["05/06/2027", "31/06/2027", "13/05/2027"]).writing(None), Writing::Known(Order::DayFirst));
        assert_eq!(survey(&["05/06/2027", "05/31/2027"]).writing(None), Writing::Known(Order::MonthFirst));
        assert_eq!(survey(&["05/06/2027", "06/07/2027"]).writing(None), Writing::Unknown);
        assert_eq!(survey(&["05/06/2027", "13/07/2027", "07/13/2027"]).writing(None), Writing::Mixed);
        assert_eq!(survey(&["05.06.2027", "06.07.2027"]).writing(None), Writing::Known(Order::DayFirst));
        assert_eq!(survey(&["2027-05-06", "2027-05-07", "06/07/2027"]).writing(None), Writing::YearFirst);
        assert_eq!(
            survey(&["05/06/2027", "06/07/2027"]).writing(Some(Order::MonthFirst)),
            Writing::Known(Order::MonthFirst)
        );
    }
}
