//! Quotas: message to domain and back.

use super::faults::MAX_NAME;
use super::instance::{References, read_countries, read_study_levels};
use super::policy::MAX_RANK;
use super::{Faults, SizeLimits, pb};
use rules::codes;
use rules::domain::{
    Country, Instance, MalformedId, ProjectSet, Quota, QuotaWeight, StudentId, StudentSet, StudyLevel, composed, folded,
};
use rules::finding::At;

/// Most entries of one list of a set.
const MAX_ENTRIES: usize = 10_000;
/// Most weights of one quota.
const MAX_WEIGHTS: usize = 100;
/// Greatest minimum, maximum and penalty.
const MAX_COUNT: i64 = 10_000_000;
/// Greatest weight of a placement.
const MAX_WEIGHT: u32 = 1_000;

/// Reads the quotas, by id.
pub(super) fn read_quotas(
    at: At,
    raw: Vec<pb::Quota>,
    refs: &References,
    limits: &SizeLimits,
    faults: &mut Faults,
) -> Vec<Quota> {
    if !faults.count(at, raw.len(), limits.quotas) {
        return Vec::new();
    }
    let read: Vec<(usize, Quota)> = raw
        .into_iter()
        .enumerate()
        .map(|(place, raw)| (place, read_quota(at.index(place), raw, place as u32, refs, faults)))
        .collect();
    faults.distinct(at, read, |quota| quota.id.clone(), "quota_id")
}

fn read_quota(at: At, raw: pb::Quota, place: u32, refs: &References, faults: &mut Faults) -> Quota {
    // A quota's id is an id like any other.
    if let Err(why) = StudentId::parse(&raw.quota_id) {
        References::malformed(at.field("quota_id"), why, faults);
    }
    let mut count = |name, stated: Option<i64>| stated.and_then(|count| faults.wide(at.field(name), count, MAX_COUNT));
    let min = count("min_count", raw.min_count);
    let max = count("max_count", raw.max_count);
    let penalty = raw
        .penalty_points
        .and_then(|points| faults.whole(at.field("penalty_points"), points, 1, MAX_COUNT as u32))
        .map(i64::from);
    let entries = at.field("weights");
    let weights = if faults.count(entries, raw.weights.len(), MAX_WEIGHTS) { raw.weights } else { Vec::new() };
    let weights = weights.into_iter().enumerate().map(|(place, raw)| {
        let at = entries.index(place);
        QuotaWeight {
            students: read_students(at.field("students"), raw.students, refs, faults),
            projects: read_projects(at.field("projects"), raw.projects, refs, faults),
            weight: faults.whole(at.field("weight"), raw.weight, 0, MAX_WEIGHT).map_or(0, i64::from),
        }
    });
    let weights = weights.collect();
    Quota {
        title: faults.text(at.field("title"), raw.title, MAX_NAME),
        students: read_students(at.field("students"), raw.students, refs, faults),
        projects: read_projects(at.field("projects"), raw.projects, refs, faults),
        id: raw.quota_id,
        weights,
        min,
        max,
        penalty,
        place,
    }
}

/// Reads each entry of a list: sorted, once each.
fn read_list<R, T: Ord>(
    at: At,
    raw: &[R],
    faults: &mut Faults,
    mut read: impl FnMut(At, &R, &mut Faults) -> Option<T>,
) -> Vec<T> {
    if !faults.count(at, raw.len(), MAX_ENTRIES) {
        return Vec::new();
    }
    let mut list: Vec<T> = raw.iter().enumerate().filter_map(|(i, entry)| read(at.index(i), entry, faults)).collect();
    list.sort_unstable();
    list.dedup();
    list
}

pub(super) fn read_students(at: At, raw: Option<pb::StudentSet>, refs: &References, faults: &mut Faults) -> StudentSet {
    let raw = raw.unwrap_or_default();
    StudentSet {
        ids: read_list(at.field("student_ids"), &raw.student_ids, faults, |at, id, faults| {
            refs.student(at, id, faults)
        }),
        study_levels: read_study_levels(at.field("study_levels"), &raw.study_levels, faults),
        class_years: read_list(at.field("class_years"), &raw.class_years, faults, |at, &year, faults| {
            faults.whole(at, year, 0, MAX_RANK)
        }),
        majors: read_list(at.field("majors"), &raw.majors, faults, |at, major, faults| {
            read_name(at, major, faults).map(|major| folded(&major))
        }),
        citizenships: read_countries(at.field("citizenships"), &raw.citizenships, faults),
        attributes: read_attributes(at.field("attributes"), raw.attributes, faults),
    }
}

