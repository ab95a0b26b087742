//! The library of HiGHS: the binary finds it wherever it is started, and refuses another version than it was built for.

use std::fs;
use std::process::Command;

use crate::support::BINARY;

/// A season that the integer program decides, so that HiGHS is called.
const SEASON: &str = r#"{"instance": {"projects": [{"project_id": "P", "min_seat_count": 2, "max_seat_count": 2}],
    "students": [{"student_id": "A", "choices": [{"project_id": "P"}]}, {"student_id": "B", "choices": [{"project_id": "P"}]}]},
    "policy": {"limits": {"engine": "INTEGER_PROGRAM"}}}"#;

#[test]
fn a_season_is_solved_whatever_folder_the_binary_is_started_in_and_whatever_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("season.json"), SEASON).expect("it is written");
    let mut command = Command::new(BINARY);
    let said = command.args(["match", "season.json"]).current_dir(folder.path()).env_clear().output().expect("it runs");
    let text = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && text.contains("proven to be the best"), "{text}");
}

#[test]
fn a_binary_that_was_copied_finds_the_library() {
    let folder = tempfile::tempdir().expect("a folder");
    let (copy, season) = (folder.path().join("elsewhere"), folder.path().join("season.json"));
    fs::copy(BINARY, &copy).expect("it is copied");
    fs::write(&season, SEASON).expect("it is written");
    let said = Command::new(&copy).arg("match").arg(&season).output().expect("it runs");
    let text = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && text.contains("proven to be the best"), "{text}");
}

/// Linked statically there is no other.
#[cfg(not(feature = "static-highs"))]
#[test]
fn another_version_of_the_library_is_refused_at_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (source, library) = (folder.path().join("other.c"), folder.path().join("libother.so"));
    fs::write(&source, "int Highs_versionMinor(void) { return 14; }\n").expect("it is written");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status().expect("cc");
    assert!(compiled.success());
    let said = Command::new(BINARY).arg("health").env("LD_PRELOAD", &library).output().expect("it runs");
    let error = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(9), "{error}");
    assert!(error.contains("built for HiGHS (1, 15, 1) and finds HiGHS (1, 14, 1)"), "{error}");
}
