//! What a person reads on a terminal: totals and ids, never a name.

use std::collections::BTreeMap;
use std::fmt::Write;

use wire::pb;

/// Lines of a list before it is cut.
const MOST_LINES: usize = 15;

/// Findings of a kind before they are counted.
const MOST_OF_KIND: usize = 3;

pub(super) fn outcome(outcome: &pb::Outcome) -> String {
    let mut text = String::new();
    let status = outcome.status();
    if places_nobody(outcome) {
        text += &why_nobody(outcome);
    }
    let _ = writeln!(text, "{}{}", status.as_str_name(), meaning(outcome));
    for goal in &outcome.goals {
        let proven = if goal.proven { "proven".to_owned() } else { format!("bound {}", goal.bound) };
        // The points of everybody placed would be a page.
        let tells = !goal.profile.is_empty() && goal.kind() != pb::goal::Kind::Leximin;
        let profile = if tells { format!("  {:?}", goal.profile) } else { String::new() };
        let _ = writeln!(text, "  {:<21} {:>12}  {proven}{profile}", name(goal), goal.value);
    }
    if let Some(summary) = &outcome.summary {
        let _ = writeln!(text, "placed {}, unmatched {}", summary.placed_count, summary.unmatched_count);
        let ranks = summary.rank_histogram.iter().map(|line| match line.rank {
            0 => format!("no choice: {}", line.student_count),
            rank => format!("{rank}: {}", line.student_count),
        });
        let _ = writeln!(text, "choice ranks  {}", ranks.collect::<Vec<_>>().join("  "));
        let reasons = outcome.unmatched.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<&str, u32>, left| {
            *counts.entry(left.reason().as_str_name()).or_default() += 1;
            counts
        });
        for (reason, count) in reasons {
            let _ = writeln!(text, "  {reason:<21} {count:>7}");
        }
        let worth = outcome.seat_values.iter().filter(|value| value.better);
        let worth: Vec<&str> = worth.map(|value| value.sentence.as_str()).collect();
        if !worth.is_empty() {
            let _ = writeln!(text, "of what is full {} would buy something with one more:", worth.len());
            lines(&mut text, &worth, |sentence| format!("  {sentence}"));
        }
        for (title, fills) in [("program", &summary.programs), ("country", &summary.countries)] {
            if fills.len() > 1 {
                let _ = writeln!(text, "{title:<14} {:>7} {:>7}", "placed", "seats");
                lines(&mut text, fills, |fill| {
                    let key = if fill.key.is_empty() { "(none)" } else { &fill.key };
                    format!("{key:<14} {:>7} {:>7}", fill.placed_count, fill.seat_count)
                });
            }
        }
        if !outcome.closed_projects.is_empty() {
            let _ = writeln!(text, "projects that stay closed: {}", outcome.closed_projects.len());
            lines(&mut text, &outcome.closed_projects, |project| format!("  {project}"));
        }
    }
    if !outcome.quotas.is_empty() {
        let _ = writeln!(text, "{:<14} {:>7} {:>7} {:>7} {:>9}", "quota", "count", "short", "excess", "penalty");
        lines(&mut text, &outcome.quotas, |quota| {
            format!(
                "{:<14} {:>7} {:>7} {:>7} {:>9}",
                quota.quota_id, quota.count, quota.short_count, quota.excess_count, quota.penalty_points
            )
        });
    }
    if !outcome.funds.is_empty() {
        let _ = writeln!(text, "{:<14} {:>7} {:>7}", "fund", "carries", "left");
        lines(&mut text, &outcome.funds, |fund| {
            format!("{:<14} {:>7} {:>7}", fund.fund_id, fund.carried_count, fund.left_count)
        });
    }
    contradiction(&mut text, &outcome.conflicts, &outcome.relaxations);
    findings(&mut text, &outcome.findings);
    if let Some(provenance) = &outcome.provenance {
        let seconds = provenance.elapsed_time.map_or(0.0, |time| time.seconds as f64 + f64::from(time.nanos) / 1e9);
        let canonical = if outcome.canonical { "canonical" } else { "not canonical" };
        let _ = writeln!(
            text,
            "{canonical}, lottery seed {}, {seconds:.2} s, {}, digest {}",
            provenance.lottery_seed,
            provenance.solver_version,
            provenance.digest.get(..16).unwrap_or_default()
        );
    }
    text
}

