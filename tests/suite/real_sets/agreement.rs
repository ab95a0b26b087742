//! Every number that the calls tell of one season is the same number: `validate`, `shortlist`, `match`, `evaluate` and `explain` on a real set,
//! as the glossary defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use pb::explain_request::About;
use pb::project_explanation::State;
use wire::pb;

use super::misti_like::season;
use crate::support::{caller, solve, solver, validate};

/// Explained of each reason why a project is empty, and of each reason why a student has no place.
const EXPLAINED: usize = 2;

struct Told {
    market: pb::Market,
    shortlist: pb::ShortlistResponse,
    outcome: pb::Outcome,
    /// By student and by project: eligible pairs.
    eligible: (BTreeMap<String, i32>, BTreeMap<String, i32>),
}

fn told(instance: &pb::Instance) -> Told {
    let asked = pb::ValidateRequest { instance: Some(instance.clone()), policy: None };
    let market = validate(asked).market.expect("a market");
    let asked = pb::ShortlistRequest { instance: Some(instance.clone()), ..pb::ShortlistRequest::default() };
    let shortlist = calls::shortlist(asked, &caller(), &solver()).expect("a shortlist");
    let outcome = solve(pb::MatchRequest { instance: Some(instance.clone()), policy: None });
    let asked = pb::EvaluateRequest { instance: Some(instance.clone()), ..pb::EvaluateRequest::default() };
    let mut eligible: (BTreeMap<String, i32>, BTreeMap<String, i32>) = Default::default();
    calls::read_evaluations(asked, &caller()).expect("well formed").tell(|pair| {
        if pair.verdict() == pb::Verdict::Eligible {
            *eligible.0.entry(pair.student_id).or_default() += 1;
            *eligible.1.entry(pair.project_id).or_default() += 1;
        }
        ControlFlow::Continue(())
    });
    Told { market, shortlist, outcome, eligible }
}

fn ids<'a, T: 'a>(items: impl Iterator<Item = &'a T>, id: fn(&T) -> &String) -> BTreeSet<String> {
    items.map(|item| id(item).clone()).collect()
}

impl Told {
    fn students_agree(&self, instance: &pb::Instance) {
        let (market, outcome) = (&self.market, &self.outcome);
        let summary = outcome.summary.as_ref().expect("a matching");
        assert_eq!(summary.placed_count + summary.unmatched_count, market.student_count);
        assert_eq!(outcome.assignments.len() as i32, summary.placed_count);
        assert_eq!(outcome.unmatched.len() as i32, summary.unmatched_count);
        assert_eq!(summary.rank_histogram.iter().map(|line| line.student_count).sum::<i32>(), summary.placed_count);
        // Who has no eligible project, by the rules and by wishes.
        let of = |reason: pb::unmatched::Reason| {
            ids(outcome.unmatched.iter().filter(move |left| left.reason() == reason), |left| &left.student_id)
        };
        let stranded = |wishes: bool| {
            ids(market.stranded_students.iter().filter(move |s| s.wishes_refuse == wishes), |s| &s.student_id)
        };
        assert_eq!(of(pb::unmatched::Reason::NoEligibleProject), stranded(false));
        assert_eq!(of(pb::unmatched::Reason::NotAcceptable), stranded(true));
        let barred = self.shortlist.students_without.iter().filter(|student| student.possible_project_count == 0);
        assert_eq!(ids(barred, |student| &student.student_id), ids(market.stranded_students.iter(), |s| &s.student_id));
        let without = instance.students.iter().filter(|student| !self.eligible.0.contains_key(&student.student_id));
        assert_eq!(ids(without, |s| &s.student_id), ids(market.stranded_students.iter(), |s| &s.student_id));
        for left in &outcome.unmatched {
            let eligible = self.eligible.0.get(&left.student_id).copied().unwrap_or(0);
            assert_eq!(left.possible_project_count, eligible, "{left:?}");
        }
        assert_eq!(i64::from(self.eligible.0.values().sum::<i32>()), market.eligible_pair_count);
    }

