//! Shares of a whole, as people read them.

/// A share in percent with one decimal, half up: `61.2%`; a dash where there is no whole.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let mille = (u128::from(part) * 2_000 + u128::from(whole)) / (u128::from(whole) * 2);
    format!("{}.{}%", mille / 10, mille % 10)
}

/// A share of a length, for a picture.
pub(crate) fn length(part: u64, whole: u64, of: f64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 * of }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_rounded_half_up_and_a_share_of_nothing_is_a_dash() {
        let told = [(1, 3), (2, 3), (1, 16), (5, 5), (0, 7), (3, 0)].map(|(part, whole)| percent(part, whole));
        assert_eq!(told, ["33.3%", "66.7%", "6.3%", "100.0%", "0.0%", "–"]);
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0%");
    }
}