pub(super) fn explanation(response: &pb::ExplainResponse) -> String {
    let mut text = String::new();
    if response.about.is_none() {
        let _ = writeln!(text, "{}: there is no matching to explain", response.status().as_str_name());
    } else if !response.is_best {
        let _ = writeln!(text, "this matching is not proven the best; prices are against it");
    }
    response.sentences.iter().for_each(|sentence| _ = writeln!(text, "{sentence}"));
    text
}

pub(super) fn what_if(response: &pb::WhatIfResponse) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", response.status().as_str_name());
    if response.before_status() == pb::outcome::Status::Optimal && !response.before_is_best {
        let _ = writeln!(text, "the matching before is not the best, so that not all of this is due to the edits");
    }
    prices(&mut text, response.counterfactual.as_ref());
    contradiction(&mut text, &response.conflicts, &response.relaxations);
    findings(&mut text, &response.findings);
    let _ = writeln!(text, "{}", response.sentence);
    if !response.also.is_empty() {
        let edits: Vec<&str> = response.also.iter().map(|edit| edit.sentence.as_str()).collect();
        let _ = writeln!(text, "Together with this it buys something: {}", edits.join(" "));
        prices(&mut text, response.also_counterfactual.as_ref());
    }
    text
}

/// Every goal before and after.
fn prices(text: &mut String, told: Option<&pb::Counterfactual>) {
    for price in told.iter().flat_map(|told| &told.prices) {
        let scope = if price.scoped { " (some)" } else { "" };
        let effect = match price.effect() {
            pb::goal_price::Effect::Worse => "  worse",
            pb::goal_price::Effect::Better => "  better",
            pb::goal_price::Effect::Same | pb::goal_price::Effect::Unspecified => "",
        };
        let name = format!("{}{scope}", price.kind().as_str_name());
        let _ = writeln!(text, "  {name:<21} {:>12} -> {:>12}{effect}", price.before, price.after);
    }
}

pub(super) fn comparison(response: &pb::CompareResponse) -> String {
    let mut text = String::new();
    lines(&mut text, &response.sentences, |sentence| sentence.clone());
    lines(&mut text, &response.changes, |change| {
        let place = |id: &str| if id.is_empty() { "no place".to_owned() } else { id.to_owned() };
        let rank = |rank: Option<i32>| rank.map_or_else(String::new, |rank| format!(" (choice {rank})"));
        let (from, to) = (place(&change.from_project_id), place(&change.to_project_id));
        let (before, after) = (rank(change.choice_rank_before), rank(change.choice_rank_after));
        format!("  {}: {from}{before} -> {to}{after}", change.student_id)
    });
    text
}

/// Whether there are students, and a matching in which none of them has a place.
pub(super) fn places_nobody(outcome: &pb::Outcome) -> bool {
    outcome.summary.as_ref().is_some_and(|summary| summary.placed_count == 0 && summary.unmatched_count > 0)
}

/// Which rule refuses most, with the first pair that shows it.
fn why_nobody(outcome: &pb::Outcome) -> String {
    let mut counts: BTreeMap<i32, i64> = BTreeMap::new();
    for count in outcome.unmatched.iter().flat_map(|left| &left.refusals) {
        *counts.entry(count.rule).or_default() += i64::from(count.project_count);
    }
    let Some((&rule, pairs)) = counts.iter().max_by_key(|&(&rule, &pairs)| (pairs, -rule)) else {
        return "Nobody is placed, though no rule refuses anybody.\n".to_owned();
    };
    let name = pb::Rule::try_from(rule).map_or("", |rule| rule.as_str_name());
    let pairs = if *pairs == 1 { "the one pair".to_owned() } else { format!("{pairs} pairs") };
    let mut text =
        format!("Nobody is placed. {name} refuses {pairs} of a student and a project, the most of all rules.\n");
    let nearest = outcome.unmatched.iter().flat_map(|left| &left.nearest_projects);
    let shown = nearest.flat_map(|pair| pair.refusals.iter().map(move |refusal| (pair, refusal)));
    if let Some((pair, refusal)) = shown.into_iter().find(|(_, refusal)| refusal.rule == rule) {
        let (student, project) = (&pair.student_id, &pair.project_id);
        let _ = writeln!(text, "  {student} at {project}: asked for {}; found {}", refusal.required, refusal.observed);
    }
    text
}

