//! Seasons as an office has them: spreadsheets in a folder, with three cells that somebody mistyped.

use std::path::PathBuf;

use wire::pb;

/// What somebody decides about a cell.
pub struct Decision {
    /// What stands there.
    pub found: &'static str,
    /// What should stand there, where the suggestion is not that.
    pub value: Option<String>,
}

/// A season to bring.
pub struct Season {
    pub name: &'static str,
    pub files: Vec<PathBuf>,
    /// Questions about columns, each with its answer.
    pub answers: &'static [(&'static str, &'static str)],
    pub decisions: Vec<Decision>,
    /// How many of how many students have a place, where that is known from elsewhere.
    pub placed: Option<&'static str>,
    /// Whether a match takes so long that its progress is seen.
    pub is_slow: bool,
    pub folder: tempfile::TempDir,
}

pub fn request(student_count: i32, project_count: i32) -> pb::GetSampleRequest {
    pb::GetSampleRequest {
        student_count: Some(student_count),
        project_count: Some(project_count),
        ..pb::GetSampleRequest::default()
    }
}

/// A season of invented people, as one workbook.
pub fn sample() -> Season {
    let made = calls::sample(&request(60, 20)).expect("a sample");
    let mut instance = made.instance.expect("a season");
    let day = std::mem::replace(&mut instance.students[2].available_from, "2027-06-31".to_owned());
    instance.students[0].languages[0].language = "English".to_owned();
    instance.students[1].citizenships = vec!["Germany".to_owned()];
    let asked = pb::GetTemplateRequest {
        format: pb::desk_file::Format::Xlsx as i32,
        instance: Some(instance),
        policy: made.policy,
    };
    let workbook = calls::desk::template(&asked).expect("a workbook").files.remove(0);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("season.xlsx");
    std::fs::write(&path, workbook.content).expect("it is written");
    Season {
        name: "2027-summer",
        files: vec![path],
        answers: &[],
        decisions: vec![
            Decision { found: "2027-06-31", value: Some(day) },
            Decision { found: "English", value: None },
            Decision { found: "Germany", value: None },
        ],
        placed: None,
        is_slow: false,
        folder,
    }
}

/// The season of a thousand students, as its tables.
pub fn misti_like() -> Season {
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/misti-like");
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["students.csv", "hosts.csv", "projects.csv", "preferences.csv", "host_preferences.csv", "skills.csv"];
    let mut files = Vec::new();
    for name in names {
        let mut text = std::fs::read_to_string(from.join(name)).expect("a table");
        if name == "students.csv" {
            text = mistyped(&text);
        }
        files.push(folder.path().join(name));
        std::fs::write(folder.path().join(name), text).expect("it is written");
    }
    Season {
        name: "2026-summer",
        files,
        answers: &[
            ("host_ranks.left_out", "unranked"),
            ("students.country_preferences.meaning", "unused"),
            ("students.class_year.graduate", "no"),
            ("projects.stipend_usd_week.period", "week"),
        ],
        decisions: vec![
            Decision { found: "2026-05-32", value: Some("2026-05-29".to_owned()) },
            Decision { found: "Viet Nam", value: None },
            Decision { found: "en:fluent", value: Some("en:C2".to_owned()) },
        ],
        placed: Some("772 of 1,000 students placed"),
        is_slow: true,
        folder,
    }
}

/// The students who go nowhere but where they chose, with three cells mistyped.
fn mistyped(text: &str) -> String {
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let mut written = csv::Writer::from_writer(Vec::new());
    let headers: Vec<String> = rows.headers().expect("headers").iter().map(str::to_owned).collect();
    written.write_record(headers.iter().map(String::as_str).chain(["choices_only"])).expect("it is written");
    let at = |name: &str| headers.iter().position(|header| header == name).expect(name);
    for row in rows.records() {
        let mut row: Vec<String> = row.expect("a row").iter().map(str::to_owned).collect();
        let (column, found, typed) = match row[0].as_str() {
            "S0001" => (at("available_from"), "2026-05-29", "2026-05-32"),
            "S0002" => (at("citizenships"), "VN", "Viet Nam"),
            "S0006" => (at("languages"), "en:C2", "en:fluent"),
            _ => (0, "", ""),
        };
        if column > 0 {
            assert_eq!(row[column], found, "{}", row[0]);
            typed.clone_into(&mut row[column]);
        }
        row.push("true".to_owned());
        written.write_record(&row).expect("it is written");
    }
    String::from_utf8(written.into_inner().expect("whole")).expect("text")
}
