//! Spreadsheets that chance has changed: whatever is sent, an import ends in an answer, soon and without much memory.

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::files_of;
use desk::import::{File, Options};
use desk::{Decision, Severity};

/// Changed files in `make test`; `make soak` sets a longer run.
fn count() -> usize {
    std::env::var("IMPORT_CHANGES").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000)
}

/// The longest that one import may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Cells that spreadsheets hold and nobody means.
const CELLS: [&str; 24] = [
    "",
    "0",
    "-1",
    "1e999",
    "NaN",
    "99999999999999999999",
    "=1+1",
    "'=x",
    "\"",
    ";",
    ":",
    ";;::;;",
    "a:b:c:d:e",
    "\u{feff}",
    "\u{0}",
    "31/12/9999",
    "0000-00-00",
    "2027-02-30T99:99",
    "12/31/27",
    "𝟙𝟚",
    "ﷺ",
    "🦀:5;🦀:6",
    "#REF!",
    "1 000,00 €",
];

fn change(bytes: &mut Vec<u8>, chance: &mut ChaCha8Rng) {
    for _ in 0..chance.random_range(1..6) {
        if bytes.is_empty() {
            return;
        }
        let at = chance.random_range(0..bytes.len());
        match chance.random_range(0..7) {
            0 => bytes[at] = chance.random(),
            1 => {
                bytes.remove(at);
            }
            2 => bytes.insert(at, chance.random()),
            3 => bytes.truncate(at),
            4 => {
                let end = (at + chance.random_range(1..200)).min(bytes.len());
                let part: Vec<u8> = bytes[at..end].to_vec();
                let to = chance.random_range(0..=bytes.len());
                bytes.splice(to..to, part);
            }
            5 => {
                let end = (at + chance.random_range(1..60)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let cell = CELLS[chance.random_range(0..CELLS.len())];
                let sign = [",", ";", "\n", "\t", "\",\""][chance.random_range(0..5)];
                let to = chance.random_range(0..=bytes.len());
                bytes.splice(to..to, format!("{sign}{cell}{sign}").into_bytes());
            }
        }
    }
}

fn changed(files: &[File], chance: &mut ChaCha8Rng) -> Vec<File> {
    let mut files = files.to_vec();
    let at = chance.random_range(0..files.len());
    change(&mut files[at].bytes, chance);
    files
}

#[test]
fn whatever_chance_makes_of_a_spreadsheet_an_import_ends_in_an_answer() {
    let seasons: Vec<Vec<File>> = [
        "clean-csv",
        "clean-workbook",
        "clean-ods",
        "sheet-formulas",
        "wide-choices",
        "number-money",
        "word-languages",
    ]
    .map(|case| files_of(&format!("sheets/cases/{case}")))
    .into();
    let mut chance = ChaCha8Rng::seed_from_u64(17);
    let (mut read, mut slowest) = (0, Duration::ZERO);
    for _ in 0..count() {
        let files = changed(&seasons[chance.random_range(0..seasons.len())], &mut chance);
        let start = Instant::now();
        let answer = desk::import(&files, &Options { skip_open: chance.random(), ..Options::default() });
        slowest = slowest.max(start.elapsed());
        let Ok(answer) = answer else { continue };
        read += 1;
        assert!(answer.is_open || answer.instance.is_some(), "nothing is open, and nothing was written");
        if let Some(instance) = answer.instance {
            // What is written as a season is one.
            wire::read_request(Some(instance), answer.policy, &wire::SizeLimits::NONE)
                .unwrap_or_else(|faults| panic!("{:#?}", faults.findings()));
        }
    }
    assert!(slowest < LONGEST, "{slowest:?}");
    assert!(read * 10 > count() * 3, "{read} of {} could be read", count());
}

#[test]
fn whatever_is_decided_an_import_ends_in_an_answer() {
    let words = ["accept", "keep", "skip", "blank", "1", "x", "2027-06-01", "=keep", ""];
    let mut chance = ChaCha8Rng::seed_from_u64(18);
    let cases = std::fs::read_dir(super::data("sheets/cases")).expect("the cases");
    for case in cases.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()) {
        let files = files_of(&format!("sheets/cases/{case}"));
        let Ok(first) = desk::import(&files, &Options::default()) else { continue };
        for _ in 0..3 {
            let decide = |problem: &desk::Problem, decision: &str| Decision {
                line: 0,
                file: problem.file.clone(),
                sheet: problem.sheet.clone(),
                place: problem.place,
                record_id: String::new(),
                column: problem.column.clone(),
                code: problem.code.number.to_owned(),
                found: problem.found.clone(),
                suggestion: problem.suggestion.clone(),
                severity: problem.severity.name().to_owned(),
                problem: problem.problem.clone(),
                decision: decision.to_owned(),
            };
            let open = first.problems.iter().filter(|problem| problem.severity >= Severity::Ask);
            let decisions = open.map(|problem| decide(problem, words[chance.random_range(0..words.len())])).collect();
            let answer =
                desk::import(&files, &Options { decisions, ..Options::default() }).expect("it could be read before");
            assert_eq!(answer.instance.is_none(), answer.is_open, "{case}");
        }
    }
}
