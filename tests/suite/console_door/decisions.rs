//! Decisions by the page and by a table: neither takes the place of the other.

use super::visitor::{Sent, Visitor};
use crate::runs::harness::Place;
use wire::pb;

const STUDENTS: &[u8] = b"student_id,name,gpa\nS1,Ana,9\nS2,Ben,8\n";

const TABLE: &[u8] = b"file,sheet,cell,row,record_id,column,code,severity,found,problem,suggestion,decision\n\
    students.csv,,C3,3,S2,gpa,M7029,ERROR,8,it has to be from 0 to 5,,blank\n";

#[test]
fn a_table_of_decisions_leaves_those_that_were_made_on_the_page() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let visitor = Visitor::of(&server);
    let file = pb::DeskFile { name: "students.csv".to_owned(), content: STUDENTS.to_vec() };
    let problems = format!("/seasons/{}/problems", visitor.season("Two", &[file]));
    let told =
        |words: &str| assert!(visitor.get(&problems).words().contains(words), "{}", visitor.get(&problems).words());
    told("to decide (2)");
    assert_eq!(visitor.post(&problems, &[("revision", "1"), ("d0", "blank")]).status, 303);
    told("decided (1)");
    let table = Sent::files(&[("revision", "2")], &[("problems.csv", TABLE)]);
    let sent = visitor.send_own(&problems.replace("/problems", "/decisions"), table);
    assert_eq!(sent.status, 303, "{}", sent.text());
    told("decided (2)");
    told("Nothing is open");
}
