//! The pipeline stage by stage on two seasons of the sample: medians, and peak memory of the engine and the solver.
//!
//! `make bench`, or `cargo bench --bench pipeline -- 1000 1200` for one size. Every solve is the whole `Match` but for the
//! stages beside it; sizes above 1,000 students are solved once and within two minutes, and their status is told.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use calls::sample;
use prost::Message;
use rules::domain::{Assignment, Matching};
use rules::{evaluation, validation};
use solve::{Cancel, Engine, Limits, Solved, SolverCommand, Tuning, Watcher};
use wire::{SizeLimits, pb};

const RUNS: usize = 5;

fn main() {
    let sizes: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if let [students, projects] = sizes[..] {
        season(students, projects);
    } else {
        season(1_000, 1_200);
        season(5_000, 5_000);
    }
}

/// The median of some runs, and the last result.
fn timed<T>(stage: &str, runs: usize, mut work: impl FnMut() -> T) -> T {
    let mut times = Vec::with_capacity(runs);
    let mut last = None;
    for _ in 0..runs {
        let started = Instant::now();
        last = Some(work());
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let spread = format!("{:.4} to {:.4}", times[0].as_secs_f64(), times[runs - 1].as_secs_f64());
    println!("  {stage:<28}{:>10.4} s   ({runs} runs, {spread})", times[runs / 2].as_secs_f64());
    last.expect("at least one run")
}

fn season(students: u32, projects: u32) {
    println!("season of {students} x {projects}");
    let (instance, policy) = sample::sample(sample::Sample::Summer, 0, students, projects);
    let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
    let bytes = request.encode_to_vec();
    let decoded = timed("decode", RUNS, || pb::MatchRequest::decode(&bytes[..]).expect("our own bytes"));
    let read =
        || wire::read_request(decoded.instance.clone(), decoded.policy.clone(), &SizeLimits::NONE).expect("sound");
    let parsed = timed("read into the domain", RUNS, read);
    let (instance, policy) = (&parsed.instance, &parsed.policy);
    let evaluate = || evaluation::evaluate(instance, policy, usize::MAX, &|| false).expect("no limit");
    let evaluation = timed("evaluate every pair", RUNS, evaluate);
    timed("validate (findings, market)", RUNS, || {
        let contradictions = validation::contradictions(instance, policy, &evaluation);
        (
            contradictions,
            validation::surprises(instance, policy, &evaluation),
            validation::market(instance, &evaluation),
        )
    });
    let formulate = || formulation::formulate(instance, policy, &evaluation);
    let formulation = timed("formulate", RUNS, formulate);
    println!("  {} bytes, {} eligible pairs, {} rows", bytes.len(), evaluation.pairs.len(), formulation.rows.len());

    let command = SolverCommand::of_binary(env!("CARGO_BIN_EXE_misti-matching"));
    let small = students <= 1_000;
    let runs = if small { RUNS } else { 1 };
    let limit = Duration::from_secs(120);
    let limits = || Limits {
        deadline: Instant::now() + limit,
        cancel: Cancel::default(),
        relative_gap: 0.0,
        engine: Engine::Automatic,
        lottery: true,
        watcher: Watcher::default(),
        tuning: Tuning::default(),
    };
    let memory = Memory::watch();
    let solved = timed("solve", runs, || solve::solve(&formulation, &command, &limits()).expect("the solver works"));
    memory.tell();
    let Solved::Solution(solution) = solved else { panic!("a sample has a matching") };
    for (goal, reached) in policy.goals.iter().zip(&solution.goals) {
        println!("  {:?}: value {}, bound {}, proven {}", goal.kind, reached.value, reached.bound, reached.proven);
    }
    println!("  canonical {}", solution.canonical);
    let chosen = evaluation.pairs.iter().zip(&solution.matched).filter(|(_, matched)| **matched);
    let matching =
        Matching::new(chosen.map(|(pair, _)| Assignment { student: pair.student, project: pair.project }).collect());
    timed("check (rows, goals)", RUNS, || {
        (
            verify::violations(instance, policy, &evaluation, &matching),
            verify::goal_values(instance, policy, &evaluation, &matching),
        )
    });
    timed("blocking pairs", RUNS, || verify::blocking_pairs(instance, &evaluation, &matching));
    let outcome = |tells_why| {
        let season = engine::Season {
            instance,
            policy,
            command: &command,
            limits: &limits(),
            pair_limit: usize::MAX,
            watch: &engine::Watch::default(),
            tells_why,
        };
        engine::solve(&season).expect("the engine gives an outcome")
    };
    timed("engine without reasons", runs, || outcome(false));
    timed("engine with every reason", runs, || outcome(true));
    if small {
        let outcome = outcome(true);
        let written =
            timed("write the message", RUNS, || wire::write_outcome(instance, policy, &outcome, Duration::ZERO));
        timed("encode", RUNS, || written.encode_to_vec());
        timed("Match, all of it", runs, || {
            calls::solve(request.clone(), &calls::Caller::local(Cancel::default()), &command).expect("an answer")
        });
    }
}

/// The highest resident memory of this process and of the solver's, looked at every few milliseconds.
struct Memory {
    over: Arc<AtomicBool>,
    solver: Arc<AtomicU64>,
    watcher: std::thread::JoinHandle<()>,
}

impl Memory {
    fn watch() -> Self {
        let (over, solver) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (until, most) = (over.clone(), solver.clone());
        let watcher = std::thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                for child in children() {
                    most.fetch_max(peak(&child), Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Self { over, solver, watcher }
    }

    fn tell(self) {
        self.over.store(true, Ordering::Relaxed);
        self.watcher.join().expect("it only looks");
        let mib = |kib: u64| kib / 1024;
        println!(
            "  peak memory: engine {} MiB, solver {} MiB",
            mib(peak("self")),
            mib(self.solver.load(Ordering::Relaxed))
        );
    }
}

fn children() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let of_task = tasks.into_iter().flatten().filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    of_task.flat_map(|pids| pids.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The highest resident memory of a process, in KiB; 0 where it has ended.
fn peak(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
