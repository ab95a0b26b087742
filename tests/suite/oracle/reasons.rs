//! Every why against brute force: reasons, prices, seat values, alternates, fewest changes, and what applying a what-if gives.

use std::collections::BTreeMap;

use pb::edit::Kind as Change;
use pb::prospect::Kind as Prospect;
use pb::unmatched::Reason;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wire::pb;

use super::enumerate::{Matching, Oracle};
use super::{diagnosis, generate, goal, oracle, random_goals, request};
use crate::support::{caller, places, solve, solver};

/// 1,000, or as many as `make soak` asks for.
fn instances() -> u64 {
    std::env::var("REASON_INSTANCES").map_or(1_000, |count| count.parse().expect("a count"))
}

/// A season that was matched, and all of its matchings.
struct Season<'a> {
    seed: u64,
    request: &'a pb::MatchRequest,
    oracle: Oracle<'a>,
    outcome: &'a pb::Outcome,
    feasible: Vec<Matching>,
    as_good: Vec<Matching>,
    taken: Matching,
}

/// What was compared, so that nothing is left out for want of cases.
#[derive(Debug, Default)]
struct Compared(BTreeMap<String, u64>);

impl Compared {
    fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }
}

impl<'a> Season<'a> {
    fn new(seed: u64, request: &'a pb::MatchRequest, outcome: &'a pb::Outcome) -> Self {
        let oracle = oracle(request);
        let feasible = oracle.feasible();
        let (as_good, _) = oracle.as_good_of(feasible.clone()).expect("there is a matching");
        let instance = request.instance.as_ref().expect("an instance");
        let mut taken = vec![None; instance.students.len()];
        for place in &outcome.assignments {
            taken[student(instance, &place.student_id)] = Some(project(instance, &place.project_id));
        }
        Self { seed, request, oracle, outcome, feasible, as_good, taken }
    }

    fn instance(&self) -> &pb::Instance {
        self.request.instance.as_ref().expect("an instance")
    }

    fn told(&self) -> String {
        format!("seed {}\n{:#?}\n{:#?}", self.seed, self.request, self.outcome)
    }

    fn gives_up(&self) -> bool {
        self.request.policy.iter().flat_map(|policy| &policy.goals).any(|goal| goal.tolerance > 0)
    }

    /// How many students are elsewhere.
    fn changes(&self, other: &Matching) -> usize {
        self.taken.iter().zip(other).filter(|(a, b)| a != b).count()
    }

    /// The taken matching after some moves.
    fn after(&self, moves: &[pb::Move]) -> Matching {
        let mut after = self.taken.clone();
        for m in moves {
            let at = student(self.instance(), &m.student_id);
            let place = |id: &str| (!id.is_empty()).then(|| project(self.instance(), id));
            assert_eq!(after[at], place(&m.from_project_id), "{m:?}\n{}", self.told());
            after[at] = place(&m.to_project_id);
            assert_ne!(m.from_project_id, m.to_project_id);
        }
        after
    }

    /// A prospect of the matchings that have something.
    fn prospect_is_true(
        &self,
        told: &pb::Prospect,
        has: &dyn Fn(&Matching) -> bool,
        is_solved: bool,
        compared: &mut Compared,
    ) {
        let with: Vec<Matching> = self.feasible.iter().filter(|m| has(m)).cloned().collect();
        let tie: Vec<&Matching> = self.as_good.iter().filter(|m| has(m)).collect();
        let expected = match (with.is_empty(), tie.is_empty()) {
            (true, _) => Prospect::Blocked,
            (_, false) => Prospect::Tie,
            _ => Prospect::Costs,
        };
        assert_eq!(told.kind(), expected, "{told:#?}\n{}", self.told());
        assert!(
            !is_solved || expected == Prospect::Blocked || told.counterfactual.is_some(),
            "{told:#?}\n{}",
            self.told()
        );
        let Some(counterfactual) = &told.counterfactual else { return };
        compared.count(format!("price of {expected:?}"));
        let after = self.after(&counterfactual.moves);
        assert!(has(&after) && self.feasible.contains(&after), "{told:#?}\n{}", self.told());
        let values: Vec<(i64, Vec<i32>)> =
            counterfactual.prices.iter().map(|price| (price.after, price.profile_after.clone())).collect();
        assert_eq!(values, self.oracle.values(&after), "{told:#?}\n{}", self.told());
        let before: Vec<(i64, Vec<i32>)> =
            counterfactual.prices.iter().map(|price| (price.before, price.profile_before.clone())).collect();
        assert_eq!(before, self.oracle.values(&self.taken), "{told:#?}\n{}", self.told());
        let best: Vec<Matching> = if expected == Prospect::Tie && self.gives_up() {
            tie.into_iter().cloned().collect()
        } else {
            self.oracle.as_good_of(with).expect("some have it").0
        };
        assert!(best.contains(&after), "{told:#?}\n{}", self.told());
        let fewest = best.iter().map(|m| self.changes(m)).min();
        assert_eq!(Some(self.changes(&after)), fewest, "{told:#?}\n{}", self.told());
        if let Some(draw) = &told.draw {
            compared.count("draw");
            let differ = |level| {
                let both = self.oracle.tickets(&self.taken, level) - self.oracle.tickets(&after, level);
                both != 0
            };
            assert_eq!((0..).find(|&level| differ(level)), Some(draw.level as u32));
            let level = draw.level as u32;
            let difference = self.oracle.tickets(&self.taken, level) - self.oracle.tickets(&after, level);
            assert_eq!(draw.taken_ticket_sum - draw.other_ticket_sum, difference);
            assert!(difference < 0);
        }
    }

