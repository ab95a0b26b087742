//! Skill names that only one side knows, with the nearest name that the other side or the alias table knows.
//!
//! A name is never guessed: the pair is judged as if the two were different, and the sender is told.

use std::collections::{BTreeMap, BTreeSet};

use super::{finding, others, project_field, student_field};
use crate::codes;
use crate::domain::{Instance, ProjectIndex, SkillIndex, normal_form};
use crate::finding::{Finding, Severity};

/// Least likeness, by Jaro and Winkler, of a name worth suggesting.
const LIKE: f64 = 0.9;
/// Names differing more in length are not compared.
const LENGTH_APART: usize = 2;
/// Most findings; a request may hold millions of names.
const MOST_TOLD: usize = 2_000;
/// Most names of students compared with those that projects ask for.
const MOST_TRIED: usize = 2_000;

pub(super) fn unknown_skills(instance: &Instance, found: &mut Vec<Finding>) {
    let declared: BTreeSet<SkillIndex> =
        instance.skill_aliases.iter().filter_map(|alias| instance.skills.find(&normal_form(&alias.skill))).collect();
    let held: BTreeSet<SkillIndex> =
        instance.students.iter().flat_map(|s| s.skills.iter().map(|&(skill, _)| skill)).collect();
    let asked: BTreeSet<SkillIndex> = instance.projects.iter().flat_map(|p| p.skills.iter().map(|r| r.skill)).collect();
    let mut told = 0;
    let mut tell = |severity: Severity, field: String, message: String| {
        if told < MOST_TOLD {
            told += 1;
            found.push(finding(&codes::UNKNOWN_SKILL, severity, field, message));
        }
    };
    let mut nearest_held: BTreeMap<SkillIndex, Option<&str>> = BTreeMap::new();
    let mut strange: BTreeMap<SkillIndex, Vec<(ProjectIndex, bool)>> = BTreeMap::new();
    for project in instance.project_indices() {
        for requirement in &instance.projects[project.at()].skills {
            let skill = requirement.skill;
            if held.contains(&skill) || declared.contains(&skill) {
                continue;
            }
            let near = nearest_held.entry(skill).or_insert_with(|| nearest(instance, skill, held.union(&declared)));
            // What is misspelt is to be mended wherever it stands; what nobody holds is told once.
            if let Some(near) = near {
                let name = instance.skills.name(skill);
                let message = format!("no student holds {name:?}; the nearest name held is {near:?}");
                tell(Severity::Warning, project_field(instance, project, "skill_requirements"), message);
            } else {
                strange.entry(skill).or_default().push((project, requirement.required));
            }
        }
    }
    let mut nearest_asked: BTreeMap<SkillIndex, Option<&str>> = BTreeMap::new();
    for student in instance.student_indices() {
        for &(skill, _) in &instance.students[student.at()].skills {
            if asked.contains(&skill) || declared.contains(&skill) {
                continue;
            }
            if !nearest_asked.contains_key(&skill) && nearest_asked.len() < MOST_TRIED {
                nearest_asked.insert(skill, nearest(instance, skill, asked.union(&declared)));
            }
            // A skill that no project asks for is no mistake by itself, only one that nearly is a skill asked for.
            let Some(Some(near)) = nearest_asked.get(&skill) else { continue };
            let name = instance.skills.name(skill);
            let message = format!("no project asks for {name:?}; the nearest name asked for is {near:?}");
            tell(Severity::Info, student_field(instance, student, "skills"), message);
        }
    }
    let mut strange: Vec<(SkillIndex, Vec<(ProjectIndex, bool)>)> = strange.into_iter().collect();
    // What most projects miss comes first.
    strange.sort_by_key(|(skill, places)| (std::cmp::Reverse(places.len()), *skill));
    for (skill, places) in strange {
        let required: Vec<ProjectIndex> = places.iter().filter(|place| place.1).map(|place| place.0).collect();
        // Who requires it gets nobody; who only wishes for it gets those who do not hold it.
        let (severity, what, projects): (_, _, Vec<ProjectIndex>) = if required.is_empty() {
            (Severity::Info, "asks for", places.iter().map(|place| place.0).collect())
        } else {
            (Severity::Warning, "requires", required)
        };
        if let Some(first) = projects.iter().copied().min_by_key(|project| instance.origin.projects[project.at()]) {
            let (name, id) = (instance.skills.name(skill), &instance.projects[first.at()].id);
            let message = format!(
                "no student holds {name:?}, nor a name near it, and project {id} {what} it{}",
                others(projects.len(), "project")
            );
            tell(severity, project_field(instance, first, "skill_requirements"), message);
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
