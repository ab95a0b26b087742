//! **C11** stability: no pair blocks, as `verify::blocking_pairs` tells, or it is counted.
//!
//! For a pair of student s and project p at host h, `r` being its rank for the student and `k` the student's for the host, let
//!
//! - `G(s, r)` say that s has a place at rank r or better: `G(s, r) ≤ G(s, rank before) + Σ_{rank = r} x(s, ·)`,
//! - `F(p, k)` that all seats of p are with students pinned there or ranked k or better: `seats · F(p, k) ≤ Σ x(·, p)` over those,
//! - `H(h, k)` the same of the host's seats, where it has a limit,
//! - `y(p)` that p opens, 1 where it has no such column, and `b` that the pair blocks, none where the policy takes only what is
//!   stable.
//!
//! Then `G(s, r) + F(p, k) + H(h, k) + b ≥ y(p)`; and since who is at the host already needs no seat of it,
//! `G(s, r) + F(p, k) + b ≥ y(p) − 1 + Σ_{worse at h} x(s, ·)`. (After Kwanashie and Manlove, "An integer programming approach to the
//! hospitals/residents problem with ties", 2014, where a host is a project.) Where only stable matchings are taken, pairs
//! that none of them has are left out first; where pairs may block, that holds unless any does (`reduction.rs`).

mod reduction;

use std::collections::{BTreeMap, BTreeSet};

use super::{Column, Columns, Row, RowLabel};
use reduction::Reduction;
use rules::domain::{HostIndex, Instance, Policy, ProjectIndex, StudentIndex};
use rules::evaluation::{Evaluation, Pair};

/// Stands after every rank.
const UNRANKED: u32 = u32::MAX;

pub(super) fn rows(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    columns: &mut Columns,
    rows: &mut Vec<Row>,
) {
    let mut openings = BTreeMap::new();
    for (at, column) in columns.placed() {
        if let Column::Opening(project) = column {
            openings.insert(project, at as u32);
        }
    }
    let may_close: Vec<bool> = instance.project_indices().map(|project| openings.contains_key(&project)).collect();
    let reduction = Reduction::of(instance, evaluation, &may_close);
    let nothing = vec![false; evaluation.pairs.len()];
    let is_gone = if policy.stable_only { &reduction.is_gone } else { &nothing };
    let first_blocking = columns.len();
    let market = Market::new(instance, evaluation, is_gone);
    let left = |student| {
        let all = (evaluation.first_of(student)..).zip(evaluation.of_student(student));
        all.filter(|&(column, _)| !is_gone[column as usize])
    };
    let mut filled = |rows: &mut Vec<Row>, pairs: Vec<u32>, seats: u32, before: Option<u32>| {
        let column = columns.add(Column::Filled);
        let defines = Some((column, -i64::from(seats)));
        let others = before.map(|before| (before, 1)).into_iter().collect();
        rows.push(Row { defines, others, ..Row::over(RowLabel::Stability, pairs, Some(0), None) });
        column
    };
    let mut of_project: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); instance.projects.len()];
    let mut of_host: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); instance.hosts.len()];
    for (at, applicants) in market.projects.iter().enumerate() {
        of_project[at] =
            applicants.each_rank(instance.projects[at].max_seats(), |pairs, seats| filled(rows, pairs, seats, None));
    }
    for (at, applicants) in market.hosts.iter().enumerate() {
        if let Some(seats) = instance.hosts[at].max_seats {
            of_host[at] = applicants.each_rank(seats, |pairs, seats| filled(rows, pairs, seats, None));
        }
    }
    let mut content: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); instance.students.len()];
    for student in instance.student_indices().filter(|student| market.pinned[student.at()].is_none()) {
        let mut by_rank: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (column, pair) in left(student) {
            by_rank.entry(wish(pair)).or_default().push(column);
        }
        let mut before = None;
        for (rank, pairs) in by_rank {
            before = Some(filled(rows, pairs, 1, before));
            content[student.at()].extend(before.map(|column| (rank, column)));
        }
    }
    for (pair, _) in evaluation.pairs.iter().zip(is_gone).filter(|&(_, &is_gone)| !is_gone) {
        let (student, project) = (pair.student, pair.project);
        if market.pinned[student.at()].is_some() || !instance.has_seats(project) {
            continue;
        }
        let rank = rank(instance, student, project);
        let host = instance.projects[project.at()].host;
        let opening = openings.get(&project).copied();
        let content = content[student.at()].get(&wish(pair)).copied();
        let here = of_project[project.at()].get(&rank).copied();
        let hosted = host.and_then(|host| of_host[host.at()].get(&rank).copied());
        let defines = (!policy.stable_only).then(|| (columns.add(Column::Blocking(student)), 1));
        let mut add = |pairs: Vec<u32>, least: i64, satisfied: [Option<u32>; 3]| {
            let satisfied = satisfied.into_iter().flatten().map(|column| (column, 1));
            let others: Vec<(u32, i64)> = satisfied.chain(opening.map(|column| (column, -1))).collect();
            let least = least - i64::from(opening.is_some());
            let weights = vec![-1; pairs.len()];
            rows.push(Row { weights, defines, others, ..Row::over(RowLabel::Stability, pairs, Some(least), None) });
        };
        add(Vec::new(), 1, [content, here, hosted]);
        if hosted.is_some() {
            let inside = |other: &Pair| instance.projects[other.project.at()].host == host && wish(other) > wish(pair);
            let worse: Vec<u32> = left(student).filter(|(_, other)| inside(other)).map(|(column, _)| column).collect();
            if !worse.is_empty() {
                add(worse, 0, [content, here, None]);
            }
        }
    }
    // Where pairs may block, what stable matchings have holds unless any does.
    let unless = (!policy.stable_only && !reduction.is_empty()).then(|| {
        let blocking = (first_blocking..columns.len()).filter(|&at| is_blocking(columns, at));
        let others = blocking.map(|at| (at as u32, 1)).collect();
        let any = columns.add(Column::Filled);
        rows.push(Row {
            defines: Some((any, -1)),
            others,
            ..Row::over(RowLabel::Stability, Vec::new(), Some(0), None)
        });
        any
    });
    rows.extend(reduction.rows(unless));
}

