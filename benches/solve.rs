//! The solve against its peers. `write FOLDER SEED` writes the instances of a seed; `run FOLDER/NAME` solves one and prints a line of
//! JSON. `benches/peers.py` does both, with the peers in between; `make bench` starts it.
//!
//! `match FOLDER/NAME` makes the instance a request, affinity being the only term of the points, and takes the time of the whole
//! `Match`, from its bytes to those of the answer.
//!
//! An instance is a folder of little-endian arrays, so that everyone solves the same: `student`, `project` (u32) and `points`
//! (i64) by pair; `seats`, `least` (u32; from 2 on the project opens with so many or stays closed) and `host` by project;
//! `host_seats`, `country` by host; `country_least`, `country_most` by country; `pinned` (u32, places of pairs).
//! 4294967295 = no limit. The goal is the greatest sum of points.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use formulation::{Column, Columns, Formulation, GoalMeasure, Lottery, Measure, Pairs, Reading, Row, RowLabel};
use prost::Message;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rules::domain::{HostIndex, ProjectIndex, StudentIndex};
use solve::{Cancel, Engine, Limits, Solved, SolverCommand, Tuning, Watcher, solve};
use wire::pb;

const NO_LIMIT: u32 = u32::MAX;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    match arguments.first().map(String::as_str) {
        Some("write") => write_all(Path::new(&arguments[1]), arguments[2].parse().expect("a seed"), &arguments[3..]),
        Some("run") => run(Path::new(&arguments[1]), has("lottery"), has("integer-program"), has("default-goals")),
        Some("match") => match_whole(Path::new(&arguments[1])),
        _ => println!("write FOLDER SEED [NAME..], or run FOLDER/NAME [lottery] [integer-program] [default-goals]"),
    }
}

#[derive(Default)]
struct Season {
    student: Vec<u32>,
    project: Vec<u32>,
    points: Vec<i64>,
    seats: Vec<u32>,
    least: Vec<u32>,
    host: Vec<u32>,
    host_seats: Vec<u32>,
    country: Vec<u32>,
    country_least: Vec<u32>,
    country_most: Vec<u32>,
    pinned: Vec<u32>,
}

/// What an instance is to be like.
#[derive(Clone, Copy)]
struct Shape {
    students: u32,
    projects: u32,
    /// Pairs of each student; all of them where 0.
    pairs: u32,
    most_seats: u32,
    uniform: bool,
    hosts: bool,
    countries: bool,
    side: bool,
}

const PLAIN: Shape = Shape {
    students: 0,
    projects: 0,
    pairs: 0,
    most_seats: 1,
    uniform: false,
    hosts: false,
    countries: false,
    side: false,
};

fn shapes() -> Vec<(&'static str, Shape)> {
    let s = Shape { students: 1_000, projects: 1_200, pairs: 60, most_seats: 3, ..PLAIN };
    let n = Shape { students: 50_000, projects: 40_000, pairs: 13, ..PLAIN };
    vec![
        ("S", s),
        ("S-side", Shape { hosts: true, countries: true, side: true, ..s }),
        ("D1", Shape { students: 1_000, projects: 1_000, ..PLAIN }),
        ("D5", Shape { students: 5_000, projects: 5_000, ..PLAIN }),
        ("N", n),
        ("N-hosts", Shape { hosts: true, ..n }),
        ("N-countries", Shape { hosts: true, countries: true, ..n }),
        ("X", Shape { students: 200_000, projects: 150_000, pairs: 13, ..PLAIN }),
        ("XX", Shape { students: 1_000_000, projects: 800_000, pairs: 13, ..PLAIN }),
    ]
}

fn write_all(folder: &Path, seed: u64, names: &[String]) {
    for (name, shape) in shapes() {
        for (kind, uniform) in [("ties", false), ("uniform", true)] {
            let name = format!("{name}-{kind}");
            if names.is_empty() || names.contains(&name) {
                let season = season(seed, Shape { uniform, ..shape });
                season.write(&folder.join(name));
            }
        }
    }
}