    /// Of what blocks: nothing that keeps it has what is asked for.
    fn rows_block(&self, rows: &[pb::ConflictRow], add: &dyn Fn(&mut pb::Instance), compared: &mut Compared) {
        compared.count("rows that block");
        let (mut instance, policy) = diagnosis::only(self.request, rows);
        add(&mut instance);
        let policy = pb::Policy { goals: Vec::new(), ..policy };
        assert!(Oracle::new(&instance, &policy).best().is_none(), "{rows:#?}\n{}", self.told());
    }

    fn unmatched_are_true(&self, compared: &mut Compared) {
        let instance = self.instance();
        let left: Vec<usize> = (0..self.taken.len()).filter(|&s| self.taken[s].is_none()).collect();
        let mut ids: Vec<&str> = left.iter().map(|&s| instance.students[s].student_id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, self.outcome.unmatched.iter().map(|u| u.student_id.as_str()).collect::<Vec<_>>());
        for told in &self.outcome.unmatched {
            self.unmatched_is_true(told, false, compared);
        }
    }

    fn unmatched_is_true(&self, told: &pb::Unmatched, is_solved: bool, compared: &mut Compared) {
        let instance = self.instance();
        let s = student(instance, &told.student_id);
        let projects = 0..instance.projects.len();
        let may = projects.clone().filter(|&p| self.oracle.may(s, p)).count();
        assert_eq!(told.possible_project_count, may as i32, "{}", self.told());
        assert!(told.sentence.contains(&told.student_id));
        compared.count(told.reason().as_str_name());
        if may == 0 {
            let by_wishes = projects.clone().any(|p| self.oracle.is_refused_by_wishes(s, p));
            let expected = if by_wishes { Reason::NotAcceptable } else { Reason::NoEligibleProject };
            assert_eq!(told.reason(), expected, "{told:#?}\n{}", self.told());
            assert_eq!(told.nearest_projects.len(), instance.projects.len().min(3));
            let has_seats = |p: usize| {
                let host = instance.hosts.iter().find(|host| host.host_id == instance.projects[p].host_id);
                instance.projects[p].max_seat_count != Some(0) && host.is_none_or(|h| h.max_seat_count != Some(0))
            };
            let near = projects.clone().any(|p| self.oracle.is_refused_by_wishes(s, p) && has_seats(p));
            let nearest = &told.nearest_projects[0];
            let is_wish = |refusal: &pb::Refusal| {
                matches!(refusal.rule(), pb::Rule::Veto | pb::Rule::ChoicesOnly | pb::Rule::RankedOnly)
            };
            let row = &instance.students[s];
            let goes_where_chosen = row.choices_only && !row.choices.is_empty();
            let chose = |p: usize| self.oracle.rank(s, p).is_some();
            if goes_where_chosen && projects.clone().any(|p| has_seats(p) && chose(p)) {
                assert!(nearest.choice_rank.is_some(), "{told:#?}");
                compared.count("nearest of what was chosen");
            } else if projects.clone().any(has_seats) && !goes_where_chosen {
                assert_eq!(nearest.refusals.iter().all(is_wish), near, "{told:#?}");
            }
            return;
        }
        self.full_quotas_are_true(told, s, compared);
        let placing = told.placing.as_ref().expect("a prospect");
        let kind = match told.reason() {
            Reason::Blocked => Prospect::Blocked,
            Reason::CrowdedOut => Prospect::Costs,
            Reason::Tie => Prospect::Tie,
            other => panic!("{other:?}\n{}", self.told()),
        };
        assert_eq!(placing.kind(), kind);
        self.prospect_is_true(placing, &|m| m[s].is_some(), is_solved, compared);
        if told.reason() == Reason::Blocked {
            assert!(!placing.blocked_by.is_empty(), "{}", self.told());
            let place = |instance: &mut pb::Instance| instance.students[s].must_place = true;
            if placing.blocked_by.iter().all(|row| row.kind() != pb::conflict_row::Kind::StableOnly) {
                self.rows_block(&placing.blocked_by, &place, compared);
            }
        }
    }

