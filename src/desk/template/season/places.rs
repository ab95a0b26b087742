//! `projects`, `hosts`, `programs`, `host_ranks`, `skills`, `suspended_countries`.

use wire::pb;

use super::super::grammar::{joined, language_asked, money, names, skill_asked};
use super::{Cells, day, decimal, flag, labels, optional_flag, rank, text, whole};

pub(super) fn projects(season: &pb::Instance) -> Vec<Cells> {
    // A blank among numbers may mean two things; where any project states its seats, all do.
    let states_seats = season.projects.iter().any(|project| project.max_seat_count.is_some());
    let has_weights = |required: bool| {
        let mut asked = season.projects.iter().flat_map(|project| &project.skill_requirements);
        asked.any(|asked| asked.required == required && asked.weight.is_some())
    };
    let weighs = [has_weights(false), has_weights(true)];
    season.projects.iter().map(|row| project(row, states_seats, weighs)).collect()
}

fn project(row: &pb::Project, states_seats: bool, weighs: [bool; 2]) -> Cells {
    let skills = |required: bool| {
        let asked = row.skill_requirements.iter().filter(|asked| asked.required == required);
        joined(asked.map(|asked| skill_asked(asked, weighs[usize::from(required)])))
    };
    let unstated = states_seats.then(|| row.min_seat_count.unwrap_or(0).max(1));
    let mut cells = vec![
        text("project_id", row.project_id.as_str()),
        text("host_id", row.host_id.as_str()),
        text("program_id", row.program_id.as_str()),
        text("title", row.title.as_str()),
        text("country", row.country_code.as_str()),
        whole("min_seats", row.min_seat_count),
        whole("max_seats", row.max_seat_count.or(unstated)),
        flag("must_open", row.must_open),
        text("required_skills", skills(true)),
        text("desired_skills", skills(false)),
        text("languages", languages(&row.language_requirements, true, false)),
        text("desired_languages", languages(&row.language_requirements, false, false)),
        day("start_date", &row.start_date),
        day("end_date", &row.end_date),
        decimal("hours_per_week", row.hours_per_week),
        text("study_levels", study_levels(&row.study_levels)),
        text("supervisor", row.supervisor.as_str()),
        optional_flag("workspace_confirmed", row.workspace_confirmed),
        flag("sponsors_work_authorization", row.sponsors_work_authorization),
        text("stipend", row.stipend.as_ref().map(money).unwrap_or_default()),
        text("hourly_pay", row.hourly_pay.as_ref().map(money).unwrap_or_default()),
        flag("ranked_only", row.ranked_only),
    ];
    cells.extend(labels(&row.attributes, ""));
    cells
}

/// The languages that are required, or those that are not, with what an unset `required` means.
fn languages(asked: &[pb::LanguageRequirement], required: bool, unset: bool) -> String {
    joined(asked.iter().filter(|asked| asked.required.unwrap_or(unset) == required).map(language_asked))
}

/// Study levels as a list of words.
pub(super) fn study_levels(levels: &[i32]) -> String {
    let words = levels.iter().filter_map(|&level| pb::StudyLevel::try_from(level).ok());
    joined(words.map(|level| level.as_str_name().to_owned()))
}

/// What a host without a limit says.
const NO_LIMIT: &str = "no limit";

pub(super) fn hosts(season: &pb::Instance) -> Vec<Cells> {
    // A blank among numbers may mean two things; where any host has a limit, the others say that they have none.
    let states_limits = season.hosts.iter().any(|host| host.max_seat_count.is_some());
    let limit = |row: &pb::Host| match row.max_seat_count {
        None if states_limits => text("max_seats", NO_LIMIT),
        most => whole("max_seats", most),
    };
    let cells = |row: &pb::Host| {
        vec![
            text("host_id", row.host_id.as_str()),
            text("title", row.title.as_str()),
            text("country", row.country_code.as_str()),
            limit(row),
            flag("alumni", row.alumni),
            flag("withdrawn", row.withdrawn),
            text("withdrawn_reason", row.withdrawn_reason.as_str()),
            text("contact", row.contact.as_str()),
        ]
    };
    season.hosts.iter().map(cells).collect()
}

pub(super) fn programs(season: &pb::Instance) -> Vec<Cells> {
    let cells = |row: &pb::Program| {
        vec![
            text("program_id", row.program_id.as_str()),
            text("title", row.title.as_str()),
            text("countries", names(&row.country_codes)),
            text("languages", languages(&row.language_requirements, true, true)),
            text("desired_languages", languages(&row.language_requirements, false, true)),
            decimal("min_gpa", row.min_gpa),
            text("required_courses", names(&row.required_courses)),
            text("exempt_study_levels", study_levels(&row.exempt_study_levels)),
            flag("requires_approval", row.requires_approval),
            flag("suspended", row.suspended),
            text("suspended_reason", row.suspended_reason.as_str()),
            whole("min_weeks", row.min_weeks),
            decimal("min_hours_per_week", row.min_hours_per_week),
            text("manager", row.manager.as_str()),
        ]
    };
    season.programs.iter().map(cells).collect()
}

pub(super) fn host_ranks(season: &pb::Instance) -> Vec<Cells> {
    let of_project = |project: &pb::Project| {
        let id = project.project_id.clone();
        let ranked = move |(place, ranked): (usize, &pb::StudentRank)| {
            let who = [text("project_id", id.as_str()), text("student_id", ranked.student_id.as_str())];
            who.into_iter().chain([whole("rank", rank(ranked.rank, place))]).collect()
        };
        project.student_ranks.iter().enumerate().map(ranked).collect::<Vec<Cells>>()
    };
    season.projects.iter().flat_map(of_project).collect()
}

pub(super) fn skills(season: &pb::Instance) -> Vec<Cells> {
    let cells = |row: &pb::SkillAlias| vec![text("skill", row.skill.as_str()), text("aliases", names(&row.aliases))];
    season.skill_aliases.iter().map(cells).collect()
}

pub(super) fn suspended_countries(season: &pb::Instance) -> Vec<Cells> {
    season.suspended_country_codes.iter().map(|code| vec![text("country", code.as_str())]).collect()
}