/// Students and projects have a field and a country each; points have two decimals, or six at random where `uniform`.
fn season(seed: u64, shape: Shape) -> Season {
    let of_shape = u64::from(shape.students) * 31 + u64::from(shape.pairs);
    let mut random = ChaCha8Rng::seed_from_u64((seed << 32) + of_shape);
    let (fields, countries) = (20_u32, 25_u32);
    let host_count = shape.projects.div_ceil(8);
    let country = |random: &mut ChaCha8Rng| random.random_range(0..countries).min(random.random_range(0..countries));
    // The first countries have more hosts than the last.
    let mut season = Season { country: (0..host_count).map(|_| country(&mut random)).collect(), ..Season::default() };
    let mut by_field: Vec<Vec<u32>> = vec![Vec::new(); fields as usize];
    let mut field_of = Vec::new();
    for project in 0..shape.projects {
        season.host.push(random.random_range(0..host_count));
        season.seats.push(random.random_range(1..=shape.most_seats));
        season.least.push(0);
        let field = random.random_range(0..fields);
        field_of.push(field);
        by_field[field as usize].push(project);
    }
    let mut seen = vec![NO_LIMIT; shape.projects as usize];
    for student in 0..shape.students {
        let field = random.random_range(0..fields);
        let liked = random.random_range(0..countries).min(random.random_range(0..countries));
        let mut of_student: Vec<u32> = if shape.pairs == 0 {
            (0..shape.projects).collect()
        } else {
            let mut chosen = Vec::new();
            while chosen.len() < shape.pairs as usize {
                let own = &by_field[field as usize];
                let project = if random.random_range(0..3) > 0 && !own.is_empty() {
                    own[random.random_range(0..own.len())]
                } else {
                    random.random_range(0..shape.projects)
                };
                if seen[project as usize] != student {
                    seen[project as usize] = student;
                    chosen.push(project);
                } else if chosen.len() + 5 >= shape.projects as usize {
                    break;
                }
            }
            chosen
        };
        of_student.sort_unstable();
        for project in of_student {
            let points = if shape.uniform {
                random.random_range(0..=1_000_000)
            } else {
                let near = field_of[project as usize].abs_diff(field).min(5);
                let abroad = season.country[season.host[project as usize] as usize].abs_diff(liked).min(10);
                i64::from(80 - 8 * near - 2 * abroad + random.random_range(0..20_u32)) * 10_000
            };
            season.student.push(student);
            season.project.push(project);
            season.points.push(points);
        }
    }
    season.limits(shape, &mut random);
    season
}

impl Season {
    fn limits(&mut self, shape: Shape, random: &mut ChaCha8Rng) {
        let mut of_host = vec![0_u32; self.country.len()];
        let mut of_country = [0_u32; 25];
        for (&host, &seats) in self.host.iter().zip(&self.seats) {
            of_host[host as usize] += seats;
            of_country[self.country[host as usize] as usize] += seats;
        }
        let limited = |&seats: &u32, random: &mut ChaCha8Rng| {
            if shape.hosts && random.random_range(0..2) == 0 { (seats * 6).div_ceil(10) } else { NO_LIMIT }
        };
        self.host_seats = of_host.iter().map(|seats| limited(seats, random)).collect();
        // The larger half of the countries is capped, the smaller half must fill.
        let share = |seats: u32, percent: u32| (u64::from(seats) * u64::from(percent) / 100) as u32;
        let places = shape.students.min(self.seats.iter().sum());
        let fill = u64::from(places) * 100 / u64::from(self.seats.iter().sum::<u32>());
        for (country, &seats) in of_country.iter().enumerate() {
            let capped = shape.countries && country < 12;
            let filled = shape.countries && country >= 12;
            self.country_most.push(if capped { share(seats, fill as u32 * 66 / 100) } else { NO_LIMIT });
            self.country_least.push(if filled { share(seats, fill as u32 * 70 / 100) } else { 0 });
        }
        if shape.side {
            for (least, &seats) in self.least.iter_mut().zip(&self.seats) {
                *least = if seats >= 2 && random.random_range(0..3) == 0 { 2 } else { 0 };
            }
            let mut taken = vec![false; shape.projects as usize];
            for student in [7_u32, 170, 333, 505, 888] {
                let free =
                    |&pair: &usize| self.student[pair] == student && self.least[self.project[pair] as usize] == 0;
                let pair = (0..self.student.len()).filter(free).find(|&pair| !taken[self.project[pair] as usize]);
                let pair = pair.expect("a project without a minimum");
                taken[self.project[pair] as usize] = true;
                self.pinned.push(pair as u32);
            }
        }
    }

    fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        for (name, numbers) in [
            ("student", &self.student),
            ("project", &self.project),
            ("seats", &self.seats),
            ("least", &self.least),
            ("host", &self.host),
            ("host_seats", &self.host_seats),
            ("country", &self.country),
            ("country_least", &self.country_least),
            ("country_most", &self.country_most),
            ("pinned", &self.pinned),
        ] {
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            fs::write(folder.join(name), bytes).expect("a file");
        }
        let bytes: Vec<u8> = self.points.iter().flat_map(|number| number.to_le_bytes()).collect();
        fs::write(folder.join("points"), bytes).expect("a file");
    }

    fn read(folder: &Path) -> Self {
        let bytes = |name: &str| fs::read(folder.join(name)).expect("a written instance");
        let narrow = |name: &str| -> Vec<u32> {
            bytes(name).chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().expect("four"))).collect()
        };
        let points = bytes("points");
        Self {
            student: narrow("student"),
            project: narrow("project"),
            points: points.chunks_exact(8).map(|eight| i64::from_le_bytes(eight.try_into().expect("eight"))).collect(),
            seats: narrow("seats"),
            least: narrow("least"),
            host: narrow("host"),
            host_seats: narrow("host_seats"),
            country: narrow("country"),
            country_least: narrow("country_least"),
            country_most: narrow("country_most"),
            pinned: narrow("pinned"),
        }
    }

    /// The integer program, as the formulation of a season would write it; countries are written as hosts of hosts.
    fn formulation(&self, default_goals: bool) -> Formulation {
        let mut columns = Columns::of_pairs(self.student.len());
        let mut rows = Vec::new();
        let grouped =
            |count: usize, key: &dyn Fn(usize) -> u32| Pairs::grouped(count, (0..self.student.len()).map(key));
        let mut add = |label, pairs: Pairs, opening, least: u32, most: u32| {
            let least = (least > 0).then_some(i64::from(least));
            rows.push(Row {
                label,
                pairs,
                weights: Vec::new(),
                defines: opening,
                others: Vec::new(),
                least,
                most: (most != NO_LIMIT).then_some(i64::from(most)),
            });
        };
        let students = self.student.last().map_or(0, |&last| last as usize + 1);
        for (student, pairs) in grouped(students, &|pair| self.student[pair]).into_iter().enumerate() {
            add(RowLabel::Placement(StudentIndex(student as u32)), pairs, None, 0, 1);
        }
        for (project, pairs) in grouped(self.seats.len(), &|pair| self.project[pair]).into_iter().enumerate() {
            let (index, least, most) = (ProjectIndex(project as u32), self.least[project], self.seats[project]);
            if least < 2 {
                add(RowLabel::ProjectSeats(index), pairs, None, least, most);
            } else if !pairs.is_empty() {
                let open = columns.len() as u32;
                columns.others.push(Column::Opening(index));
                let label = RowLabel::Opening(index);
                add(label, pairs.clone(), Some((open, -i64::from(most))), 0, 0);
                add(label, pairs, Some((open, -i64::from(least))), 0, NO_LIMIT);
            }
        }
        for row in &mut rows {
            if let (RowLabel::Opening(_), None) = (row.label, row.most) {
                row.least = Some(0);
            }
        }
        let mut add = |label, pairs: Pairs, least: u32, most: u32| {
            if !pairs.is_empty() && (least > 0 || most != NO_LIMIT) {
                let (least, most) =
                    ((least > 0).then_some(i64::from(least)), (most != NO_LIMIT).then_some(i64::from(most)));
                let (weights, others) = (Vec::new(), Vec::new());
                rows.push(Row { label, pairs, weights, defines: None, others, least, most });
            }
        };
        let host_of = |pair: usize| self.host[self.project[pair] as usize];
        for (host, pairs) in grouped(self.country.len(), &host_of).into_iter().enumerate() {
            add(RowLabel::HostSeats(HostIndex(host as u32)), pairs, 0, self.host_seats[host]);
        }
        let country_of = |pair: usize| self.country[host_of(pair) as usize];
        for (country, pairs) in grouped(self.country_most.len(), &country_of).into_iter().enumerate() {
            let label = RowLabel::HostSeats(HostIndex((self.country.len() + country) as u32));
            add(label, pairs, self.country_least[country], self.country_most[country]);
        }
        for &pair in &self.pinned {
            let (student, project) =
                (StudentIndex(self.student[pair as usize]), ProjectIndex(self.project[pair as usize]));
            rows.push(Row {
                label: RowLabel::Pin(student, project),
                pairs: [pair].into(),
                defines: None,
                weights: Vec::new(),
                others: Vec::new(),
                least: Some(1),
                most: None,
            });
        }
        let sum = |weights| GoalMeasure {
            tolerance: 0,
            measure: Measure::Sum { weights, least: false },
            reading: Reading::AsItIs,
        };
        let mut goals = vec![sum(self.points.clone())];
        if default_goals {
            goals.insert(0, sum(vec![1; self.points.len()]));
        }
        let ids =
            |prefix: &str, count: usize| -> Vec<String> { (0..count).map(|at| format!("{prefix}{at:06}")).collect() };
        let (student_ids, project_ids) = (ids("S", students), ids("P", self.seats.len()));
        let pairs = self.student.iter().copied().zip(self.project.iter().copied()).collect();
        let lottery =
            Lottery::of_ids(0, student_ids.iter().map(String::as_str), project_ids.iter().map(String::as_str), pairs);
        Formulation { columns, rows, goals, lottery, hint: None }
    }
}