    /// Quotas that a free seat of the student's would exceed.
    fn full_quotas_are_true(&self, told: &pb::Unmatched, s: usize, compared: &mut Compared) {
        let instance = self.instance();
        let count = |p: usize| self.taken.iter().filter(|&&place| place == Some(p)).count() as i32;
        let is_free = |p: usize| {
            let row = &instance.projects[p];
            let host = instance.hosts.iter().find(|host| host.host_id == row.host_id);
            let hosted =
                (0..instance.projects.len()).filter(|&q| instance.projects[q].host_id == row.host_id).map(count);
            let host_is_full = host.and_then(|host| host.max_seat_count).is_some_and(|max| hosted.sum::<i32>() >= max);
            let waits = count(p) == 0 && row.min_seat_count() > 1;
            count(p) < row.max_seat_count.unwrap_or(row.min_seat_count().max(1)) && !host_is_full && !waits
        };
        let policy = self.request.policy.as_ref().expect("a policy");
        let exceeds = |quota: &&pb::Quota| {
            let only_most = pb::Quota { min_count: None, ..(*quota).clone() };
            let over = |p: usize| {
                let mut with = self.taken.clone();
                with[s] = Some(p);
                self.oracle.may(s, p) && is_free(p) && self.oracle.missed(&only_most, &with) > 0
            };
            quota.penalty_points.is_none() && (0..instance.projects.len()).any(over)
        };
        let mut expected: Vec<&str> =
            policy.quotas.iter().filter(exceeds).map(|quota| quota.quota_id.as_str()).collect();
        expected.sort_unstable();
        assert_eq!(told.full_quota_ids, expected, "{told:#?}\n{}", self.told());
        expected.iter().for_each(|_| compared.count("full quota"));
    }

    fn alternates_are_true(&self, compared: &mut Compared) {
        let instance = self.instance();
        for place in &self.outcome.assignments {
            let (s, p) = (student(instance, &place.student_id), project(instance, &place.project_id));
            let with = |changes: &[(usize, Option<usize>)]| {
                let mut after = self.taken.clone();
                changes.iter().for_each(|&(s, place)| after[s] = place);
                self.feasible.contains(&after)
            };
            let mut others: Vec<_> = (0..instance.projects.len())
                .filter(|&other| other != p && with(&[(s, Some(other))]))
                .map(|other| {
                    (
                        self.oracle.rank(s, other).unwrap_or(i32::MAX),
                        -self.oracle.points(s, other),
                        instance.projects[other].project_id.clone(),
                    )
                })
                .collect();
            others.sort();
            others.truncate(3);
            let told: Vec<&str> = place.alternates.iter().map(|a| a.project_id.as_str()).collect();
            assert_eq!(told, others.iter().map(|(_, _, id)| id.as_str()).collect::<Vec<_>>(), "{}", self.told());
            let host_rank = |t: usize| {
                let id = &instance.students[t].student_id;
                let ranked = instance.projects[p].student_ranks.iter().find(|rank| rank.student_id == *id);
                ranked.map_or(i32::MAX, |rank| rank.rank())
            };
            let mut next: Vec<_> = (0..instance.students.len())
                .filter(|&t| self.taken[t].is_none() && with(&[(s, None), (t, Some(p))]))
                .map(|t| (host_rank(t), -self.oracle.points(t, p), instance.students[t].student_id.clone()))
                .collect();
            next.sort();
            next.truncate(3);
            let told: Vec<&str> = place.next_students.iter().map(|a| a.student_id.as_str()).collect();
            assert_eq!(told, next.iter().map(|(_, _, id)| id.as_str()).collect::<Vec<_>>(), "{}", self.told());
            (0..others.len()).for_each(|_| compared.count("alternate"));
            (0..next.len()).for_each(|_| compared.count("next student"));
        }
    }

