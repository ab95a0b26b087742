//! [`Styles`]: how cells look, as far as it changes what a person reads there.

use super::super::Unreadable;
use super::super::budget::Budget;
use super::super::formats::{self, Shown};
use super::super::xml::{Tag, Xml};
use super::is_set;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The styles that cells name by their numbers.
#[derive(Default)]
pub(super) struct Styles {
    styles: Vec<Style>,
}

/// One style.
#[derive(Clone)]
pub(super) struct Style {
    /// How numbers are shown.
    pub(super) shown: Rc<Shown>,
    /// Whether text is struck through.
    pub(super) is_struck: bool,
}

impl Styles {
    /// Reads the part.
    pub(super) fn read(text: &str, budget: &mut Budget) -> Result<Self, Unreadable> {
        let mut xml = Xml::new(text);
        xml.root()?;
        let mut codes: BTreeMap<u32, Rc<Shown>> = BTreeMap::new();
        let mut fonts = Vec::new();
        let mut named = Vec::new();
        while let Some(tag) = xml.child()? {
            let part = tag.name().to_owned();
            while let Some(tag) = xml.child()? {
                budget.hold(size_of::<Style>())?;
                match (part.as_str(), tag.name()) {
                    ("numFmts", "numFmt") => {
                        let code = tag.attribute("formatCode")?.unwrap_or_default();
                        budget.hold(code.len() + size_of::<Shown>())?;
                        codes.insert(number(&tag, "numFmtId")?, Rc::new(formats::parse(&code)));
                        xml.skip()?;
                    }
                    ("fonts", "font") => fonts.push(is_struck(&mut xml)?),
                    ("cellXfs", "xf") => {
                        named.push((number(&tag, "numFmtId")?, number(&tag, "fontId")?));
                        xml.skip()?;
                    }
                    _ => xml.skip()?,
                }
            }
        }
        let styles = named.into_iter().map(|(format, font)| Style {
            shown: Rc::clone(codes.entry(format).or_insert_with(|| Rc::new(formats::built_in(format)))),
            is_struck: usize::try_from(font).ok().and_then(|font| fonts.get(font)).copied().unwrap_or(false),
        });
        Ok(Self { styles: styles.collect() })
    }

    /// The style of a number.
    pub(super) fn style(&self, place: usize) -> Option<&Style> {
        self.styles.get(place)
    }
}

fn is_struck(xml: &mut Xml<'_>) -> Result<bool, Unreadable> {
    let mut is_struck = false;
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "strike" => is_struck = is_set(&tag, xml)?,
            _ => xml.skip()?,
        }
    }
    Ok(is_struck)
}

fn number(tag: &Tag<'_>, name: &str) -> Result<u32, Unreadable> {
    Ok(tag.attribute(name)?.and_then(|value| value.trim().parse().ok()).unwrap_or(0))
}
