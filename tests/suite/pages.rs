//! README and the pages of docs/, cut into their blocks.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A page.
pub struct Page {
    /// From the root of the repository, such as `docs/rules.md`.
    pub name: String,
    pub lines: Vec<String>,
    pub blocks: Vec<Block>,
}

/// What stands between two fences.
pub struct Block {
    /// What the first fence says, such as `console`.
    pub language: String,
    /// The comment on the line before the first fence, such as `server` or `file: season.json`; empty: none.
    pub marker: String,
    /// Its lines, without the fences.
    pub lines: Range<usize>,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README and every page of docs/.
pub fn all() -> Vec<Page> {
    let mut paths = vec![root().join("README.md")];
    collect(&root().join("docs"), &mut paths);
    let pages: Vec<Page> = paths.iter().map(|path| Page::read(path)).collect();
    assert!(pages.len() > 8, "docs/ has its pages");
    pages
}

/// One page by its name.
pub fn page(name: &str) -> Page {
    Page::read(&root().join(name))
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

impl Page {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut blocks: Vec<Block> = Vec::new();
        let mut open: Option<(usize, String, String)> = None;
        for (at, line) in lines.iter().enumerate() {
            let Some(language) = line.trim_start().strip_prefix("```") else { continue };
            open = match open.take() {
                Some((from, language, marker)) => {
                    blocks.push(Block { language, marker, lines: from..at });
                    None
                }
                None => {
                    let before = at.checked_sub(1).map_or("", |before| lines[before].trim());
                    let marker = before.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
                    Some((at + 1, language.to_owned(), marker.unwrap_or_default().trim().to_owned()))
                }
            };
        }
        let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned();
        assert!(open.is_none(), "{name}: a block has no end");
        Self { name, lines, blocks }
    }

    /// The text of a block.
    pub fn text(&self, block: &Block) -> String {
        self.lines[block.lines.clone()].join("\n") + "\n"
    }

    /// The lines outside of blocks, each with its place.
    pub fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_block = |at: usize| self.blocks.iter().any(|b| b.lines.start <= at + 1 && at <= b.lines.end);
        self.lines.iter().enumerate().filter(move |&(at, _)| !is_block(at)).map(|(at, line)| (at, line.as_str()))
    }

    /// The rows of the tables under a heading, up to the next one, without their heads; cells without the spaces around them.
    pub fn rows(&self, heading: &str) -> Vec<Vec<String>> {
        let is_heading = |line: &str| line.trim_start_matches('#').trim() == heading && line.starts_with('#');
        let from = self.lines.iter().position(|line| is_heading(line));
        let from = from.unwrap_or_else(|| panic!("{} has no heading {heading}", self.name));
        let section = self.lines[from + 1..].iter().take_while(|line| !line.starts_with('#'));
        let tables: Vec<&String> = section.filter(|line| line.starts_with('|')).collect();
        let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let is_rule = |line: &str| line.chars().all(|c| "|-: ".contains(c));
        let mut rows = Vec::new();
        for (place, line) in tables.iter().enumerate() {
            if !is_rule(line) && !tables.get(place + 1).is_some_and(|next| is_rule(next)) {
                rows.push(cells(line));
            }
        }
        assert!(!rows.is_empty(), "{}: no table under {heading}", self.name);
        rows
    }
}
