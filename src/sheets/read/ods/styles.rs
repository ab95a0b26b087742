//! [`Styles`]: what hides a sheet and what is struck through.

use super::super::Unreadable;
use super::super::budget::Budget;
use super::super::xml::Xml;
use std::collections::BTreeMap;

/// How far styles are followed to those that they build on.
const PARENTS: usize = 16;

/// The styles of a workbook, by their names.
#[derive(Default)]
pub(super) struct Styles {
    named: BTreeMap<String, Style>,
}

#[derive(Default)]
struct Style {
    parent: Option<String>,
    is_hidden: bool,
    is_struck: Option<bool>,
}

impl Styles {
    /// Reads a list of styles to its end.
    pub(super) fn read(&mut self, xml: &mut Xml<'_>, budget: &mut Budget) -> Result<(), Unreadable> {
        while let Some(tag) = xml.child()? {
            if tag.name() != "style" {
                xml.skip()?;
                continue;
            }
            let (mut name, mut family, mut style) = (String::new(), String::new(), Style::default());
            tag.each(|key, value| match key {
                "name" => name = value.into_owned(),
                "family" => family = value.into_owned(),
                "parent-style-name" => style.parent = Some(value.into_owned()),
                _ => {}
            })?;
            while let Some(tag) = xml.child()? {
                tag.each(|key, value| match key {
                    "display" => style.is_hidden |= family == "table" && value == "false",
                    "text-line-through-style" | "text-line-through-type" => {
                        style.is_struck = Some(value != "none" && style.is_struck != Some(false));
                    }
                    _ => {}
                })?;
                xml.skip()?;
            }
            budget.hold(name.len() + size_of::<(String, Style)>() + style.parent.as_ref().map_or(0, String::len))?;
            self.named.insert(name, style);
        }
        Ok(())
    }

    /// Whether a style hides a sheet.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.named.get(name).is_some_and(|style| style.is_hidden)
    }

    /// Whether a style strikes text through. None: it does not say.
    pub(super) fn strikes(&self, name: &str) -> Option<bool> {
        let mut style = self.named.get(name)?;
        for _ in 0..PARENTS {
            if style.is_struck.is_some() {
                break;
            }
            style = self.named.get(style.parent.as_deref()?)?;
        }
        style.is_struck
    }
}
