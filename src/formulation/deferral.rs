//! A stable matching to begin with, by deferred acceptance where students ask (Gale and Shapley, "College admissions and the
//! stability of marriage", 1962; with hosts' limits Abraham, Irving and Manlove, 2007). Ties go to more points.
//!
//! It looks at seats, pins and minimums: projects that would open with too few are closed, the emptiest first, and all begins anew.
//! Other rows it may break.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::domain::{Instance, Points, StudentIndex};
use crate::evaluation::{Evaluation, Pair};

/// Stands after every rank.
const UNRANKED: u32 = u32::MAX;

/// By pair column: whether it is matched.
pub(super) fn stable_matching(instance: &Instance, evaluation: &Evaluation) -> Vec<bool> {
    let mut closed = vec![false; instance.projects.len()];
    loop {
        let matched = Market::new(instance, evaluation, &closed).settled();
        let mut counts = vec![0_u32; instance.projects.len()];
        let taken = evaluation.pairs.iter().zip(&matched).filter(|&(_, &matched)| matched);
        taken.for_each(|(pair, _)| counts[pair.project.at()] += 1);
        let too_few = |project: &usize| {
            let row = &instance.projects[*project];
            counts[*project] > 0 && counts[*project] < row.min_seats() && !row.must_open && !closed[*project]
        };
        let mut short: Vec<usize> = (0..counts.len()).filter(too_few).collect();
        if short.is_empty() {
            return matched;
        }
        short.sort_by_key(|&project| Reverse(instance.projects[project].min_seats() - counts[project]));
        short.truncate(short.len().div_ceil(4));
        short.into_iter().for_each(|project| closed[project] = true);
    }
}

/// How a host orders those who ask: rank, points, then column.
type Standing = (u32, Reverse<Points>, u32);

/// Who has asked and was not refused, without those who are pinned.
struct Market<'a> {
    instance: &'a Instance,
    evaluation: &'a Evaluation,
    /// By student: columns in the order in which they are asked for.
    wishes: Vec<Vec<u32>>,
    /// By student: how many were asked for.
    asked: Vec<usize>,
    at_project: Vec<BTreeSet<Standing>>,
    at_host: Vec<BTreeSet<Standing>>,
    /// Seats that are not pinned.
    seats: Vec<usize>,
    host_seats: Vec<usize>,
    matched: Vec<bool>,
}

impl<'a> Market<'a> {
    fn new(instance: &'a Instance, evaluation: &'a Evaluation, closed: &[bool]) -> Self {
        let mut seats: Vec<usize> = instance.projects.iter().map(|project| project.max_seats() as usize).collect();
        let limit = |seats: Option<u32>| seats.map_or(usize::MAX, |seats| seats as usize);
        let mut host_seats: Vec<usize> = instance.hosts.iter().map(|host| limit(host.max_seats)).collect();
        let mut matched = vec![false; evaluation.pairs.len()];
        let mut is_pinned = vec![false; instance.students.len()];
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            is_pinned[note.student.at()] = true;
            if let Some(at) = evaluation.find(note.student, note.project) {
                matched[at] = true;
                seats[note.project.at()] = seats[note.project.at()].saturating_sub(1);
                if let Some(host) = instance.projects[note.project.at()].host {
                    host_seats[host.at()] = host_seats[host.at()].saturating_sub(1);
                }
            }
        }
        let wishes = |student: StudentIndex| {
            let all = (evaluation.first_of(student)..).zip(evaluation.of_student(student));
            let mut wishes: Vec<(u32, Reverse<Points>, u32)> = all
                .filter(|(_, pair)| !is_pinned[student.at()] && !closed[pair.project.at()])
                .map(|(column, pair)| (pair.choice_rank.unwrap_or(UNRANKED), Reverse(pair.points), column))
                .collect();
            wishes.sort_unstable();
            wishes.into_iter().map(|(_, _, column)| column).collect()
        };
        Self {
            wishes: instance.student_indices().map(wishes).collect(),
            asked: vec![0; instance.students.len()],
            at_project: vec![BTreeSet::new(); instance.projects.len()],
            at_host: vec![BTreeSet::new(); instance.hosts.len()],
            instance,
            evaluation,
            seats,
            host_seats,
            matched,
        }
    }

    /// By pair column: whether it is matched when nobody asks any more.
    fn settled(mut self) -> Vec<bool> {
        let mut free: Vec<StudentIndex> = self.instance.student_indices().collect();
        while let Some(student) = free.pop() {
            let Some(&column) = self.wishes[student.at()].get(self.asked[student.at()]) else { continue };
            self.asked[student.at()] += 1;
            free.extend(self.ask(column));
        }
        self.matched
    }

    /// Takes whoever asks by a column; gives who is refused for it.
    fn ask(&mut self, column: u32) -> Option<StudentIndex> {
        let pair = self.evaluation.pairs[column as usize];
        let (standing, project) = (self.standing(column, &pair), pair.project.at());
        let host = self.instance.projects[project].host;
        self.matched[column as usize] = true;
        self.at_project[project].insert(standing);
        if let Some(host) = host {
            self.at_host[host.at()].insert(standing);
        }
        let refused = if self.at_project[project].len() > self.seats[project] {
            self.at_project[project].last().copied()
        } else {
            let over = host.filter(|host| self.at_host[host.at()].len() > self.host_seats[host.at()]);
            over.and_then(|host| self.at_host[host.at()].last().copied())
        };
        let refused = refused?;
        let gone = self.evaluation.pairs[refused.2 as usize];
        self.matched[refused.2 as usize] = false;
        self.at_project[gone.project.at()].remove(&refused);
        if let Some(host) = self.instance.projects[gone.project.at()].host {
            self.at_host[host.at()].remove(&refused);
        }
        Some(gone.student)
    }

    fn standing(&self, column: u32, pair: &Pair) -> Standing {
        let rank = self.instance.projects[pair.project.at()].rank_of(pair.student).unwrap_or(UNRANKED);
        (rank, Reverse(pair.points), column)
    }
}
