//! Projects.

use super::super::faults::MAX_NAME;
use super::super::policy::MAX_RANK;
use super::super::{Faults, pb};
use super::fund::{read_money, write_money};
use super::program::read_study_levels;
use super::skills::SkillNames;
use super::{MAX_SEATS, References, read_attributes, read_languages, read_weight, write_language};
use rules::codes;
use rules::domain::{Hours, Instance, Proficiency, Project, ProjectId, SkillRequirement, StudentIndex};
use rules::finding::{At, grouped};

/// Most skills that one project asks for.
const MAX_SKILLS: usize = 200;

pub(super) fn read_projects(
    at: At,
    raw: Vec<pb::Project>,
    refs: &References,
    names: &SkillNames,
    faults: &mut Faults,
) -> Vec<Project> {
    let rows = raw
        .into_iter()
        .enumerate()
        .filter_map(|(place, raw)| read_project(at.index(place), raw, refs, names, faults))
        .collect();
    References::ordered(rows, |project: &Project| &project.id)
}

fn read_project(
    at: At,
    raw: pb::Project,
    refs: &References,
    names: &SkillNames,
    faults: &mut Faults,
) -> Option<Project> {
    let stated = |id: &str| !id.is_empty();
    let host = stated(&raw.host_id).then(|| refs.host(at.field("host_id"), &raw.host_id, faults)).flatten();
    let program =
        stated(&raw.program_id).then(|| refs.program(at.field("program_id"), &raw.program_id, faults)).flatten();
    let title = faults.text(at.field("title"), raw.title, MAX_NAME);
    let country = faults.country(at.field("country_code"), &raw.country_code);
    let mut seats = |name, stated: Option<i32>| stated.and_then(|n| faults.whole(at.field(name), n, 0, MAX_SEATS));
    let stated_min_seats = seats("min_seat_count", raw.min_seat_count);
    let stated_max_seats = seats("max_seat_count", raw.max_seat_count);
    let skills = read_skills(at.field("skill_requirements"), raw.skill_requirements, names, faults);
    let languages = read_languages(at.field("language_requirements"), raw.language_requirements, false, faults);
    let (start, end) = faults.period((at.field("start_date"), &raw.start_date), (at.field("end_date"), &raw.end_date));
    let hours =
        raw.hours_per_week.and_then(|h| faults.decimal(at.field("hours_per_week"), h, Hours::MAX, Hours::from_f64));
    let study_levels = read_study_levels(at.field("study_levels"), &raw.study_levels, faults);
    let ranks = read_ranks(at.field("student_ranks"), &raw.student_ranks, refs, faults);
    let supervisor = faults.text(at.field("supervisor"), raw.supervisor, MAX_NAME);
    Some(Project {
        id: ProjectId::parse(&raw.project_id).ok()?,
        host,
        program,
        title,
        country,
        stated_min_seats,
        stated_max_seats,
        must_open: raw.must_open,
        skills,
        languages,
        start,
        end,
        hours,
        study_levels,
        ranks,
        ranked_only: raw.ranked_only,
        supervisor,
        workspace_confirmed: raw.workspace_confirmed,
        sponsors_work_authorization: raw.sponsors_work_authorization,
        attributes: read_attributes(at.field("attributes"), raw.attributes, faults),
        stipend: raw.stipend.and_then(|stipend| read_money(at.field("stipend"), stipend, faults)),
        hourly_pay: raw.hourly_pay.and_then(|pay| read_money(at.field("hourly_pay"), pay, faults)),
    })
}

fn read_skills(
    at: At,
    raw: Vec<pb::SkillRequirement>,
    names: &SkillNames,
    faults: &mut Faults,
) -> Vec<SkillRequirement> {
    if !faults.count(at, raw.len(), MAX_SKILLS) {
        return Vec::new();
    }
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.into_iter().enumerate() {
        let at = at.index(place);
        let skill = names.read(at.field("skill"), &raw.skill, faults);
        let min_level = faults.level(at.field("min_level"), raw.min_level, &Proficiency::ALL);
        let weight = read_weight(at.field("weight"), raw.weight, faults);
        if let Some(skill) = skill {
            read.push(SkillRequirement { skill, min_level, required: raw.required, weight });
        }
    }
    read.sort_by_key(|r| (r.skill, r.min_level, r.required, r.weight));
    read
}

fn read_ranks(at: At, raw: &[pb::StudentRank], refs: &References, faults: &mut Faults) -> Vec<(StudentIndex, u32)> {
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.iter().enumerate() {
        let at = at.index(place);
        let student = refs.student(at.field("student_id"), &raw.student_id, faults);
        let rank = read_rank(at.field("rank"), raw.rank, place, faults);
        if let (Some(student), Some(rank)) = (student, rank) {
            read.push((place, (student, rank)));
        }
    }
    faults.distinct(at, read, |r| r.0, "student")
}

/// Reads a rank; unset is the place in its list.
pub(super) fn read_rank(at: At, raw: Option<i32>, place: usize, faults: &mut Faults) -> Option<u32> {
    match raw {
        None if place < MAX_RANK as usize => Some(place as u32 + 1),
        None => {
            faults.add(
                &codes::OUT_OF_RANGE,
                at,
                format!("it is unset, and its place in the list is above {}", grouped(MAX_RANK)),
            );
            None
        }
        Some(stated) => faults.whole(at, stated, 1, MAX_RANK),
    }
}

pub(super) fn write_project(instance: &Instance, project: &Project) -> pb::Project {
    pb::Project {
        project_id: project.id.to_string(),
        host_id: project.host.map_or_else(String::new, |h| instance.hosts[h.at()].id.to_string()),
        program_id: project.program.map_or_else(String::new, |p| instance.programs[p.at()].id.to_string()),
        title: project.title.clone(),
        country_code: project.country.map_or_else(String::new, |c| c.to_string()),
        min_seat_count: project.stated_min_seats.map(|n| n as i32),
        max_seat_count: project.stated_max_seats.map(|n| n as i32),
        must_open: project.must_open,
        skill_requirements: project
            .skills
            .iter()
            .map(|r| pb::SkillRequirement {
                skill: instance.skills.name(r.skill).to_owned(),
                min_level: r.min_level.map_or(0, |level| level as i32),
                required: r.required,
                weight: Some(r.weight.to_f64()),
            })
            .collect(),
        language_requirements: project.languages.iter().map(write_language).collect(),
        start_date: project.start.map_or_else(String::new, |d| d.to_string()),
        end_date: project.end.map_or_else(String::new, |d| d.to_string()),
        hours_per_week: project.hours.map(Hours::to_f64),
        study_levels: project.study_levels.iter().map(|level| level as i32).collect(),
        student_ranks: project
            .ranks
            .iter()
            .map(|&(student, rank)| pb::StudentRank {
                student_id: instance.students[student.at()].id.to_string(),
                rank: Some(rank as i32),
            })
            .collect(),
        ranked_only: project.ranked_only,
        supervisor: project.supervisor.clone(),
        workspace_confirmed: project.workspace_confirmed,
        sponsors_work_authorization: project.sponsors_work_authorization,
        attributes: project.attributes.clone(),
        stipend: project.stipend.as_ref().map(write_money),
        hourly_pay: project.hourly_pay.as_ref().map(write_money),
    }
}
