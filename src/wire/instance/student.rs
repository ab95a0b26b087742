//! Students with their choices and vetoes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::faults::{MAX_NAME, MAX_TEXT};
use super::super::policy::MAX_SEMESTERS;
use super::super::{Faults, SizeLimits, pb};
use super::program::read_countries;
use super::project::read_rank;
use super::skills::SkillNames;
use super::target::{missing_target, read_country, read_host, read_program, read_project};
use super::{MAX_LABELS, MAX_LANGUAGES, References, language_code, read_attributes, read_labels};
use rules::domain::{
    Choice, Country, Gpa, Instance, LanguageLevel, Proficiency, ProgramIndex, SkillIndex, Student, StudentId,
    StudentIndex, StudentLanguage, StudyLevel, Target, WorkAuthorization,
};
use rules::finding::At;

/// Most skills of one student.
const MAX_SKILLS: usize = 500;
/// Longest lead time, in days.
pub(crate) const MAX_LEAD_TIME: u32 = 3_650;
/// Highest class year.
const MAX_CLASS_YEAR: u32 = 20;

/// Reads the students, by id, and tells who of them states a skill at two levels.
pub(super) fn read_students(
    at: At,
    raw: Vec<pb::Student>,
    refs: &References,
    names: &SkillNames,
    limits: &SizeLimits,
    faults: &mut Faults,
) -> (Vec<Student>, Vec<StudentIndex>) {
    let rows = raw.into_iter().enumerate().filter_map(|(place, raw)| {
        let at_two_levels = is_at_two_levels(&raw.skills, names);
        Some((read_student(at.index(place), raw, refs, names, limits, faults)?, at_two_levels))
    });
    let rows = References::ordered(rows.collect(), |(student, _): &(Student, bool)| &student.id);
    let of_two = (0..).zip(&rows).filter(|(_, (_, at_two_levels))| *at_two_levels).map(|(at, _)| StudentIndex(at));
    let of_two = of_two.collect();
    (rows.into_iter().map(|(student, _)| student).collect(), of_two)
}

/// Whether a skill is stated at two levels that are known.
fn is_at_two_levels(raw: &[pb::StudentSkill], names: &SkillNames) -> bool {
    let mut levels = BTreeMap::new();
    let mut stated = raw.iter().take(MAX_SKILLS).filter(|raw| raw.level != 0);
    stated.any(|raw| names.find(&raw.skill).is_some_and(|skill| *levels.entry(skill).or_insert(raw.level) != raw.level))
}

fn read_student(
    at: At,
    raw: pb::Student,
    refs: &References,
    names: &SkillNames,
    limits: &SizeLimits,
    faults: &mut Faults,
) -> Option<Student> {
    let display_name = faults.text(at.field("display_name"), raw.display_name, MAX_NAME);
    let study_level = faults.level(at.field("study_level"), raw.study_level, &StudyLevel::ALL);
    let skills = read_skills(at.field("skills"), raw.skills, names, faults);
    let languages = read_languages(at.field("languages"), raw.languages, faults);
    let choices = read_choices(at.field("choices"), &raw.choices, refs, limits, faults);
    let vetoes = read_vetoes(at.field("vetoes"), &raw.vetoes, refs, limits, faults);
    let (available_from, available_until) = faults
        .period((at.field("available_from"), &raw.available_from), (at.field("available_until"), &raw.available_until));
    let gpa = raw.gpa.and_then(|gpa| faults.decimal(at.field("gpa"), gpa, Gpa::MAX, Gpa::from_f64));
    let courses = read_labels(at.field("courses"), raw.courses, faults);
    let missing_materials = read_labels(at.field("missing_materials"), raw.missing_materials, faults);
    let approved_programs = read_approvals(at.field("approved_program_ids"), &raw.approved_program_ids, refs, faults);
    let citizenships = read_countries(at.field("citizenships"), &raw.citizenships, faults);
    let work_authorization =
        raw.work_authorization.map(|raw| read_authorization(at.field("work_authorization"), &raw, faults));
    let major = faults.text(at.field("major"), raw.major, MAX_NAME);
    let class_year = faults.whole(at.field("class_year"), raw.class_year, 0, MAX_CLASS_YEAR);
    Some(Student {
        id: StudentId::parse(&raw.student_id).ok()?,
        display_name,
        study_level,
        skills,
        languages,
        choices,
        choices_only: raw.choices_only,
        vetoes,
        must_place: raw.must_place,
        withdrawn: raw.withdrawn,
        available_from,
        available_until,
        gpa,
        courses,
        missing_materials,
        approved_programs,
        citizenships,
        work_authorization,
        major,
        class_year: class_year?,
        attributes: read_attributes(at.field("attributes"), raw.attributes, faults),
    })
}

