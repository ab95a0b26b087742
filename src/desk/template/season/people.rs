//! `students`, `choices`, `vetoes`, `pair_notes`, `offers`, `waivers`, `previous`.

use sheets::write::Content;
use wire::pb;

use super::super::grammar::{evidence, joined, language_held, names, skill_held};
use super::{Cells, day, decimal, flag, labels, optional_flag, rank, text, whole};

pub(super) fn students(season: &pb::Instance) -> Vec<Cells> {
    season.students.iter().map(student).collect()
}

fn student(row: &pb::Student) -> Cells {
    let work = row.work_authorization.as_ref();
    let level = if row.study_level == 0 { "" } else { row.study_level().as_str_name() };
    let mut cells = vec![
        text("student_id", row.student_id.as_str()),
        text("name", row.display_name.as_str()),
        text("email", row.attributes.get("email").map_or("", String::as_str)),
        text("study_level", level),
        whole("class_year", (row.class_year != 0).then_some(row.class_year)),
        text("major", row.major.as_str()),
        decimal("gpa", row.gpa),
        text("skills", joined(row.skills.iter().map(skill_held))),
        text("languages", joined(row.languages.iter().map(language_held))),
        text("language_evidence", joined(row.languages.iter().filter_map(evidence))),
        text("courses", names(&row.courses)),
        text("citizenships", names(&row.citizenships)),
        day("available_from", &row.available_from),
        day("available_until", &row.available_until),
        optional_flag("needs_work_authorization", work.map(|work| work.required)),
        optional_flag("work_authorization_granted", work.map(|work| work.granted)),
        day("work_authorization_requested", work.map_or("", |work| &work.requested_date)),
        whole("work_authorization_lead_days", work.and_then(|work| work.lead_time_days)),
        text("missing_materials", names(&row.missing_materials)),
        text("approved_programs", names(&row.approved_program_ids)),
        flag("must_place", row.must_place),
        flag("choices_only", row.choices_only),
        flag("withdrawn", row.withdrawn),
    ];
    cells.extend(labels(&row.attributes, "email"));
    cells
}

pub(super) fn choices(season: &pb::Instance) -> Vec<Cells> {
    use pb::choice::Target;
    let of_student = |student: &pb::Student| {
        let id = student.student_id.clone();
        let choice = move |(place, choice): (usize, &pb::Choice)| {
            let target = choice.target.as_ref().map(|target| match target {
                Target::ProjectId(project) => text("project_id", project.as_str()),
                Target::HostId(host) => text("host_id", host.as_str()),
                Target::ProgramId(program) => text("program_id", program.as_str()),
                Target::CountryCode(code) => text("country", code.as_str()),
            });
            [text("student_id", id.as_str()), whole("rank", rank(choice.rank, place))]
                .into_iter()
                .chain(target)
                .collect()
        };
        student.choices.iter().enumerate().map(choice).collect::<Vec<Cells>>()
    };
    season.students.iter().flat_map(of_student).collect()
}

pub(super) fn vetoes(season: &pb::Instance) -> Vec<Cells> {
    use pb::veto::Target;
    let of_student = |student: &pb::Student| {
        let id = student.student_id.clone();
        let veto = move |veto: &pb::Veto| {
            let target = veto.target.as_ref().map(|target| match target {
                Target::ProjectId(project) => text("project_id", project.as_str()),
                Target::HostId(host) => text("host_id", host.as_str()),
                Target::ProgramId(program) => text("program_id", program.as_str()),
                Target::CountryCode(code) => text("country", code.as_str()),
            });
            [text("student_id", id.as_str())].into_iter().chain(target).collect()
        };
        student.vetoes.iter().map(veto).collect::<Vec<Cells>>()
    };
    season.students.iter().flat_map(of_student).collect()
}

/// Whether a note has an offer and nothing else.
fn is_offer_alone(note: &pb::PairNote) -> bool {
    let has_numbers = note.interview_rating.is_some() || note.affinity.is_some();
    note.offer_state != 0 && !note.pinned && !note.forbidden && !has_numbers
}

fn pair(student: &str, project: &str) -> [(String, Content); 2] {
    [text("student_id", student), text("project_id", project)]
}

pub(super) fn pair_notes(season: &pb::Instance) -> Vec<Cells> {
    let cells = |note: &pb::PairNote| {
        let facts = [
            flag("pinned", note.pinned),
            flag("forbidden", note.forbidden),
            text("reason", note.reason.as_str()),
            decimal("interview_rating", note.interview_rating),
            decimal("affinity", note.affinity),
        ];
        pair(&note.student_id, &note.project_id).into_iter().chain(facts).collect()
    };
    season.pair_notes.iter().filter(|note| !is_offer_alone(note)).map(cells).collect()
}

pub(super) fn offers(season: &pb::Instance) -> Vec<Cells> {
    let cells = |note: &pb::PairNote| {
        // The reason of a note that has more than an offer stands in `pair_notes`.
        let reason = if is_offer_alone(note) { note.reason.as_str() } else { "" };
        let facts = [text("state", note.offer_state().as_str_name()), text("reason", reason)];
        pair(&note.student_id, &note.project_id).into_iter().chain(facts).collect()
    };
    season.pair_notes.iter().filter(|note| note.offer_state != 0).map(cells).collect()
}

pub(super) fn waivers(season: &pb::Instance) -> Vec<Cells> {
    use pb::waiver::Scope;
    let cells = |waiver: &pb::Waiver| {
        let scope = waiver.scope.as_ref().map(|scope| match scope {
            Scope::ProjectId(project) => text("project_id", project.as_str()),
            Scope::HostId(host) => text("host_id", host.as_str()),
            Scope::ProgramId(program) => text("program_id", program.as_str()),
            Scope::CountryCode(code) => text("country", code.as_str()),
        });
        let facts = [
            text("student_id", waiver.student_id.as_str()),
            text("rule", waiver.rule().as_str_name()),
            text("reason", waiver.reason.as_str()),
            text("granted_by", waiver.granted_by.as_str()),
            day("expires_date", &waiver.expires_date),
        ];
        facts.into_iter().chain(scope).collect()
    };
    season.waivers.iter().map(cells).collect()
}

pub(super) fn previous(season: &pb::Instance) -> Vec<Cells> {
    season.previous_assignments.iter().map(|place| pair(&place.student_id, &place.project_id).to_vec()).collect()
}
