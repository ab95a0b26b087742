//! Instance: message to domain and back.

mod fund;
mod link;
mod note;
mod program;
mod project;
mod references;
mod skills;
mod student;
mod target;
mod waiver;

pub(super) use fund::{read_least_money, write_money};
pub(super) use note::{read_placements, write_placement};
pub(super) use program::{read_countries, read_study_levels};
pub(super) use references::References;
pub(super) use student::MAX_LEAD_TIME;
pub(super) use waiver::write_waiver;

use super::faults::MAX_NAME;
use super::{Faults, SizeLimits, pb};
use rules::domain::{
    Attributes, Country, Instance, Language, LanguageLevel, LanguageRequirement, Weight, composed, folded,
};
use rules::finding::At;
use skills::SkillNames;

/// Gathers the ids of an instance; `None` where it is too large to read on with.
pub(super) fn read_references(raw: &pb::Instance, limits: &SizeLimits, faults: &mut Faults) -> Option<References> {
    let at = At::root("instance");
    let counts = [
        ("programs", raw.programs.len(), limits.programs),
        ("hosts", raw.hosts.len(), limits.hosts),
        ("projects", raw.projects.len(), limits.projects),
        ("students", raw.students.len(), limits.students),
        ("pair_notes", raw.pair_notes.len(), limits.notes),
        ("skill_aliases", raw.skill_aliases.len(), limits.aliases),
        ("waivers", raw.waivers.len(), limits.waivers),
        ("previous_assignments", raw.previous_assignments.len(), limits.students),
        ("links", raw.links.len(), limits.links),
    ];
    let fits: Vec<bool> =
        counts.iter().map(|&(name, count, limit)| faults.count(at.field(name), count, limit)).collect();
    if fits.contains(&false) {
        return None;
    }
    Some(References::gather(at, &raw.programs, &raw.hosts, &raw.projects, &raw.students, faults))
}

/// Reads an instance: `None` where there is any fault; all are in `faults`.
pub(super) fn read_instance(
    raw: pb::Instance,
    refs: References,
    limits: &SizeLimits,
    faults: &mut Faults,
) -> Option<Instance> {
    let at = At::root("instance");
    let term = faults.text(at.field("term"), raw.term, MAX_NAME);
    let skill_aliases = skills::read_aliases(at.field("skill_aliases"), raw.skill_aliases, faults);
    let names = SkillNames::gather(&skill_aliases, &raw.projects, &raw.students);
    let programs = program::read_programs(at.field("programs"), raw.programs, faults);
    let hosts = program::read_hosts(at.field("hosts"), raw.hosts, faults);
    let projects = project::read_projects(at.field("projects"), raw.projects, &refs, &names, faults);
    let (students, skill_at_two_levels) =
        student::read_students(at.field("students"), raw.students, &refs, &names, limits, faults);
    let (notes, note_origin) = note::read_notes(at.field("pair_notes"), raw.pair_notes, &refs, faults);
    let suspended_countries =
        program::read_countries(at.field("suspended_country_codes"), &raw.suspended_country_codes, faults);
    let (waivers, waiver_origin) = waiver::read_waivers(at.field("waivers"), raw.waivers, &refs, faults);
    let previous = note::read_placements(at.field("previous_assignments"), &raw.previous_assignments, &refs, faults);
    let funds = fund::read_funds(at.field("funds"), raw.funds, &refs, faults);
    let links = link::read_links(at.field("links"), raw.links, &refs, faults);
    if faults.total() > 0 {
        faults.name_rows(&refs.ids_by_place());
        return None;
    }
    let origin = refs.into_origin(note_origin, waiver_origin, skill_at_two_levels);
    let skills = names.into_table();
    Some(Instance {
        term,
        programs,
        hosts,
        projects,
        students,
        notes,
        suspended_countries,
        waivers,
        previous,
        links,
        funds,
        skill_aliases,
        skills,
        origin,
    })
}

