//! The text of a cell: paragraphs with their spaces, tabs, line breaks and spans, without notes.

use super::super::Unreadable;
use super::super::budget::Budget;
use super::super::xml::{Step, Tag, Xml};
use super::styles::Styles;

/// The paragraphs of a cell so far.
#[derive(Default)]
pub(super) struct Paragraphs {
    /// Their text, with a line break between two.
    pub(super) text: String,
    /// How many there are.
    count: usize,
    /// Whether a space of the XML is none here, because another stands before it.
    after_space: bool,
    /// Whether a span strikes something through.
    struck: bool,
    /// Whether something is outside such spans.
    unstruck: bool,
}

impl Paragraphs {
    /// Reads a paragraph to its end.
    pub(super) fn read(&mut self, xml: &mut Xml<'_>, styles: &Styles, budget: &mut Budget) -> Result<(), Unreadable> {
        if self.count > 0 {
            self.text.push('\n');
        }
        self.count += 1;
        self.after_space = true;
        let start = self.text.len();
        self.inside(false, xml, styles, budget)?;
        if self.after_space && self.text.len() > start && self.text.ends_with(' ') {
            self.text.pop();
        }
        Ok(())
    }

    /// Whether spans strike all of it through. None: they do not say.
    pub(super) fn is_struck(&self) -> Option<bool> {
        self.struck.then_some(!self.unstruck)
    }

    fn inside(
        &mut self,
        is_struck: bool,
        xml: &mut Xml<'_>,
        styles: &Styles,
        budget: &mut Budget,
    ) -> Result<(), Unreadable> {
        loop {
            match xml.step()? {
                Some(Step::Open(tag)) => self.element(&tag, is_struck, xml, styles, budget)?,
                Some(Step::Text(text)) => {
                    if !text.trim().is_empty() {
                        self.struck |= is_struck;
                        self.unstruck |= !is_struck;
                    }
                    self.words(&text);
                }
                Some(Step::Close) | None => return Ok(()),
            }
        }
    }

    fn element(
        &mut self,
        tag: &Tag<'_>,
        is_struck: bool,
        xml: &mut Xml<'_>,
        styles: &Styles,
        budget: &mut Budget,
    ) -> Result<(), Unreadable> {
        match tag.name() {
            "s" => {
                let count = tag.attribute("c")?.map_or(Some(1), |count| count.parse().ok()).unwrap_or(1);
                budget.hold(count)?;
                self.text.extend(std::iter::repeat_n(' ', count));
                self.after_space = false;
                xml.skip()
            }
            "tab" => self.letter('\t', xml),
            "line-break" => self.letter('\n', xml),
            "annotation" | "note" | "ruby-text" => xml.skip(),
            _ => {
                let style = tag.attribute("style-name")?.unwrap_or_default();
                let is_struck = styles.strikes(&style).unwrap_or(is_struck);
                self.inside(is_struck, xml, styles, budget)
            }
        }
    }

    fn letter(&mut self, letter: char, xml: &mut Xml<'_>) -> Result<(), Unreadable> {
        self.text.push(letter);
        self.after_space = false;
        xml.skip()
    }

    /// Adds text in which runs of spaces and line breaks are one space, as OpenDocument has it.
    fn words(&mut self, text: &str) {
        for letter in text.chars() {
            let is_space = matches!(letter, ' ' | '\t' | '\n' | '\r');
            match (is_space, self.after_space) {
                (false, _) => self.text.push(letter),
                (true, false) => self.text.push(' '),
                (true, true) => {}
            }
            self.after_space = is_space;
        }
    }
}
