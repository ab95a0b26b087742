//! Backup, restore and check: under load, with a run in flight, on both databases, as the pages say.

use std::path::Path;
use std::process::{Command, Output};

use pb::run::State;
use wire::pb;

use super::harness::{Client, Place, Postgres, installed, run_of, small, verify};
use crate::service::running::Server;
use crate::support::{BINARY, season_of_minimums};

pub(super) fn store(arguments: &[&str]) -> Output {
    Command::new(BINARY).arg("store").args(arguments).output().expect("it runs")
}

pub(super) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Stores runs until told to stop; gives those that were acknowledged when `backup` began.
fn under_load(server: &Server, backup: impl FnOnce()) -> Vec<(usize, String)> {
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (told, acknowledged) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = Client::of(server);
            for number in 0.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let name = client.create(small(number)).expect("stored").name;
                told.send((number, name)).expect("somebody hears");
            }
        });
        let mut before: Vec<_> = acknowledged.iter().take(30).collect();
        before.extend(acknowledged.try_iter());
        backup();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        // Whoever stores must not wait for anybody to hear.
        before
    })
}

/// Every run that was acknowledged is there and ends well, and so does the one that was being solved.
fn everything_is_there(server: &Server, before: &[(usize, String)], in_flight: &str) {
    let mut client = Client::of(server);
    for (number, name) in before {
        verify(&small(*number), &client.finished(name));
    }
    assert_eq!(client.finished(in_flight).state(), State::Succeeded);
}

/// Begins a long run, and waits until it is solved.
fn begin(server: &Server) -> String {
    let mut client = Client::of(server);
    let name = client.create(run_of(season_of_minimums(150))).expect("stored").name;
    while client.get(&name).expect("there").state() == State::Pending {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    name
}

#[test]
fn a_sqlite_store_is_backed_up_under_load_and_restored_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    std::fs::write(&keys, "ab".repeat(32)).expect("written");
    let keys = format!("--store-keys={}", keys.display());
    let place = Place::sqlite();
    let server = place.serve(&[&keys]);
    let in_flight = begin(&server);
    let copy = folder.path().join("backup.db");
    let before = under_load(&server, || {
        let made = store(&["backup", "--store", &place.url(), "--to", &copy.display().to_string()]);
        assert!(made.status.success(), "{}", said(&made));
    });
    let again = store(&["backup", "--store", &place.url(), "--to", &copy.display().to_string()]);
    assert!(!again.status.success(), "a backup that is there is not written over");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&copy).expect("it is there").permissions().mode() & 0o777, 0o600);
    drop(server);
    let restored = format!("sqlite://{}", folder.path().join("restored.db").display());
    let made = store(&["restore", "--from", &copy.display().to_string(), "--store", &restored]);
    assert!(made.status.success(), "{}", said(&made));
    let checked = store(&["check", "--store", &restored, &keys]);
    assert!(checked.status.success() && said(&checked).contains("parts can be opened"), "{}", said(&checked));
    let server = Server::start(&["--store", &restored, &keys]);
    everything_is_there(&server, &before, &in_flight);
    let over_it = store(&["restore", "--from", &copy.display().to_string(), "--store", &restored]);
    assert!(said(&over_it).contains("it is there; move it away"), "{}", said(&over_it));
}

#[test]
fn a_backup_is_where_it_says_or_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::sqlite();
    drop(place.serve(&["--workers=0"]));
    for name in [":memory:", "file:other.db", "file:other.db?mode=memory", "plain.db"] {
        let mut backup = Command::new(BINARY);
        backup.args(["store", "backup", "--store", &place.url(), "--to", name]).current_dir(folder.path());
        let made = backup.output().expect("it runs");
        assert!(made.status.success(), "{name}: {}", said(&made));
        let file = std::fs::metadata(folder.path().join(name)).expect("it is there");
        use std::os::unix::fs::PermissionsExt;
        assert!(file.len() > 0 && file.permissions().mode() & 0o777 == 0o600, "{name}: {file:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 4);
    let odd = store(&[
        "restore",
        "--from",
        &folder.path().join("plain.db").display().to_string(),
        "--store",
        "sqlite://file:x",
    ]);
    assert!(!odd.status.success(), "{}", said(&odd));
}

/// A program of PostgreSQL's, and what it says.
fn postgres(program: &str, arguments: &[&str]) {
    let ran = Command::new(installed(program)).args(arguments).output().expect("it runs");
    assert!(ran.status.success(), "{program}: {}", said(&ran));
}

#[test]
fn a_postgresql_store_is_dumped_under_load_and_restored_elsewhere_as_the_page_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::postgres();
    let server = place.serve(&[]);
    let in_flight = begin(&server);
    let copy = folder.path().join("runs.dump").display().to_string();
    let before = under_load(&server, || {
        let refused = store(&["backup", "--store", &place.url(), "--to", &copy]);
        assert!(said(&refused).contains("pg_dump --format=custom"), "{}", said(&refused));
        postgres("pg_dump", &["--format=custom", "--file", &copy, &place.url()]);
    });
    drop(server);
    let other = Postgres::start();
    postgres("pg_restore", &["--no-owner", "--exit-on-error", "--dbname", &other.url(), &copy]);
    let checked = store(&["check", "--store", &other.url()]);
    assert!(checked.status.success(), "{}", said(&checked));
    let server = Server::start(&["--store", &other.url()]);
    everything_is_there(&server, &before, &in_flight);
}

