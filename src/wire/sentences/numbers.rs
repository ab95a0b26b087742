//! Numbers as people read them.

use rules::finding;

/// A score of 100 in points: what 1,000,000 points are called.
const POINTS_OF_ONE: i64 = 10_000;

/// A number with a comma between thousands.
pub fn count(number: i64) -> String {
    finding::grouped(number)
}

/// A number and what it counts: `1 seat`, `2 seats`.
pub fn counted(number: i64, what: &str) -> String {
    finding::counted(number, what)
}

/// `1st`, `2nd`, `11th`.
pub fn ordinal(number: i64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(number))
}

/// Two sums of points as scores, with as many decimals as tell them apart, 1 to 4.
pub fn scores(first: i64, second: i64) -> (String, String) {
    let both = |decimals| (rounded(first, decimals), rounded(second, decimals));
    (1..4).map(both).find(|(one, other)| first == second || one != other).unwrap_or_else(|| both(4))
}

/// Rounded half away from zero.
fn rounded(points: i64, decimals: u32) -> String {
    let unit = POINTS_OF_ONE / 10_i64.pow(decimals);
    let units = (points.unsigned_abs() as i64 + unit / 2) / unit;
    let (whole, part) = (units / 10_i64.pow(decimals), units % 10_i64.pow(decimals));
    let sign = if points < 0 && units > 0 { "-" } else { "" };
    format!("{sign}{}.{part:0width$}", count(whole), width = decimals as usize)
}

/// A list as people write it: `a`, `a and b`, `a, b and c`.
pub fn listed(items: &[String], last: &str) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// The first of a list, and how many it leaves out.
pub fn listed_most(mut items: Vec<String>, most: usize, last: &str) -> String {
    if items.len() > most {
        let left_out = items.len() - most;
        items.truncate(most);
        items.push(format!("{} more", count(left_out as i64)));
        return listed(&items, "and");
    }
    listed(&items, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([count(0), count(999), count(1_000), count(-12_345_678)], ["0", "999", "1,000", "-12,345,678"]);
        assert_eq!([counted(1, "seat"), counted(0, "seat"), counted(2, "seat")], ["1 seat", "0 seats", "2 seats"]);
        let ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal);
        assert_eq!(ordinals, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]);
    }

    #[test]
    fn scores_have_as_many_decimals_as_tell_them_apart() {
        assert_eq!(scores(1_000_000, 990_000), ("100.0".to_owned(), "99.0".to_owned()));
        assert_eq!(scores(990_000, 990_400), ("99.00".to_owned(), "99.04".to_owned()));
        assert_eq!(scores(12_345_678, 12_345_679), ("1,234.5678".to_owned(), "1,234.5679".to_owned()));
        assert_eq!(scores(500_000, 500_000), ("50.0".to_owned(), "50.0".to_owned()));
        assert_eq!(scores(-5_000, 0), ("-0.5".to_owned(), "0.0".to_owned()));
    }

    #[test]
    fn a_list_says_how_many_it_leaves_out() {
        let items = || ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(listed_most(items(), 3, "or"), "a, b or c");
        assert_eq!(listed_most(items(), 2, "or"), "a, b and 1 more");
    }
}
