//! What a host or a student can read in their page: every id, name, skill and label of others carries a marker that must not be there.

use std::collections::BTreeSet;

use report::{Audience, Season, default_templates, letters, page};
use wire::pb;

use super::Matched;
use crate::support::{caller, solver};

/// A season whose rows say everywhere whose they are.
fn marked() -> Matched {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        seed: 5,
        student_count: Some(60),
        project_count: Some(30),
    };
    let made = calls::sample(&asked).expect("a sample");
    let mut instance = made.instance.expect("a season");
    for student in &mut instance.students {
        let id = student.student_id.clone();
        student.display_name = format!("Name of {id}");
        student.major = format!("Major of {id}");
        student.skills.push(pb::StudentSkill { skill: format!("Skill of {id}"), level: 3 });
        student.attributes.insert("label".to_owned(), format!("Label of {id}"));
    }
    for project in &mut instance.projects {
        project.title = format!("Title of {}", project.project_id);
        project.supervisor = format!("Supervisor of {}", project.project_id);
        project.attributes.insert("label".to_owned(), format!("Label of {}", project.project_id));
    }
    for host in &mut instance.hosts {
        host.title = format!("Title of {}", host.host_id);
    }
    Matched::of(pb::MatchRequest { instance: Some(instance), policy: made.policy })
}

/// Whether a text has an id that is not a part of a longer word.
fn has(text: &str, id: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(id).any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + id.len()..].starts_with(is_part))
}

/// What the office would be told, of everybody: as a careless caller might pass it on.
fn to_the_office(season: &Matched) -> Vec<pb::ExplainResponse> {
    use pb::explain_request::About;
    let instance = season.instance();
    let students = instance.students.iter().map(|student| About::StudentId(student.student_id.clone()));
    let projects = instance.projects.iter().map(|project| About::ProjectId(project.project_id.clone()));
    let request = pb::ExplainRequest {
        instance: season.request.instance.clone(),
        policy: season.request.policy.clone(),
        outcome: Some(season.outcome.clone()),
        ..pb::ExplainRequest::default()
    };
    calls::explain_each(request, &students.chain(projects).collect::<Vec<_>>(), &caller(), &solver()).expect("told")
}

/// The projects that a student may read of: those of their choices, their place, and what their explanation names.
fn own_projects(season: &Matched, student: &pb::Student, explanations: &[pb::ExplainResponse]) -> BTreeSet<String> {
    use pb::choice::Target;
    let mut own = BTreeSet::new();
    for project in &season.instance().projects {
        let covered = student.choices.iter().any(|choice| match &choice.target {
            Some(Target::ProjectId(id)) => *id == project.project_id,
            _ => false,
        });
        if covered {
            own.insert(project.project_id.clone());
        }
    }
    let outcome = &season.outcome;
    for place in outcome.assignments.iter().filter(|place| place.student_id == student.student_id) {
        own.insert(place.project_id.clone());
        own.extend(place.alternates.iter().filter(|a| a.choice_rank.is_some()).map(|a| a.project_id.clone()));
    }
    let mut left: Vec<&pb::Unmatched> =
        outcome.unmatched.iter().filter(|left| left.student_id == student.student_id).collect();
    for explanation in explanations {
        if let Some(pb::explain_response::About::Student(about)) = &explanation.about
            && about.student_id == student.student_id
        {
            left.extend(&about.unmatched);
            own.extend(about.assignment.iter().flat_map(|place| &place.alternates).map(|a| a.project_id.clone()));
        }
    }
    own.extend(left.iter().flat_map(|left| &left.nearest_projects).map(|near| near.project_id.clone()));
    own
}

fn reads_of_nobody_else(season: &Matched, student: &pb::Student, explanations: &[pb::ExplainResponse], text: &str) {
    let id = &student.student_id;
    for other in season.instance().students.iter().filter(|other| other.student_id != *id) {
        assert!(!has(text, &other.student_id), "{id} reads of {}", other.student_id);
    }
    let own = own_projects(season, student, explanations);
    let mut hosts: BTreeSet<&str> = BTreeSet::new();
    for project in &season.instance().projects {
        if own.contains(&project.project_id) {
            hosts.insert(&project.host_id);
        } else {
            assert!(!has(text, &project.project_id), "{id} reads of {}", project.project_id);
        }
        assert!(!text.contains("Supervisor of") && !text.contains("Label of"), "{id} reads what is not theirs");
    }
    let chosen = student.choices.iter().filter_map(|choice| match &choice.target {
        Some(pb::choice::Target::HostId(host)) => Some(host.as_str()),
        _ => None,
    });
    hosts.extend(chosen);
    for host in season.instance().hosts.iter().filter(|host| !hosts.contains(host.host_id.as_str())) {
        assert!(!has(text, &host.host_id), "{id} reads of {}", host.host_id);
    }
}

