//! Chance: mutations of files of every kind end in an answer, soon, and within their memory. `SHEET_MUTATIONS` says how many.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sheets::{Limits, read};

use crate::{cases, files, memory};

fn mutations() -> u64 {
    std::env::var("SHEET_MUTATIONS").map_or(10_000, |count| count.parse().expect("a count"))
}

/// What readers stumble over.
const PIECES: [&str; 24] = [
    "\"",
    ",",
    "\n",
    "\r",
    "\u{0}",
    "\u{feff}",
    "sep=\"\n",
    "0",
    "-1",
    "4294967295",
    "99999999999999999999",
    "1e308",
    "NaN",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&b;",
    "&#0;",
    "<![CDATA[",
    "<!--",
    "]]>",
    "<row/>",
    "<c r=\"XFD1048576\"><v>1</v></c>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<table:table-cell table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell>",
    "<f t=\"array\" ref=\"A1:XFD1048576\">A1</f>",
];

/// Small files with something of everything.
fn seeds() -> Vec<Vec<u8>> {
    let small = [
        "clean-csv/students.csv",
        "encoding-marked/projects.csv",
        "encoding-cp1252/hosts.csv",
        "dialect-unbalanced-quote/students.csv",
        "dialect-newline-in-cell/projects.csv",
        "sheet-merged-key/season.xlsx",
        "sheet-formulas/season.xlsx",
        "sheet-decorated/season.xlsx",
        "sheet-struck-row/season.xlsx",
        "sheet-empty-first-and-far-corner/season.xlsx",
        "sheet-ods-hidden-row/season.ods",
        "clean-ods/season.ods",
        "file-password/season.xlsx",
    ];
    small.iter().map(|path| std::fs::read(cases::folder().join("cases").join(path)).expect("a case")).collect()
}

fn unpacked(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let part = |place: usize| {
        let mut entry = zip.by_index(place).ok()?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).ok()?;
        Some((entry.name().ok()?.into_owned(), bytes))
    };
    (0..zip::ZipArchive::new(Cursor::new(bytes)).ok()?.len()).map(part).collect()
}

/// Changes some bytes: single ones, cuts, repeats, pieces put in, numbers made extreme.
fn mutate(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(1..6) {
        if bytes.is_empty() {
            return;
        }
        let at = rng.random_range(0..bytes.len());
        let end = (at + rng.random_range(1..200)).min(bytes.len());
        match rng.random_range(0..7) {
            0 => bytes[at] = rng.random(),
            1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].repeat(rng.random_range(1..20));
                bytes.splice(at..at, part);
            }
            4 => drop(bytes.splice(at..at, PIECES[rng.random_range(0..PIECES.len())].bytes())),
            5 => {
                let digits = bytes[at..].iter().position(u8::is_ascii_digit).map(|place| at + place);
                let Some(start) = digits else { continue };
                let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                bytes.splice(start..start + length, PIECES[rng.random_range(7..13)].bytes());
            }
            _ => bytes.truncate(at),
        }
    }
}

/// A file of chance: its bytes changed, or one of its parts, packed anew.
fn mutant(seeds: &[Vec<u8>], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = seeds[rng.random_range(0..seeds.len())].clone();
    if rng.random_range(0..4) > 0
        && let Some(mut parts) = unpacked(&bytes)
    {
        let place = rng.random_range(0..parts.len());
        mutate(&mut parts[place].1, rng);
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        return files::zip(&parts);
    }
    mutate(&mut bytes, rng);
    bytes
}

#[test]
fn every_mutation_ends_in_an_answer_soon_and_within_its_memory() {
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    let seeds = seeds();
    let (mut read_count, mut refused_count) = (0_u64, 0_u64);
    for seed in 0..mutations() {
        let bytes = mutant(&seeds, &mut ChaCha8Rng::seed_from_u64(seed));
        let started = Instant::now();
        let (said, most) = memory::most(|| catch_unwind(AssertUnwindSafe(|| read("season.xlsx", &bytes, &limits))));
        assert!(started.elapsed() < Duration::from_secs(10), "seed {seed}");
        assert!(most < 8 << 20, "seed {seed}: {most} bytes");
        match said.unwrap_or_else(|_| panic!("seed {seed} panicked")) {
            Ok(_) => read_count += 1,
            Err(_) => refused_count += 1,
        }
    }
    println!("{read_count} mutations were read, {refused_count} refused");
    assert!(read_count > mutations() / 10 && refused_count > mutations() / 10, "{read_count} {refused_count}");
}
