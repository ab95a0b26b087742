//! Students' data in the store: sealed as long as it is there, and not to be opened by anybody once it is deleted.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tonic::Code;

use super::harness::{Client, Place, small, verify};
use crate::support::BINARY;

pub(super) const OLD: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f000112233445566778899aabbccddeeff";
pub(super) const NEW: &str = "A0B1C2D3E4F5061728394A5B6C7D8E9F00112233445566778899AABBCCDDEEFF";

/// A file of keys, and the flag that names it.
fn keys(folder: &Path, keys: &[&str]) -> String {
    let path = folder.join(format!("keys-{}", keys.len()));
    std::fs::write(&path, format!("# of the store\n\n{}\n", keys.join("\n"))).expect("it is written");
    format!("--store-keys={}", path.display())
}

/// The files of a store that hold some bytes.
pub(super) fn files_with(place: &Place, bytes: &[u8]) -> Vec<PathBuf> {
    fn search(folder: &Path, bytes: &[u8], found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                search(&path, bytes, found);
            } else if std::fs::read(&path).unwrap_or_default().windows(bytes.len()).any(|part| part == bytes) {
                found.push(path);
            }
        }
    }
    if let Place::Postgres(_) = place {
        // What it has in memory only is in no file yet.
        place.ask("CHECKPOINT");
    }
    let mut found = Vec::new();
    search(&place.folder(), bytes, &mut found);
    found
}

/// The key of the only run, as it is stored.
fn stored_key(place: &Place) -> Vec<u8> {
    let hex = &place.ask("SELECT bytes FROM keys")[0][0];
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")).collect()
}

#[test]
fn no_file_tells_of_a_student_and_nobody_can_open_a_run_that_was_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let with_keys = keys(folder.path(), &[OLD]);
    for flags in [vec![], vec![with_keys.as_str()]] {
        for place in Place::both() {
            let server = place.serve(&flags);
            let mut client = Client::of(&server);
            let mut asked = small(1);
            let canary = "CANARY-7d1f-of-a-student";
            asked.instance.as_mut().expect("a season").students[0].student_id = canary.to_owned();
            let stored = client.create(asked).expect("stored");
            client.finished(&stored.name);
            assert_eq!(files_with(&place, canary.as_bytes()), Vec::<PathBuf>::new());
            let key = stored_key(&place);
            assert!(key.len() >= 32 && !files_with(&place, &key).is_empty(), "the key is stored");
            client.delete(&stored.name).expect("it is deleted");
            assert_eq!(client.get(&stored.name).expect_err("gone").code(), Code::NotFound);
            assert_eq!(client.delete(&stored.name).expect_err("gone").code(), Code::NotFound);
            let mut left = files_with(&place, &key);
            // The log of PostgreSQL keeps it for a while: sealed, where the store has keys.
            left.retain(|path| !path.to_string_lossy().contains("/pg_wal/"));
            assert_eq!(left, Vec::<PathBuf>::new(), "a file still has the key");
            assert_eq!(key.len() > 32, !flags.is_empty(), "the key is sealed where the store has keys");
            assert_eq!(place.ask("SELECT COUNT(*) FROM parts"), [["0"]]);
            let deeds = place.ask("SELECT deed FROM audit ORDER BY audit_time, audit_id");
            let deeds: Vec<&str> = deeds.iter().map(|row| row[0].as_str()).collect();
            assert_eq!((deeds[0], deeds[deeds.len() - 1]), ("CREATED", "DELETED"));
            assert!(deeds.contains(&"OUTCOME_READ") && deeds.contains(&"FINISHED"));
        }
    }
}

#[test]
fn the_keys_of_a_store_are_changed_without_losing_a_run_and_the_old_ones_then_open_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for place in Place::both() {
        let (old, both) = (keys(folder.path(), &[OLD]), keys(folder.path(), &[NEW, OLD]));
        let mut names = Vec::new();
        let mut prints = Vec::new();
        let mut restart = |flags: &[&str]| {
            let server = place.serve(flags);
            let mut client = Client::of(&server);
            let asked = small(names.len());
            names.push(client.create(asked).expect("stored").name);
            for (number, name) in names.iter().enumerate() {
                verify(&small(number), &client.finished(name));
            }
            let sealed_by = place.ask("SELECT DISTINCT sealed_by FROM keys");
            assert_eq!(sealed_by.len(), 1, "every key is sealed by the newest");
            prints.push(sealed_by[0][0].clone());
        };
        restart(&[]);
        restart(&[&old]);
        restart(&[&both]);
        let new = keys(folder.path(), &[NEW]);
        restart(&[&new]);
        assert!(prints[0].is_empty() && prints[1] != prints[2] && prints[2] == prints[3], "{prints:?}");
        let old = keys(folder.path(), &[OLD]);
        for flags in [&[][..], &[old.as_str()]] {
            let mut serve = Command::new(BINARY);
            serve.args(["serve", "--address=127.0.0.1:0", "--store", &place.url()]).args(flags);
            let said = serve.output().expect("it runs");
            let why = String::from_utf8_lossy(&said.stderr).into_owned();
            assert!(!said.status.success() && why.contains(&prints[2]) && why.contains("--store-keys"), "{why}");
        }
    }
}

