//! Skill names that only one side knows, with the nearest name that the other side or the alias table knows.
//!
//! A name is never guessed: the pair is judged as if the two were different, and the sender is told.

use std::collections::BTreeSet;

use super::{finding, project_field, student_field};
use crate::codes;
use crate::domain::{Instance, SkillIndex, normal_form};
use crate::finding::{Finding, Severity};

/// Least likeness, by Jaro and Winkler, of a name worth suggesting.
const LIKE: f64 = 0.9;
/// Names differing more in length are not compared.
const LENGTH_APART: usize = 2;
/// Most names told of; a request may hold millions.
const MOST_TOLD: usize = 200;
/// Most names of students compared with those that projects ask for.
const MOST_TRIED: usize = 2_000;

pub(super) fn unknown_skills(instance: &Instance, found: &mut Vec<Finding>) {
    let declared: BTreeSet<SkillIndex> =
        instance.skill_aliases.iter().filter_map(|alias| instance.skills.find(&normal_form(&alias.skill))).collect();
    let held: BTreeSet<SkillIndex> =
        instance.students.iter().flat_map(|s| s.skills.iter().map(|&(skill, _)| skill)).collect();
    let asked: BTreeSet<SkillIndex> = instance.projects.iter().flat_map(|p| p.skills.iter().map(|r| r.skill)).collect();
    let mut told = BTreeSet::new();
    for project in instance.project_indices() {
        for requirement in &instance.projects[project.at()].skills {
            let skill = requirement.skill;
            let known = held.contains(&skill) || declared.contains(&skill);
            if known || told.len() >= MOST_TOLD || !told.insert(skill) {
                continue;
            }
            let name = instance.skills.name(skill);
            let message = match nearest(instance, skill, held.union(&declared)) {
                Some(near) => format!("no student holds {name:?}; the nearest name held is {near:?}"),
                None => format!("no student holds {name:?}, and no name held is near it"),
            };
            let field = project_field(instance, project, "skill_requirements");
            found.push(finding(&codes::UNKNOWN_SKILL, Severity::Warning, field, message));
        }
    }
    let mut tried = BTreeSet::new();
    for student in instance.student_indices() {
        for &(skill, _) in &instance.students[student.at()].skills {
            let known = asked.contains(&skill) || declared.contains(&skill);
            if known || tried.len() >= MOST_TRIED || !tried.insert(skill) {
                continue;
            }
            // A skill that no project asks for is no mistake by itself, only one that nearly is a skill asked for.
            let Some(near) = nearest(instance, skill, asked.union(&declared)) else { continue };
            let name = instance.skills.name(skill);
            let message = format!("no project asks for {name:?}; the nearest name asked for is {near:?}");
            found.push(finding(
                &codes::UNKNOWN_SKILL,
                Severity::Info,
                student_field(instance, student, "skills"),
                message,
            ));
        }
    }
}

/// The nearest of some texts, where one is near.
pub fn nearest_text<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let alike = known.into_iter().filter(|other| other.len().abs_diff(text.len()) <= LENGTH_APART);
    let alike = alike.map(|other| (strsim::jaro_winkler(text, other), other)).filter(|&(likeness, _)| likeness >= LIKE);
    alike.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, other)| other)
}

fn nearest<'a>(
    instance: &'a Instance,
    skill: SkillIndex,
    known: impl Iterator<Item = &'a SkillIndex>,
) -> Option<&'a str> {
    let name = instance.skills.normal_form(skill);
    known
        .filter(|&&other| other != skill)
        .filter(|&&other| instance.skills.normal_form(other).len().abs_diff(name.len()) <= LENGTH_APART)
        .map(|&other| (strsim::jaro_winkler(name, instance.skills.normal_form(other)), other))
        .filter(|&(likeness, _)| likeness >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(_, other)| instance.skills.name(other))
}
