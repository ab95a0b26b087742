//! What a page shows of an output against what came.

/// Stands for any lines where it is the whole line, else for any text.
const ANY: &str = "…";

/// Whether a text is the id of a run.
pub fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The ids of runs in a text, in order.
pub fn ids(text: &str) -> Vec<String> {
    let after = text.split("runs/").skip(1);
    after.filter_map(|rest| rest.get(..36)).filter(|id| is_id(id)).map(str::to_owned).collect()
}

/// A line without what differs from time to time: ids of runs, times, seconds that something took.
pub fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (text, length) = if let Some(id) = rest.strip_prefix("runs/").and_then(|rest| rest.get(..36))
            && is_id(id)
        {
            ("runs/ID", 41)
        } else if let Some(length) = time(rest) {
            ("TIME", length)
        } else if let Some(length) = seconds(rest)
            && !plain.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        {
            ("N s", length)
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        plain.push_str(text);
        rest = &rest[length..];
    }
    plain
}

/// The length of a time such as `2026-11-27T18:00:00.5Z` at the beginning.
fn time(text: &str) -> Option<usize> {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let is_form = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
    let bytes = text.as_bytes();
    if bytes.len() < FORM.len() || !bytes.iter().copied().zip(FORM).all(is_form) {
        return None;
    }
    let rest = &bytes[FORM.len()..];
    let end = rest.iter().position(|b| !b.is_ascii_digit() && *b != b'.')?;
    (rest[end] == b'Z').then_some(FORM.len() + end + 1)
}

/// The length of seconds such as `0.25 s` or `0.25s` at the beginning.
fn seconds(text: &str) -> Option<usize> {
    let number = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (before, after) = text[..number].split_once('.')?;
    let is_number = !before.is_empty() && !after.is_empty() && !after.contains('.');
    let unit = ["s", " s"].into_iter().find(|unit| text[number..].starts_with(unit))?;
    let end = number + unit.len();
    (is_number && !text[end..].starts_with(char::is_alphanumeric)).then_some(end)
}

/// Whether a line is as it is shown.
fn is_as_shown(shown: &str, said: &str) -> bool {
    let (shown, said) = (plain(shown), plain(said));
    let parts: Vec<&str> = shown.split(ANY).collect();
    let [first, between @ .., last] = parts.as_slice() else { return shown == said };
    let Some(mut rest) = said.strip_prefix(first) else { return false };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The parts of what is shown between lines of `…`.
fn parts(shown: &[String]) -> Vec<&[String]> {
    shown.split(|line| line.trim() == ANY).collect()
}

/// Each line that is shown, with the place of the line that came for it; `None` where something else came.
pub fn fit<'a>(shown: &'a [String], said: &[String]) -> Option<Vec<(&'a str, usize)>> {
    let parts = parts(shown);
    let is_at = |part: &[String], at: usize| {
        at + part.len() <= said.len() && part.iter().zip(&said[at..]).all(|(shown, said)| is_as_shown(shown, said))
    };
    let mut pairs = Vec::new();
    let mut from = 0;
    for (place, part) in parts.iter().enumerate() {
        let last = said.len().checked_sub(part.len())?;
        let mut places = match (place == 0, place + 1 == parts.len()) {
            (true, true) if last > 0 => return None,
            (true, _) => 0..=0,
            (false, true) => last..=last,
            (false, false) => from..=last,
        };
        let at = places.find(|&at| at >= from && is_at(part, at))?;
        pairs.extend(part.iter().enumerate().map(|(line, shown)| (shown.as_str(), at + line)));
        from = at + part.len();
    }
    Some(pairs)
}

/// What came as the page should show it: with a `…` as many lines as it showed before it, between two and after it; those between
/// where the first of them has most words in common with what came.
pub fn renewed(shown: &[String], said: &[String]) -> Vec<String> {
    let parts = parts(shown);
    let (first, rest) = parts.split_first().expect("at least one part");
    let Some((last, middle)) = rest.split_last() else { return said.to_vec() };
    let count: usize = parts.iter().map(|part| part.len()).sum();
    if said.len() <= count {
        // Nothing is left out this time, and may be the next.
        let (before, after) = said.split_at(first.len().min(said.len()));
        return [before, &[ANY.to_owned()], after].concat();
    }
    let mut lines = said[..first.len()].to_vec();
    let (mut from, end) = (first.len(), said.len() - last.len());
    for part in middle.iter().filter(|part| !part.is_empty()) {
        let most = |at: &usize| (common_words(&part[0], &said[*at]), std::cmp::Reverse(*at));
        let Some(at) = (from..end).max_by_key(most) else { break };
        let until = (at + part.len()).min(end);
        lines.push(ANY.to_owned());
        lines.extend_from_slice(&said[at..until]);
        from = until;
    }
    lines.push(ANY.to_owned());
    lines.extend_from_slice(&said[end..]);
    lines
}

fn common_words(one: &str, other: &str) -> usize {
    let words: Vec<&str> = other.split_whitespace().collect();
    one.split_whitespace().filter(|word| words.contains(word)).count()
}
