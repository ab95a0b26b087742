//! Waivers.

use super::super::evaluation::rule;
use super::super::faults::{MAX_NAME, MAX_TEXT};
use super::super::{Faults, pb};
use super::References;
use super::target::{read_country, read_host, read_program, read_project};
use rules::codes;
use rules::domain::{Instance, Rule, Target, Waiver};
use rules::finding::At;

/// Reads the waivers, by student, rule and scope, and where each stood.
pub(super) fn read_waivers(
    at: At,
    raw: Vec<pb::Waiver>,
    refs: &References,
    faults: &mut Faults,
) -> (Vec<Waiver>, Vec<u32>) {
    use pb::waiver::Scope;
    let mut waivers = Vec::with_capacity(raw.len());
    for (place, raw) in raw.into_iter().enumerate() {
        let at = at.index(place);
        let student = refs.student(at.field("student_id"), &raw.student_id, faults);
        let waived = faults.stated(at.field("rule"), raw.rule, &Rule::ALL);
        if let Some(rule) = waived.filter(|rule| !rule.is_waivable()) {
            faults.add(&codes::RULE_NOT_WAIVABLE, at.field("rule"), format!("{} can't be waived", rule.name()));
        }
        let scope = match &raw.scope {
            None => Some(None),
            Some(Scope::ProjectId(id)) => read_project(at, id, refs, faults).map(Some),
            Some(Scope::HostId(id)) => read_host(at, id, refs, faults).map(Some),
            Some(Scope::ProgramId(id)) => read_program(at, id, refs, faults).map(Some),
            Some(Scope::CountryCode(code)) => read_country(at, code, faults).map(Some),
        };
        let reason = faults.text(at.field("reason"), raw.reason, MAX_TEXT);
        let granted_by = faults.text(at.field("granted_by"), raw.granted_by, MAX_NAME);
        let expires = faults.date(at.field("expires_date"), &raw.expires_date);
        let (Some(student), Some(rule), Some(scope)) = (student, waived, scope) else { continue };
        waivers.push((place, Waiver { student, rule, scope, reason, granted_by, expires }));
    }
    waivers.sort_by(|(place, a), (other, b)| {
        let key = |w: &Waiver| (w.student, w.rule, w.scope, w.expires);
        key(a).cmp(&key(b)).then(a.reason.cmp(&b.reason)).then(place.cmp(other))
    });
    waivers.into_iter().map(|(place, waiver)| (waiver, place as u32)).unzip()
}

/// Writes a waiver.
pub(crate) fn write_waiver(instance: &Instance, waiver: &Waiver) -> pb::Waiver {
    use pb::waiver::Scope;
    pb::Waiver {
        student_id: instance.students[waiver.student.at()].id.to_string(),
        rule: rule(waiver.rule) as i32,
        scope: waiver.scope.map(|scope| match scope {
            Target::Project(p) => Scope::ProjectId(instance.projects[p.at()].id.to_string()),
            Target::Host(h) => Scope::HostId(instance.hosts[h.at()].id.to_string()),
            Target::Program(p) => Scope::ProgramId(instance.programs[p.at()].id.to_string()),
            Target::Country(c) => Scope::CountryCode(c.to_string()),
        }),
        reason: waiver.reason.clone(),
        granted_by: waiver.granted_by.clone(),
        expires_date: waiver.expires.map_or_else(String::new, |day| day.to_string()),
    }
}