fn is_blocking(columns: &Columns, at: usize) -> bool {
    matches!(columns.other(at), Some(Column::Blocking(_)))
}

/// How many terms the rows have at most.
pub(super) fn size(instance: &Instance, evaluation: &Evaluation) -> usize {
    let market = Market::new(instance, evaluation, &vec![false; evaluation.pairs.len()]);
    let of = |applicants: &Applicants| applicants.ranks().len().saturating_mul(applicants.0.len());
    let is_limited = |host: HostIndex| instance.hosts[host.at()].max_seats.is_some();
    let hosts = market.hosts.iter().enumerate().filter(|&(at, _)| is_limited(HostIndex(at as u32)));
    let filled = market.projects.iter().chain(hosts.map(|(_, host)| host)).map(of).fold(0, usize::saturating_add);
    // Each pair at a host with a limit speaks of the student's other pairs there.
    let inside = |student: StudentIndex| {
        let mut counts: BTreeMap<HostIndex, usize> = BTreeMap::new();
        let hosts = evaluation.of_student(student).iter().filter_map(|p| instance.projects[p.project.at()].host);
        hosts.filter(|&host| is_limited(host)).for_each(|host| *counts.entry(host).or_default() += 1);
        counts.into_values().map(|count| count * count).sum::<usize>()
    };
    let inside: usize = instance.student_indices().map(inside).sum();
    // Of a pair itself: up to five terms in its row and four beside `inside`, three in its rank for the student, one in the row that says
    // whether any blocks, two in those of the reduction.
    filled.saturating_add(evaluation.pairs.len().saturating_mul(15)).saturating_add(inside)
}

/// The rank of a pair for the student.
fn wish(pair: &Pair) -> u32 {
    pair.choice_rank.unwrap_or(UNRANKED)
}

/// The rank of a pair for the host.
fn rank(instance: &Instance, student: StudentIndex, project: ProjectIndex) -> u32 {
    instance.projects[project.at()].rank_of(student).unwrap_or(UNRANKED)
}

/// Who may come to a project or host: pair columns and their ranks; none where the pair is pinned.
#[derive(Clone, Default)]
struct Applicants(Vec<(u32, Option<u32>)>);

impl Applicants {
    /// By rank, who is pinned first.
    fn in_order(&self) -> Vec<(u32, Option<u32>)> {
        let mut order = self.0.clone();
        order.sort_by_key(|&(_, rank)| rank);
        order
    }

    fn ranks(&self) -> BTreeSet<u32> {
        self.0.iter().filter_map(|&(_, rank)| rank).collect()
    }

    /// By rank: the column that says whether so many seats are with those ranked so or better; none where they can't be.
    fn each_rank(&self, seats: u32, mut filled: impl FnMut(Vec<u32>, u32) -> u32) -> BTreeMap<u32, u32> {
        let mut columns = BTreeMap::new();
        for limit in self.ranks() {
            let within = self.0.iter().filter(|(_, rank)| rank.is_none_or(|rank| rank <= limit));
            let pairs: Vec<u32> = within.map(|&(column, _)| column).collect();
            if pairs.len() >= seats as usize {
                columns.insert(limit, filled(pairs, seats));
            }
        }
        columns
    }
}

struct Market {
    /// By student: where they are pinned.
    pinned: Vec<Option<ProjectIndex>>,
    projects: Vec<Applicants>,
    hosts: Vec<Applicants>,
}

impl Market {
    /// Of the pairs that are not gone.
    fn new(instance: &Instance, evaluation: &Evaluation, is_gone: &[bool]) -> Self {
        let mut market = Self {
            pinned: vec![None; instance.students.len()],
            projects: vec![Applicants::default(); instance.projects.len()],
            hosts: vec![Applicants::default(); instance.hosts.len()],
        };
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            market.pinned[note.student.at()] = Some(note.project);
        }
        for (column, pair) in (0..).zip(&evaluation.pairs).filter(|&(column, _)| !is_gone[column as usize]) {
            // Who is pinned elsewhere is never here.
            let rank = match market.pinned[pair.student.at()] {
                None => Some(rank(instance, pair.student, pair.project)),
                Some(project) if project == pair.project => None,
                Some(_) => continue,
            };
            market.projects[pair.project.at()].0.push((column, rank));
            if let Some(host) = instance.projects[pair.project.at()].host {
                market.hosts[host.at()].0.push((column, rank));
            }
        }
        market
    }
}
