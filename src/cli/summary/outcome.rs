//! The outcome of a match in words: how it ended, who has which choice, who has no place and why, which projects are empty and why, and
//! what to ask next.

use std::collections::BTreeMap;
use std::fmt::Write;

use rules::codes;

use super::{contradiction, findings, goal_name, lines, most_lines};
use wire::numbers::{count, counted, ordinal, scores};
use wire::{pb, rule_name};

/// Students without a place who are named.
const MOST_NAMED: usize = 10;
/// Empty projects of one reason that are named.
const MOST_EMPTY: usize = 5;
/// Seats that would buy something, and are told.
const MOST_SEATS: usize = 5;
/// How wide the longest bar is.
const BAR: i64 = 40;

/// What is told of an outcome, and where more can be asked.
pub(in crate::cli) struct Outcome<'a> {
    /// What was answered.
    pub outcome: &'a pb::Outcome,
    /// The command that explains, such as `misti-matching explain season.json`.
    pub explain: &'a str,
    /// The command that says what would be.
    pub what_if: &'a str,
    /// Whether goals, bounds and what it was made with are told.
    pub verbose: bool,
}

/// Whether there are students, and a matching in which none of them has a place.
pub(in crate::cli) fn places_nobody(outcome: &pb::Outcome) -> bool {
    outcome.summary.as_ref().is_some_and(|summary| summary.placed_count == 0 && summary.unmatched_count > 0)
}

impl Outcome<'_> {
    /// All of it.
    pub fn text(&self) -> String {
        let outcome = self.outcome;
        let mut text = String::new();
        // Who was told a place and has it no more is to hear of it before anything else is read.
        let (moved, others): (Vec<pb::Finding>, Vec<pb::Finding>) =
            outcome.findings.iter().cloned().partition(|finding| finding.reason == codes::TOLD_AND_MOVED.reason);
        findings(&mut text, &moved);
        if places_nobody(outcome) {
            text += &why_nobody(outcome);
        }
        let _ = writeln!(text, "{}", ending(outcome));
        if self.verbose {
            goals(&mut text, &outcome.goals);
        }
        if let Some(summary) = &outcome.summary {
            let (placed, all) = (summary.placed_count, summary.placed_count + summary.unmatched_count);
            let have = if placed == 1 { "has" } else { "have" };
            let _ = writeln!(text, "{} of {} {have} a place.", count(placed.into()), counted(all.into(), "student"));
            choices(&mut text, &summary.rank_histogram);
            self.without_place(&mut text);
            empty(&mut text, &outcome.empty_projects);
            seats(&mut text, &outcome.seat_values);
            for (title, fills) in [("program", &summary.programs), ("country", &summary.countries)] {
                if fills.len() > 1 {
                    let _ = writeln!(text, "{title:<14} {:>7} {:>7}", "placed", "seats");
                    lines(&mut text, fills, |fill| {
                        let key = if fill.key.is_empty() { "(none)" } else { &fill.key };
                        format!("{key:<14} {:>7} {:>7}", count(fill.placed_count.into()), count(fill.seat_count))
                    });
                }
            }
        }
        limits(&mut text, outcome);
        contradiction(&mut text, &outcome.conflicts, &outcome.relaxations);
        findings(&mut text, &others);
        if self.verbose {
            made_with(&mut text, outcome);
        }
        self.next(&mut text);
        text
    }

    fn without_place(&self, text: &mut String) {
        let left = &self.outcome.unmatched;
        if left.is_empty() {
            return;
        }
        let mut reasons: BTreeMap<pb::unmatched::Reason, i64> = BTreeMap::new();
        left.iter().for_each(|left| *reasons.entry(left.reason()).or_default() += 1);
        let told: Vec<String> =
            reasons.into_iter().map(|(why, number)| format!("{} {}", count(number), reason(why))).collect();
        let _ = writeln!(text, "Without a place: {}.", told.join(", "));
        most_lines(text, left, MOST_NAMED, |left| format!("  {}", left.sentence));
    }

    fn next(&self, text: &mut String) {
        let (outcome, explain, what_if) = (self.outcome, self.explain, self.what_if);
        if outcome.summary.is_none() {
            return;
        }
        let mut asked = Vec::new();
        if let Some(left) = outcome.unmatched.first() {
            asked.push(format!("{explain} --student {}", left.student_id));
        } else if let Some(place) = outcome.assignments.first() {
            asked.push(format!("{explain} --student {}", place.student_id));
        }
        if let Some(empty) = outcome.empty_projects.first() {
            asked.push(format!("{explain} --project {}", empty.project_id));
        }
        if let Some(value) = outcome.seat_values.iter().find(|value| value.better && !value.project_id.is_empty()) {
            asked.push(format!("{what_if} --project {} --seats +1", value.project_id));
        }
        if !asked.is_empty() {
            let _ = writeln!(text, "Next:");
            asked.iter().for_each(|command| _ = writeln!(text, "  {command}"));
        }
    }
}