    fn seat_values_are_true(&self, compared: &mut Compared) {
        use pb::conflict_row::Kind;
        let instance = self.instance();
        for (p, row) in instance.projects.iter().enumerate() {
            let seats = row.max_seat_count.unwrap_or(row.min_seat_count().max(1));
            let is_full = self.taken.iter().filter(|&&place| place == Some(p)).count() as i32 >= seats;
            let told = self
                .outcome
                .seat_values
                .iter()
                .filter(|v| v.kind() == Kind::ProjectSeats && v.project_id == row.project_id);
            assert!(told.count() <= usize::from(is_full), "{}", self.told());
        }
        for value in &self.outcome.seat_values {
            assert!(value.exact || !value.better);
            let edit = |kind: Change, to: i64| pb::Edit {
                kind: kind as i32,
                to: Some(to),
                project_id: value.project_id.clone(),
                host_id: value.host_id.clone(),
                quota_id: value.quota_id.clone(),
                fund_id: value.fund_id.clone(),
                ..pb::Edit::default()
            };
            let (mut instance, mut policy) = (instance.clone(), self.request.policy.clone().expect("a policy"));
            let of_project = instance.projects.iter().find(|p| p.project_id == value.project_id);
            let edit = match value.kind() {
                Kind::ProjectSeats => {
                    let row = of_project.expect("a project");
                    edit(Change::ProjectSeats, i64::from(row.max_seat_count.unwrap_or(row.min_seat_count().max(1))) + 1)
                }
                Kind::HostSeats => {
                    let host = instance.hosts.iter().find(|h| h.host_id == value.host_id).expect("a host");
                    edit(Change::HostSeats, i64::from(host.max_seat_count.expect("a limit")) + 1)
                }
                Kind::Quota => {
                    let quota = policy.quotas.iter().find(|q| q.quota_id == value.quota_id).expect("a quota");
                    edit(Change::QuotaMaximum, quota.max_count.expect("a maximum") + 1)
                }
                Kind::Fund => {
                    let places = self.taken.len() as i64;
                    let fund = instance.funds.iter().find(|f| f.fund_id == value.fund_id).expect("a fund");
                    let now = fund.place_count.map_or_else(
                        || {
                            (fund.amount.as_ref().expect("an amount").amount / fund.cost_per_placement.expect("a cost"))
                                .floor() as i64
                        },
                        i64::from,
                    );
                    edit(Change::FundPlaces, (now + 1).min(places + 1))
                }
                other => panic!("{other:?}"),
            };
            diagnosis::change(&mut instance, &mut policy, &edit, edit.to());
            let raised = Oracle::new(&instance, &policy);
            let (best, _) = raised.as_good_of(raised.feasible()).expect("what was possible is");
            let values = raised.values(&best[0]);
            if !value.exact {
                compared.count("seat value that is open");
                for (place, (bounds, (value, _))) in value.bounds.iter().zip(&values).enumerate() {
                    compared.count(format!("bounds of goal {place}, met: {}", bounds.worst == bounds.best));
                    let (least, most) = (bounds.worst.min(bounds.best), bounds.worst.max(bounds.best));
                    assert!((least..=most).contains(value), "{bounds:?}, {value}\n{}", self.told());
                }
                continue;
            }
            let is_better = values != self.oracle.values(&self.taken);
            assert_eq!(value.better, is_better, "{value:#?}\n{}", self.told());
            compared.count(format!("seat value of {}, better: {is_better}", value.kind().as_str_name()));
            if is_better {
                assert_eq!(
                    value.moved_count as usize,
                    best.iter().map(|m| self.changes(m)).min().expect("some"),
                    "{value:#?}\n{}",
                    self.told()
                );
                let goals = &self.request.policy.as_ref().expect("a policy").goals;
                for (goal, (after, profile)) in goals.iter().zip(values) {
                    let told = value
                        .prices
                        .iter()
                        .find(|price| price.kind == goal.kind && price.scoped == goal.students.is_some());
                    if let Some(told) =
                        told.filter(|_| goals.iter().filter(|other| other.kind == goal.kind).count() == 1)
                    {
                        assert_eq!((told.after, &told.profile_after), (after, &profile), "{value:#?}\n{}", self.told());
                    }
                }
            }
        }
    }

