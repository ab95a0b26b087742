//! [`Reduction`]: what is in no stable matching, whatever else is asked, and what is certain then.
//!
//! - Let those whom p ranks as s or better, s among them, be no more than p has seats. Where its host has a limit, let all students who are
//!   ranked so or better at any of the host's projects be no more than that. Then there is always room for s at p: s has a place as good as
//!   p, or the pair blocks. The worse pairs of s go.
//! - Let as many students as p has seats wish for p before all else, and its host have no limit. Then its seats are with those or with
//!   better: who is ranked after the last of them goes.
//!
//! The shorter the lists, the more goes. Both rules are taken in turns, a few times: what each finds is true without the others. A project
//! that may stay closed takes no part. (After Irving and Manlove, "Finding large stable matchings", 2009, and Delorme and others,
//! "Mathematical models for stable matching problems with ties and incomplete lists", 2019, who prepare their models so.)

use std::collections::BTreeSet;

use super::{Applicants, Market, rank, wish};
use crate::{Row, RowLabel};
use rules::domain::Instance;
use rules::evaluation::Evaluation;

/// Rounds after which what is found is enough: where each settles one project alone, there would be as many as projects.
const MOST_ROUNDS: usize = 12;

/// What is known of every stable matching.
pub(super) struct Reduction {
    /// By pair column: whether no stable matching has it.
    pub is_gone: Vec<bool>,
    /// Pair columns of which every stable matching has at least so many.
    certain: Vec<(Vec<u32>, i64)>,
}

impl Reduction {
    /// `may_close` says by project whether it may stay closed.
    pub fn of(instance: &Instance, evaluation: &Evaluation, may_close: &[bool]) -> Self {
        let mut lists = Lists {
            instance,
            evaluation,
            may_close,
            worst: vec![None; instance.students.len()],
            is_full: vec![false; instance.projects.len()],
            is_gone: vec![false; evaluation.pairs.len()],
        };
        for _ in 0..MOST_ROUNDS {
            let market = Market::new(instance, evaluation, &lists.is_gone);
            let is_smaller = lists.shorten_students(&market) | lists.shorten_projects(&market);
            if !is_smaller {
                break;
            }
        }
        let market = Market::new(instance, evaluation, &lists.is_gone);
        Self { certain: lists.certain(&market), is_gone: lists.is_gone }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.certain.is_empty() && !self.is_gone.contains(&true)
    }

    /// `Σ x ≤ 0` over what is gone and `Σ x ≥ n` over what is certain, both only where the column `unless` is 0.
    pub fn rows(self, unless: Option<u32>) -> impl Iterator<Item = Row> {
        let gone: Vec<u32> =
            (0..).zip(&self.is_gone).filter(|&(_, &is_gone)| is_gone).map(|(column, _)| column).collect();
        let all = gone.len() as i64;
        let gone = (!gone.is_empty()).then(|| (gone, -all, None, Some(0)));
        let certain = self.certain.into_iter().map(|(pairs, least)| (pairs, least, Some(least), None));
        gone.into_iter().chain(certain).map(move |(pairs, more, least, most)| {
            let others = unless.into_iter().map(|column| (column, more)).collect();
            Row { others, ..Row::over(RowLabel::Stability, pairs, least, most) }
        })
    }
}

struct Lists<'a> {
    instance: &'a Instance,
    evaluation: &'a Evaluation,
    may_close: &'a [bool],
    /// By student: the worst wish that they may end with; none where they may end without a place.
    worst: Vec<Option<u32>>,
    /// By project: whether it is full in every stable matching.
    is_full: Vec<bool>,
    is_gone: Vec<bool>,
}