fn run(folder: &Path, lottery: bool, integer_program: bool, default_goals: bool) {
    let formulation = Season::read(folder).formulation(default_goals);
    // What reading took is no peak of the solve: the mark is set back (`man 5 proc`, clear_refs).
    fs::write("/proc/self/clear_refs", "5").expect("a mark that can be set back");
    let before = resident("VmRSS:");
    let engine = if integer_program { Engine::IntegerProgram } else { Engine::Automatic };
    let command = SolverCommand::of_binary(PathBuf::from(env!("CARGO_BIN_EXE_misti-matching")));
    let started = Instant::now();
    let deadline = started + Duration::from_secs(300);
    let limits = Limits {
        deadline,
        cancel: Cancel::default(),
        relative_gap: 0.0,
        engine,
        lottery,
        watcher: Watcher::default(),
        tuning: Tuning::default(),
    };
    let solved = solve(&formulation, &command, &limits).expect("the solver works");
    let seconds = started.elapsed().as_secs_f64();
    let Solved::Solution(solution) = solved else { panic!("no solution: {solved:?}") };
    let goal = solution.goals.last().expect("a goal");
    let places = solution.matched.iter().filter(|&&matched| matched).count();
    println!(
        r#"{{"seconds": {seconds:.6}, "value": {}, "bound": {}, "proven": {}, "placed": {places}, "canonical": {}, "formulation_mib": {}, "peak_mib": {}}}"#,
        goal.value,
        goal.bound,
        goal.proven,
        solution.canonical,
        before / 1024,
        resident("VmHWM:") / 1024
    );
}

/// The whole call, five times; without countries and pins, which are no rows of a request of their own.
fn match_whole(folder: &Path) {
    let season = Season::read(folder);
    let mut instance = pb::Instance::default();
    for (host, &seats) in season.host_seats.iter().enumerate() {
        let max_seat_count = (seats != NO_LIMIT).then_some(seats as i32);
        instance.hosts.push(pb::Host { host_id: format!("H{host:06}"), max_seat_count, ..pb::Host::default() });
    }
    for (project, &seats) in season.seats.iter().enumerate() {
        instance.projects.push(pb::Project {
            project_id: format!("P{project:06}"),
            host_id: format!("H{:06}", season.host[project]),
            min_seat_count: Some(season.least[project] as i32),
            max_seat_count: Some(seats as i32),
            ..pb::Project::default()
        });
    }
    for pair in 0..season.student.len() {
        let (student_id, project_id) =
            (format!("S{:06}", season.student[pair]), format!("P{:06}", season.project[pair]));
        if instance.students.last().is_none_or(|student| student.student_id != student_id) {
            let student_id = student_id.clone();
            instance.students.push(pb::Student { student_id, choices_only: true, ..pb::Student::default() });
        }
        let target = Some(pb::choice::Target::ProjectId(project_id.clone()));
        if let Some(student) = instance.students.last_mut() {
            student.choices.push(pb::Choice { rank: Some(1), target });
        }
        let affinity = Some(season.points[pair] as f64 / 1e6);
        instance.pair_notes.push(pb::PairNote { student_id, project_id, affinity, ..pb::PairNote::default() });
    }
    let nothing = Some(0.0);
    let weights = pb::Weights {
        skills: nothing,
        language: nothing,
        preference: nothing,
        host_rank: nothing,
        interview: nothing,
        affinity: Some(1.0),
    };
    let goal = pb::Goal { kind: pb::goal::Kind::TotalPoints as i32, ..pb::Goal::default() };
    let policy = pb::Policy { weights: Some(weights), goals: vec![goal], ..pb::Policy::default() };
    let bytes = pb::MatchRequest { instance: Some(instance), policy: Some(policy) }.encode_to_vec();
    let command = SolverCommand::of_binary(PathBuf::from(env!("CARGO_BIN_EXE_misti-matching")));
    for _ in 0..5 {
        let started = Instant::now();
        let request = pb::MatchRequest::decode(&bytes[..]).expect("our own bytes");
        let response = calls::solve(request, &calls::Caller::local(Cancel::default()), &command).expect("an answer");
        let length = response.encode_to_vec().len();
        let goal = &response.outcome.expect("an outcome").goals[0];
        let seconds = started.elapsed().as_secs_f64();
        println!(
            r#"{{"seconds": {seconds:.6}, "value": {}, "proven": {}, "bytes": {length}}}"#,
            goal.value, goal.proven
        );
    }
}

/// A line of this process's memory in KiB.
fn resident(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line));
    value.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
