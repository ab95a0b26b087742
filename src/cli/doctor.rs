//! `doctor`: what is missing or odd on this machine for a server with the same flags, each with the command that mends it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::exit::Exit;
use super::files::Failure;
use super::matching::this_binary;
use super::serve::Serve;
use calls::Caller;
use solve::{Cancel, solver_version};
use store::Store;
use wire::pb;

/// How long before a certificate ends it is worth a word.
const SOON: Duration = Duration::from_secs(14 * 86_400);

/// Before this moment nobody can have built the engine: 2026-01-01.
const EARLIEST: Duration = Duration::from_secs(1_767_225_600);

/// Bytes of memory that a slot or a worker may take with the largest season.
const MEMORY_OF_SOLVE: u64 = 1 << 30;

/// What was looked at.
enum Told {
    /// It is as it should be.
    Well(String),
    /// It works, and may surprise.
    Odd { what: String, mend: String },
    /// `serve` would not start, or not work.
    Missing { what: String, mend: String },
}

/// Looks at everything, and tells of each.
pub(super) fn run(serve: &Serve) -> Result<Exit, Failure> {
    let told = [vec![solver(), clock()], limits(serve), door(serve), place(serve)];
    let mut is_missing = false;
    for one in told.iter().flatten() {
        match one {
            Told::Well(what) => println!("ok       {what}"),
            Told::Odd { what, mend } => println!("odd      {what}\n         {mend}"),
            Told::Missing { what, mend } => {
                is_missing = true;
                println!("missing  {what}\n         {mend}");
            }
        }
    }
    if is_missing { Err(Failure::of_server("serve with these flags would not work")) } else { Ok(Exit::Done) }
}

/// Whether the solver's process starts and solves.
fn solver() -> Told {
    let student = |id: &str| pb::Student { student_id: id.to_owned(), ..pb::Student::default() };
    let project = pb::Project { project_id: "P".to_owned(), ..pb::Project::default() };
    let instance = pb::Instance { students: vec![student("A")], projects: vec![project], ..pb::Instance::default() };
    let engine = pb::limits::Engine::IntegerProgram as i32;
    let limits = Some(pb::Limits { engine, ..pb::Limits::default() });
    let policy = Some(pb::Policy { limits, ..pb::Policy::default() });
    let request = pb::MatchRequest { instance: Some(instance), policy };
    let solved =
        this_binary().ok().and_then(|solver| calls::solve(request, &Caller::local(Cancel::default()), &solver).ok());
    let is_best = solved.and_then(|solved| solved.outcome).is_some_and(|o| o.status() == pb::outcome::Status::Optimal);
    if is_best {
        return Told::Well(format!("the solver's process starts and solves: {}", solver_version()));
    }
    Told::Missing {
        what: "the solver's process does not solve".to_owned(),
        mend: "deploy/setup.sh build && make build, or free memory".to_owned(),
    }
}

fn clock() -> Told {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if now >= EARLIEST {
        return Told::Well("the clock is later than the engine".to_owned());
    }
    Told::Odd { what: "the clock is earlier than the engine".to_owned(), mend: "timedatectl set-ntp true".to_owned() }
}

/// Files that may be opened, and memory.
fn limits(serve: &Serve) -> Vec<Told> {
    let (wanted, given) = serve.connections();
    let files = if given == wanted {
        Told::Well(format!("{wanted} connections, as many as --most-connections says"))
    } else {
        Told::Odd {
            what: format!("{given} connections and not {wanted}, because the process may open no more files"),
            mend: format!("ulimit -n {}, or LimitNOFILE= in the unit of systemd", wanted + 512),
        }
    };
    let needed = serve.solves() as u64 * MEMORY_OF_SOLVE;
    let memory = match memory() {
        Some(bytes) if bytes < needed => Told::Odd {
            what: format!("{} MiB of memory for {} solves at once", bytes >> 20, serve.solves()),
            mend: "fewer --slots and --workers, or more memory: the largest season takes up to 1 GiB".to_owned(),
        },
        Some(bytes) => Told::Well(format!("{} MiB of memory for {} solves at once", bytes >> 20, serve.solves())),
        None => Told::Odd {
            what: "how much memory there is is not told".to_owned(),
            mend: "mount /proc and /sys/fs/cgroup".to_owned(),
        },
    };
    vec![files, memory]
}

