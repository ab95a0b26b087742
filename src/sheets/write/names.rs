//! Names of sheets that Excel takes.

use std::collections::HashSet;

/// Most characters of a sheet's name, as UTF-16 counts them.
const MOST: usize = 31;

/// Names for sheets, each as close to what is wanted as Excel allows: at most 31 characters, none of `[]:*?/\`, no apostrophe at
/// either end, not `History`, and no two alike but for case. A name that is taken gets a number.
pub fn sheet_names<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    wanted.into_iter().map(|name| unlike(&allowed(name), &mut taken)).collect()
}

fn allowed(name: &str) -> String {
    let may_not = |letter: char| letter.is_control() || matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
    let name: String = name.chars().map(|letter| if may_not(letter) { '_' } else { letter }).collect();
    let name = name.trim().trim_matches('\'').trim();
    if name.is_empty() { "Sheet".to_owned() } else { cut(name, MOST) }
}

/// The first characters of a name, none of them torn; no apostrophe at its end.
fn cut(name: &str, most: usize) -> String {
    let mut length = 0;
    let kept = name.chars().take_while(|letter| {
        length += letter.len_utf16();
        length <= most
    });
    kept.collect::<String>().trim_end_matches([' ', '\'']).to_owned()
}

fn unlike(name: &str, taken: &mut HashSet<String>) -> String {
    let is_reserved = name.eq_ignore_ascii_case("history");
    let numbered = (2_u32..).map(|number| {
        let ending = format!(" ({number})");
        format!("{}{ending}", cut(name, MOST.saturating_sub(ending.len())))
    });
    let whole = (!is_reserved).then(|| name.to_owned());
    let mut names = whole.into_iter().chain(numbered);
    // There is always one: the numbers outlast the names.
    names.find(|name| taken.insert(name.to_lowercase())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_get_names_that_excel_takes_and_no_two_are_alike() {
        let wanted = ["students", "Students", "a/b:c", "'x'", "", "History", &"long ".repeat(9), &"long ".repeat(9)];
        let names = sheet_names(wanted);
        assert_eq!(names[..6], ["students", "Students (2)", "a_b_c", "x", "Sheet", "History (2)"]);
        assert_eq!(names[6], "long long long long long long l");
        assert_eq!(names[7], "long long long long long lo (2)");
        assert!(names.iter().all(|name| name.encode_utf16().count() <= MOST));
        assert_eq!(sheet_names([&*"𝒳".repeat(40)])[0].encode_utf16().count(), 30);
    }
}