#[test]
fn a_part_that_was_changed_or_put_in_anothers_place_is_not_given_out() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let names = [1, 2].map(|number| client.create(small(number)).expect("stored").name);
        for name in &names {
            client.finished(name);
        }
        place.ask(
            "UPDATE parts SET bytes = (SELECT o.bytes FROM parts o WHERE o.part = 'OUTCOME' AND o.run_id <> parts.run_id) \
             WHERE part = 'OUTCOME' AND run_id = (SELECT MIN(run_id) FROM runs) RETURNING run_id",
        );
        let refused = client.get(&names[0]).expect_err("it is another's");
        assert_eq!(refused.code(), Code::DataLoss, "{refused:?}");
        verify(&small(2), &client.get(&names[1]).expect("its own"));
        assert_eq!(client.list(Default::default()).expect("a list").runs.len(), 2);
    }
}

#[test]
fn a_file_of_keys_that_cannot_be_read_is_refused_without_telling_what_is_in_it() {
    let place = Place::sqlite();
    let path = place.folder().join("keys");
    for (text, told) in
        [(format!("{OLD}\nsecret-{OLD}"), "line 2 is not 64 hexadecimal digits"), (String::new(), "no key")]
    {
        std::fs::write(&path, text).expect("it is written");
        let mut serve = Command::new(BINARY);
        serve.args(["serve", "--address=127.0.0.1:0", "--store", &place.url()]).arg("--store-keys").arg(&path);
        let said = serve.output().expect("it runs");
        let why = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(!said.status.success() && why.contains(told) && !why.contains("secret"), "{why}");
    }
}

#[test]
fn a_run_that_cannot_be_opened_fails_and_keeps_nobody_waiting() {
    for place in Place::both() {
        let server = place.serve(&["--workers", "0"]);
        let mut client = Client::of(&server);
        let names = [1, 2, 3].map(|number| client.create(small(number)).expect("stored").name);
        place.ask("UPDATE parts SET bytes = (SELECT bytes FROM keys WHERE keys.run_id = parts.run_id) WHERE run_id = (SELECT MIN(run_id) FROM runs) RETURNING run_id");
        drop(server);
        let server = place.serve(&["--workers", "1"]);
        let mut client = Client::of(&server);
        let failed = client.finished(&names[0]);
        assert_eq!(failed.failure.expect("it says why").reason, "STORED_DATA_DAMAGED");
        for (number, name) in [(2, &names[1]), (3, &names[2])] {
            verify(&small(number), &client.finished(name));
        }
    }
}

#[test]
fn whoever_reads_the_database_holds_up_neither_deletions_nor_anybody_else() {
    for place in Place::both() {
        let server = place.serve(&[]);
        let mut client = Client::of(&server);
        let names = [1, 2, 3].map(|number| client.create(small(number)).expect("stored").name);
        for name in &names {
            client.finished(name);
        }
        let reader = place.reader();
        let begun = Instant::now();
        for name in &names {
            client.delete(name).expect("it is deleted");
        }
        client.create(small(4)).expect("stored");
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
        drop(reader);
    }
}

#[test]
fn postgres_keeps_no_statistics_of_keys() {
    let place = Place::postgres();
    let server = place.serve(&[]);
    let mut client = Client::of(&server);
    client.create(small(1)).expect("stored");
    place.ask("ANALYZE");
    let known = |column: &str| match column {
        "run_id" => place.ask("SELECT COUNT(*) FROM pg_stats WHERE tablename = 'keys' AND attname = 'run_id'"),
        _ => place.ask("SELECT COUNT(*) FROM pg_stats WHERE tablename = 'keys' AND attname = 'bytes'"),
    };
    assert_eq!((known("run_id"), known("bytes")), (vec![vec!["1".to_owned()]], vec![vec!["0".to_owned()]]));
}

#[test]
fn a_key_in_clear_opens_nothing_where_the_store_has_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::sqlite();
    let server = place.serve(&[&keys(folder.path(), &[OLD])]);
    let mut client = Client::of(&server);
    let name = client.create(small(1)).expect("stored").name;
    client.finished(&name);
    place.ask("UPDATE keys SET sealed_by = '' RETURNING run_id");
    assert_eq!(client.get(&name).expect_err("anybody could have put it there").code(), Code::Unavailable);
}
