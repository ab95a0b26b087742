//! Reasons in plain sentences. Each is made from the fields of the message that it stands beside, and from nothing else, so that it can
//! say no more than they do.

use super::pb;
use pb::goal::Kind as Goal;
use pb::goal_price::Effect;

/// Moves told before the rest is only counted.
const MOST_MOVES: usize = 8;

/// A list as people write it.
fn listed(items: Vec<String>, last: &str) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// What a goal is about.
fn about(price: &pb::GoalPrice) -> String {
    let what = match price.kind() {
        Goal::PlaceMost => "the number placed",
        Goal::TotalPoints => "the total of points",
        Goal::RaiseWorst => "the points of the worst-off",
        Goal::LeastRankSum => "the sum of ranks",
        Goal::LowestWorstRank => "the worst rank",
        Goal::RankMaximal => "the choices from the first rank on",
        Goal::Generous => "the choices from the last rank up",
        Goal::FewestBelowFloor => "the number below the floor",
        Goal::LeastDisruption => "the price of changes",
        Goal::Leximin => "the points from the worst-off up",
        Goal::FewestBlockingPairs => "the number of blocking pairs",
        Goal::FewestChanges => "the number of changes",
        Goal::KeepTold => "the number who keep the place they were told",
        Goal::Unspecified => "a goal",
    };
    if price.scoped { format!("{what} of some students") } else { what.to_owned() }
}

/// What happens to the goals that change; without their values where those are not told.
fn prices(prices: &[pb::GoalPrice], values: bool) -> String {
    let changed = prices.iter().filter(|price| price.effect() != Effect::Same);
    let told = changed.map(|price| {
        let about = about(price);
        if values && price.change != 0 {
            format!("{about} would go from {} to {}", price.before, price.after)
        } else if price.effect() == Effect::Better {
            format!("{about} would be better")
        } else {
            format!("{about} would be worse")
        }
    });
    listed(told.collect(), "and")
}

/// Why there is no matching to explain.
pub(super) fn nothing<'a>(
    status: pb::outcome::Status,
    findings: impl Iterator<Item = &'a str>,
    conflicts: &[pb::Conflict],
    relaxations: &[pb::Relaxation],
) -> Vec<String> {
    if status != pb::outcome::Status::Infeasible {
        return vec!["The solve ended before any matching was found.".to_owned()];
    }
    let mut told = vec!["There is no matching: what is asked for can't hold together.".to_owned()];
    told.extend(findings.map(|found| format!("Found without solving: {found}.")));
    told.extend(conflicts.iter().map(|conflict| {
        let rows = conflict.rows.iter().map(|row| row.label.clone()).collect();
        format!("These can't hold together: {}.", listed(rows, "and"))
    }));
    told.extend(relaxations.iter().map(|relaxation| {
        let edits: Vec<&str> = relaxation.edits.iter().map(|edit| edit.sentence.as_str()).collect();
        format!("There would be one that places {} so: {}", relaxation.assignments.len(), edits.join(" "))
    }));
    told
}

fn moved(m: &pb::Move) -> String {
    match (m.from_project_id.is_empty(), m.to_project_id.is_empty()) {
        (true, _) => format!("{} takes {}", m.student_id, m.to_project_id),
        (_, true) => format!("{} loses {}", m.student_id, m.from_project_id),
        _ => format!("{} moves from {} to {}", m.student_id, m.from_project_id, m.to_project_id),
    }
}

fn moves(moves: &[pb::Move]) -> String {
    let mut told: Vec<String> = moves.iter().take(MOST_MOVES).map(moved).collect();
    if moves.len() > MOST_MOVES {
        told.push(format!("{} more move", moves.len() - MOST_MOVES));
    }
    listed(told, "and")
}

/// What it would take, behind a colon; empty where nothing is told.
fn price(counterfactual: Option<&pb::Counterfactual>, values: bool) -> String {
    let Some(told) = counterfactual else { return String::new() };
    let parts: Vec<String> =
        [prices(&told.prices, values), moves(&told.moves)].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join("; ")) }
}

fn rows(rows: &[pb::ConflictRow]) -> String {
    if rows.is_empty() {
        return "every rule".to_owned();
    }
    listed(rows.iter().map(|row| row.label.clone()).collect(), "and")
}