fn read_skills(
    at: At,
    raw: Vec<pb::StudentSkill>,
    names: &SkillNames,
    faults: &mut Faults,
) -> Vec<(SkillIndex, Option<Proficiency>)> {
    if !faults.count(at, raw.len(), MAX_SKILLS) {
        return Vec::new();
    }
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.iter().enumerate() {
        let at = at.index(place);
        let level = faults.level(at.field("level"), raw.level, &Proficiency::ALL);
        if let Some(skill) = names.read(at.field("skill"), &raw.skill, faults) {
            read.push((skill, level));
        }
    }
    // Of two levels the higher one counts; an unknown level is below every known one.
    read.sort_by_key(|&(skill, level)| (skill, Reverse(level)));
    read.dedup_by_key(|&mut (skill, _)| skill);
    read
}

fn read_languages(at: At, raw: Vec<pb::StudentLanguage>, faults: &mut Faults) -> Vec<StudentLanguage> {
    if !faults.count(at, raw.len(), MAX_LANGUAGES) {
        return Vec::new();
    }
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.into_iter().enumerate() {
        let at = at.index(place);
        let language = faults.language(at.field("language"), &raw.language);
        let level = faults.level(at.field("level"), raw.level, &LanguageLevel::ALL);
        let semesters = raw.semesters.and_then(|n| faults.whole(at.field("semesters"), n, 0, MAX_SEMESTERS));
        let evidence = faults.text(at.field("evidence"), raw.evidence, MAX_TEXT);
        if let Some(language) = language {
            read.push(StudentLanguage { language, level, semesters, evidence });
        }
    }
    read.sort_by(|a, b| {
        (a.language, Reverse(a.level), Reverse(a.semesters)).cmp(&(b.language, Reverse(b.level), Reverse(b.semesters)))
    });
    read.dedup_by_key(|held| held.language);
    read
}

fn read_choices(
    at: At,
    raw: &[pb::Choice],
    refs: &References,
    limits: &SizeLimits,
    faults: &mut Faults,
) -> Vec<Choice> {
    use pb::choice::Target as Raw;
    if !faults.count(at, raw.len(), limits.choices) {
        return Vec::new();
    }
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.iter().enumerate() {
        let at = at.index(place);
        let rank = read_rank(at.field("rank"), raw.rank, place, faults);
        let target = match &raw.target {
            Some(Raw::ProjectId(id)) => read_project(at, id, refs, faults),
            Some(Raw::HostId(id)) => read_host(at, id, refs, faults),
            Some(Raw::ProgramId(id)) => read_program(at, id, refs, faults),
            Some(Raw::CountryCode(code)) => read_country(at, code, faults),
            None => missing_target(at, faults),
        };
        if let (Some(target), Some(rank)) = (target, rank) {
            read.push((place, Choice { target, rank }));
        }
    }
    faults.distinct(at, read, |choice| choice.target, "target")
}

fn read_vetoes(at: At, raw: &[pb::Veto], refs: &References, limits: &SizeLimits, faults: &mut Faults) -> Vec<Target> {
    use pb::veto::Target as Raw;
    if !faults.count(at, raw.len(), limits.choices) {
        return Vec::new();
    }
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.iter().enumerate() {
        let at = at.index(place);
        let target = match &raw.target {
            Some(Raw::ProjectId(id)) => read_project(at, id, refs, faults),
            Some(Raw::HostId(id)) => read_host(at, id, refs, faults),
            Some(Raw::ProgramId(id)) => read_program(at, id, refs, faults),
            Some(Raw::CountryCode(code)) => read_country(at, code, faults),
            None => missing_target(at, faults),
        };
        read.extend(target.map(|target| (place, target)));
    }
    faults.distinct(at, read, |&target| target, "target")
}

