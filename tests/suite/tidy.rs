//! The house rules that no compiler checks.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may know whom: a crate in `src/` and the crates that it may depend on. Reading order; arrows only go up.
const CRATES: &[(&str, &[&str])] = &[
    ("rules", &[]),
    ("formulation", &["rules"]),
    ("solve", &["formulation"]),
    ("verify", &["rules"]),
    ("explain", &["formulation", "rules", "solve", "verify"]),
    ("engine", &["explain", "formulation", "rules", "solve", "verify"]),
    ("messages", &[]),
    ("wire", &["engine", "explain", "formulation", "messages", "rules", "solve", "verify"]),
    ("sheets", &[]),
    ("desk", &["rules", "sheets", "wire"]),
    ("report", &["rules", "wire"]),
    ("calls", &["desk", "engine", "report", "rules", "sheets", "solve", "verify", "wire"]),
    ("store", &["rules"]),
    ("worker", &["calls", "engine", "rules", "solve", "store", "wire"]),
    ("api", &["calls", "engine", "messages", "rules", "solve", "store", "wire"]),
    ("console", &["api", "desk", "report", "rules", "sheets", "store", "wire"]),
];

/// The same within a crate: a module and the others that it may use.
const MODULES: &[(&str, &str, &[&str])] = &[
    ("rules", "codes", &[]),
    ("rules", "hexadecimal", &[]),
    ("rules", "finding", &["codes"]),
    ("rules", "domain", &[]),
    ("rules", "eligibility", &["domain"]),
    ("rules", "scoring", &["domain", "eligibility"]),
    ("rules", "funding", &["domain", "eligibility"]),
    ("rules", "evaluation", &["domain", "eligibility", "scoring"]),
    ("rules", "validation", &["codes", "finding", "domain", "eligibility", "evaluation"]),
    ("explain", "diagnosis", &["parallel"]),
    ("engine", "comparison", &[]),
    ("calls", "sample", &[]),
];

/// Libraries that only some places may name.
const CONFINED: &[(&str, &[&str])] = &[
    ("good_lp", &["src/solve/process/highs.rs"]),
    ("highs_sys", &["src/solve/process/highs"]),
    ("tonic", &["src/api", "src/cli/client.rs", "src/cli/files.rs", "src/cli/health.rs", "src/cli/runs.rs"]),
    ("tokio", &["src/api", "src/cli", "src/console", "src/store", "src/worker"]),
    ("sqlx", &["src/store"]),
    ("metrics", &["src/api", "src/calls", "src/console", "src/store", "src/worker"]),
    ("opentelemetry", &["src/api/observe.rs", "src/cli/telemetry.rs"]),
    ("axum", &["src/api", "src/console"]),
    ("indicatif", &["src/cli/runs/progress.rs"]),
    ("prost", &["src/wire", "src/cli/files.rs", "src/api/codec.rs", "src/api/build.rs"]),
    ("clap", &["src/cli"]),
    ("postcard", &["src/solve/process/frame.rs"]),
    ("maud", &["src/console", "src/report"]),
    ("minijinja", &["src/report/letters.rs"]),
];

/// The boundary to C.
const BOUNDARY: [&str; 2] = ["src/solve/process/highs/callbacks.rs", "src/solve/highs-sys/src/lib.rs"];

/// Made by bindgen.
const GENERATED: &str = "src/solve/highs-sys/src/bindings.rs";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && relative(&path) != GENERATED {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("inside").to_string_lossy().into_owned()
}

/// Whether a file is a module of tests alone: the module that it is in says so.
pub fn is_test(path: &Path) -> bool {
    let folder = path.parent().expect("a folder");
    let name = path.file_stem().expect("a name").to_string_lossy();
    let (own, open) = (format!("mod {name};"), format!("pub(crate) mod {name};"));
    let declares = |text: String| {
        let mut lines = text.lines().zip(text.lines().skip(1));
        lines.any(|(before, line)| before == "#[cfg(test)]" && (line == own || line == open))
    };
    let parents = [folder.with_extension("rs"), folder.join("lib.rs")];
    parents.iter().any(|parent| fs::read_to_string(parent).is_ok_and(declares))
}

