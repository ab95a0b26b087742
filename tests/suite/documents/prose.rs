//! What stands in a page outside of its blocks.

use crate::pages::Page;

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