    fn explain(&self, about: pb::explain_request::About, given: bool) -> pb::ExplainResponse {
        let request = pb::ExplainRequest {
            instance: self.request.instance.clone(),
            policy: self.request.policy.clone(),
            outcome: given.then(|| self.outcome.clone()),
            about: Some(about),
            audience: 0,
        };
        let told =
            calls::explain(request, &caller(), &solver()).unwrap_or_else(|error| panic!("{error:?}\n{}", self.told()));
        assert!(told.is_best, "{}", self.told());
        assert!(!told.sentences.is_empty(), "{}", self.told());
        told
    }

    fn pair_is_true(&self, told: &pb::PairExplanation, compared: &mut Compared) {
        use pb::pair_explanation::Reason;
        let evaluation = told.evaluation.as_ref().expect("an evaluation");
        let (s, p) =
            (student(self.instance(), &evaluation.student_id), project(self.instance(), &evaluation.project_id));
        let expected = if self.taken[s] == Some(p) {
            Reason::Matched
        } else if self.oracle.may(s, p) {
            Reason::Possible
        } else {
            Reason::Refused
        };
        assert_eq!(told.reason(), expected, "{told:#?}\n{}", self.told());
        compared.count(format!("pair {expected:?}"));
        if let Some(prospect) = &told.prospect {
            self.prospect_is_true(prospect, &|m| m[s] == Some(p), true, compared);
        }
    }

    fn explanations_are_true(&self, random: &mut ChaCha8Rng, compared: &mut Compared) {
        use pb::explain_request::About;
        let instance = self.instance();
        let s = random.random_range(0..instance.students.len());
        let p = random.random_range(0..instance.projects.len());
        let (student_id, project_id) =
            (instance.students[s].student_id.clone(), instance.projects[p].project_id.clone());
        let pair = About::Pair(pb::Placement { student_id: student_id.clone(), project_id: project_id.clone() });
        let given = random.random_range(0..2) == 0;
        let Some(pb::explain_response::About::Pair(told)) = self.explain(pair, given).about else { panic!("a pair") };
        self.pair_is_true(&told, compared);
        let Some(pb::explain_response::About::Student(told)) = self.explain(About::StudentId(student_id), given).about
        else {
            panic!("a student")
        };
        assert_eq!(told.assignment.map(|a| project(instance, &a.project_id)), self.taken[s]);
        if let Some(left) = &told.unmatched {
            self.unmatched_is_true(left, true, compared);
        }
        told.preferred.iter().for_each(|pair| self.pair_is_true(pair, compared));
        let Some(pb::explain_response::About::Project(told)) = self.explain(About::ProjectId(project_id), given).about
        else {
            panic!("a project")
        };
        let here = self.taken.iter().filter(|&&place| place == Some(p)).count();
        assert_eq!(told.assignments.len(), here);
        told.next_students.iter().for_each(|pair| self.pair_is_true(pair, compared));
        let comes = |m: &Matching| (0..m.len()).any(|s| m[s] == Some(p) && self.taken[s] != Some(p));
        if let Some(newcomer) = &told.newcomer {
            compared.count("newcomer");
            self.prospect_is_true(newcomer, &comes, true, compared);
        }
        if let Some(first) = told.next_students.first() {
            compared.count("next at a project");
            // Nobody's coming costs less than the first one's.
            self.prospect_is_true(first.prospect.as_ref().expect("a prospect"), &comes, true, compared);
        }
    }

