//! What stands in a page outside of its blocks: links, headings, sentences.

use std::collections::BTreeSet;

use crate::pages::Page;

/// The targets of the links of a line.
pub fn links(line: &str) -> Vec<&str> {
    line.match_indices("](").filter_map(|(at, _)| line[at + 2..].split_once(')')).map(|(target, _)| target).collect()
}

/// What links may name of a page: its headings, as GitHub writes them.
pub fn anchors(page: &Page) -> BTreeSet<String> {
    let headings = page.prose().filter_map(|(_, line)| line.strip_prefix('#'));
    let anchor = |heading: &str| -> String {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// The sentences of a page: not of its tables, headings, comments and blocks.
pub fn sentences(page: &Page) -> Vec<String> {
    let mut paragraphs: Vec<String> = vec![String::new()];
    let mut last = None;
    for (at, line) in page.prose() {
        let text = line.trim();
        let is_item = text.starts_with("- ") || text.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
        let is_other =
            text.is_empty() || text.starts_with(['#', '|']) || text.starts_with("<!--") || line.starts_with("    ");
        if is_item || is_other || last != at.checked_sub(1) {
            paragraphs.push(String::new());
        }
        last = Some(at);
        if !is_other {
            let paragraph = paragraphs.last_mut().expect("there is one");
            paragraph.push_str(text.trim_start_matches("- "));
            paragraph.push(' ');
        }
    }
    let mut sentences = Vec::new();
    for paragraph in paragraphs {
        let mut sentence = String::new();
        for word in without_targets(&paragraph).split_whitespace() {
            sentence.push_str(word);
            sentence.push(' ');
            if word.trim_end_matches([')', '*', '`', '"']).ends_with(['.', '?', '!']) {
                sentences.push(std::mem::take(&mut sentence));
            }
        }
        sentences.push(sentence);
    }
    sentences.retain(|sentence| sentence.split_whitespace().count() > 1);
    sentences
}

/// A text with the words of its links alone.
fn without_targets(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once(')').map_or("", |(_, rest)| rest))
}