/// What it would take to have something: `what` as the subject of a sentence, `has` as what a matching has.
fn prospect(what: &str, has: &str, prospect: &pb::Prospect, values: bool) -> String {
    use pb::prospect::Kind;
    let price = price(prospect.counterfactual.as_ref(), values);
    match prospect.kind() {
        Kind::Costs => {
            let goals = prospect.counterfactual.iter().flat_map(|told| &told.prices);
            let first = goals.map(pb::GoalPrice::effect).find(|&effect| effect != Effect::Same);
            let how = if first == Some(Effect::Better) { "better" } else { "worse" };
            format!("{what} would make the matching {how} by the goals{price}.")
        }
        Kind::Tie => match &prospect.draw {
            Some(draw) if values => format!(
                "{what} would be as good{price}; the lottery decided, with tickets of {} against {} at level {}.",
                draw.taken_ticket_sum, draw.other_ticket_sum, draw.level
            ),
            Some(_) => format!("{what} would be as good{price}; the lottery decided."),
            None => format!("{what} would be as good{price}."),
        },
        Kind::Blocked => format!("No matching that keeps {} has {has}.", rows(&prospect.blocked_by)),
        Kind::Unproven | Kind::Unspecified => format!("What {has} would take was not settled within the limits."),
    }
}

fn refusal(refusal: &pb::Refusal) -> String {
    let rule = refusal.rule().as_str_name();
    match (refusal.required.is_empty(), refusal.observed.is_empty()) {
        (true, true) => rule.to_owned(),
        (false, true) => format!("{rule} (asked: {})", refusal.required),
        (true, false) => format!("{rule} (found: {})", refusal.observed),
        _ => format!("{rule} (asked: {}; found: {})", refusal.required, refusal.observed),
    }
}

fn refusals(pair: &pb::PairEvaluation) -> String {
    listed(pair.refusals.iter().map(refusal).collect(), "and")
}

/// Why a student has no place.
pub(super) fn unmatched(unmatched: &pb::Unmatched, values: bool) -> String {
    use pb::unmatched::Reason;
    let student = &unmatched.student_id;
    let placing = || unmatched.placing.clone().unwrap_or_default();
    let near = || {
        let nearest = unmatched.nearest_projects.first().map(|pair| match &pair.refusals[..] {
            [] => format!(" The nearest is {}.", pair.project_id),
            _ => format!(" The nearest is {}, refused by {}.", pair.project_id, refusals(pair)),
        });
        let single = unmatched.single_rules.first().map(|single| {
            let rule = single.rule().as_str_name();
            let how = if single.waivable { "and may be waived" } else { "and can't be waived" };
            let projects = plural(single.project_count, "project");
            format!(" {rule} alone stands before {} {projects}, {how}.", single.project_count)
        });
        [nearest, single].into_iter().flatten().collect::<String>()
    };
    let has_withdrawn = unmatched.refusals.iter().any(|count| count.rule() == pb::Rule::StudentWithdrawn);
    let told = match unmatched.reason() {
        Reason::NoEligibleProject | Reason::NotAcceptable if has_withdrawn => format!("{student} has withdrawn."),
        Reason::NoEligibleProject => format!("No project may take {student} by the rules.{}", near()),
        Reason::NotAcceptable => {
            format!("Every project that the rules allow {student} is refused by a wish.{}", near())
        }
        Reason::CrowdedOut if placing().counterfactual.is_none() => {
            format!("A place for {student} would make the matching worse by the goals.")
        }
        Reason::CrowdedOut => {
            let price = price(placing().counterfactual.as_ref(), values);
            format!("A place for {student} would make the matching worse by the goals{price}.")
        }
        Reason::Blocked | Reason::Tie => {
            prospect(&format!("A place for {student}"), &format!("a place for {student}"), &placing(), values)
        }
        Reason::Unproven | Reason::Unspecified => {
            format!("Why {student} has no place was not settled.")
        }
    };
    match &unmatched.full_quota_ids[..] {
        [] => told,
        quotas => {
            format!("{told} Full: {}.", listed(quotas.iter().map(|quota| format!("quota {quota}")).collect(), "and"))
        }
    }
}