/// Writes an instance in canonical form: rows by id, skills by the spelling shown, stated values only.
pub fn write_instance(instance: &Instance) -> pb::Instance {
    pb::Instance {
        term: instance.term.clone(),
        programs: instance.programs.iter().map(program::write_program).collect(),
        hosts: instance.hosts.iter().map(program::write_host).collect(),
        projects: instance.projects.iter().map(|p| project::write_project(instance, p)).collect(),
        students: instance.students.iter().map(|s| student::write_student(instance, s)).collect(),
        pair_notes: instance.notes.iter().map(|n| note::write_note(instance, n)).collect(),
        skill_aliases: instance
            .skill_aliases
            .iter()
            .map(|a| pb::SkillAlias { skill: a.skill.clone(), aliases: a.aliases.clone() })
            .collect(),
        suspended_country_codes: instance.suspended_countries.iter().map(Country::to_string).collect(),
        waivers: instance.waivers.iter().map(|w| waiver::write_waiver(instance, w)).collect(),
        funds: instance.funds.iter().map(|f| fund::write_fund(instance, f)).collect(),
        links: instance.links.iter().filter(|l| l.students.len() > 1).map(|l| link::write_link(instance, l)).collect(),
        previous_assignments: instance.previous.iter().map(|place| note::write_placement(instance, place)).collect(),
    }
}

/// Reads the language requirements of a project or program, where `required` unset has its own meaning.
fn read_languages(
    at: At,
    raw: Vec<pb::LanguageRequirement>,
    required_when_unset: bool,
    faults: &mut Faults,
) -> Vec<LanguageRequirement> {
    if !faults.count(at, raw.len(), MAX_LANGUAGES) {
        return Vec::new();
    }
    let read = raw.into_iter().enumerate().filter_map(|(place, raw)| {
        let at = at.index(place);
        let language = faults.language(at.field("language"), &raw.language);
        let min_level = faults.level(at.field("min_level"), raw.min_level, &LanguageLevel::ALL);
        let weight = read_weight(at.field("weight"), raw.weight, faults);
        let required = raw.required.unwrap_or(required_when_unset);
        Some(LanguageRequirement { language: language?, min_level, required, weight })
    });
    let mut read: Vec<LanguageRequirement> = read.collect();
    read.sort_by_key(|r| (r.language, r.min_level, r.required, r.weight));
    read
}

fn write_language(requirement: &LanguageRequirement) -> pb::LanguageRequirement {
    pb::LanguageRequirement {
        language: language_code(requirement.language),
        min_level: requirement.min_level.map_or(0, |level| level as i32),
        required: Some(requirement.required),
        weight: Some(requirement.weight.to_f64()),
    }
}

fn language_code(language: Language) -> String {
    language.code().to_owned()
}

fn read_weight(at: At, raw: Option<f64>, faults: &mut Faults) -> Weight {
    raw.and_then(|w| faults.decimal(at, w, Weight::MAX, Weight::from_f64)).unwrap_or(Weight::ONE)
}

/// Most languages of one student, project or program.
const MAX_LANGUAGES: usize = 50;
/// Most courses, materials, programs or countries in one list of a row.
const MAX_LABELS: usize = 1_000;
/// Most seats.
const MAX_SEATS: u32 = 100_000;

/// Reads a list of short labels (courses, materials): case folded, sorted, once each.
fn read_labels(at: At, raw: Vec<String>, faults: &mut Faults) -> Vec<String> {
    if !faults.count(at, raw.len(), MAX_LABELS) {
        return Vec::new();
    }
    let mut labels: Vec<String> = Vec::with_capacity(raw.len());
    for (place, label) in raw.into_iter().enumerate() {
        let label = faults.text(at.index(place), label, MAX_NAME);
        let folded = folded(label.trim());
        if folded.is_empty() {
            faults.add(&rules::codes::EMPTY_NAME, at.index(place), "it is empty");
        }
        labels.push(folded);
    }
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Most attributes of one row.
const MAX_ATTRIBUTES: usize = 100;

/// Reads attributes, names and values as they stand, but for how accents are composed.
fn read_attributes(at: At, raw: Attributes, faults: &mut Faults) -> Attributes {
    if !faults.count(at, raw.len(), MAX_ATTRIBUTES) {
        return Attributes::new();
    }
    let read = raw.into_iter().map(|(name, value)| {
        if name.is_empty() {
            faults.add(&rules::codes::EMPTY_NAME, at, "an attribute has no name");
        }
        (composed(&faults.text(at, name, MAX_NAME)), composed(&faults.text(at, value, MAX_NAME)))
    });
    read.collect()
}
