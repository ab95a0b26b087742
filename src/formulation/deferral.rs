//! A stable matching to begin with, by deferred acceptance where students ask (Gale and Shapley, "College admissions and the
//! stability of marriage", 1962; with hosts' limits Abraham, Irving and Manlove, 2007). Among equal wishes a student asks first where a
//! seat is free, and who was refused everywhere asks once more, before others of the same rank, which places more (Király, "Linear
//! time local approximation algorithm for maximum stable marriage", 2013). What is still tied goes to more points.
//!
//! It looks at seats, pins and minimums: projects that would open with too few are closed, the emptiest first, and all begins anew.
//! Other rows it may break.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rules::domain::{Instance, Points, StudentIndex};
use rules::evaluation::Evaluation;

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

/// How a host orders those who ask: rank, then who has asked in vain before, then points, then column.
type Occupancy = (u32, Reverse<bool>, Reverse<Points>, u32);

/// Who has asked and was not refused, without those who are pinned.
struct Market<'a> {
    instance: &'a Instance,
    evaluation: &'a Evaluation,
    /// By student: (rank, column) that may still be asked for, the best last.
    wishes: Vec<Vec<(u32, u32)>>,
    /// By student: whether all were asked for in vain and are asked for again.
    again: Vec<bool>,
    at_project: Vec<BTreeSet<Occupancy>>,
    at_host: Vec<BTreeSet<Occupancy>>,
    /// Seats that are not pinned.
    seats: Vec<usize>,
    host_seats: Vec<usize>,
    closed: &'a [bool],
    is_pinned: Vec<bool>,
    matched: Vec<bool>,
}

impl<'a> Market<'a> {
    fn new(instance: &'a Instance, evaluation: &'a Evaluation, closed: &'a [bool]) -> Self {
        let limit = |seats: Option<u32>| seats.map_or(usize::MAX, |seats| seats as usize);
        let mut market = Self {
            wishes: Vec::new(),
            again: vec![false; instance.students.len()],
            at_project: vec![BTreeSet::new(); instance.projects.len()],
            at_host: vec![BTreeSet::new(); instance.hosts.len()],
            seats: instance.projects.iter().map(|project| project.max_seats() as usize).collect(),
            host_seats: instance.hosts.iter().map(|host| limit(host.max_seats)).collect(),
            is_pinned: vec![false; instance.students.len()],
            matched: vec![false; evaluation.pairs.len()],
            instance,
            evaluation,
            closed,
        };
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            market.is_pinned[note.student.at()] = true;
            if let Some(at) = evaluation.find(note.student, note.project) {
                market.matched[at] = true;
                let seats = &mut market.seats[note.project.at()];
                *seats = seats.saturating_sub(1);
                if let Some(host) = instance.projects[note.project.at()].host {
                    let seats = &mut market.host_seats[host.at()];
                    *seats = seats.saturating_sub(1);
                }
            }
        }
        market.wishes = instance.student_indices().map(|student| market.wishes_of(student)).collect();
        market
    }

    fn wishes_of(&self, student: StudentIndex) -> Vec<(u32, u32)> {
        let all = (self.evaluation.first_of(student)..).zip(self.evaluation.of_student(student));
        let mut wishes: Vec<(u32, Reverse<Points>, u32)> = all
            .filter(|(_, pair)| !self.is_pinned[student.at()] && !self.closed[pair.project.at()])
            .map(|(column, pair)| (pair.choice_rank.unwrap_or(UNRANKED), Reverse(pair.points), column))
            .collect();
        wishes.sort_unstable();
        wishes.into_iter().rev().map(|(rank, _, column)| (rank, column)).collect()
    }

    /// By pair column: whether it is matched when nobody asks any more.
    fn settled(mut self) -> Vec<bool> {
        let mut free: Vec<StudentIndex> = self.instance.student_indices().collect();
        while let Some(student) = free.pop() {
            if self.wishes[student.at()].is_empty() && !self.again[student.at()] {
                self.again[student.at()] = true;
                self.wishes[student.at()] = self.wishes_of(student);
            }
            let Some(column) = self.next(student) else { continue };
            free.extend(self.ask(column));
        }
        self.matched
    }

    /// What a student asks for next: of the best wishes left one with a free seat, where there is any.
    fn next(&mut self, student: StudentIndex) -> Option<u32> {
        let wishes = &self.wishes[student.at()];
        let &(best, _) = wishes.last()?;
        let is_free = |&&(_, column): &&(u32, u32)| {
            let project = self.evaluation.pairs[column as usize].project;
            let host = self.instance.projects[project.at()].host;
            self.at_project[project.at()].len() < self.seats[project.at()]
                && host.is_none_or(|host| self.at_host[host.at()].len() < self.host_seats[host.at()])
        };
        let tied = wishes.iter().rev().take_while(|&&(rank, _)| rank == best);
        let chosen = tied.clone().position(|wish| is_free(&wish)).unwrap_or(0);
        let at = wishes.len() - 1 - chosen;
        Some(self.wishes[student.at()].remove(at).1)
    }

    /// Takes whoever asks by a column; gives who is refused for it.
    fn ask(&mut self, column: u32) -> Option<StudentIndex> {
        let pair = self.evaluation.pairs[column as usize];
        let project = pair.project.at();
        let rank = self.instance.projects[project].rank_of(pair.student).unwrap_or(UNRANKED);
        let occupancy = (rank, Reverse(self.again[pair.student.at()]), Reverse(pair.points), column);
        let host = self.instance.projects[project].host;
        self.matched[column as usize] = true;
        self.at_project[project].insert(occupancy);
        if let Some(host) = host {
            self.at_host[host.at()].insert(occupancy);
        }
        let refused = if self.at_project[project].len() > self.seats[project] {
            self.at_project[project].last().copied()
        } else {
            let over = host.filter(|host| self.at_host[host.at()].len() > self.host_seats[host.at()]);
            over.and_then(|host| self.at_host[host.at()].last().copied())
        }?;
        let column = refused.3 as usize;
        let gone = self.evaluation.pairs[column];
        self.matched[column] = false;
        self.at_project[gone.project.at()].remove(&refused);
        if let Some(host) = self.instance.projects[gone.project.at()].host {
            self.at_host[host.at()].remove(&refused);
        }
        Some(gone.student)
    }
}
