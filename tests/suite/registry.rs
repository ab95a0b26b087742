//! What is listed in several places is listed in all of them: codes, rules, goals, terms. Whoever adds one is told here what is left.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tidy::is_test;
use rules::domain::{Criterion, GoalKind, Rule};
use wire::pb;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder and of those in it, with an ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

/// Every test: those of the suite, but for this file, and those that stand beside the code.
fn tests() -> String {
    let suite = files(&root().join("tests"), "rs");
    let suite = suite.iter().filter(|path| !path.ends_with(file!())).map(|path| read(path));
    let sources = files(&root().join("src"), "rs");
    let units = sources.iter().filter_map(|path| {
        let text = read(path);
        if is_test(path) { Some(text) } else { text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned()) }
    });
    suite.chain(units).collect()
}

/// What people read, but for the reference, which is made of the proto and so names everything.
fn documents() -> String {
    let docs = files(&root().join("docs"), "md");
    let docs = docs.iter().filter(|path| !path.ends_with("docs/reference.md")).map(|path| read(path));
    docs.chain([read(&root().join("README.md"))]).collect()
}

/// Whether a text has a word that is not a part of another one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part))
}

/// The numbers of an enum of the proto that mean something, by their names.
fn values<E: TryFrom<i32>>(name: fn(&E) -> &'static str) -> Vec<&'static str> {
    (1..1_000).map_while(|number| E::try_from(number).ok()).map(|value| name(&value)).collect()
}

#[test]
fn every_code_is_named_by_a_test() {
    let tests = tests();
    let unnamed =
        rules::codes::ALL.iter().filter(|code| !has_word(&tests, code.number) && !has_word(&tests, code.reason));
    let unnamed: Vec<String> = unnamed.map(|code| format!("{code} {}", code.reason)).collect();
    assert!(unnamed.is_empty(), "no test names {unnamed:?}");
}

#[test]
fn every_rule_of_the_proto_is_one_of_the_domain_and_the_other_way_round() {
    assert_eq!(values::<pb::Rule>(pb::Rule::as_str_name), Rule::ALL.map(Rule::name));
}

#[test]
fn every_rule_has_a_file_a_table_of_its_boundary_and_a_line_in_the_documents() {
    let heads: String = files(&root().join("src/rules/eligibility"), "rs")
        .iter()
        .flat_map(|path| {
            read(path).lines().take_while(|line| line.starts_with("//!")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let (tests, documents) = (tests(), documents());
    for rule in Rule::ALL.map(Rule::name) {
        assert!(has_word(&heads, rule), "no file of src/rules/eligibility/ begins with `{rule}`");
        let verdicts = ["\"INELIGIBLE ", "\"NEEDS_DATA ", "\"UNACCEPTABLE "];
        let refuses = |line: &str| verdicts.iter().any(|verdict| line.contains(verdict)) && has_word(line, rule);
        let is_tabled = tests.lines().any(refuses);
        assert!(is_tabled, "tests/suite/rules.rs has no case that {rule} refuses");
        assert!(documents.contains(&format!("`{rule}`")), "README.md and docs/ say nothing of {rule}");
    }
}

#[test]
fn every_goal_of_the_proto_is_one_of_the_domain_and_brute_force_knows_it() {
    let known = values::<pb::goal::Kind>(pb::goal::Kind::as_str_name);
    assert_eq!(known.len(), GoalKind::ALL.len(), "GoalKind::ALL");
    for (number, kind) in (1..).zip(GoalKind::ALL) {
        assert_eq!(kind as i32 + 1, number, "{kind:?} stands at another place of GoalKind::ALL");
        let raw = pb::goal::Kind::try_from(number).expect("one for each");
        assert_eq!(format!("{raw:?}"), format!("{kind:?}"));
        assert!(crate::oracle::GOALS.contains(&raw), "GOALS of tests/suite/oracle.rs has no {kind:?}");
    }
    let documents = documents();
    for name in known {
        assert!(documents.contains(&format!("`{name}`")), "README.md and docs/ say nothing of {name}");
    }
}

#[test]
fn every_term_of_the_score_is_one_of_the_domain() {
    let known = values::<pb::contribution::Criterion>(pb::contribution::Criterion::as_str_name);
    assert_eq!(known.len(), Criterion::ALL.len());
    let documents = documents();
    for name in known {
        assert!(
            has_word(&documents, name) || has_word(&documents, &name.to_lowercase()),
            "README.md and docs/: {name}"
        );
    }
}