/// Of a goal; some students' is marked.
fn name(goal: &pb::GoalResult) -> String {
    let name = goal.kind().as_str_name();
    if goal.scoped { format!("{name} (some)") } else { name.to_owned() }
}

/// What can't hold together, and what would make a matching.
fn contradiction(text: &mut String, conflicts: &[pb::Conflict], relaxations: &[pb::Relaxation]) {
    for conflict in conflicts {
        let needed = if conflict.is_irreducible { ", each of which is needed for that" } else { "" };
        let _ = writeln!(text, "these can't hold together{needed}:");
        lines(text, &conflict.rows, |row| format!("  {}", row.label));
    }
    for relaxation in relaxations {
        let edits: Vec<&str> = relaxation.edits.iter().map(|edit| edit.sentence.as_str()).collect();
        let _ = writeln!(text, "or: {} Places {}.", edits.join(" "), relaxation.assignments.len());
    }
}

fn meaning(outcome: &pb::Outcome) -> &'static str {
    match outcome.status() {
        pb::outcome::Status::Optimal => ": every goal is proven",
        pb::outcome::Status::Feasible => ": stopped before every goal was proven",
        pb::outcome::Status::Infeasible => ": proven, no matching keeps every rule",
        pb::outcome::Status::NoSolutionFound => ": stopped before any matching was found",
        pb::outcome::Status::Cancelled => ": the best found so far",
        pb::outcome::Status::Unspecified => "",
    }
}

pub(super) fn shortlist(response: &pb::ShortlistResponse) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", response.status().as_str_name());
    for goal in &response.goals {
        let proven = if goal.proven { "proven".to_owned() } else { format!("bound {}", goal.bound) };
        let _ = writeln!(text, "  {:<21} {:>12}  {proven}", goal.kind().as_str_name(), goal.value);
    }
    let barred = |counts: &mut dyn Iterator<Item = i32>| counts.filter(|&possible| possible == 0).count();
    let students = barred(&mut response.students_without.iter().map(|s| s.possible_project_count));
    let projects = barred(&mut response.projects_without.iter().map(|p| p.possible_student_count));
    let (without, empty) = (response.students_without.len(), response.projects_without.len());
    let _ = writeln!(text, "students without an interview: {without}, of whom rules bar {students} everywhere");
    let _ = writeln!(text, "projects without an interview: {empty}, of which rules bar everybody from {projects}");
    text
}

pub(super) fn validation(response: &pb::ValidateResponse) -> String {
    let mut text = String::new();
    findings(&mut text, &response.findings);
    let _ = writeln!(text, "{} findings", response.finding_count);
    let Some(market) = &response.market else { return text };
    let _ = writeln!(
        text,
        "{} students, {} projects, {} seats, {} eligible pairs",
        market.student_count, market.project_count, market.seat_count, market.eligible_pair_count
    );
    for (title, group) in
        [("program", &market.programs), ("country", &market.countries), ("language", &market.languages)]
    {
        if !group.is_empty() {
            let _ = writeln!(text, "{title:<14} {:>8} {:>7} {:>9}", "projects", "seats", "eligible");
            lines(&mut text, group, |line| {
                let key = if line.key.is_empty() { "(none)" } else { &line.key };
                format!("{key:<14} {:>8} {:>7} {:>9}", line.project_count, line.seat_count, line.eligible_student_count)
            });
        }
    }
    let _ = writeln!(text, "projects with fewer eligible students than seats: {}", market.thin_projects.len());
    let _ = writeln!(text, "students with no eligible project: {}", market.stranded_students.len());
    let _ = writeln!(text, "projects that more wish for most than they have seats: {}", market.crowded_projects.len());
    lines(&mut text, &market.crowded_projects, |crowded| {
        let (wish, seats) = (crowded.first_choice_count, crowded.seat_count);
        format!("  {}: first choice of {wish}, seats {seats}", crowded.project_id)
    });
    text
}