fn read_approvals(at: At, raw: &[String], refs: &References, faults: &mut Faults) -> Vec<ProgramIndex> {
    if !faults.count(at, raw.len(), MAX_LABELS) {
        return Vec::new();
    }
    let mut programs: Vec<_> =
        raw.iter().enumerate().filter_map(|(i, id)| refs.program(at.index(i), id, faults)).collect();
    programs.sort_unstable();
    programs.dedup();
    programs
}

fn read_authorization(at: At, raw: &pb::WorkAuthorization, faults: &mut Faults) -> WorkAuthorization {
    WorkAuthorization {
        required: raw.required,
        granted: raw.granted,
        requested: faults.date(at.field("requested_date"), &raw.requested_date),
        lead_time_days: raw
            .lead_time_days
            .and_then(|days| faults.whole(at.field("lead_time_days"), days, 0, MAX_LEAD_TIME)),
    }
}

pub(super) fn write_student(instance: &Instance, student: &Student) -> pb::Student {
    pb::Student {
        student_id: student.id.to_string(),
        display_name: student.display_name.clone(),
        study_level: student.study_level.map_or(0, |level| level as i32),
        skills: student
            .skills
            .iter()
            .map(|&(skill, level)| pb::StudentSkill {
                skill: instance.skills.name(skill).to_owned(),
                level: level.map_or(0, |level| level as i32),
            })
            .collect(),
        languages: student
            .languages
            .iter()
            .map(|held| pb::StudentLanguage {
                language: language_code(held.language),
                level: held.level.map_or(0, |level| level as i32),
                semesters: held.semesters.map(|n| n as i32),
                evidence: held.evidence.clone(),
            })
            .collect(),
        choices: student.choices.iter().map(|choice| write_choice(instance, choice)).collect(),
        choices_only: student.choices_only,
        vetoes: student.vetoes.iter().map(|&target| write_veto(instance, target)).collect(),
        must_place: student.must_place,
        withdrawn: student.withdrawn,
        available_from: student.available_from.map_or_else(String::new, |d| d.to_string()),
        available_until: student.available_until.map_or_else(String::new, |d| d.to_string()),
        gpa: student.gpa.map(Gpa::to_f64),
        courses: student.courses.clone(),
        missing_materials: student.missing_materials.clone(),
        approved_program_ids: student
            .approved_programs
            .iter()
            .map(|program| instance.programs[program.at()].id.to_string())
            .collect(),
        citizenships: student.citizenships.iter().map(Country::to_string).collect(),
        work_authorization: student.work_authorization.as_ref().map(|w| pb::WorkAuthorization {
            required: w.required,
            granted: w.granted,
            requested_date: w.requested.map_or_else(String::new, |d| d.to_string()),
            lead_time_days: w.lead_time_days.map(|days| days as i32),
        }),
        major: student.major.clone(),
        class_year: student.class_year as i32,
        attributes: student.attributes.clone(),
    }
}

fn write_choice(instance: &Instance, choice: &Choice) -> pb::Choice {
    use pb::choice::Target as Raw;
    let target = match choice.target {
        Target::Project(p) => Raw::ProjectId(instance.projects[p.at()].id.to_string()),
        Target::Host(h) => Raw::HostId(instance.hosts[h.at()].id.to_string()),
        Target::Program(p) => Raw::ProgramId(instance.programs[p.at()].id.to_string()),
        Target::Country(c) => Raw::CountryCode(c.to_string()),
    };
    pb::Choice { rank: Some(choice.rank as i32), target: Some(target) }
}

fn write_veto(instance: &Instance, target: Target) -> pb::Veto {
    use pb::veto::Target as Raw;
    let target = match target {
        Target::Project(p) => Raw::ProjectId(instance.projects[p.at()].id.to_string()),
        Target::Host(h) => Raw::HostId(instance.hosts[h.at()].id.to_string()),
        Target::Program(p) => Raw::ProgramId(instance.programs[p.at()].id.to_string()),
        Target::Country(c) => Raw::CountryCode(c.to_string()),
    };
    pb::Veto { target: Some(target) }
}
