//! A season of 1,000 × 1,200 with the rule book of a real one, beside the same season without it: 25 country quotas, 60 projects that
//! open with two or stay closed, 30 pins, 40 linked pairs, 12 funds, added one after the other. With the links, also two contradictions.
//!
//! `make bench`, or `cargo bench --bench rule_book`. Medians of three calls of `Match`, from message to message.

use std::collections::BTreeMap;
use std::time::Instant;

use calls::sample;
use solve::{Cancel, SolverCommand};
use wire::pb;

const RUNS: usize = 3;

fn main() {
    let (instance, policy) = sample::sample(sample::Sample::Summer, 0, 1_000, 1_200);
    let mut season = Season { instance, policy };
    season.instance.projects.iter_mut().for_each(|project| project.min_seat_count = None);
    let plain = season.told("nothing but the sample, without minimums");
    season.quotas(&plain);
    season.told("+ 25 country quotas, each with a least and a most that binds");
    season.minimums();
    season.told("+ 60 projects that open with two or stay closed");
    season.pins(&plain);
    season.told("+ 30 pins");
    season.links(&plain);
    season.told("+ 40 linked pairs");
    season.contradicted(&["IN"]);
    season.contradicted(&["IN", "JP", "KR", "SG"]);
    season.funds();
    season.told("+ 12 funds");
}

struct Season {
    instance: pb::Instance,
    policy: pb::Policy,
}

impl Season {
    /// Matches it without reasons and with them, and tells how long both take and what was left unproven.
    fn told(&self, what: &str) -> pb::Outcome {
        println!("{what}");
        let outcome = self.matched("without reasons", true);
        let explained = self.matched("with every reason", false);
        assert_eq!(outcome.assignments.len(), explained.assignments.len());
        let unproven = |left: &&pb::Unmatched| left.reason() == pb::unmatched::Reason::Unproven;
        let (left, open) = (explained.unmatched.len(), explained.unmatched.iter().filter(unproven).count());
        println!("  {left} without a place, the reasons of {open} unproven");
        outcome
    }

    /// Asks for two more in some countries than their quotas allow, and tells how long it takes to say what contradicts that, what would
    /// mend it, and the matching that each of these leads to.
    fn contradicted(&self, countries: &[&str]) {
        let is_of = |quota: &&pb::Quota| countries.iter().any(|country| quota.quota_id == format!("country-{country}"));
        let most: i64 = self.policy.quotas.iter().filter(is_of).map(pb::Quota::max_count).sum();
        let country_codes = countries.iter().map(|country| (*country).to_owned()).collect();
        let mut season = Self { instance: self.instance.clone(), policy: self.policy.clone() };
        season.policy.quotas.push(pb::Quota {
            quota_id: "more".to_owned(),
            projects: Some(pb::ProjectSet { country_codes, ..Default::default() }),
            min_count: Some(most + 2),
            ..Default::default()
        });
        println!("a quota of {countries:?} that contradicts theirs");
        let outcome = season.matched("all that is told", false);
        assert_eq!((outcome.conflicts.len(), outcome.conflicts[0].rows.len()), (1, countries.len() + 1));
        println!("  {} relaxations, each with its matching", outcome.relaxations.len());
    }

    fn matched(&self, how: &str, skip_reasons: bool) -> pb::Outcome {
        let command = SolverCommand::of_binary(env!("CARGO_BIN_EXE_misti-matching"));
        let time_limit = Some(prost_types::Duration { seconds: 300, nanos: 0 });
        let limits = Some(pb::Limits { time_limit, skip_reasons, ..Default::default() });
        let policy = pb::Policy { limits, ..self.policy.clone() };
        let request = pb::MatchRequest { instance: Some(self.instance.clone()), policy: Some(policy) };
        let mut times = Vec::new();
        let mut outcome = pb::Outcome::default();
        for _ in 0..RUNS {
            let arrived = Instant::now();
            let response =
                calls::solve(request.clone(), &calls::Caller::local(Cancel::default()), &command).expect("an answer");
            times.push(arrived.elapsed().as_secs_f64());
            outcome = response.outcome.expect("an outcome");
        }
        times.sort_by(f64::total_cmp);
        let values: Vec<i64> = outcome.goals.iter().map(|goal| goal.value).collect();
        println!("  {how} {:.2} s ({:.2} to {:.2})", times[RUNS / 2], times[0], times[RUNS - 1]);
        println!("  {} canonical {} {values:?}", outcome.status().as_str_name(), outcome.canonical);
        outcome
    }

    fn countries(&self) -> BTreeMap<String, String> {
        let of_host: BTreeMap<&str, &str> =
            self.instance.hosts.iter().map(|host| (host.host_id.as_str(), host.country_code.as_str())).collect();
        let projects = self.instance.projects.iter();
        projects.map(|p| (p.project_id.clone(), of_host[p.host_id.as_str()].to_owned())).collect()
    }

