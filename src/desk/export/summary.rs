//! `summary`: the totals of an outcome, a line each.

use super::View;
use sheets::write::{Column, Content, Table};
use wire::pb;

/// The table in the making.
#[derive(Default)]
struct Lines(Vec<Vec<Content>>);

impl Lines {
    fn add(&mut self, part: &str, item: &str, value: Content, of: Content, note: &str) {
        self.0.push(vec![Content::text(part), Content::text(item), value, of, Content::text(note)]);
    }

    fn number(&mut self, part: &str, item: &str, value: i64) {
        self.add(part, item, Content::Whole(value), Content::Blank, "");
    }

    fn text(&mut self, part: &str, item: &str, value: &str) {
        self.add(part, item, Content::text(value), Content::Blank, "");
    }
}

pub(super) fn table(view: &View) -> Table {
    let columns = vec![
        Column::text("part"),
        Column::text("item"),
        Column::values("value"),
        Column {
            note: "Of how many: students, seats, or the proven bound of a goal.".to_owned(),
            ..Column::values("of")
        },
        Column::text("note"),
    ];
    let outcome = view.of.outcome;
    let mut lines = Lines::default();
    lines.text("season", "term", &view.of.season.term);
    lines.text("outcome", "status", outcome.status().as_str_name());
    if let Some(summary) = &outcome.summary {
        totals(&mut lines, view, summary);
    }
    for goal in &outcome.goals {
        let proven = if goal.proven { "proven" } else { "not proven" };
        let note = if goal.scoped { format!("{proven}, of some students") } else { proven.to_owned() };
        let (value, bound) = (Content::Whole(goal.value), Content::Whole(goal.bound));
        lines.add("goal", goal.kind().as_str_name(), value, bound, &note);
    }
    for quota in &outcome.quotas {
        let note = match (quota.short_count, quota.excess_count) {
            (0, 0) => String::new(),
            (short, 0) => format!("{short} below the minimum"),
            (_, excess) => format!("{excess} above the maximum"),
        };
        lines.add("quota", &quota.quota_id, Content::Whole(quota.count), Content::Blank, &note);
    }
    for fund in &outcome.funds {
        let note = format!("{} left", fund.left_count);
        lines.add("fund", &fund.fund_id, Content::Whole(fund.carried_count.into()), Content::Blank, &note);
    }
    for conflict in &outcome.conflicts {
        conflict.rows.iter().for_each(|row| lines.text("conflict", row.kind().as_str_name(), &row.sentence));
    }
    for edit in outcome.relaxations.iter().flat_map(|relaxation| &relaxation.edits) {
        lines.text("what would help", edit.kind().as_str_name(), &edit.sentence);
    }
    for finding in &outcome.findings {
        lines.text("finding", &finding.reason, &finding.message);
    }
    if let Some(origin) = &outcome.provenance {
        lines.text("provenance", "digest", &origin.digest);
        lines.text("provenance", "engine", &origin.engine_version);
        lines.text("provenance", "solver", &origin.solver_version);
        lines.number("provenance", "lottery seed", origin.lottery_seed);
        lines.text("provenance", "as of", &origin.as_of_date);
    }
    Table { name: "summary".to_owned(), columns, rows: lines.0 }
}

fn totals(lines: &mut Lines, view: &View, summary: &pb::Summary) {
    let students = Content::Whole(i64::from(summary.placed_count) + i64::from(summary.unmatched_count));
    lines.add("students", "placed", Content::Whole(summary.placed_count.into()), students.clone(), "");
    lines.add("students", "without a place", Content::Whole(summary.unmatched_count.into()), students.clone(), "");
    lines.number("points", "total", summary.total_points);
    let projects = view.request.instance.project_indices();
    let seats = i64::try_from(view.request.instance.seats_over(projects)).unwrap_or(i64::MAX);
    lines.add("seats", "filled", Content::Whole(summary.placed_count.into()), Content::Whole(seats), "");
    for line in &summary.rank_histogram {
        let rank = if line.rank == 0 { "no choice".to_owned() } else { line.rank.to_string() };
        lines.add("choice rank", &rank, Content::Whole(line.student_count.into()), students.clone(), "");
    }
    for (part, fills) in [("program", &summary.programs), ("country", &summary.countries)] {
        for fill in fills {
            let key = if fill.key.is_empty() { "none" } else { &fill.key };
            let (placed, seats) = (Content::Whole(fill.placed_count.into()), Content::Whole(fill.seat_count));
            lines.add(part, key, placed, seats, "");
        }
    }
}
