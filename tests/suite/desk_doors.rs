//! The doors of the desk: `DeskService` by real grpcurl, and the commands `import`, `template`, `export`, `report` and `runs create --changes`.

mod access;
mod imports;
mod previews;
mod written;

use std::path::Path;
use std::process::Command;

use crate::support::{BINARY, solve, text};
use wire::{json, pb};

/// How a command ended.
struct Said {
    code: i32,
    output: String,
    error: String,
}

/// A folder in which commands are typed.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn type_in(&self, arguments: &[&str]) -> Said {
        let said = Command::new(BINARY).args(arguments).current_dir(self.0.path()).output().expect("it runs");
        Said {
            code: said.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&said.stdout).into_owned(),
            error: String::from_utf8_lossy(&said.stderr).into_owned(),
        }
    }

    /// Types a command that has to succeed.
    fn done(&self, arguments: &[&str]) -> Said {
        let said = self.type_in(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.output, said.error);
        said
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("it is written");
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("text")
    }

    fn message<T: prost::Message + Default>(&self, kind: &str, name: &str) -> T {
        json::read(kind, &self.bytes(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// The files of a folder, by name, whatever they are.
    fn names(&self, folder: &str) -> Vec<String> {
        names(&self.0.path().join(folder))
    }

    /// A season, and what comes out of it.
    fn matched(season: &str) -> (Self, pb::MatchRequest, pb::Outcome) {
        let desk = Self::new();
        let request: pb::MatchRequest = crate::support::match_request(season);
        let outcome = solve(request.clone());
        let response = pb::MatchResponse { outcome: Some(outcome.clone()) };
        desk.write("season.json", text(&request));
        desk.write("outcome.json", crate::support::as_json("MatchResponse", &response));
        (desk, request, outcome)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Three students for two places.
const SEASON: &str = r#"{"instance": {"term": "2027-summer",
    "hosts": [{"host_id": "H1", "title": "Robots AG", "contact": "robin@robots.example"}, {"host_id": "H2"}],
    "programs": [{"program_id": "G", "manager": "Madge"}],
    "projects": [{"project_id": "P1", "host_id": "H1", "program_id": "G", "title": "Walking robots"},
                 {"project_id": "P2", "host_id": "H2"}],
    "students": [
        {"student_id": "S1", "display_name": "Ana Silva", "choices": [{"rank": 1, "project_id": "P1"}]},
        {"student_id": "S2", "display_name": "Bo Li", "choices": [{"rank": 1, "project_id": "P1"}, {"rank": 2, "project_id": "P2"}]},
        {"student_id": "S3", "display_name": "Cy Cole", "choices_only": true, "choices": [{"rank": 1, "project_id": "P1"}]}]}}"#;