/// How a solve ended.
fn ending(outcome: &pb::Outcome) -> String {
    match outcome.status() {
        pb::outcome::Status::Optimal => "Finished: this is proven to be the best placement.".to_owned(),
        pb::outcome::Status::Feasible => {
            "Stopped early: this placement keeps every rule, and is not proven to be the best.".to_owned()
        }
        pb::outcome::Status::Infeasible => match outcome.relaxations.len() as i64 {
            0 => "Finished: no placement keeps every rule.".to_owned(),
            ways => format!("Finished: no placement keeps every rule. {} to mend it:", counted(ways, "way")),
        },
        pb::outcome::Status::NoSolutionFound => "Stopped early: no placement was found in time.".to_owned(),
        pb::outcome::Status::Cancelled if outcome.summary.is_none() => {
            "Cancelled before a placement was found.".to_owned()
        }
        pb::outcome::Status::Cancelled => {
            "Cancelled: this is the best placement found until then, and is not proven to be the best.".to_owned()
        }
        pb::outcome::Status::Unspecified => String::new(),
    }
}

fn choices(text: &mut String, ranks: &[pb::RankCount]) {
    // Where nobody states a choice there is nothing to show.
    if ranks.iter().all(|line| line.rank == 0) {
        return;
    }
    let most = ranks.iter().map(|line| i64::from(line.student_count)).max().unwrap_or(1).max(1);
    let (chosen, other): (Vec<&pb::RankCount>, Vec<_>) = ranks.iter().partition(|line| line.rank > 0);
    for line in chosen.into_iter().chain(other) {
        let number = i64::from(line.student_count);
        let width = (number * BAR + most - 1) / most;
        let name = match line.rank {
            0 => "no choice".to_owned(),
            rank => format!("{} choice", ordinal(rank.into())),
        };
        let bar = "█".repeat(width as usize);
        let _ = writeln!(text, "  {name:<13} {:>6} {bar}", count(number));
    }
}

fn reason(reason: pb::unmatched::Reason) -> &'static str {
    use pb::unmatched::Reason;
    match reason {
        Reason::NoEligibleProject => "to whom the rules open no project",
        Reason::NotAcceptable => "to whom wishes leave no open project",
        Reason::Blocked => "to whom other requirements leave no place",
        Reason::CrowdedOut => "crowded out",
        Reason::Tie => "by the draw of a tie",
        Reason::Unproven | Reason::Unspecified => "for a reason that is not known",
    }
}

fn empty(text: &mut String, empty: &[pb::EmptyProject]) {
    use pb::empty_project::Reason;
    if empty.is_empty() {
        return;
    }
    let _ = writeln!(text, "Empty projects: {}.", count(empty.len() as i64));
    let mut by: BTreeMap<Reason, Vec<String>> = BTreeMap::new();
    empty.iter().for_each(|project| by.entry(project.reason()).or_default().push(project.project_id.clone()));
    for (reason, projects) in by {
        let why = match reason {
            Reason::NoSeats => "no seats",
            Reason::NoEligibleStudent => "no student may go there",
            Reason::HostFull => "the host's other projects take all its seats",
            Reason::BelowMinimum => "too few students to open",
            Reason::NotNeeded | Reason::Unspecified => "no student is needed there",
        };
        let number = count(projects.len() as i64);
        let _ = writeln!(text, "  {number:>6} {why}: {}", wire::numbers::listed_most(projects, MOST_EMPTY, "and"));
    }
}