#[test]
fn a_check_finds_what_is_damaged_and_what_the_keys_don_t_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, others) = (folder.path().join("keys"), folder.path().join("others"));
    std::fs::write(&keys, "ab".repeat(32)).expect("written");
    std::fs::write(&others, "cd".repeat(32)).expect("written");
    let flag = |keys: &Path| format!("--store-keys={}", keys.display());
    let place = Place::sqlite();
    let server = place.serve(&[&flag(&keys), "--workers=0"]);
    let mut client = Client::of(&server);
    let names: Vec<String> = (0..3).map(|number| client.create(small(number)).expect("stored").name).collect();
    let check = |keys: &Path| store(&["check", "--store", &place.url(), &flag(keys)]);
    let well = check(&keys);
    assert!(well.status.success() && said(&well).contains("3 PENDING"), "{}", said(&well));
    let closed = check(&others);
    assert!(!closed.status.success() && said(&closed).matches("fault: runs/").count() == 3, "{}", said(&closed));
    drop(server);
    place.ask("UPDATE parts SET bytes = x'00' WHERE run_id = (SELECT MAX(run_id) FROM runs) RETURNING part");
    let damaged = check(&keys);
    assert!(!damaged.status.success(), "{}", said(&damaged));
    assert!(said(&damaged).contains(&format!("fault: {}, REQUEST", names[2])), "{}", said(&damaged));
    let missing = store(&["check", "--store", "sqlite:///no/such/file.db"]);
    assert!(said(&missing).contains("there is no such file"), "{}", said(&missing));
}

#[test]
fn space_is_given_back_when_runs_are_deleted() {
    let place = Place::sqlite();
    let server = place.serve(&["--workers=0"]);
    let mut client = Client::of(&server);
    let mut large = run_of(season_of_minimums(400));
    let names: Vec<String> = (0..8)
        .map(|number| {
            large.instance.as_mut().expect("a season").term = format!("T{number}");
            client.create(large.clone()).expect("stored").name
        })
        .collect();
    let size = || {
        let files = ["", "-wal"].map(|ending| place.url().trim_start_matches("sqlite://").to_owned() + ending);
        files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum::<u64>()
    };
    let before = size();
    assert!(before > 1_000_000, "{before}");
    names.iter().for_each(|name| client.delete(name).expect("deleted"));
    assert!(size() < before / 4, "{} of {before} bytes are left", size());
}

#[test]
fn the_doctor_finds_nothing_where_all_is_well_and_names_what_mends_what_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let doctor = |flags: &[&str]| {
        let told = Command::new(BINARY).arg("doctor").args(flags).output().expect("it runs");
        (told.status.success(), said(&told))
    };
    let store = format!("--store=sqlite://{}", folder.path().join("runs.db").display());
    let (is_well, told) = doctor(&[&store]);
    assert!(is_well && told.contains("the solver's process starts and solves") && !told.contains("missing"), "{told}");
    let [certificate, key] = crate::service::peers::certificate(folder.path());
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("it is ours");
    let tls = [&store, "--tls-certificate", &certificate, "--tls-key", &key];
    let (is_well, told) = doctor(&tls);
    assert!(is_well && told.contains("it ends in 1 days") && told.contains("chmod o= "), "{told}");
    std::fs::write(folder.path().join("keys"), "no key").expect("written");
    let keys = format!("--store-keys={}", folder.path().join("keys").display());
    for (flags, what, mend) in [
        (&[&store[..], "--address=0.0.0.0:50051"][..], "can be reached from other machines", "openssl req -x509"),
        (&[&store, "--tls-certificate", &key, "--tls-key", &key], "no certificate is in it", "both PEM"),
        (&["--store=sqlite:///no/such/folder/runs.db"], "the folder /no/such/folder is not there", "mkdir -p"),
        (&["--store=postgres://nobody@127.0.0.1:1/none"], "--store:", "start the database"),
        (&[&store, &keys], "64 hexadecimal digits", "openssl rand -hex 32"),
        (&[&store, "--tokens=/no/such/tokens"], "--tokens", "misti-matching token"),
    ] {
        let (is_well, told) = doctor(flags);
        assert!(!is_well && told.contains(what) && told.contains(mend), "{flags:?}: {told}");
    }
    let limited = format!("ulimit -n 256; exec {BINARY} doctor {store}");
    let told = Command::new("sh").args(["-c", &limited]).output().expect("it runs");
    assert!(said(&told).contains("ulimit -n 1536"), "{}", said(&told));
}
