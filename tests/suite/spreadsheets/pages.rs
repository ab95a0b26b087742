//! Every page of a code of the desk shows an example that is told with that code.

use super::{codes, file, import, open};
use desk::import::{File, MalformedMapping, Options, Refused};
use rules::codes::ALL;

/// Codes whose examples are workbooks, broken files, decisions or changes: other tests show them.
const SHOWN_ELSEWHERE: [(&str, &str); 19] = [
    ("M7008", "a workbook"),
    ("M7009", "a workbook"),
    ("M7012", "a workbook"),
    ("M7013", "a workbook"),
    ("M7042", "a workbook"),
    ("M7015", "bytes that are no text"),
    ("M7017", "a character that nobody sees"),
    ("M7046", "a decision"),
    ("M7047", "a decision"),
    ("M7048", "a mapping"),
    ("M7049", "changes"),
    ("M7101", "a file"),
    ("M7102", "a file"),
    ("M7103", "a file"),
    ("M7104", "a file"),
    ("M7105", "a file"),
    ("M7106", "a file"),
    ("M7107", "a file"),
    ("M7108", "a file"),
];

/// The files of an example: a name, a blank line, what the file holds.
fn example(page: &str) -> Vec<File> {
    let text = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let mut files: Vec<File> = Vec::new();
    for block in text.trim_end().split("\n\n") {
        if block.ends_with(".csv") {
            files.push(file(block.trim(), Vec::new()));
        } else if let Some(last) = files.last_mut() {
            last.bytes = if block.starts_with('(') { Vec::new() } else { format!("{block}\n").into_bytes() };
        }
    }
    files
}

#[test]
fn every_page_of_the_desk_shows_an_example_that_is_told_with_its_code() {
    let mut shown = 0;
    for code in ALL.iter().filter(|code| ("M7000".."M7200").contains(&code.number)) {
        if SHOWN_ELSEWHERE.iter().any(|(number, _)| *number == code.number) {
            continue;
        }
        let files = example(code.page);
        assert!(!files.is_empty(), "{code}: {}", code.page);
        let told = import(&files, &Options::default());
        assert!(codes(&told).contains(&code.number), "{code} {}: {:?} {:?}", code.reason, codes(&told), open(&told));
        shown += 1;
    }
    assert_eq!(shown, TOLD.len());
}

/// The codes whose page shows text files.
const TOLD: [&str; 39] = [
    "M7001", "M7002", "M7003", "M7004", "M7005", "M7006", "M7007", "M7010", "M7011", "M7014", "M7016", "M7018",
    "M7019", "M7020", "M7021", "M7022", "M7023", "M7024", "M7025", "M7026", "M7027", "M7028", "M7029", "M7030",
    "M7031", "M7032", "M7033", "M7034", "M7035", "M7036", "M7037", "M7038", "M7039", "M7040", "M7041", "M7043",
    "M7044", "M7045", "M7109",
];

#[test]
fn a_mapping_that_names_what_there_is_not_is_refused_with_the_place() {
    let students = [file("students.csv", "student_id\nS1\n")];
    for (mapping, place) in [
        ("[columns.students]\n\"Matrikelnr.\" = \"studnet_id\"", "[columns.students]"),
        ("[defaults.students]\nchoices_only = \"perhaps\"", "[defaults.students]"),
        ("[tables]\n\"a.csv\" = \"people\"", "[tables]"),
        ("[tabels]", "tabels"),
    ] {
        let options = Options { mapping: mapping.to_owned(), ..Options::default() };
        let Err(Refused::Mapping(MalformedMapping(why))) = desk::import(&students, &options) else {
            panic!("{mapping}")
        };
        assert!(why.contains(place), "{mapping}: {why}");
    }
    assert_eq!(rules::codes::MALFORMED_MAPPING.number, "M7048");
}