fn plural(count: i32, what: &str) -> String {
    if count == 1 { what.to_owned() } else { format!("{what}s") }
}

/// What one unit more would buy.
pub(super) fn seat_value(value: &pb::SeatValue) -> String {
    use pb::conflict_row::Kind;
    let unit = match value.kind() {
        Kind::HostSeats => format!("One more seat of host {}", value.host_id),
        Kind::Quota => format!("One more unit of quota {}", value.quota_id),
        Kind::Fund => format!("One more place of fund {}", value.fund_id),
        _ => format!("One more seat of project {}", value.project_id),
    };
    if !value.exact {
        let between = value.bounds.last().filter(|bounds| bounds.worst != bounds.best).map(|bounds| {
            let price = pb::GoalPrice { kind: bounds.kind, scoped: bounds.scoped, ..pb::GoalPrice::default() };
            format!("{unit}: {} would be between {} and {}; ask what if.", about(&price), bounds.worst, bounds.best)
        });
        return between.unwrap_or_else(|| format!("{unit}: what it buys takes a solve; ask what if."));
    }
    if !value.better {
        return format!("{unit} would buy nothing.");
    }
    let others = format!("{} {} would move", value.moved_count, plural(value.moved_count, "student"));
    format!("{unit} would pay: {}; {others}.", prices(&value.prices, true))
}

/// Why a pair is or is not matched.
pub(super) fn pair(explanation: &pb::PairExplanation, values: bool) -> String {
    use pb::pair_explanation::Reason;
    let pair = explanation.evaluation.clone().unwrap_or_default();
    let (student, project) = (&pair.student_id, &pair.project_id);
    match explanation.reason() {
        Reason::Matched => format!("{student} is at {project}."),
        Reason::Refused if pair.refusals.is_empty() => {
            format!("{student} can't be at {project} by the rules or by a wish.")
        }
        Reason::Refused => format!("{student} can't be at {project}: {}.", refusals(&pair)),
        Reason::Possible | Reason::Unspecified => {
            let told = explanation.prospect.clone().unwrap_or_default();
            let what = format!("{student} at {project}");
            prospect(&what, &what, &told, values)
        }
    }
}

/// Why a student has the place they have.
pub(super) fn student(explanation: &pb::StudentExplanation, values: bool) -> Vec<String> {
    let mut told = Vec::new();
    let student = &explanation.student_id;
    if let Some(place) = &explanation.assignment {
        let rank = place.choice_rank.map_or_else(String::new, |rank| format!(", choice {rank}"));
        told.push(format!("{student} is at {}{rank}.", place.project_id));
        match (explanation.pinned, explanation.accepted) {
            (true, _) => told.push(format!("{student} is pinned there.")),
            (_, true) => told.push(format!("{student} accepted that offer, which holds the place.")),
            _ => {}
        }
        if !explanation.waived_rules.is_empty() {
            let rules = explanation.waived_rules().map(|rule| rule.as_str_name().to_owned()).collect();
            told.push(format!("{} is waived for that.", listed(rules, "and")));
        }
        if !place.alternates.is_empty() {
            let others = place.alternates.iter().map(|alternate| alternate.project_id.clone()).collect();
            told.push(format!("{student} could have {} today, nobody else moving.", listed(others, "or")));
        }
    }
    told.extend(explanation.void_acceptance.iter().map(|void| {
        let why = if void.refusals.is_empty() { String::new() } else { format!(": {}", refusals(void)) };
        format!("{student} accepted {}, which can't be had any more{why}.", void.project_id)
    }));
    told.extend(explanation.unmatched.iter().map(|left| left.sentence.clone()));
    told.extend(explanation.preferred.iter().map(|preferred| pair(preferred, values)));
    told
}

