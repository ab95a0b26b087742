//! What would be, what changed, and why there is no matching.

use super::Words;
use super::numbers::{count, counted, listed, scores};
use crate::pb;
use pb::outcome::Status;

impl Words<'_> {
    /// Why there is no matching to explain.
    pub fn nothing<'a>(
        &self,
        status: Status,
        findings: impl Iterator<Item = &'a str>,
        conflicts: &[pb::Conflict],
        relaxations: &[pb::Relaxation],
    ) -> Vec<String> {
        if status != Status::Infeasible {
            return vec!["The solve ended before any placement was found.".to_owned()];
        }
        let mut told = vec!["No placement keeps every rule.".to_owned()];
        told.extend(findings.map(|found| format!("Found without solving: {found}.")));
        told.extend(conflicts.iter().map(|conflict| match &conflict.rows[..] {
            [only] => format!("This can't hold: {}.", self.rows(std::slice::from_ref(only))),
            rows => format!("These can't hold together: {}.", self.rows(rows)),
        }));
        told.extend(relaxations.iter().map(|relaxation| {
            let edits: Vec<&str> = relaxation.edits.iter().map(|edit| edit.sentence.as_str()).collect();
            let placed = counted(relaxation.assignments.len() as i64, "student");
            format!("One way to mend it: {} Then {placed} would have a place.", edits.join(" "))
        }));
        told
    }

    fn rows(&self, rows: &[pb::ConflictRow]) -> String {
        // Of an edited season the row knows its own numbers.
        let told = rows.iter().map(|row| if row.sentence.is_empty() { self.row(row) } else { row.sentence.clone() });
        listed(&told.collect::<Vec<_>>(), "and")
    }

    /// What would be, of edits in their sentences.
    pub fn what_if(&self, response: &pb::WhatIfResponse) -> String {
        let edits: Vec<&str> = response.edits.iter().map(|edit| edit.sentence.as_str()).collect();
        let edits = edits.join(" ");
        let answer = match response.status() {
            Status::Infeasible => {
                let still = if response.before_status() == Status::Infeasible { "still " } else { "" };
                match response.conflicts.first().map(|conflict| self.rows(&conflict.rows)) {
                    Some(rows) if !rows.is_empty() => format!("{still}no placement would keep every rule: {rows}"),
                    _ => format!("{still}no placement would keep every rule"),
                }
            }
            Status::NoSolutionFound | Status::Cancelled | Status::Unspecified => {
                return format!("{edits} What would follow was not settled in time.");
            }
            Status::Optimal | Status::Feasible => match &response.counterfactual {
                None => format!("{} would have a place", counted(response.assignments.len() as i64, "student")),
                Some(told) => {
                    // With other weights points are others, and to compare them says nothing.
                    let reweighs = response.edits.iter().any(|edit| edit.kind() == pb::edit::Kind::TermWeight);
                    let by_points = |price: &pb::GoalPrice| {
                        use pb::goal::Kind::{FewestBelowFloor, Leximin, RaiseWorst, TotalPoints};
                        matches!(price.kind(), FewestBelowFloor | Leximin | RaiseWorst | TotalPoints)
                    };
                    let comparable = told.prices.iter().filter(|price| !(reweighs && by_points(price))).cloned();
                    let comparable: Vec<pb::GoalPrice> = comparable.collect();
                    let (prices, moves) = (listed(&self.prices(&comparable), "and"), self.moves(&told.moves));
                    match (prices.is_empty(), moves.is_empty()) {
                        (true, true) => "nothing would change".to_owned(),
                        (true, false) => format!("nothing would be better or worse, though {moves}"),
                        (false, true) => format!("{prices}; nobody would move"),
                        (false, false) => format!("{prices}; {moves}"),
                    }
                }
            },
        };
        format!("{edits} Then {answer}.{}", self.also(response))
    }

    /// What else has to change for the edits to buy something, and what it buys then.
    fn also(&self, response: &pb::WhatIfResponse) -> String {
        let Some(told) = response.also_counterfactual.as_ref().filter(|_| !response.also.is_empty()) else {
            return String::new();
        };
        let edits: Vec<&str> = response.also.iter().map(|edit| edit.sentence.as_str()).collect();
        let (prices, moves) = (listed(&self.prices(&told.prices), "and"), self.moves(&told.moves));
        let then = [prices, moves].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
        format!(" Together with another change it would: {} Then {then}.", edits.join(" "))
    }

    /// What changed between two outcomes.
    pub fn comparison(&self, response: &pb::CompareResponse, statuses: [(Status, bool); 2]) -> Vec<String> {
        use pb::student_change::Kind;
        let without = ["first", "second"].iter().zip(statuses).filter(|(_, (_, has_matching))| !has_matching);
        let missing: Vec<String> = without
            .map(|(which, (status, _))| match status {
                Status::Infeasible => {
                    format!("The {which} has no placement that keeps every rule; its outcome says why.")
                }
                _ => format!("The {which} ended before any placement was found."),
            })
            .collect();
        if !missing.is_empty() {
            return missing;
        }
        let number = |kind: Kind| response.changes.iter().filter(|change| change.kind() == kind).count() as i64;
        let (moved, placed, lost) = (number(Kind::Moved), number(Kind::Placed), number(Kind::Lost));
        let same = counted(response.unchanged_count.into(), "student");
        let mut told = vec![match moved + placed + lost {
            0 => format!("Nothing changed for {same}."),
            _ => format!(
                "{} moved, {} got a place and {} lost theirs; nothing changed for {same}.",
                counted(moved, "student"),
                count(placed),
                count(lost)
            ),
        }];
        let verb = |change: &pb::Change| if change.after > change.before { "rose" } else { "fell" };
        if let Some(change) = response.placed.as_ref().filter(|change| change.before != change.after) {
            let (before, after) = (count(change.before), count(change.after));
            told.push(format!("The number of students with a place {} from {before} to {after}.", verb(change)));
        }
        if let Some(change) = response.points.as_ref().filter(|change| change.before != change.after) {
            let (before, after) = scores(change.before, change.after);
            told.push(format!("The total score {} from {before} to {after}.", verb(change)));
        }
        told.extend(response.projects.iter().map(|project| {
            let (shut, open) = if project.closed_after { ("second", "first") } else { ("first", "second") };
            format!("{} is closed in the {shut} and not in the {open}.", self.project(&project.project_id))
        }));
        told
    }

    /// Why somebody lost a place that the second season does not have any more.
    pub fn gone(&self, change: &pb::StudentChange) -> String {
        let (student, project) = (self.student(&change.student_id), self.project(&change.from_project_id));
        match (self.student_row(&change.student_id), self.project_row(&change.from_project_id)) {
            (None, None) => format!("{student} and {project} are no longer in the season."),
            (None, _) => format!("{student} is no longer in the season."),
            _ => format!("{project} is no longer in the season."),
        }
    }

    /// What one unit more would buy.
    pub fn seat_value(&self, value: &pb::SeatValue) -> String {
        use pb::conflict_row::Kind;
        let unit = match value.kind() {
            Kind::HostSeats => format!("One more seat at host {}", self.host(&value.host_id)),
            Kind::Quota => format!("One more in quota {}", value.quota_id),
            Kind::Fund => format!("One more placement by fund {}", value.fund_id),
            _ => format!("One more seat at {}", self.project(&value.project_id)),
        };
        if !value.exact {
            return format!("{unit} would buy something; `what-if` says how much.");
        }
        if !value.better {
            return format!("{unit} would buy nothing.");
        }
        let price = self.decisive(&value.prices).map(|told| self.price(told, false)).unwrap_or_default();
        format!("{unit}: {price}; {} would move.", counted(value.moved_count.into(), "student"))
    }
}
