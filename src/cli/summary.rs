//! What a person reads on a terminal.

mod outcome;

use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) use outcome::{Outcome, places_nobody};
use wire::numbers::{count, counted, listed, ordinal};
use wire::{pb, rule_name};

/// Lines of a list before it is cut.
const MOST_LINES: usize = 15;

/// Rules that are told of who has no eligible project.
const MOST_RULES: usize = 3;

/// Findings of a kind before they are counted.
const MOST_OF_KIND: usize = 3;

pub(super) fn explanation(response: &pb::ExplainResponse) -> String {
    let mut text = String::new();
    if response.about.is_none() {
        let _ = writeln!(text, "There is no matching to explain.");
    } else if !response.is_best {
        let _ = writeln!(text, "This matching is not proven to be the best; what is told is compared with it.");
    }
    response.sentences.iter().for_each(|sentence| _ = writeln!(text, "{sentence}"));
    text
}

pub(super) fn what_if(response: &pb::WhatIfResponse) -> String {
    let mut text = String::new();
    if response.before_status() == pb::outcome::Status::Optimal && !response.before_is_best {
        let _ = writeln!(
            text,
            "The matching before is not proven to be the best, so that not all of this is due to the change."
        );
    }
    let _ = writeln!(text, "{}", response.sentence);
    contradiction(&mut text, &response.conflicts, &response.relaxations);
    findings(&mut text, &response.findings);
    text
}

pub(super) fn comparison(response: &pb::CompareResponse) -> String {
    let mut text = String::new();
    lines(&mut text, &response.sentences, |sentence| sentence.clone());
    lines(&mut text, &response.changes, |change| {
        let place = |id: &str| if id.is_empty() { "no place".to_owned() } else { id.to_owned() };
        let rank =
            |rank: Option<i32>| rank.map_or_else(String::new, |rank| format!(" ({} choice)", ordinal(rank.into())));
        let (from, to) = (place(&change.from_project_id), place(&change.to_project_id));
        let (before, after) = (rank(change.choice_rank_before), rank(change.choice_rank_after));
        format!("  {}: {from}{before} → {to}{after}", change.student_id)
    });
    text
}

/// Of a goal; some students' is marked.
fn goal_name(goal: &pb::GoalResult) -> String {
    let name = goal.kind().as_str_name();
    if goal.scoped { format!("{name} (some)") } else { name.to_owned() }
}

/// What can't hold together, and what would make a matching.
pub(super) fn contradiction(text: &mut String, conflicts: &[pb::Conflict], relaxations: &[pb::Relaxation]) {
    for conflict in conflicts {
        let needed = if conflict.is_irreducible { ", and without any one of them they would" } else { "" };
        let _ = match conflict.rows.len() {
            1 => writeln!(text, "This can't hold:"),
            _ => writeln!(text, "These can't hold together{needed}:"),
        };
        lines(text, &conflict.rows, |row| format!("  {}", row.sentence));
    }
    for relaxation in relaxations {
        let edits: Vec<&str> = relaxation.edits.iter().map(|edit| edit.sentence.as_str()).collect();
        let placed = counted(relaxation.assignments.len() as i64, "student");
        let _ = writeln!(text, "To mend it: {} Then {placed} would have a place.", edits.join(" "));
    }
}

pub(super) fn shortlist(response: &pb::ShortlistResponse) -> String {
    let mut text = String::new();
    let proven = response.status() == pb::outcome::Status::Optimal;
    let how = if proven {
        "Finished: this is proven to be the best shortlist."
    } else {
        "Stopped early: this shortlist is not proven to be the best."
    };
    let _ = writeln!(text, "{how}");
    let interviews = counted(response.interviews.len() as i64, "interview");
    let _ = writeln!(text, "{interviews} at {}.", counted(response.projects.len() as i64, "project"));
    let barred = |counts: &mut dyn Iterator<Item = i32>| counts.filter(|&possible| possible == 0).count() as i64;
    let students = barred(&mut response.students_without.iter().map(|s| s.possible_project_count));
    let projects = barred(&mut response.projects_without.iter().map(|p| p.possible_student_count));
    let (without, empty) = (response.students_without.len() as i64, response.projects_without.len() as i64);
    let _ = writeln!(
        text,
        "{} {} no interview; {} of them {} no eligible project.",
        counted(without, "student"),
        if without == 1 { "has" } else { "have" },
        count(students),
        if students == 1 { "has" } else { "have" }
    );
    let _ = writeln!(
        text,
        "{} {} no interview; {} of them {} no eligible student.",
        counted(empty, "project"),
        if empty == 1 { "has" } else { "have" },
        count(projects),
        if projects == 1 { "has" } else { "have" }
    );
    text
}

