//! What choices, vetoes and waivers name.

use super::super::Faults;
use super::References;
use rules::codes;
use rules::domain::Target;
use rules::finding::At;

pub(super) fn read_project(at: At, id: &str, refs: &References, faults: &mut Faults) -> Option<Target> {
    refs.project(at.field("project_id"), id, faults).map(Target::Project)
}

pub(super) fn read_host(at: At, id: &str, refs: &References, faults: &mut Faults) -> Option<Target> {
    refs.host(at.field("host_id"), id, faults).map(Target::Host)
}

pub(super) fn read_program(at: At, id: &str, refs: &References, faults: &mut Faults) -> Option<Target> {
    refs.program(at.field("program_id"), id, faults).map(Target::Program)
}

pub(super) fn read_country(at: At, code: &str, faults: &mut Faults) -> Option<Target> {
    let at = at.field("country_code");
    if code.is_empty() {
        faults.add(&codes::UNKNOWN_COUNTRY, at, "it is empty");
    }
    faults.country(at, code).map(Target::Country)
}

pub(super) fn missing_target(at: At, faults: &mut Faults) -> Option<Target> {
    faults.add(&codes::MISSING_TARGET, at, "it names no project, host, program or country");
    None
}
