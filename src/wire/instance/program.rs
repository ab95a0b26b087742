//! Programs and hosts.

use super::super::faults::{MAX_NAME, MAX_TEXT};
use super::super::policy::MAX_WEEKS;
use super::super::{Faults, pb};
use super::{MAX_LABELS, MAX_SEATS, References, read_labels, read_languages, write_language};
use rules::codes;
use rules::domain::{Country, Gpa, Host, HostId, Hours, Program, ProgramId, StudyLevel, StudyLevels};
use rules::finding::At;

pub(super) fn read_programs(at: At, raw: Vec<pb::Program>, faults: &mut Faults) -> Vec<Program> {
    let rows =
        raw.into_iter().enumerate().filter_map(|(place, raw)| read_program(at.index(place), raw, faults)).collect();
    References::ordered(rows, |program: &Program| &program.id)
}

fn read_program(at: At, raw: pb::Program, faults: &mut Faults) -> Option<Program> {
    let title = faults.text(at.field("title"), raw.title, MAX_NAME);
    let countries = read_countries(at.field("country_codes"), &raw.country_codes, faults);
    let languages = read_languages(at.field("language_requirements"), raw.language_requirements, true, faults);
    let min_gpa = raw.min_gpa.and_then(|gpa| faults.decimal(at.field("min_gpa"), gpa, Gpa::MAX, Gpa::from_f64));
    let required_courses = read_labels(at.field("required_courses"), raw.required_courses, faults);
    let exempt = read_study_levels(at.field("exempt_study_levels"), &raw.exempt_study_levels, faults);
    let suspended_reason = faults.text(at.field("suspended_reason"), raw.suspended_reason, MAX_TEXT);
    let min_weeks = raw.min_weeks.and_then(|w| faults.whole(at.field("min_weeks"), w, 0, MAX_WEEKS));
    let min_hours = raw
        .min_hours_per_week
        .and_then(|h| faults.decimal(at.field("min_hours_per_week"), h, Hours::MAX, Hours::from_f64));
    let manager = faults.text(at.field("manager"), raw.manager, MAX_NAME);
    Some(Program {
        id: ProgramId::parse(&raw.program_id).ok()?,
        title,
        countries,
        languages,
        min_gpa,
        required_courses,
        exempt,
        requires_approval: raw.requires_approval,
        suspended: raw.suspended,
        suspended_reason,
        min_weeks,
        min_hours,
        manager,
    })
}

pub(super) fn read_hosts(at: At, raw: Vec<pb::Host>, faults: &mut Faults) -> Vec<Host> {
    let rows = raw.into_iter().enumerate().filter_map(|(place, raw)| {
        let at = at.index(place);
        let title = faults.text(at.field("title"), raw.title, MAX_NAME);
        let country = faults.country(at.field("country_code"), &raw.country_code);
        let max_seats = raw.max_seat_count.and_then(|n| faults.whole(at.field("max_seat_count"), n, 0, MAX_SEATS));
        let withdrawn_reason = faults.text(at.field("withdrawn_reason"), raw.withdrawn_reason, MAX_TEXT);
        let contact = faults.text(at.field("contact"), raw.contact, MAX_NAME);
        let (id, withdrawn, alumni) = (HostId::parse(&raw.host_id).ok()?, raw.withdrawn, raw.alumni);
        Some(Host { id, title, country, max_seats, withdrawn, withdrawn_reason, alumni, contact })
    });
    References::ordered(rows.collect(), |host: &Host| &host.id)
}

/// Reads a list of countries: sorted, once each.
pub(crate) fn read_countries(at: At, raw: &[String], faults: &mut Faults) -> Vec<Country> {
    if !faults.count(at, raw.len(), MAX_LABELS) {
        return Vec::new();
    }
    let mut countries: Vec<Country> = Vec::with_capacity(raw.len());
    for (place, code) in raw.iter().enumerate() {
        if code.is_empty() {
            faults.add(&codes::UNKNOWN_COUNTRY, at.index(place), "it is empty");
        }
        countries.extend(faults.country(at.index(place), code));
    }
    countries.sort_unstable();
    countries.dedup();
    countries
}

/// Reads a set of study levels.
pub(crate) fn read_study_levels(at: At, raw: &[i32], faults: &mut Faults) -> StudyLevels {
    let mut levels = StudyLevels::default();
    for (place, &number) in raw.iter().enumerate() {
        if let Some(level) = faults.stated(at.index(place), number, &StudyLevel::ALL) {
            levels.insert(level);
        }
    }
    levels
}

pub(super) fn write_program(program: &Program) -> pb::Program {
    pb::Program {
        program_id: program.id.to_string(),
        title: program.title.clone(),
        country_codes: program.countries.iter().map(Country::to_string).collect(),
        language_requirements: program.languages.iter().map(write_language).collect(),
        min_gpa: program.min_gpa.map(Gpa::to_f64),
        required_courses: program.required_courses.clone(),
        exempt_study_levels: program.exempt.iter().map(|level| level as i32).collect(),
        requires_approval: program.requires_approval,
        suspended: program.suspended,
        suspended_reason: program.suspended_reason.clone(),
        min_weeks: program.min_weeks.map(|w| w as i32),
        min_hours_per_week: program.min_hours.map(Hours::to_f64),
        manager: program.manager.clone(),
    }
}

pub(super) fn write_host(host: &Host) -> pb::Host {
    pb::Host {
        host_id: host.id.to_string(),
        title: host.title.clone(),
        country_code: host.country.map_or_else(String::new, |c| c.to_string()),
        max_seat_count: host.max_seats.map(|n| n as i32),
        withdrawn: host.withdrawn,
        withdrawn_reason: host.withdrawn_reason.clone(),
        alumni: host.alumni,
        contact: host.contact.clone(),
    }
}
