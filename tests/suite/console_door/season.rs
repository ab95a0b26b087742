//! A season of which every text field is what a test says, as files, and a walk through every page of it.

use console::LISTED;
use wire::pb;

use super::visitor::{About, Reply, Sent, Visitor};
use pb::choice::Target;

/// A text for each field: of a name such as `student.major`.
pub type Texts<'a> = &'a dyn Fn(&str) -> String;

/// Two students, two projects, two hosts, and everything that is said in words about them.
pub fn season(text: Texts) -> (pb::Instance, pb::Policy) {
    let [ana, bo] = ["ana", "bo"].map(|who| text(&format!("student.id.{who}")));
    let [first, second] = ["first", "second"].map(|which| text(&format!("project.id.{which}")));
    let [host, other_host] = ["first", "second"].map(|which| text(&format!("host.id.{which}")));
    let program = text("program.id");
    let skill = text("skill");
    let student = |id: &str, who: &str| pb::Student {
        student_id: id.to_owned(),
        display_name: text(&format!("student.name.{who}")),
        major: text("student.major"),
        skills: vec![pb::StudentSkill { skill: skill.clone(), level: 3 }],
        courses: vec![text("student.course")],
        missing_materials: vec![text("student.missing")],
        attributes: [("home".to_owned(), text("student.attribute"))].into(),
        choices: vec![
            pb::Choice { rank: Some(1), target: Some(Target::ProjectId(first.clone())) },
            pb::Choice { rank: Some(2), target: Some(Target::ProjectId(second.clone())) },
        ],
        ..pb::Student::default()
    };
    let project = |id: &str, at: &str, which: &str| pb::Project {
        project_id: id.to_owned(),
        host_id: at.to_owned(),
        program_id: program.clone(),
        title: text(&format!("project.title.{which}")),
        supervisor: text("project.supervisor"),
        skill_requirements: vec![pb::SkillRequirement { skill: skill.clone(), ..pb::SkillRequirement::default() }],
        attributes: [("lab".to_owned(), text("project.attribute"))].into(),
        ..pb::Project::default()
    };
    let a_host = |id: &str, which: &str| pb::Host {
        host_id: id.to_owned(),
        title: text(&format!("host.title.{which}")),
        contact: text("host.contact"),
        max_seat_count: Some(1),
        country_code: "DE".to_owned(),
        ..pb::Host::default()
    };
    // The rules refuse her every project, so that there is somebody without a place; the third takes what is left.
    let cy =
        pb::Student { missing_materials: Vec::new(), choices: Vec::new(), ..student(&text("student.id.cy"), "cy") };
    let ready = |student: pb::Student| pb::Student { missing_materials: Vec::new(), ..student };
    let instance = pb::Instance {
        programs: vec![pb::Program {
            program_id: program.clone(),
            title: text("program.title"),
            manager: text("program.manager"),
            ..pb::Program::default()
        }],
        hosts: vec![a_host(&host, "first"), a_host(&other_host, "second")],
        projects: vec![project(&first, &host, "first"), project(&second, &other_host, "second")],
        students: vec![ready(student(&ana, "ana")), student(&bo, "bo"), cy],
        pair_notes: vec![pb::PairNote {
            student_id: ana.clone(),
            project_id: first.clone(),
            pinned: true,
            reason: text("note.reason"),
            ..pb::PairNote::default()
        }],
        waivers: vec![pb::Waiver {
            student_id: bo.clone(),
            rule: pb::Rule::Skills as i32,
            reason: text("waiver.reason"),
            granted_by: text("waiver.by"),
            ..pb::Waiver::default()
        }],
        funds: vec![pb::Fund {
            fund_id: text("fund.id"),
            title: text("fund.title"),
            place_count: Some(9),
            ..pb::Fund::default()
        }],
        ..pb::Instance::default()
    };
    let quota = pb::Quota {
        quota_id: text("quota.id"),
        title: text("quota.title"),
        max_count: Some(5),
        students: Some(pb::StudentSet { majors: vec![text("student.major")], ..pb::StudentSet::default() }),
        ..pb::Quota::default()
    };
    (instance, pb::Policy { quotas: vec![quota], ..pb::Policy::default() })
}

/// The tables of a season; its policy is sent as a text.
pub fn tables(instance: &pb::Instance) -> Vec<pb::DeskFile> {
    let format = pb::desk_file::Format::Csv as i32;
    let asked = pb::GetTemplateRequest { format, instance: Some(instance.clone()), policy: None };
    calls::desk::template(&asked).expect("tables").files
}

/// Every page that can be looked at of a season and a run, each student, project and host, and what searches and previews answer.
pub fn walk(visitor: &Visitor, about: &About, find: &str) -> Vec<(String, Reply)> {
    let mut shown = Vec::new();
    for (_, path, _) in LISTED.iter().filter(|(method, ..)| *method == "get") {
        let mut addresses = vec![about.address(path)];
        if path.contains("{number}") {
            addresses.extend((2..=3).map(|number| about.address(&path.replace("{number}", &number.to_string()))));
        }
        if path.contains("{file}") {
            addresses.push(about.address(&path.replace("{file}", "report.html")));
        }
        for address in addresses {
            let reply = visitor.get(&address);
            shown.push((address, reply));
        }
    }
    let mut send = |path: &str, sent: Sent| shown.push((path.to_owned(), visitor.send_own(&about.address(path), sent)));
    for table in ["students", "projects", "hosts"] {
        send(&format!("/runs/{{run}}/{table}"), Sent::form(&[("find", find)]));
    }
    for change in ["forbid.1.1", "withdraw.1", "more.1", "offer.1.1.3.0", "withdrawhost.1"] {
        send("/runs/{run}/change", Sent::form(&[("c", change), ("reason", find)]));
    }
    for table in ["", "csv"] {
        let fields = [("per_project", "2"), ("per_student", "2"), ("table", table)];
        send("/seasons/{draft}/shortlist", Sent::form(&fields));
    }
    shown
}
