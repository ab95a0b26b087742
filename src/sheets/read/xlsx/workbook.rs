//! Which sheets a workbook has and where its parts are.

use super::super::Unreadable;
use super::super::archive::Archive;
use super::super::budget::Budget;
use super::super::merged::Range;
use super::super::xml::{self, Xml};
use super::{is_true, required};

/// What a workbook lists.
pub(super) struct Workbook {
    /// Its sheets of cells, in order.
    pub(super) sheets: Vec<Listed>,
    /// Whether its days are counted from 1904.
    pub(super) is_1904: bool,
    /// The part that holds its texts.
    pub(super) strings: Option<String>,
    /// The part that holds its styles.
    pub(super) styles: Option<String>,
}

/// One sheet.
pub(super) struct Listed {
    /// Its name.
    pub(super) name: String,
    /// Whether it is hidden, or even very hidden.
    pub(super) is_hidden: bool,
    /// Its part.
    pub(super) part: String,
}

/// One part that another one needs.
struct Relation {
    id: String,
    /// The last word of its type, such as `worksheet`.
    kind: String,
    part: String,
}

/// Reads the list.
pub(super) fn read(archive: &mut Archive<'_>, budget: &mut Budget) -> Result<Workbook, Unreadable> {
    let of_package = relations(archive, "", budget)?;
    let book = of_package.into_iter().find(|relation| relation.kind == "officeDocument");
    let book = book.ok_or(Unreadable::NotASheet("a package without a workbook"))?.part;
    let relations = relations(archive, &book, budget)?;
    let part = |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|found| found.part.clone());
    let mut workbook =
        Workbook { sheets: Vec::new(), is_1904: false, strings: part("sharedStrings"), styles: part("styles") };
    let text = required(archive, &book, budget)?;
    let mut xml = Xml::new(&text);
    match xml.root()?.name() {
        "workbook" => {}
        "document" => return Err(Unreadable::NotASheet("a Word document")),
        "presentation" => return Err(Unreadable::NotASheet("a PowerPoint presentation")),
        _ => return Err(Unreadable::NotASheet("a package without a workbook")),
    }
    while let Some(tag) = xml.child()? {
        match tag.name() {
            "workbookPr" => {
                workbook.is_1904 = tag.attribute("date1904")?.is_some_and(|value| is_true(&value));
                xml.skip()?;
            }
            "sheets" => {
                while let Some(tag) = xml.child()? {
                    budget.sheet()?;
                    let state = tag.attribute("state")?.unwrap_or_default();
                    let (id, name) = (tag.attribute("id")?.unwrap_or_default(), tag.attribute("name")?);
                    xml.skip()?;
                    let missing = || Unreadable::Damaged("a sheet that it lists is missing".to_owned());
                    let relation = relations.iter().find(|relation| relation.id == id).ok_or_else(missing)?;
                    if relation.kind == "worksheet" {
                        let name = name.unwrap_or_default();
                        let is_hidden = matches!(state.as_str(), "hidden" | "veryHidden");
                        workbook.sheets.push(Listed { name, is_hidden, part: relation.part.clone() });
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(workbook)
}

/// The rows of a sheet among which filters of its table objects are active.
pub(super) fn table_filters(
    archive: &mut Archive<'_>,
    sheet: &str,
    budget: &mut Budget,
) -> Result<Vec<Range>, Unreadable> {
    let mut filters = Vec::new();
    for relation in relations(archive, sheet, budget)?.into_iter().filter(|relation| relation.kind == "table") {
        let text = required(archive, &relation.part, budget)?;
        let mut xml = Xml::new(&text);
        xml.root()?;
        while let Some(tag) = xml.child()? {
            if tag.name() == "autoFilter" {
                filters.extend(filter(&tag, &mut xml)?.filter(|(_, is_active)| *is_active).map(|(range, _)| range));
            } else {
                xml.skip()?;
            }
        }
    }
    Ok(filters)
}

/// The range of a filter, and whether it filters by anything. Reads it to its end.
pub(super) fn filter(tag: &xml::Tag<'_>, xml: &mut Xml<'_>) -> Result<Option<(Range, bool)>, Unreadable> {
    let range = tag.attribute("ref")?.and_then(|range| Range::parse(&range));
    let mut is_active = false;
    while let Some(tag) = xml.child()? {
        is_active |= tag.name() == "filterColumn";
        xml.skip()?;
    }
    Ok(range.map(|range| (range, is_active)))
}

/// The parts that a part needs. What is outside the file is left out.
fn relations(archive: &mut Archive<'_>, part: &str, budget: &mut Budget) -> Result<Vec<Relation>, Unreadable> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let listed = format!("{folder}/_rels/{name}.rels");
    let Some(bytes) = archive.part(&listed, budget)? else { return Ok(Vec::new()) };
    let text = xml::text(bytes)?;
    let mut xml = Xml::new(&text);
    xml.root()?;
    let mut relations = Vec::new();
    while let Some(tag) = xml.child()? {
        let (mut id, mut kind, mut target, mut is_outside) = (String::new(), String::new(), String::new(), false);
        tag.each(|name, value| match name {
            "Id" => id = value.into_owned(),
            "Type" => kind = value.rsplit('/').next().unwrap_or_default().to_owned(),
            "Target" => target = value.into_owned(),
            "TargetMode" => is_outside = value == "External",
            _ => {}
        })?;
        xml.skip()?;
        if !is_outside {
            budget.hold(size_of::<Relation>() + id.len() + kind.len() + target.len() + folder.len())?;
            relations.push(Relation { id, kind, part: resolved(folder, &target) });
        }
    }
    Ok(relations)
}

/// A target as it is named in the package.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}
