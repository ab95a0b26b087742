//! Ids that people take for one, and values that quotas, funds and goals name and nobody has.
//!
//! Nothing is guessed: both rows stay, the value counts nobody, and the sender is told.

use std::collections::{BTreeMap, BTreeSet};

use super::{finding, spelling::nearest_text};
use crate::codes;
use crate::domain::{Attributes, Instance, Policy, ProjectSet, StudentSet, folded, looks};
use crate::finding::{Finding, Severity};

/// Most findings of a kind; a request may hold many rows.
const MOST_TOLD: usize = 200;

/// Tells of ids that differ in nothing that people see.
pub(super) fn ids(instance: &Instance, found: &mut Vec<Finding>) {
    let students = instance.students.iter().zip(&instance.origin.students).map(|(row, &at)| (row.id.as_str(), at));
    pairs("students", "student_id", students, false, found);
    let projects = instance.projects.iter().zip(&instance.origin.projects).map(|(row, &at)| (row.id.as_str(), at));
    pairs("projects", "project_id", projects, true, found);
    let hosts = instance.hosts.iter().zip(&instance.origin.hosts).map(|(row, &at)| (row.id.as_str(), at));
    pairs("hosts", "host_id", hosts, true, found);
}

fn pairs<'a>(
    list: &str,
    field: &str,
    rows: impl Iterator<Item = (&'a str, u32)>,
    may_be_quoted: bool,
    found: &mut Vec<Finding>,
) {
    let mut seen: BTreeMap<String, (&str, u32)> = BTreeMap::new();
    let mut told = 0;
    for (id, at) in rows {
        let Some(&(other, other_at)) = seen.get(&looks(id)) else {
            seen.insert(looks(id), (id, at));
            continue;
        };
        told += 1;
        if told > MOST_TOLD {
            return;
        }
        let (first, second) = if other_at < at { (other_at, at) } else { (at, other_at) };
        let message = if may_be_quoted {
            format!("{id:?} looks like {other:?} of {list}[{first}]")
        } else {
            format!("this id looks like that of {list}[{first}]")
        };
        found.push(finding(
            &codes::IDS_ALIKE,
            Severity::Warning,
            format!("instance.{list}[{second}].{field}"),
            message,
        ));
    }
}

/// Tells of majors and attributes by which a quota, a fund or a goal counts and that nobody has.
pub(super) fn values(instance: &Instance, policy: &Policy, found: &mut Vec<Finding>) {
    let majors: BTreeSet<String> = instance.students.iter().map(|student| folded(&student.major)).collect();
    let of_students = attributes(instance.students.iter().map(|student| &student.attributes));
    let of_projects = attributes(instance.projects.iter().map(|project| &project.attributes));
    let mut told = 0;
    let mut unknown = |field: String, value: &str, known: &BTreeSet<String>, who: &str| {
        if known.contains(value) || told >= MOST_TOLD {
            return;
        }
        told += 1;
        let message = match nearest_text(value, known.iter().map(String::as_str)) {
            Some(near) => format!("no {who} has {value:?}; the nearest that one has is {near:?}"),
            None => format!("no {who} has {value:?}, and none has anything near it"),
        };
        found.push(finding(&codes::UNKNOWN_VALUE, Severity::Warning, field, message));
    };
    let none = BTreeSet::new();
    let mut of_sets = |at: &str, students: &StudentSet, projects: &ProjectSet| {
        for major in &students.majors {
            unknown(format!("{at}.students.majors"), major, &majors, "student");
        }
        for (list, asked, known, who) in [
            ("students", &students.attributes, &of_students, "student"),
            ("projects", &projects.attributes, &of_projects, "project"),
        ] {
            for (name, values) in asked {
                let known = known.get(name).unwrap_or(&none);
                for value in values {
                    unknown(format!("{at}.{list}.attributes"), value, known, who);
                }
            }
        }
    };
    for quota in &policy.quotas {
        let at = format!("policy.quotas[{}]", quota.place);
        of_sets(&at, &quota.students, &quota.projects);
        for (place, weight) in quota.weights.iter().enumerate() {
            of_sets(&format!("{at}.weights[{place}]"), &weight.students, &weight.projects);
        }
    }
    for fund in &instance.funds {
        of_sets(&format!("instance.funds[{}]", fund.place), &fund.students, &fund.projects);
    }
    for (place, goal) in policy.goals.iter().enumerate() {
        of_sets(&format!("policy.goals[{place}]"), &goal.students, &ProjectSet::default());
    }
}

/// The values of each attribute.
fn attributes<'a>(rows: impl Iterator<Item = &'a Attributes>) -> BTreeMap<String, BTreeSet<String>> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in rows.flatten() {
        known.entry(name.clone()).or_default().insert(value.clone());
    }
    known
}