/// The code of a file: no tests, no comments.
fn code(path: &Path) -> String {
    if is_test(path) {
        return String::new();
    }
    let text = fs::read_to_string(path).expect("a source");
    let text = text.split("cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The crates of ours that a manifest depends on.
fn depends_on(manifest: &str) -> Vec<&str> {
    let dependencies = manifest.split("[dependencies]").nth(1).expect("dependencies");
    let dependencies = dependencies.split("\n[").next().expect("a section").lines();
    let names = dependencies.filter_map(|line| line.strip_suffix(".workspace = true"));
    names.filter(|name| CRATES.iter().any(|(known, _)| known == name)).collect()
}

#[test]
fn every_crate_depends_only_on_what_it_may_know() {
    for entry in fs::read_dir(root().join("src")).expect("a folder") {
        let manifest = entry.expect("an entry").path().join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        let name = relative(manifest.parent().expect("a folder"));
        let known = CRATES.iter().find(|(known, _)| name == format!("src/{known}"));
        let (_, allowed) = known.unwrap_or_else(|| panic!("{name} is new"));
        assert_eq!(depends_on(&text), *allowed, "{name}");
    }
}

#[test]
fn every_module_uses_only_what_it_may_know() {
    let mut checked = 0;
    for path in sources(&root().join("src")) {
        let name = relative(&path);
        let mut parts = name.split('/').skip(1).map(|part| part.trim_end_matches(".rs"));
        let (folder, module) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let known = MODULES.iter().find(|(inside, known, _)| (*inside, *known) == (folder, module));
        assert!(known.is_some() || folder != "rules" || module == "lib", "{name} is new");
        let Some((_, _, allowed)) = known else { continue };
        for part in code(&path).split("crate::").skip(1) {
            let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(used == module || allowed.contains(&used.as_str()), "{name} uses {used}");
        }
        checked += 1;
    }
    assert!(checked > MODULES.len());
}

#[test]
fn libraries_stay_where_they_belong() {
    for path in sources(&root().join("src")) {
        let name = relative(&path);
        for (library, places) in CONFINED {
            let names = code(&path).contains(&format!("{library}::"));
            assert!(!names || places.iter().any(|place| name.starts_with(place)), "{name} names {library}");
        }
    }
}

#[test]
fn files_hold_one_idea() {
    for path in sources(&root().join("src")) {
        let lines = fs::read_to_string(&path).expect("a source").lines().count();
        assert!(lines <= 500, "{} has {lines} lines", relative(&path));
    }
}

#[test]
fn nothing_panics_on_purpose_and_nothing_is_unsafe_but_the_boundary_to_the_solver() {
    for path in sources(&root().join("src")) {
        let text = code(&path);
        let text = if BOUNDARY.contains(&relative(&path).as_str()) { text.replace("unsafe ", "") } else { text };
        for word in [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", "unsafe "] {
            assert!(!text.contains(word), "{} has {word}", relative(&path));
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_about() {
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).expect("a source");
        assert!(text.starts_with("//!") || text.starts_with("#![doc"), "{} says nothing", relative(&path));
    }
}

#[test]
fn every_code_has_a_page_with_cause_example_and_remedy() {
    let all = rules::codes::ALL;
    for (place, code) in all.iter().enumerate() {
        assert!(code.page.starts_with(&format!("# {} {}\n", code.number, code.reason)), "{code}");
        assert!(code.page.contains("## Smallest example") && code.page.contains("## What to do"), "{code}");
        assert!(code.remedy.ends_with('.') && code.remedy.starts_with(char::is_uppercase), "{code}");
        assert!(all[..place].iter().all(|other| other.number != code.number && other.reason != code.reason), "{code}");
    }
    let pages = fs::read_dir(root().join("src/rules/codes")).expect("pages").count();
    assert_eq!(pages, all.len());
}

#[test]
fn nothing_of_the_shared_data_is_in_the_repository() {
    let folder = root().join("../shared/data");
    assert!(folder.is_dir(), "the real sets are not there: {}", folder.display());
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(root()).output().expect("git");
    for file in String::from_utf8_lossy(&listed.stdout).lines() {
        assert!(!file.ends_with(".csv"), "{file}");
    }
}