pub(super) fn read_projects(at: At, raw: Option<pb::ProjectSet>, refs: &References, faults: &mut Faults) -> ProjectSet {
    let raw = raw.unwrap_or_default();
    ProjectSet {
        ids: read_list(at.field("project_ids"), &raw.project_ids, faults, |at, id, faults| {
            refs.project(at, id, faults)
        }),
        hosts: read_list(at.field("host_ids"), &raw.host_ids, faults, |at, id, faults| refs.host(at, id, faults)),
        programs: read_list(at.field("program_ids"), &raw.program_ids, faults, |at, id, faults| {
            refs.program(at, id, faults)
        }),
        countries: read_countries(at.field("country_codes"), &raw.country_codes, faults),
        attributes: read_attributes(at.field("attributes"), raw.attributes, faults),
    }
}

fn read_name(at: At, raw: &str, faults: &mut Faults) -> Option<String> {
    if raw.is_empty() {
        References::malformed(at, MalformedId::Empty, faults);
        return None;
    }
    Some(composed(&faults.text(at, raw.to_owned(), MAX_NAME)))
}

fn read_attributes(at: At, raw: Vec<pb::AttributeValues>, faults: &mut Faults) -> Vec<(String, Vec<String>)> {
    let read = |at: At, raw: &pb::AttributeValues, faults: &mut Faults| {
        let name = read_name(at.field("name"), &raw.name, faults);
        if raw.values.is_empty() {
            faults.add(&codes::EMPTY_NAME, at.field("values"), "it lists no value");
        }
        let values = at.field("values");
        Some((name?, read_list(values, &raw.values, faults, |at, value, faults| read_name(at, value, faults))))
    };
    read_list(at, &raw, faults, read)
}

/// Writes a quota.
pub(super) fn write_quota(instance: &Instance, quota: &Quota) -> pb::Quota {
    pb::Quota {
        quota_id: quota.id.clone(),
        title: quota.title.clone(),
        students: Some(write_students(instance, &quota.students)),
        projects: Some(write_projects(instance, &quota.projects)),
        min_count: quota.min,
        max_count: quota.max,
        weights: quota
            .weights
            .iter()
            .map(|entry| pb::QuotaWeight {
                students: Some(write_students(instance, &entry.students)),
                projects: Some(write_projects(instance, &entry.projects)),
                weight: entry.weight as i32,
            })
            .collect(),
        penalty_points: quota.penalty.map(|points| points as i32),
    }
}

pub(super) fn write_students(instance: &Instance, set: &StudentSet) -> pb::StudentSet {
    pb::StudentSet {
        student_ids: set.ids.iter().map(|s| instance.students[s.at()].id.to_string()).collect(),
        study_levels: set.study_levels.iter().map(|level: StudyLevel| level as i32).collect(),
        class_years: set.class_years.iter().map(|&year| year as i32).collect(),
        majors: set.majors.clone(),
        citizenships: set.citizenships.iter().map(Country::to_string).collect(),
        attributes: write_attributes(&set.attributes),
    }
}

pub(super) fn write_projects(instance: &Instance, set: &ProjectSet) -> pb::ProjectSet {
    pb::ProjectSet {
        project_ids: set.ids.iter().map(|p| instance.projects[p.at()].id.to_string()).collect(),
        host_ids: set.hosts.iter().map(|h| instance.hosts[h.at()].id.to_string()).collect(),
        program_ids: set.programs.iter().map(|p| instance.programs[p.at()].id.to_string()).collect(),
        country_codes: set.countries.iter().map(Country::to_string).collect(),
        attributes: write_attributes(&set.attributes),
    }
}

fn write_attributes(attributes: &[(String, Vec<String>)]) -> Vec<pb::AttributeValues> {
    let write =
        |(name, values): &(String, Vec<String>)| pb::AttributeValues { name: name.clone(), values: values.clone() };
    attributes.iter().map(write).collect()
}