fn seats(text: &mut String, values: &[pb::SeatValue]) {
    let gains: Vec<&str> = values.iter().filter(|value| value.better).map(|value| value.sentence.as_str()).collect();
    most_lines(text, &gains, MOST_SEATS, |sentence| (*sentence).to_owned());
}

fn limits(text: &mut String, outcome: &pb::Outcome) {
    if !outcome.quotas.is_empty() {
        let _ = writeln!(text, "{:<14} {:>7} {:>7} {:>7} {:>9}", "quota", "count", "short", "excess", "penalty");
        lines(text, &outcome.quotas, |quota| {
            format!(
                "{:<14} {:>7} {:>7} {:>7} {:>9}",
                quota.quota_id, quota.count, quota.short_count, quota.excess_count, quota.penalty_points
            )
        });
    }
    if !outcome.funds.is_empty() {
        let _ = writeln!(text, "{:<14} {:>7} {:>7}", "fund", "carries", "left");
        lines(text, &outcome.funds, |fund| {
            format!("{:<14} {:>7} {:>7}", fund.fund_id, fund.carried_count, fund.left_count)
        });
    }
}

fn goals(text: &mut String, goals: &[pb::GoalResult]) {
    for goal in goals {
        let proven = if goal.proven { "proven".to_owned() } else { format!("bound {}", goal.bound) };
        // The points of everybody placed would be a page.
        let tells = !goal.profile.is_empty() && goal.kind() != pb::goal::Kind::Leximin;
        let profile = if tells { format!("  {:?}", goal.profile) } else { String::new() };
        let _ = writeln!(text, "  {:<21} {:>12}  {proven}{profile}", goal_name(goal), goal.value);
    }
}

fn made_with(text: &mut String, outcome: &pb::Outcome) {
    let Some(provenance) = &outcome.provenance else { return };
    let seconds = provenance.elapsed_time.map_or(0.0, |time| time.seconds as f64 + f64::from(time.nanos) / 1e9);
    let canonical = if outcome.canonical { "canonical" } else { "not canonical" };
    let (total, _) = outcome.summary.as_ref().map_or_else(Default::default, |told| scores(told.total_points, 0));
    let _ = writeln!(
        text,
        "{}, {canonical}, total score {total}, lottery seed {}, {seconds:.2} s, {}, digest {}",
        outcome.status().as_str_name(),
        provenance.lottery_seed,
        provenance.solver_version,
        provenance.digest.get(..16).unwrap_or_default()
    );
}

/// Which rule refuses most, with the first pair that shows it.
fn why_nobody(outcome: &pb::Outcome) -> String {
    let mut counts: BTreeMap<i32, i64> = BTreeMap::new();
    for count in outcome.unmatched.iter().flat_map(|left| &left.refusals) {
        *counts.entry(count.rule).or_default() += i64::from(count.project_count);
    }
    let Some((&rule, &pairs)) = counts.iter().max_by_key(|&(&rule, &pairs)| (pairs, -rule)) else {
        return "Nobody is placed, though no rule refuses anybody.\n".to_owned();
    };
    let rule = pb::Rule::try_from(rule).unwrap_or_default();
    let pairs = if pairs == 1 { "the one pair".to_owned() } else { counted(pairs, "pair") };
    let mut text = format!("Nobody is placed: {} refuses {pairs} of a student and a project.\n", rule_name(rule));
    let nearest = outcome.unmatched.iter().flat_map(|left| &left.nearest_projects);
    let shown = nearest.flat_map(|pair| pair.refusals.iter().map(move |refusal| (pair, refusal)));
    if let Some((pair, refusal)) = shown.into_iter().find(|(_, refusal)| refusal.rule() == rule) {
        let (student, project) = (&pair.student_id, &pair.project_id);
        let _ = writeln!(text, "  {student} at {project}: asked for {}; {}", refusal.required, refusal.observed);
    }
    text
}