/// The least of what the machine has and what the group of the process may take.
fn memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let all = line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10;
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limit = limits.into_iter().find_map(|file| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok());
    Some(limit.map_or(all, |limit| limit.min(all)))
}

/// Certificates and who may call.
fn door(serve: &Serve) -> Vec<Told> {
    let mut told = vec![match TcpListener::bind(serve.address) {
        Ok(_) => Told::Well(format!("{} is free", serve.address)),
        Err(error) => Told::Missing {
            what: format!("{}: {error}", serve.address),
            mend: "stop the server that is there (ss -ltnp), or take another --address".to_owned(),
        },
    }];
    if let Err(failure) = serve.check_address() {
        let mend =
            "openssl req -x509 …, and misti-matching token NAME >> tokens (docs/operating.md, \"The door\")".to_owned();
        told.push(Told::Missing { what: failure.line().to_owned(), mend });
    }
    match serve.certificates_end() {
        Ok(None) => {}
        Err(failure) => {
            let mend = "give a certificate and the key that belongs to it, both PEM".to_owned();
            told.push(Told::Missing { what: failure.line().to_owned(), mend });
        }
        Ok(Some(end)) => {
            let left = end.duration_since(SystemTime::now()).unwrap_or_default();
            let days = left.as_secs() / 86_400;
            let mend = "renew it and put it in the same place; it is read again without a restart".to_owned();
            told.push(match left {
                Duration::ZERO => Told::Missing { what: "--tls-certificate: it has ended".to_owned(), mend },
                left if left < SOON => Told::Odd { what: format!("--tls-certificate: it ends in {days} days"), mend },
                _ => Told::Well(format!("--tls-certificate: it ends in {days} days")),
            });
        }
    }
    match serve.token_count() {
        Ok(None) => {}
        Ok(Some(count)) => told.push(Told::Well(format!("--tokens: {count} may call"))),
        Err(failure) => told.push(Told::Missing {
            what: failure.line().to_owned(),
            mend: "misti-matching token NAME >> tokens".to_owned(),
        }),
    }
    told.extend(serve.secrets().into_iter().filter_map(secret));
    told
}

/// Whether others may read a file that holds secrets.
fn secret(file: &Path) -> Option<Told> {
    let mode = fs::metadata(file).ok()?.permissions().mode();
    (mode & 0o007 != 0).then(|| Told::Odd {
        what: format!("{}: everybody on this machine may read or write it", file.display()),
        mend: format!("chmod o= {}", file.display()),
    })
}

/// The store and its keys.
fn place(serve: &Serve) -> Vec<Told> {
    let url = match serve.place.url() {
        Ok(url) if url == "none" => {
            return vec![Told::Well("--store: none, so that there is no RunService".to_owned())];
        }
        Ok(url) => url,
        Err(failure) => {
            return vec![Told::Missing {
                what: failure.line().to_owned(),
                mend: "give --store or --store-file".to_owned(),
            }];
        }
    };
    let keys = match serve.place.keys() {
        Ok(keys) => keys,
        Err(failure) => {
            let mend = "openssl rand -hex 32 > store-keys && chmod 600 store-keys".to_owned();
            return vec![Told::Missing { what: failure.line().to_owned(), mend }];
        }
    };
    let new = url.strip_prefix("sqlite://").map(Path::new).filter(|path| !path.exists());
    if let Some(path) = new {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return vec![if folder.is_dir() {
            Told::Well(format!("--store: {} will be made", path.display()))
        } else {
            let what = format!("--store: the folder {} is not there", folder.display());
            Told::Missing { what, mend: format!("mkdir -p {}", folder.display()) }
        }];
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let checked = runtime
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(Store::check(&url, keys)).map_err(|error| error.to_string()));
    vec![match checked {
        Ok(checked) if checked.faults.is_empty() => Told::Well(format!(
            "--store: {} runs, and all of their data can be opened",
            checked.runs.values().sum::<i64>()
        )),
        Ok(checked) => Told::Missing {
            what: format!("--store: {} faults, the first: {}", checked.faults.len(), checked.faults[0]),
            mend: "misti-matching store check, then store restore, or give every key in --store-keys".to_owned(),
        },
        Err(why) => Told::Missing {
            what: format!("--store: {why}"),
            mend: "start the database, or mend the address; an empty PostgreSQL gets its tables from serve".to_owned(),
        },
    }]
}
