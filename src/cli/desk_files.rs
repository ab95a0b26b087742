//! Spreadsheets on disk: which files of a folder are read, and several files written whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{self, Failure};
use wire::pb;
use wire::pb::desk_file::Format;

/// Endings of files that are read of a folder.
const SPREADSHEETS: &[&str] = &["csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xltx", "ods", "xls", "xlsb", "numbers"];

/// Endings that a folder of tables does not have.
const NO_FOLDER: &[&str] = &["csv", "tsv", "txt", "ods", "xls", "xlsm", "json", "html", "zip"];

/// Files that were read, and those of folders that were not.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order of the paths, those of a folder by name.
    pub files: Vec<pb::DeskFile>,
    /// Files of a folder that are no spreadsheets by their endings.
    pub left_out: Vec<String>,
}

/// Reads files, and the files of folders: a folder's own, by name, without hidden ones and those that a spreadsheet program leaves while it
/// has a file open.
pub(super) fn read(paths: &[PathBuf]) -> Result<Found, Failure> {
    let mut found = Found::default();
    for path in paths {
        let failure = |error: io::Error| Failure::of_file(path, &error);
        if !fs::metadata(path).map_err(failure)?.is_dir() {
            found.files.push(file(path)?);
            continue;
        }
        let entries = fs::read_dir(path).map_err(failure)?.collect::<io::Result<Vec<_>>>().map_err(failure)?;
        let mut inside: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).filter(|path| path.is_file()).collect();
        inside.sort();
        for path in inside {
            let name = name_of(&path);
            if name.starts_with(['.', '~']) {
                continue;
            }
            if has_ending(&path, SPREADSHEETS) {
                found.files.push(file(&path)?);
            } else {
                found.left_out.push(name);
            }
        }
    }
    Ok(found)
}

/// Reads one file.
pub(super) fn file(path: &Path) -> Result<pb::DeskFile, Failure> {
    let content = fs::read(path).map_err(|error| Failure::of_file(path, &error))?;
    Ok(pb::DeskFile { name: name_of(path), content })
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// What is written to a path: a workbook where it ends in `.xlsx`, else a CSV file for each table in a folder.
pub(super) fn format(path: &Path) -> Result<Format, Failure> {
    if has_ending(path, &["xlsx"]) {
        return Ok(Format::Xlsx);
    }
    if path == Path::new("-") || (!path.is_dir() && has_ending(path, NO_FOLDER)) {
        let why =
            format!("{}: tables are written to a workbook FILE.xlsx, or as CSV files to a folder", path.display());
        return Err(Failure::of_arguments(why));
    }
    Ok(Format::Csv)
}

/// Writes a workbook to a file, or several files to a folder.
pub(super) fn write(files: &[pb::DeskFile], path: &Path) -> Result<(), Failure> {
    match (format(path)?, files) {
        (Format::Xlsx, [workbook]) => files::write_bytes(&workbook.content, path),
        _ => write_folder(files, path),
    }
}

/// Refuses to write where files of the same names are, which may be somebody's own.
pub(super) fn refuse_to_replace(files: &[pb::DeskFile], path: &Path) -> Result<(), Failure> {
    let is_there = |name: &String| path.join(name).exists();
    let there: Vec<String> = match format(path)? {
        Format::Csv => files.iter().map(|file| name_of(Path::new(&file.name))).filter(is_there).collect(),
        _ if path.exists() => vec![path.display().to_string()],
        _ => Vec::new(),
    };
    if there.is_empty() {
        return Ok(());
    }
    let why =
        format!("{}: {} would be replaced; name another place, or say --replace", path.display(), there.join(", "));
    Err(Failure::of_arguments(why))
}

/// Writes files into a folder: all of them are on the disk before the first one takes its place. Other files that are there stay.
pub(super) fn write_folder(files: &[pb::DeskFile], folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::of_file(folder, &error))?;
    let mut partial = Vec::with_capacity(files.len());
    let written = files.iter().try_for_each(|file| {
        // A server says what a file is called, and not where it is put.
        let name = name_of(Path::new(&file.name));
        let (place, part) = (folder.join(&name), folder.join(format!(".{name}.part")));
        let failure = |error: io::Error| Failure::of_file(&place, &error);
        if place.is_dir() {
            return Err(failure(io::ErrorKind::IsADirectory.into()));
        }
        partial.push((part.clone(), place.clone()));
        fs::write(&part, &file.content).map_err(failure)
    });
    let placed = written.and_then(|()| {
        let place = |(part, place): &(PathBuf, PathBuf)| {
            fs::rename(part, place).map_err(|error| Failure::of_file(place, &error))
        };
        partial.iter().try_for_each(place)
    });
    if placed.is_err() {
        // What took its place is there no more.
        partial.iter().for_each(|(part, _)| _ = fs::remove_file(part));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> pb::DeskFile {
        pb::DeskFile { name: name.to_owned(), content: name.as_bytes().to_vec() }
    }

    #[test]
    fn of_a_folder_its_own_spreadsheets_are_read_by_name_and_what_is_no_spreadsheet_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["students.csv", "Projects.XLSX", ".hidden.csv", "~$hosts.xlsx", ".~lock.hosts.ods#", "README.md"] {
            fs::write(folder.path().join(name), name).expect("it is written");
        }
        fs::create_dir(folder.path().join("inner.csv")).expect("a folder");
        fs::write(folder.path().join("inner.csv/hosts.csv"), "host_id").expect("it is written");
        let found = read(&[folder.path().to_owned()]).expect("it is read");
        assert_eq!(found.files, [text("Projects.XLSX"), text("students.csv")]);
        assert_eq!(found.left_out, ["README.md"]);
        let one = read(&[folder.path().join("README.md")]).expect("what is named is read whatever it is");
        assert_eq!(one.files, [text("README.md")]);
    }

    #[test]
    fn files_come_all_or_none_and_leave_what_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        fs::create_dir_all(out.join("b.csv")).expect("a folder in the way");
        fs::write(out.join("mine.txt"), "mine").expect("it is written");
        assert!(write(&[text("a.csv"), text("b.csv")], &out).is_err());
        let names = |folder: &Path| -> Vec<String> {
            let entries =
                fs::read_dir(folder).expect("a folder").map(|entry| name_of(&entry.expect("an entry").path()));
            let mut names: Vec<String> = entries.collect();
            names.sort();
            names
        };
        assert_eq!(names(&out), ["b.csv", "mine.txt"]);
        fs::remove_dir(out.join("b.csv")).expect("it is empty");
        write(&[text("a.csv"), text("../b.csv")], &out).expect("they are written");
        assert_eq!(names(&out), ["a.csv", "b.csv", "mine.txt"]);
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn the_ending_says_whether_tables_become_a_workbook_or_files_of_a_folder() {
        assert_eq!(format(Path::new("out.XLSX")).ok(), Some(Format::Xlsx));
        assert_eq!(format(Path::new("out")).ok(), Some(Format::Csv));
        assert_eq!(format(Path::new("winter.2027")).ok(), Some(Format::Csv));
        for path in ["out.csv", "out.ods", "-"] {
            assert!(format(Path::new(path)).is_err(), "{path}");
        }
    }
}