/// Why a project has whom it has.
pub(super) fn project(explanation: &pb::ProjectExplanation, values: bool) -> Vec<String> {
    use pb::project_explanation::State;
    let (project, taken) = (&explanation.project_id, explanation.assignments.len());
    let seats = format!("{} {}", explanation.seat_count, plural(explanation.seat_count, "seat"));
    let eligible = explanation.eligible_student_count;
    let may = format!("{eligible} {} may be there", plural(eligible, "student"));
    let mut told = vec![match explanation.state() {
        State::NoSeats => format!("{project} has no seats."),
        State::NoEligibleStudent => {
            let worst = explanation.refusals.iter().max_by_key(|count| count.student_count);
            let worst = worst.map(|count| format!(" {} refuses {}.", count.rule().as_str_name(), count.student_count));
            format!("No student may be at {project}.{}", worst.unwrap_or_default())
        }
        State::Full if taken == 1 => format!("The one seat of {project} is taken; {may}."),
        State::Full => format!("All {seats} of {project} are taken; {may}."),
        State::FreeSeats => format!("{taken} of {seats} of {project} are taken; {may}."),
        State::Empty => format!("Nobody is at {project}, which has {seats}; {may}."),
        State::Closed => format!("{project} stays closed for want of its minimum; {may}."),
        State::Unspecified => String::new(),
    }];
    if explanation.host_is_full && explanation.state() != State::Full {
        told.push(format!("The host of {project} has no seat left."));
    }
    told.extend(explanation.next_students.iter().map(|next| pair(next, values)));
    if let Some(newcomer) = &explanation.newcomer {
        let what = format!("Somebody else at {project}");
        told.push(prospect(&what, &format!("somebody else at {project}"), newcomer, values));
    }
    told
}

/// What would be, of edits in their sentences.
pub(super) fn what_if(response: &pb::WhatIfResponse) -> String {
    use pb::outcome::Status;
    let edits: Vec<&str> = response.edits.iter().map(|edit| edit.sentence.as_str()).collect();
    let edits = edits.join(" ");
    let answer = match response.status() {
        Status::Infeasible => {
            let rows = match response.conflicts.first().map(|conflict| &conflict.rows[..]) {
                None | Some([]) => "the rules can't be kept".to_owned(),
                Some([only]) => format!("{} can't be kept", only.label),
                Some(several) => format!("{} can't hold together", rows(several)),
            };
            format!("no matching would be left: {rows}")
        }
        Status::NoSolutionFound | Status::Cancelled | Status::Unspecified => {
            "it was not settled within the limits".to_owned()
        }
        Status::Optimal | Status::Feasible => match &response.counterfactual {
            None => format!("{} would be placed", response.assignments.len()),
            Some(told) => {
                let (prices, moves) = (prices(&told.prices, true), moves(&told.moves));
                match (prices.is_empty(), moves.is_empty()) {
                    (true, true) => "nothing would change".to_owned(),
                    (true, false) => format!("it would be as good; {moves}"),
                    (false, true) => format!("{prices}; nobody would move"),
                    (false, false) => format!("{prices}; {moves}"),
                }
            }
        },
    };
    format!("{edits} Then {answer}.")
}

/// What changed between two outcomes.
pub(super) fn comparison(response: &pb::CompareResponse, statuses: [(pb::outcome::Status, bool); 2]) -> Vec<String> {
    use pb::student_change::Kind;
    let missing: Vec<String> = ["first", "second"]
        .iter()
        .zip(statuses)
        .filter(|(_, (_, has_matching))| !has_matching)
        .map(|(which, (status, _))| {
            format!("The {which} has no matching: it is {}, and its outcome says why.", status.as_str_name())
        })
        .collect();
    if !missing.is_empty() {
        return missing;
    }
    let count = |kind: Kind| response.changes.iter().filter(|change| change.kind() == kind).count();
    let (moved, placed, lost) = (count(Kind::Moved), count(Kind::Placed), count(Kind::Lost));
    let mut told = vec![format!(
        "{moved} moved, {placed} got a place, {lost} lost theirs; for {} nothing changed.",
        response.unchanged_count
    )];
    let number = |what: &str, change: &Option<pb::Change>| {
        let change = change.filter(|change| change.before != change.after)?;
        Some(format!("The {what} went from {} to {}.", change.before, change.after))
    };
    told.extend(number("number placed", &response.placed));
    told.extend(number("total of points", &response.points));
    let closed = response.projects.iter().map(|project| {
        let which = if project.closed_after { "second" } else { "first" };
        format!("{} is among the closed projects of the {which} only.", project.project_id)
    });
    told.extend(closed);
    told
}