    /// A random edit of the season.
    fn edit(&self, random: &mut ChaCha8Rng) -> pb::Edit {
        let instance = self.instance();
        let policy = self.request.policy.as_ref().expect("a policy");
        let student_ids = vec![instance.students[random.random_range(0..instance.students.len())].student_id.clone()];
        let project_id = instance.projects[random.random_range(0..instance.projects.len())].project_id.clone();
        let of = |kind: Change| pb::Edit { kind: kind as i32, ..pb::Edit::default() };
        match random.random_range(0..14) {
            0 | 1 => pb::Edit { student_ids, project_id, ..of(Change::Pin) },
            2 => pb::Edit { student_ids, project_id, ..of(Change::Forbid) },
            3 => pb::Edit { student_ids, ..of(Change::MustPlace) },
            4 => pb::Edit { student_ids, ..of(Change::WithdrawStudent) },
            5 => pb::Edit { country_code: "DE".to_owned(), ..of(Change::SuspendCountry) },
            6 => pb::Edit { host_id: "H0".to_owned(), ..of(Change::WithdrawHost) },
            7 => {
                pb::Edit { criterion: 6, weight: Some(f64::from(random.random_range(0..4))), ..of(Change::TermWeight) }
            }
            8 => pb::Edit { project_id, ..of(Change::MustOpen) },
            9 if !instance.funds.is_empty() => pb::Edit {
                fund_id: instance.funds[0].fund_id.clone(),
                to: Some(random.random_range(0..4)),
                ..of(Change::FundPlaces)
            },
            10 if !policy.quotas.is_empty() => {
                let to = Some(random.random_range(0..4));
                pb::Edit { quota_id: policy.quotas[0].quota_id.clone(), to, ..of(Change::QuotaMaximum) }
            }
            13 if !instance.links.is_empty() => {
                pb::Edit { student_ids: instance.links[0].student_ids.clone(), ..of(Change::RemoveLink) }
            }
            11 => pb::Edit { host_id: "H1".to_owned(), to: Some(random.random_range(0..4)), ..of(Change::HostSeats) },
            _ => pb::Edit { project_id, by: Some(1), ..of(Change::ProjectSeats) },
        }
    }

    /// What would be is what brute force finds, and what the season gives once it is changed.
    fn what_if_is_true(&self, random: &mut ChaCha8Rng, compared: &mut Compared) {
        let edits: Vec<pb::Edit> = (0..random.random_range(1..3)).map(|_| self.edit(random)).collect();
        let asked = pb::WhatIfRequest {
            instance: self.request.instance.clone(),
            policy: self.request.policy.clone(),
            outcome: (random.random_range(0..2) == 0).then(|| self.outcome.clone()),
            edits,
            return_request: true,
        };
        let told =
            calls::what_if(asked, &caller(), &solver()).unwrap_or_else(|error| panic!("{error:?}\n{}", self.told()));
        assert!(told.before_is_best && !told.sentence.is_empty());
        let (mut instance, mut policy) = (self.instance().clone(), self.request.policy.clone().expect("a policy"));
        for edit in &told.edits {
            diagnosis::change(&mut instance, &mut policy, edit, edit.to());
        }
        let compared_with = self
            .outcome
            .assignments
            .iter()
            .map(|a| pb::Placement { student_id: a.student_id.clone(), project_id: a.project_id.clone() });
        policy.goals.push(pb::Goal {
            kind: pb::goal::Kind::FewestChanges as i32,
            compared_with: Some(pb::Placements { assignments: compared_with.collect() }),
            ..pb::Goal::default()
        });
        let expected = Oracle::new(&instance, &policy).best();
        let found: Vec<(String, String)> =
            told.assignments.iter().map(|a| (a.student_id.clone(), a.project_id.clone())).collect();
        let shown = || format!("{told:#?}\n{}", self.told());
        let Some(best) = expected else {
            compared.count("what if that leaves no matching");
            assert_eq!(told.status(), pb::outcome::Status::Infeasible, "{}", shown());
            assert!(told.counterfactual.is_none());
            return;
        };
        compared.count("what if");
        assert_eq!(told.status(), pb::outcome::Status::Optimal, "{}", shown());
        assert_eq!(found, best.matching, "{}", shown());
        let counterfactual = told.counterfactual.as_ref().expect("a counterfactual");
        let values: Vec<(i64, &Vec<i32>)> = counterfactual.prices.iter().map(|p| (p.after, &p.profile_after)).collect();
        let expected: Vec<(i64, &Vec<i32>)> = best.goals.iter().map(|goal| (goal.value, &goal.profile)).collect();
        assert_eq!(values, expected[..expected.len() - 1], "{}", shown());
        // The fewest changes are what the moves are.
        assert_eq!(best.goals.last().map(|goal| goal.value), Some(counterfactual.moves.len() as i64), "{}", shown());
        let mut after: Vec<(String, String)> = Vec::new();
        for (s, place) in self.after(&counterfactual.moves).into_iter().enumerate() {
            after.extend(
                place.map(|p| (instance.students[s].student_id.clone(), instance.projects[p].project_id.clone())),
            );
        }
        after.sort();
        assert_eq!(after, found, "{}", shown());
        let edited = told.request.clone().expect("the edited season");
        let applied = solve(pb::MatchRequest { instance: edited.instance, policy: edited.policy });
        assert_eq!(places(&applied).len(), found.len());
        let applied: Vec<(String, String)> =
            applied.assignments.iter().map(|a| (a.student_id.clone(), a.project_id.clone())).collect();
        assert_eq!(applied, found, "{}", shown());
    }
}