#[test]
fn a_students_page_and_letter_name_nobody_else() {
    let season = marked();
    let office = to_the_office(&season);
    assert!(!season.outcome.unmatched.is_empty() && !season.outcome.assignments.is_empty());
    for explanations in [&[][..], &office] {
        let given = Season { explanations, ..season.given() };
        let letters = letters(&given, &default_templates()).expect("letters");
        for student in &season.instance().students {
            let page = page(&given, Audience::Student(&student.student_id)).expect("a page");
            let name = format!("Name of {}", student.student_id);
            assert!(page.contains(&name), "{name}");
            let row = letters.mail_merge.iter().find(|row| row[0] == "student" && row[1] == student.student_id);
            let file = &row.expect("a row")[4];
            let letter = letters.letters.iter().find(|letter| letter.file == *file).expect("a letter");
            assert!(letter.text.contains(&name), "{name}");
            for place in season.outcome.assignments.iter().filter(|place| place.student_id == student.student_id) {
                let title = format!("Title of {}", place.project_id);
                assert!(page.contains(&title) && letter.text.contains(&title), "{name}: {title}");
            }
            for text in [&page, &letter.text] {
                reads_of_nobody_else(&season, student, explanations, text);
            }
        }
    }
}

#[test]
fn a_hosts_page_and_letter_name_who_comes_and_nobody_else() {
    let season = marked();
    let office = to_the_office(&season);
    let instance = season.instance();
    for explanations in [&[][..], &office] {
        let given = Season { explanations, ..season.given() };
        let letters = letters(&given, &default_templates()).expect("letters");
        for host in &instance.hosts {
            let page = page(&given, Audience::Host(&host.host_id)).expect("a page");
            let row = letters.mail_merge.iter().find(|row| row[0] == "host" && row[1] == host.host_id);
            let file = &row.expect("a row")[4];
            let letter = letters.letters.iter().find(|letter| letter.file == *file).expect("a letter");
            let own: BTreeSet<&str> = instance
                .projects
                .iter()
                .filter(|project| project.host_id == host.host_id)
                .map(|project| project.project_id.as_str())
                .collect();
            let come: BTreeSet<&str> = season
                .outcome
                .assignments
                .iter()
                .filter(|place| own.contains(place.project_id.as_str()))
                .map(|place| place.student_id.as_str())
                .collect();
            for text in [&page, &letter.text] {
                for student in &instance.students {
                    let id = &student.student_id;
                    assert_eq!(has(text, id), come.contains(id.as_str()), "{} reads of {id}", host.host_id);
                }
                for project in &instance.projects {
                    let id = &project.project_id;
                    assert_eq!(text.contains(&format!("Title of {id}")), own.contains(id.as_str()), "{id}");
                }
                for other in instance.hosts.iter().filter(|other| other.host_id != host.host_id) {
                    assert!(!has(text, &other.host_id), "{} reads of {}", host.host_id, other.host_id);
                }
                let text = text.split_once("</style>").expect("a style").1;
                for word in ["Skill of", "Major of", "Label of", "choice", "score"] {
                    assert!(!text.contains(word), "{} reads {word}", host.host_id);
                }
            }
        }
    }
}

#[test]
fn whoever_is_not_in_the_season_has_no_page() {
    let season = marked();
    for audience in [Audience::Host("nobody"), Audience::Student("nobody")] {
        let faults = page(&season.given(), audience).expect_err("nobody");
        assert_eq!(faults.findings()[0].code.reason, "UNKNOWN_ID");
        assert!(matches!(audience, Audience::Host(_)) || !faults.findings()[0].message.contains("nobody"));
    }
}

#[test]
fn an_outcome_of_another_season_is_refused_with_every_row_that_is_unknown() {
    let mut season = marked();
    let gone = season.outcome.unmatched[0].student_id.clone();
    season.request.instance.as_mut().expect("a season").students.retain(|student| student.student_id != gone);
    let rows = season.request.instance.iter_mut().flat_map(|instance| &mut instance.projects);
    rows.for_each(|project| project.student_ranks.retain(|rank| rank.student_id != gone));
    let instance = season.request.instance.as_mut().expect("a season");
    instance.pair_notes.retain(|note| note.student_id != gone);
    instance.waivers.retain(|waiver| waiver.student_id != gone);
    let faults = page(&season.given(), Audience::Manager).expect_err("another season");
    assert_eq!(faults.findings()[0].field, "outcome.unmatched[0].student_id");
}

#[test]
fn names_are_text_whatever_stands_in_them() {
    let mut season = marked();
    let instance = season.request.instance.as_mut().expect("a season");
    let nasty = "<script>alert(1)</script>\"'&</style>";
    for student in &mut instance.students {
        student.display_name = format!("{nasty} ليلى");
    }
    for project in &mut instance.projects {
        project.title = nasty.to_owned();
    }
    for host in &mut instance.hosts {
        host.title = nasty.to_owned();
    }
    instance.term = nasty.to_owned();
    let (student, host) = (instance.students[0].student_id.clone(), instance.hosts[0].host_id.clone());
    for audience in [Audience::Manager, Audience::Host(&host), Audience::Student(&student)] {
        let page = page(&season.given(), audience).expect("a page");
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{audience:?}");
        assert_eq!(page.matches("</style>").count(), 1, "{audience:?}");
    }
    let page = page(&season.given(), Audience::Manager).expect("a page");
    assert!(page.contains("ليلى</bdi>"), "a name has a direction of its own");
    let letters = letters(&season.given(), &default_templates()).expect("letters");
    assert!(letters.letters.iter().all(|letter| !letter.text.contains("<script")));
}
