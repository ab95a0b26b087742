//! Letters from templates that people write.

use report::{Templates, default_templates, letters};
use wire::pb;

use super::Matched;
use crate::support::match_request;

const SEASON: &str = r#"{"instance": {
  "term": "2027-summer",
  "hosts": [{"host_id": "KIT", "title": "Karlsruhe"}, {"host_id": "kit", "title": "Kit & Sons"}],
  "projects": [
    {"project_id": "P1", "host_id": "KIT", "title": "Robots", "country_code": "DE", "start_date": "2027-06-01", "end_date": "2027-08-13"},
    {"project_id": "P2", "host_id": "kit", "max_seat_count": 2, "title": "Films"}],
  "students": [
    {"student_id": "../Ana", "display_name": "Ana <Silva>", "attributes": {"email": "ana@example.org"},
     "available_from": "2027-05-01", "available_until": "2027-09-30", "choices": [{"project_id": "P1"}]},
    {"student_id": "../ana", "choices": [{"project_id": "P1"}], "choices_only": true,
     "available_from": "2027-06-02"}]}}"#;

fn season() -> Matched {
    Matched::of(match_request(SEASON))
}

fn one(name: &str, text: &str) -> Templates {
    [(name.to_owned(), text.to_owned())].into()
}

/// What is wrong with templates: code and message.
fn refused(templates: &Templates) -> (&'static str, String) {
    let faults = letters(&season().given(), templates).expect_err("they are refused");
    let first = &faults.findings()[0];
    (first.code.number, first.message.clone())
}

#[test]
fn everybody_gets_a_letter_and_a_row_of_the_mail_merge_table() {
    let made = letters(&season().given(), &default_templates()).expect("letters");
    let files: Vec<&str> = made.letters.iter().map(|letter| letter.file.as_str()).collect();
    assert_eq!(files, ["student-___Ana.html", "student-___ana-2.html", "host-KIT.html", "host-kit-2.html"]);
    assert_eq!(made.mail_merge[0][..5], ["kind", "id", "name", "email", "file"]);
    let row = ["student", "../Ana", "Ana <Silva>", "ana@example.org", files[0], "P1", "Robots", "Karlsruhe", "Germany"];
    assert_eq!(made.mail_merge[1], row);
    assert_eq!(made.mail_merge[2], ["student", "../ana", "../ana", "", files[1], "", "", "", ""]);
    assert_eq!(made.mail_merge.len(), 5);
    assert!(made.letters[0].text.contains("Ana &lt;Silva&gt;") && made.letters[0].text.contains("1 June 2027"));
    assert!(made.letters[3].text.contains("Kit &amp; Sons"));
}

#[test]
fn the_office_may_write_templates_of_its_own_that_include_others() {
    let mut templates =
        one("student.txt", "{% include 'dear.txt' %}{% if place %}{{ place.project }}{% else %}none{% endif %}");
    templates.insert("dear.txt".to_owned(), "Dear {{ name }}: ".to_owned());
    let made = letters(&season().given(), &templates).expect("letters");
    let texts: Vec<&str> = made.letters.iter().map(|letter| letter.text.as_str()).collect();
    assert_eq!(texts, ["Dear Ana <Silva>: Robots", "Dear ../ana: none"], "a text is not escaped");
}

#[test]
fn a_template_that_fails_is_told_by_its_line() {
    let (code, message) = refused(&one("student.html", "<p>\nDear {{ nmae }}</p>"));
    assert_eq!(code, "M7211");
    assert!(message.starts_with("student.html, line 2: undefined value"), "{message}");
    let (code, message) = refused(&one("host.md", "\n\n{% for project in projects %}"));
    assert_eq!(code, "M7211");
    assert!(message.starts_with("host.md, line 3: syntax error"), "{message}");
    let (_, message) = refused(&one("student.txt", "{{ name | shout }}"));
    assert!(message.contains("unknown filter"), "{message}");
    let (code, message) = refused(&one("letter.html", "Dear {{ name }}"));
    assert_eq!((code, message.as_str()), ("M7212", "no file is called student or host"));
}

#[test]
fn no_template_reads_a_file_or_runs_for_ever() {
    for outside in ["/etc/passwd", "../../etc/passwd", "host.html"] {
        let (code, message) = refused(&one("student.txt", &format!("{{% include '{outside}' %}}")));
        assert_eq!(code, "M7211");
        assert!(message.contains("template not found"), "{message}");
    }
    let around = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
    let (_, message) = refused(&one("student.txt", around));
    assert_eq!(message, "student.txt, line 1: it does not come to an end");
    let (_, message) = refused(&one("student.txt", "{% include 'student.txt' %}"));
    assert!(message.starts_with("student.txt"), "{message}");
}

#[test]
fn two_broken_templates_are_told_at_once() {
    let mut templates = one("student.html", "{{ nmae }}");
    templates.insert("host.html".to_owned(), "{{ titel }}".to_owned());
    let faults = letters(&season().given(), &templates).expect_err("both are refused");
    let told: Vec<&str> = faults.findings().iter().map(|finding| finding.message.as_str()).collect();
    assert!(told[0].starts_with("student.html") && told[1].starts_with("host.html"), "{told:?}");
}

#[test]
fn a_season_without_a_matching_has_letters_that_promise_nothing() {
    let mut request = match_request(SEASON);
    let projects = request.instance.iter_mut().flat_map(|instance| &mut instance.projects);
    projects.for_each(|project| {
        (project.must_open, project.min_seat_count, project.max_seat_count) = (true, Some(3), Some(2))
    });
    let season = Matched::of(request);
    assert_eq!(season.outcome.status(), pb::outcome::Status::Infeasible);
    let made = letters(&season.given(), &default_templates()).expect("letters");
    assert!(made.letters[0].text.contains("There is no placement yet."), "{}", made.letters[0].text);
}