    fn projects_agree(&self, instance: &pb::Instance) {
        use pb::empty_project::Reason;
        let (market, outcome) = (&self.market, &self.outcome);
        let open = ids(outcome.assignments.iter(), |place| &place.project_id);
        let empty = ids(outcome.empty_projects.iter(), |project| &project.project_id);
        assert!(open.is_disjoint(&empty));
        assert_eq!((open.len() + empty.len()) as i32, market.project_count);
        let has_minimum = |id: &String| {
            let row = instance.projects.iter().find(|project| project.project_id == **id).expect("a project");
            row.min_seat_count() >= 1
        };
        let closed: BTreeSet<String> = empty.iter().filter(|id| has_minimum(id)).cloned().collect();
        assert_eq!(outcome.closed_projects.iter().cloned().collect::<BTreeSet<_>>(), closed);
        let of = |reason: Reason| {
            ids(outcome.empty_projects.iter().filter(move |told| told.reason() == reason), |told| &told.project_id)
        };
        let thin = market.thin_projects.iter().filter(|thin| thin.eligible_student_count == 0);
        assert_eq!(of(Reason::NoEligibleStudent), ids(thin, |thin| &thin.project_id));
        let barred = self.shortlist.projects_without.iter().filter(|project| project.possible_student_count == 0);
        assert_eq!(of(Reason::NoEligibleStudent), ids(barred, |project| &project.project_id));
        let seats = |lines: &[pb::MarketLine]| -> Vec<(String, i64)> {
            lines.iter().map(|line| (line.key.clone(), line.seat_count)).collect()
        };
        let fills = |fills: &[pb::Fill]| -> Vec<(String, i64)> {
            fills.iter().map(|fill| (fill.key.clone(), fill.seat_count)).collect()
        };
        let summary = outcome.summary.as_ref().expect("a matching");
        assert_eq!(seats(&market.countries), fills(&summary.countries));
        assert_eq!(seats(&market.programs), fills(&summary.programs));
        for groups in [&summary.countries, &summary.programs] {
            assert_eq!(groups.iter().map(|fill| fill.placed_count).sum::<i32>(), summary.placed_count);
            assert!(groups.iter().all(|fill| i64::from(fill.placed_count) <= fill.seat_count));
        }
    }

    /// A few of each kind, as each is a solve of its own.
    fn explanations_agree(&self, instance: &pb::Instance) {
        let mut told: BTreeMap<i32, usize> = BTreeMap::new();
        let mut few = |reason: i32| {
            let count = told.entry(reason).or_default();
            *count += 1;
            *count <= EXPLAINED
        };
        let empty: Vec<&pb::EmptyProject> =
            self.outcome.empty_projects.iter().filter(|project| few(project.reason)).collect();
        let left: Vec<&pb::Unmatched> = self.outcome.unmatched.iter().filter(|left| few(100 + left.reason)).collect();
        let abouts = empty.iter().map(|project| About::ProjectId(project.project_id.clone()));
        let abouts: Vec<About> =
            abouts.chain(left.iter().map(|left| About::StudentId(left.student_id.clone()))).collect();
        // The limit is over all of them.
        let time_limit = Some(prost_types::Duration { seconds: 600, nanos: 0 });
        let limits = Some(pb::Limits { time_limit, ..pb::Limits::default() });
        let asked = pb::ExplainRequest {
            instance: Some(instance.clone()),
            policy: Some(pb::Policy { limits, ..pb::Policy::default() }),
            outcome: Some(self.outcome.clone()),
            ..pb::ExplainRequest::default()
        };
        let answers = calls::explain_each(asked, &abouts, &caller(), &solver()).expect("explanations");
        assert_eq!(answers.len(), empty.len() + left.len());
        for (project, answer) in empty.iter().zip(&answers) {
            let Some(pb::explain_response::About::Project(told)) = &answer.about else { panic!("{answer:?}") };
            let eligible = self.eligible.1.get(&project.project_id).copied().unwrap_or(0);
            assert_eq!(told.eligible_student_count, eligible);
            use pb::empty_project::Reason;
            let agrees = match project.reason() {
                Reason::NoSeats => told.state() == State::NoSeats,
                Reason::NoEligibleStudent => told.state() == State::NoEligibleStudent,
                Reason::HostFull => told.host_is_full && matches!(told.state(), State::Empty | State::Closed),
                Reason::BelowMinimum => told.state() == State::Closed && !told.host_is_full,
                Reason::NotNeeded => matches!(told.state(), State::Empty | State::Closed) && !told.host_is_full,
                Reason::Unspecified => false,
            };
            assert!(agrees, "{project:?} {:?}", told.state());
        }
        for (left, answer) in left.iter().zip(&answers[empty.len()..]) {
            let Some(pb::explain_response::About::Student(told)) = &answer.about else { panic!("{answer:?}") };
            let explained = told.unmatched.as_ref().expect("no place");
            assert_eq!(explained.reason(), left.reason(), "{left:?}");
            assert_eq!(explained.possible_project_count, left.possible_project_count);
            assert_eq!(explained.refusals, left.refusals);
        }
    }
}

#[test]
fn every_call_tells_the_same_numbers_of_one_season() {
    for minimums in [false, true] {
        let instance = season(minimums, true);
        let told = told(&instance);
        assert!(told.outcome.unmatched.len() > 100 && told.outcome.empty_projects.len() > 100);
        told.students_agree(&instance);
        told.projects_agree(&instance);
        // With minimums each explanation is a solve of seconds.
        if !minimums {
            told.explanations_agree(&instance);
        }
    }
}
