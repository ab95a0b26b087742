//! The documents point to what is there: every link to a file and a heading, every path of the repository that they name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every document that git knows or will know: those of the root, of `docs/`, `deploy/` and `proto/`.
fn documents() -> Vec<PathBuf> {
    fn gather(folder: &Path, deep: bool, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() && deep {
                gather(&path, deep, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    gather(&root(), false, &mut found);
    for folder in ["docs", "deploy", "proto"] {
        gather(&root().join(folder), true, &mut found);
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The lines of a document without those of consoles and code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The anchors of a document, as GitHub and GitLab make them of its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    for heading in
        prose(text).filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')))
    {
        let kept = heading.trim().to_lowercase();
        let kept =
            kept.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c)).map(|c| if c == ' ' { '-' } else { c });
        let anchor: String = kept.collect();
        let count = seen.entry(anchor.clone()).or_default();
        anchors.insert(if *count == 0 { anchor } else { format!("{anchor}-{count}") });
        *count += 1;
    }
    anchors
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("")
}

/// Where the links of a document lead.
fn links(text: &str) -> Vec<String> {
    let text: String = prose(text).map(|line| without_code(line) + "\n").collect();
    let inline =
        text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.trim().to_owned());
    let by_name = text
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.split_once("]: "))
        .map(|(_, target)| target.trim().to_owned());
    inline.chain(by_name).map(|target| target.split(' ').next().unwrap_or_default().to_owned()).collect()
}

/// A path without `..`, as far as the repository reaches.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

/// What is wrong with a link of a document; none where it leads somewhere.
fn broken(document: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path =
        if file.is_empty() { document.to_owned() } else { plain(&document.parent().expect("a folder").join(file)) };
    if !path.starts_with(root()) || !path.exists() {
        return Some(format!("{} links to {target}, which is not there", shown(document)));
    }
    let is_known = || anchors(&fs::read_to_string(&path).unwrap_or_default()).contains(anchor);
    (!anchor.is_empty() && !is_known()).then(|| format!("{} links to {target}: no such heading", shown(document)))
}

#[test]
fn every_link_of_a_document_leads_to_a_file_and_a_heading() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for document in documents() {
        for target in links(&fs::read_to_string(&document).expect("a document")) {
            count += 1;
            wrong.extend(broken(&document, &target));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 100, "the links of the reference alone are more: {count}");
}

#[test]
fn every_path_of_the_repository_that_a_document_names_is_there() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document");
        for line in prose(&text) {
            for word in line.split('`').skip(1).step_by(2) {
                let path = word.split([' ', ':', '#']).next().unwrap_or_default();
                let folders = ["src/", "tests/", "proto/", "deploy/", "benches/", "examples/", "docs/"];
                let is_pattern = path.contains(['<', '*', '…', '{']);
                if folders.iter().any(|folder| path.starts_with(folder)) && !is_pattern {
                    count += 1;
                    if !root().join(path).exists() {
                        wrong.push(format!("{} names {path}, which is not there", shown(&document)));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 20, "{count}");
}

#[test]
fn a_broken_link_and_a_missing_heading_are_found() {
    let readme = root().join("README.md");
    for (target, is_broken) in [
        ("https://example.org/x", false),
        ("ARCHITECTURE.md", false),
        ("ARCHITECTURE.md#invariants", false),
        ("docs/reference.md#pairnoteofferstate", false),
        ("ARCHITECTURE.md#nothing", true),
        ("docs/nowhere.md", true),
        ("../outside.md", true),
    ] {
        assert_eq!(broken(&readme, target).is_some(), is_broken, "{target}");
    }
    assert_eq!(links("see [a](b.md), `[c](d.md)` and\n```\n[e](f.md)\n```\n[g]: h.md\n"), ["b.md", "h.md"]);
    assert_eq!(anchors("# A b\n## C/d: `e`\n# A b\n"), ["a-b", "a-b-1", "cd-e"].map(str::to_owned).into());
}