impl Lists<'_> {
    /// Lets go what is worse for a student than a project that always has room; whether anything goes.
    fn shorten_students(&mut self, market: &Market) -> bool {
        let reached: Vec<Vec<(u32, usize)>> = market.hosts.iter().map(|host| self.students_by_rank(host)).collect();
        for (at, applicants) in market.projects.iter().enumerate() {
            let project = &self.instance.projects[at];
            if self.may_close[at] || project.max_seats() == 0 {
                continue;
            }
            let of_host = project.host.and_then(|host| Some((host, self.instance.hosts[host.at()].max_seats?)));
            let mut within = 0;
            for group in applicants.in_order().chunk_by(|a, b| a.1 == b.1) {
                within += group.len();
                let Some(rank) = group[0].1 else { continue };
                let host_has_room = of_host.is_none_or(|(host, seats)| {
                    let students = reached[host.at()].iter().rfind(|&&(up_to, _)| up_to <= rank);
                    students.is_some_and(|&(_, students)| students <= seats as usize)
                });
                if within > project.max_seats() as usize || !host_has_room {
                    break;
                }
                for &(column, _) in group {
                    let pair = &self.evaluation.pairs[column as usize];
                    let worst = &mut self.worst[pair.student.at()];
                    *worst = Some(worst.map_or(wish(pair), |worst| worst.min(wish(pair))));
                }
            }
        }
        let mut goes = false;
        for (pair, is_gone) in self.evaluation.pairs.iter().zip(&mut self.is_gone) {
            let is_worse = self.worst[pair.student.at()].is_some_and(|worst| wish(pair) > worst);
            goes |= is_worse && !*is_gone;
            *is_gone |= is_worse;
        }
        goes
    }

    /// By rank at a host: how many students are ranked so or better.
    fn students_by_rank(&self, host: &Applicants) -> Vec<(u32, usize)> {
        let mut students = BTreeSet::new();
        let mut reached = Vec::new();
        for group in host.in_order().chunk_by(|a, b| a.1 == b.1) {
            students.extend(group.iter().map(|&(column, _)| self.evaluation.pairs[column as usize].student));
            reached.extend(group[0].1.map(|rank| (rank, students.len())));
        }
        reached
    }

    /// Lets go whom a project ranks after those who fill it; whether anything goes.
    fn shorten_projects(&mut self, market: &Market) -> bool {
        let mut first: Vec<Vec<u32>> = vec![Vec::new(); self.instance.projects.len()];
        for student in self.instance.student_indices().filter(|student| market.pinned[student.at()].is_none()) {
            let columns = (self.evaluation.first_of(student)..).zip(self.evaluation.of_student(student));
            let left: Vec<_> = columns.filter(|&(column, _)| !self.is_gone[column as usize]).collect();
            let best = left.iter().map(|(_, pair)| wish(pair)).min();
            let mut bests = left.iter().filter(|(_, pair)| Some(wish(pair)) == best);
            if let (Some((_, pair)), None) = (bests.next(), bests.next()) {
                first[pair.project.at()].push(rank(self.instance, student, pair.project));
            }
        }
        let mut goes = false;
        for (at, applicants) in market.projects.iter().enumerate() {
            let project = &self.instance.projects[at];
            let seats = project.max_seats() as usize;
            let host_has_limit = project.host.is_some_and(|host| self.instance.hosts[host.at()].max_seats.is_some());
            if self.may_close[at] || host_has_limit || seats == 0 || first[at].len() < seats {
                continue;
            }
            first[at].sort_unstable();
            self.is_full[at] = true;
            let last = first[at][seats - 1];
            for &(column, _) in applicants.0.iter().filter(|(_, rank)| rank.is_some_and(|rank| rank > last)) {
                goes |= !self.is_gone[column as usize];
                self.is_gone[column as usize] = true;
            }
        }
        goes
    }

    /// Who has a place, and which projects are full.
    fn certain(&self, market: &Market) -> Vec<(Vec<u32>, i64)> {
        let placed = self.instance.student_indices().filter(|student| self.worst[student.at()].is_some());
        let of_student = |student| {
            let columns = self.evaluation.first_of(student)..;
            let columns = columns.take(self.evaluation.of_student(student).len());
            (columns.filter(|&column| !self.is_gone[column as usize]).collect(), 1)
        };
        let full = market.projects.iter().enumerate().filter(|&(at, _)| self.is_full[at]);
        let of_project = |(at, applicants): (usize, &Applicants)| {
            let columns = applicants.0.iter().map(|&(column, _)| column).collect();
            (columns, i64::from(self.instance.projects[at].max_seats()))
        };
        placed.map(of_student).chain(full.map(of_project)).collect()
    }
}
