//! Spreadsheets in and out: what the pages of the desk's codes show, round trips, the real season, and files that chance has changed.

mod chance;
mod pages;
mod round_trips;
mod season;
mod workbooks;

use std::path::{Path, PathBuf};

use desk::import::{File, Options, Refused};
use desk::{Import, Problem, Severity};
use wire::{SizeLimits, pb};

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> File {
    File { name: name.to_owned(), bytes: bytes.into() }
}

fn import(files: &[File], options: &Options) -> Import {
    match desk::import(files, options) {
        Ok(import) => import,
        Err(Refused::Unreadable(why)) => panic!("{why:?}"),
        Err(Refused::Mapping(why)) => panic!("{why}"),
    }
}

fn codes(import: &Import) -> Vec<&'static str> {
    import.problems.iter().map(|problem| problem.code.number).collect()
}

fn open(import: &Import) -> Vec<String> {
    let open = import.problems.iter().filter(|problem| problem.severity >= Severity::Ask);
    open.map(show).collect()
}

fn show(problem: &Problem) -> String {
    let Problem { file, sheet, place, code, found, problem, suggestion, .. } = problem;
    format!("{code} {file} {sheet} {place} {found:?}: {problem} → {suggestion:?}")
}

/// A season as the domain writes it: rows by id, defaults written out.
fn canonical(instance: &pb::Instance) -> pb::Instance {
    let read = wire::read_request(Some(instance.clone()), None, &SizeLimits::NONE);
    let read = read.unwrap_or_else(|faults| panic!("{:#?}", faults.findings()));
    wire::write_instance(&read.instance)
}

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path)
}

/// Every file of a folder of the shared data.
fn files_of(path: &str) -> Vec<File> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(data(path)).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let is_file = |path: &PathBuf| path.is_file();
    paths.into_iter().filter(is_file).map(|path| file(&name(&path), std::fs::read(&path).expect("a file"))).collect()
}
