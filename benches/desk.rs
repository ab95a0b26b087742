//! The desk: 10,000 rows of 40 columns read, judged and written as a season, and the report of a season of 1,000 students.
//!
//! Each is a whole process. `benches/desk_peers.py` reads the same workbook with pandas and openpyxl, and the ratio is printed; it
//! needs `.tools/peers`, which `make bench` makes. Peak memory is the process's own (`VmHWM`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use calls::sample::{Sample, sample};
use rust_xlsxwriter::Workbook;
use wire::{json, pb};

const ROWS: u32 = 10_000;
const RUNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = folder.path().join("season.xlsx");
    std::fs::write(&book, workbook()).expect("the workbook");
    println!(
        "{} bytes of XLSX: {ROWS} students of 40 columns, 100 projects",
        std::fs::metadata(&book).expect("it").len()
    );
    let season = folder.path().join("season.json");
    let import = median(|| {
        run(Command::new(binary()).arg("import").arg(&book).arg("--output").arg(&season).args(["--skip-open"]))
    });
    println!("import: {:.2} s, {} MiB", import.0.as_secs_f64(), import.1 >> 10);
    if let Some(peer) = peer(&book) {
        println!(
            "pandas and openpyxl, read only: {:.2} s, {} MiB; ratio {:.1}",
            peer.0.as_secs_f64(),
            peer.1 >> 10,
            peer.0.as_secs_f64() / import.0.as_secs_f64()
        );
    }
    report(folder.path());
}

fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_misti-matching"))
}

/// A workbook of students with every column of theirs and labels up to forty, and some projects.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let students = workbook.add_worksheet();
    students.set_name("students").expect("a name");
    let table = desk::columns::table("students").expect("a table");
    let mut headers: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.name != "country_preferences")
        .map(|column| column.name.to_owned())
        .collect();
    headers.extend((headers.len()..40).map(|at| format!("attribute:label {at}")));
    assert_eq!(headers.len(), 40);
    for (at, header) in (0..).zip(&headers) {
        students.write_string(0, at, header).expect("a header");
    }
    for row in 1..=ROWS {
        for (at, header) in (0..).zip(&headers) {
            let column = table.column(header);
            let text = match header.as_str() {
                "student_id" => format!("S{row:05}"),
                "name" => format!("Person {:04x} {}", row * 7_919 % 65_521, row),
                "email" => format!("p{row}@example.org"),
                "approved_programs" => String::new(),
                "language_evidence" => String::new(),
                _ => column.map_or_else(|| format!("value {}", row % 17), |column| column.example.to_owned()),
            };
            if !text.is_empty() {
                students.write_string(row, at, text).expect("a cell");
            }
        }
    }
    let projects = workbook.add_worksheet();
    projects.set_name("projects").expect("a name");
    for (at, header) in (0..).zip(["project_id", "title", "country", "max_seats"]) {
        projects.write_string(0, at, header).expect("a header");
    }
    for row in 1..=100 {
        projects.write_string(row, 0, format!("P{row:03}")).expect("an id");
        projects.write_string(row, 1, format!("Project {row}")).expect("a title");
        projects.write_string(row, 2, "DE").expect("a country");
        projects.write_number(row, 3, 2).expect("seats");
    }
    workbook.save_to_buffer().expect("a workbook")
}

fn report(folder: &Path) {
    let (instance, policy) = sample(Sample::Summer, 1, 1_000, 1_200);
    let (season, outcome, page) = (folder.join("summer.json"), folder.join("outcome.json"), folder.join("report.html"));
    let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
    let mut file = std::fs::File::create(&season).expect("a file");
    json::write("MatchRequest", &request, false, &mut file).expect("a season");
    run(Command::new(binary()).arg("match").arg(&season).arg("--output").arg(&outcome));
    let taken = median(|| {
        run(Command::new(binary()).arg("report").arg(&outcome).arg("--season").arg(&season).arg("--output").arg(&page))
    });
    let size = std::fs::metadata(&page).expect("a page").len();
    println!("report of 1,000 students: {:.2} s, {} MiB, {size} bytes", taken.0.as_secs_f64(), taken.1 >> 10);
}

/// The time and the peak memory, in KiB, of the run in the middle by time.
fn median(mut run: impl FnMut() -> (Duration, u64)) -> (Duration, u64) {
    let mut taken: Vec<(Duration, u64)> = (0..RUNS).map(|_| run()).collect();
    taken.sort();
    taken[RUNS / 2]
}

/// The time and the peak memory, in KiB, of a process.
fn run(command: &mut Command) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("it starts");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    loop {
        if let Some(ended) = child.try_wait().expect("it can be waited for") {
            assert!(ended.success(), "{ended}");
            return (start.elapsed(), peak);
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let used = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
        peak = peak.max(used.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn peer(book: &Path) -> Option<(Duration, u64)> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/peers/bin/python");
    if !python.exists() {
        println!("no .tools/peers: make bench makes it, and compares");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/desk_peers.py");
    Some(median(|| run(Command::new(&python).arg(&script).arg(book))))
}