/// Takes out what no network tells the price of.
fn make_plain(request: &mut pb::MatchRequest) {
    use pb::goal::Kind::{FewestBlockingPairs, LowestWorstRank, RaiseWorst};
    let policy = request.policy.get_or_insert_default();
    policy.stable_only = false;
    policy.quotas.retain(|quota| quota.weights.is_empty() && quota.penalty_points.is_none());
    policy.goals.retain(|goal| !matches!(goal.kind(), FewestBlockingPairs | LowestWorstRank | RaiseWorst));
    policy.goals.iter_mut().for_each(|goal| goal.tolerance = 0);
    if policy.goals.is_empty() {
        policy.goals.push(goal(pb::goal::Kind::PlaceMost));
    }
    let instance = request.instance.get_or_insert_default();
    instance.links.clear();
    for project in &mut instance.projects {
        project.min_seat_count = project.min_seat_count.filter(|&min| project.must_open || min < 2);
    }
}

/// Makes much tie: every wish is as good, and every project may be chosen.
fn make_alike(request: &mut pb::MatchRequest) {
    let instance = request.instance.get_or_insert_default();
    instance.pair_notes.iter_mut().for_each(|note| note.affinity = None);
    instance.students.iter_mut().flat_map(|student| &mut student.choices).for_each(|choice| choice.rank = Some(1));
    for project in &mut instance.projects {
        project.max_seat_count = project.max_seat_count.map(|seats| seats.max(1));
    }
}

fn student(instance: &pb::Instance, id: &str) -> usize {
    instance.students.iter().position(|s| s.student_id == id).expect("a student")
}

fn project(instance: &pb::Instance, id: &str) -> usize {
    instance.projects.iter().position(|p| p.project_id == id).expect("a project")
}

#[test]
fn every_reason_price_seat_value_alternate_and_what_if_of_tiny_seasons_is_as_brute_force_says() {
    let mut compared = Compared::default();
    let mut seasons = 0;
    for seed in 0.. {
        let mut random = ChaCha8Rng::seed_from_u64(500_000 + seed);
        let instance = generate::instance(&mut random);
        let goals = random_goals(&mut random);
        let mut request = request(seed, instance, goals);
        if seed % 3 > 0 {
            make_plain(&mut request);
        }
        if seed % 3 == 2 {
            make_alike(&mut request);
        }
        let outcome = solve(request.clone());
        if outcome.status() != pb::outcome::Status::Optimal {
            continue;
        }
        if seasons == instances() {
            break;
        }
        seasons += 1;
        let season = Season::new(seed, &request, &outcome);
        season.unmatched_are_true(&mut compared);
        season.alternates_are_true(&mut compared);
        season.seat_values_are_true(&mut compared);
        season.explanations_are_true(&mut random, &mut compared);
        season.what_if_is_true(&mut random, &mut compared);
    }
    println!("{:#?}", compared.0);
    let asked = [
        "NO_ELIGIBLE_PROJECT",
        "NOT_ACCEPTABLE",
        "BLOCKED",
        "CROWDED_OUT",
        "TIE",
        "price of Costs",
        "price of Tie",
        "draw",
        "alternate",
        "next student",
        "what if",
        "newcomer",
        "next at a project",
        "rows that block",
        "seat value of PROJECT_SEATS, better: true",
        "seat value of HOST_SEATS, better: true",
        "seat value of QUOTA, better: true",
    ];
    for what in asked {
        assert!(
            compared.0.get(what).is_some_and(|&count| count >= instances() / 200),
            "{what} is rare: {:#?}",
            compared.0
        );
    }
}