/// A number of bytes.
pub(super) fn size(bytes: f64) -> String {
    match bytes {
        ..1e3 => format!("{bytes:.0} bytes"),
        ..1e6 => format!("{:.1} kB", bytes / 1e3),
        ..1e9 => format!("{:.0} MB", bytes / 1e6),
        _ => format!("{:.1} GB", bytes / 1e9),
    }
}

pub(super) fn evaluations(verdicts: &BTreeMap<&str, u64>, rules: &BTreeMap<&str, u64>) -> String {
    let mut text = String::new();
    for (title, counts) in [("verdict", verdicts), ("refused by", rules)] {
        let _ = writeln!(text, "{title:<20} {:>10}", "pairs");
        for (name, count) in counts {
            let _ = writeln!(text, "{name:<20} {count:>10}");
        }
    }
    text
}

pub(super) fn check(response: &pb::CheckResponse) -> String {
    let mut text = String::new();
    lines(&mut text, &response.violations, |violation| {
        let about = [&violation.student_id, &violation.project_id, &violation.host_id, &violation.quota_id];
        let about: Vec<&str> = about.into_iter().map(String::as_str).filter(|id| !id.is_empty()).collect();
        format!(
            "{} {}: asked {}, found {}",
            violation.kind().as_str_name(),
            about.join(" "),
            violation.required,
            violation.observed
        )
    });
    let _ = writeln!(text, "{} violations, {} points", response.violations.len(), response.points);
    for goal in &response.goals {
        let proven = if goal.proven { "  proven by the certificate" } else { "" };
        let _ = writeln!(text, "  {:<21} {:>12}{proven}", name(goal), goal.value);
    }
    lines(&mut text, &response.certificate_faults, |fault| {
        let about = if fault.kind() == pb::certificate_fault::Kind::GoalNotProven {
            fault.goal().as_str_name().to_owned()
        } else {
            format!("proof {} {} {}", fault.proof, fault.student_id, fault.project_id)
        };
        format!("certificate: {} {}", fault.kind().as_str_name(), about.trim_end())
    });
    let _ = writeln!(text, "blocking pairs: {}", response.blocking_pair_count);
    text
}

/// The findings as they come, of a kind the first few, so that a hundred of one do not hide the others.
fn findings(text: &mut String, findings: &[pb::Finding]) {
    let mut kinds: Vec<(&pb::Finding, Vec<&pb::Finding>)> = Vec::new();
    for finding in findings {
        match kinds.iter_mut().find(|(first, _)| (&first.code, first.severity) == (&finding.code, finding.severity)) {
            Some((_, more)) => more.push(finding),
            None => kinds.push((finding, vec![finding])),
        }
    }
    for (first, all) in kinds {
        let (severity, code) = (first.severity().as_str_name(), &first.code);
        for finding in all.iter().take(MOST_OF_KIND) {
            let _ = writeln!(text, "{severity} {code} {}: {}; {}", finding.field, finding.message, finding.remedy);
        }
        if all.len() > MOST_OF_KIND {
            let _ = writeln!(text, "{severity} {code} … and {} more", all.len() - MOST_OF_KIND);
        }
    }
}

fn lines<T>(text: &mut String, items: &[T], line: impl Fn(&T) -> String) {
    for item in items.iter().take(MOST_LINES) {
        let _ = writeln!(text, "{}", line(item));
    }
    if items.len() > MOST_LINES {
        let _ = writeln!(text, "… and {} more", items.len() - MOST_LINES);
    }
}
