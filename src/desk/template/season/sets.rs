//! `links`, `funds`, `quotas`: who is linked, and whom and where funds and quotas are about.

use wire::pb;

use super::super::grammar::{joined, labels, money, names};
use super::places::study_levels;
use super::{Cells, decimal, optional_flag, text, whole};

pub(super) fn links(season: &pb::Instance) -> Vec<Cells> {
    let cells = |row: &pb::Link| {
        vec![
            text("student_ids", names(&row.student_ids)),
            text("kind", row.kind().as_str_name()),
            optional_flag("placed_together", row.placed_together),
        ]
    };
    season.links.iter().map(cells).collect()
}

pub(super) fn funds(season: &pb::Instance) -> Vec<Cells> {
    let cells = |row: &pb::Fund| {
        let own = [
            text("fund_id", row.fund_id.as_str()),
            text("title", row.title.as_str()),
            text("amount", row.amount.as_ref().map(money).unwrap_or_default()),
            decimal("cost_per_placement", row.cost_per_placement),
            whole("place_count", row.place_count),
        ];
        own.into_iter().chain(sets(row.students.as_ref(), row.projects.as_ref())).collect()
    };
    season.funds.iter().map(cells).collect()
}

/// Quotas that count each placement once.
pub(super) fn quotas(quotas: &[pb::Quota]) -> Vec<Cells> {
    let cells = |row: &pb::Quota| {
        let own = [
            text("quota_id", row.quota_id.as_str()),
            text("title", row.title.as_str()),
            whole("min_count", row.min_count),
            whole("max_count", row.max_count),
            whole("penalty_points", row.penalty_points),
        ];
        own.into_iter().chain(sets(row.students.as_ref(), row.projects.as_ref())).collect()
    };
    quotas.iter().filter(|quota| quota.weights.is_empty()).map(cells).collect()
}

fn sets(students: Option<&pb::StudentSet>, projects: Option<&pb::ProjectSet>) -> Cells {
    let mut cells = Cells::new();
    if let Some(students) = students {
        cells.extend([
            text("student_ids", names(&students.student_ids)),
            text("study_levels", study_levels(&students.study_levels)),
            text("class_years", joined(students.class_years.iter().map(ToString::to_string))),
            text("majors", names(&students.majors)),
            text("citizenships", names(&students.citizenships)),
            text("student_attributes", joined(students.attributes.iter().map(labels))),
        ]);
    }
    if let Some(projects) = projects {
        cells.extend([
            text("project_ids", names(&projects.project_ids)),
            text("host_ids", names(&projects.host_ids)),
            text("program_ids", names(&projects.program_ids)),
            text("countries", names(&projects.country_codes)),
            text("project_attributes", joined(projects.attributes.iter().map(labels))),
        ]);
    }
    cells
}