    /// At most 95 of 100 whom the plain matching sends to a country, and at least half of them.
    fn quotas(&mut self, plain: &pb::Outcome) {
        let countries = self.countries();
        let mut sent: BTreeMap<&str, i64> = countries.values().map(|country| (country.as_str(), 0)).collect();
        plain.assignments.iter().for_each(|a| *sent.entry(&countries[&a.project_id]).or_default() += 1);
        let quota = |(country, sent): (&str, i64)| pb::Quota {
            quota_id: format!("country-{country}"),
            projects: Some(pb::ProjectSet { country_codes: vec![country.to_owned()], ..Default::default() }),
            min_count: Some(sent / 2),
            max_count: Some((sent * 95 / 100).max(1)),
            ..Default::default()
        };
        self.policy.quotas = sent.into_iter().map(quota).collect();
    }

    fn minimums(&mut self) {
        let several = self.instance.projects.iter_mut().filter(|project| project.max_seat_count() > 1);
        several.step_by(5).take(60).for_each(|project| project.min_seat_count = Some(2));
    }

    /// Students of the plain matching, so far apart that pins and links name others.
    fn some_placed(plain: &pb::Outcome, from: usize, count: usize) -> Vec<pb::Assignment> {
        plain.assignments.iter().skip(from).step_by(7).take(count).cloned().collect()
    }

    fn pins(&mut self, plain: &pb::Outcome) {
        for place in Self::some_placed(plain, 0, 30) {
            let project = self.instance.projects.iter_mut().find(|project| project.project_id == place.project_id);
            project.expect("its project").min_seat_count = None;
            let of_pair = |note: &&mut pb::PairNote| {
                (&note.student_id, &note.project_id) == (&place.student_id, &place.project_id)
            };
            match self.instance.pair_notes.iter_mut().find(of_pair) {
                Some(note) => note.pinned = true,
                None => self.instance.pair_notes.push(pb::PairNote {
                    student_id: place.student_id,
                    project_id: place.project_id,
                    pinned: true,
                    ..Default::default()
                }),
            }
        }
    }

    /// Pairs of students whom the plain matching sends to one country: three of four go to the same country, one to different projects.
    fn links(&mut self, plain: &pb::Outcome) {
        let countries = self.countries();
        let mut waiting: BTreeMap<&str, String> = BTreeMap::new();
        let pinned = Self::some_placed(plain, 0, 30);
        let free = plain.assignments.iter().filter(|a| pinned.iter().all(|pin| pin.student_id != a.student_id));
        for place in free {
            let country = countries[&place.project_id].as_str();
            let Some(first) = waiting.remove(country) else {
                waiting.insert(country, place.student_id.clone());
                continue;
            };
            let kind = if self.instance.links.len() % 4 < 3 {
                pb::link::Kind::SameCountry
            } else {
                pb::link::Kind::DifferentProject
            };
            let student_ids = vec![first, place.student_id.clone()];
            self.instance.links.push(pb::Link { student_ids, kind: kind as i32, placed_together: None });
            if self.instance.links.len() == 40 {
                return;
            }
        }
    }

    /// Eleven of twenty projects pay a stipend; ten funds of money for groups of countries, and places for each study level.
    fn funds(&mut self) {
        let usd = |amount: f64| Some(pb::Money { amount, currency_code: "USD".to_owned() });
        for (at, project) in self.instance.projects.iter_mut().enumerate() {
            project.stipend = if at % 20 < 11 { usd(3_000.0) } else { None };
        }
        let countries: Vec<String> =
            self.countries().into_values().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let of_level = |name: &str, place_count, levels: &[pb::StudyLevel]| pb::Fund {
            fund_id: name.to_owned(),
            place_count: Some(place_count),
            students: Some(pb::StudentSet {
                study_levels: levels.iter().map(|&level| level as i32).collect(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let of_countries = |at: usize| pb::Fund {
            fund_id: format!("group-{at}"),
            amount: usd(60_000.0 + 5_000.0 * at as f64),
            cost_per_placement: Some(4_000.0),
            projects: Some(pb::ProjectSet {
                country_codes: countries.iter().skip(at).step_by(10).cloned().collect(),
                ..Default::default()
            }),
            ..Default::default()
        };
        self.instance.funds = (0..10).map(of_countries).collect();
        self.instance.funds.push(of_level("undergraduates", 60, &[pb::StudyLevel::Undergraduate]));
        self.instance.funds.push(of_level("graduates", 20, &[pb::StudyLevel::Masters, pb::StudyLevel::Doctoral]));
        self.policy.paid_placements_only = Some(true);
    }
}