pub(super) fn validation(response: &pb::ValidateResponse) -> String {
    let mut text = String::new();
    findings(&mut text, &response.findings);
    let _ = writeln!(text, "{}.", counted(response.finding_count.into(), "finding"));
    let Some(market) = &response.market else { return text };
    let _ = writeln!(
        text,
        "{}, {}, {}, {}.",
        counted(market.student_count.into(), "student"),
        counted(market.project_count.into(), "project"),
        counted(market.seat_count, "seat"),
        counted(market.eligible_pair_count, "eligible pair")
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
    let stranded = &market.stranded_students;
    let by_rules = |student: &&pb::StrandedStudent| !student.wishes_refuse;
    let (all, rules) = (stranded.len() as i64, stranded.iter().filter(by_rules).count() as i64);
    let _ = writeln!(
        text,
        "{} {} no eligible project: {} because of the rules, {} because of wishes.",
        counted(all, "student"),
        if all == 1 { "has" } else { "have" },
        count(rules),
        count(all - rules)
    );
    refused_by(&mut text, stranded);
    let thin = market.thin_projects.len() as i64;
    let _ = writeln!(
        text,
        "{} {} fewer eligible students than seats.",
        counted(thin, "project"),
        if thin == 1 { "has" } else { "have" }
    );
    let crowded = market.crowded_projects.len() as i64;
    let _ = writeln!(
        text,
        "{} {} the first choice of more eligible students than it has seats.",
        counted(crowded, "project"),
        if crowded == 1 { "is" } else { "are each" }
    );
    lines(&mut text, &market.crowded_projects, |crowded| {
        let (stated, eligible) = (crowded.stated_first_choice_count, crowded.first_choice_count);
        let eligible =
            if eligible == stated { String::new() } else { format!(" ({} eligible)", count(eligible.into())) };
        let (students, seats) = (counted(stated.into(), "student"), counted(crowded.seat_count.into(), "seat"));
        format!("  {}: {seats}, first choice of {students}{eligible}", crowded.project_id)
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

/// Which rules refuse most of the students who have no eligible project.
fn refused_by(text: &mut String, stranded: &[pb::StrandedStudent]) {
    let mut students: BTreeMap<pb::Rule, i64> = BTreeMap::new();
    for count in stranded.iter().flat_map(|student| &student.refusals) {
        *students.entry(count.rule()).or_default() += 1;
    }
    let mut most: Vec<(pb::Rule, i64)> = students.into_iter().collect();
    most.sort_by_key(|&(rule, number)| (std::cmp::Reverse(number), rule));
    let told = most.into_iter().take(MOST_RULES);
    let told: Vec<String> = told.map(|(rule, number)| format!("{} ({})", rule_name(rule), count(number))).collect();
    if !told.is_empty() {
        let _ = writeln!(text, "  What refuses most of them some project: {}.", listed(&told, "and"));
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
    let violations = response.violations.len() as i64;
    match violations {
        0 => text += "This matching keeps every rule.\n",
        _ => _ = writeln!(text, "This matching breaks rules: {}.", counted(violations, "violation")),
    }
    for goal in &response.goals {
        let proven = if goal.proven { "  proven by the certificate" } else { "" };
        let _ = writeln!(text, "  {:<21} {:>12}{proven}", goal_name(goal), goal.value);
    }
    lines(&mut text, &response.certificate_faults, |fault| {
        let about = if fault.kind() == pb::certificate_fault::Kind::GoalNotProven {
            fault.goal().as_str_name().to_owned()
        } else {
            format!("proof {} {} {}", fault.proof, fault.student_id, fault.project_id)
        };
        format!("certificate: {} {}", fault.kind().as_str_name(), about.trim_end())
    });
    let blocking = i64::from(response.blocking_pair_count);
    let _ = writeln!(text, "{} would rather have each other.", counted(blocking, "student-project pair"));
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
            let _ = writeln!(text, "{severity} {code} {}: {}. {}", finding.field, finding.message, finding.remedy);
        }
        if all.len() > MOST_OF_KIND {
            let _ =
                writeln!(text, "{severity} {code} … and {} more; --output writes them all", all.len() - MOST_OF_KIND);
        }
    }
}

fn lines<T>(text: &mut String, items: &[T], line: impl Fn(&T) -> String) {
    most_lines(text, items, MOST_LINES, line);
}

/// A list, and how many lines it leaves out.
fn most_lines<T>(text: &mut String, items: &[T], most: usize, line: impl Fn(&T) -> String) {
    for item in items.iter().take(most) {
        let _ = writeln!(text, "{}", line(item));
    }
    if items.len() > most {
        let _ = writeln!(text, "  … and {} more; --output writes them all", count((items.len() - most) as i64));
    }
}
