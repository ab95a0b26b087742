//! Shortlists, checked from the instance alone.

use rules::domain::{Assignment, Instance, Matching, Policy};
use rules::eligibility::{self, Rulebook};
use rules::scoring::{self, Scale};

/// What a shortlist reaches, recomputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortlistCheck {
    /// Students with an interview.
    pub students: usize,
    /// Projects with one.
    pub projects: usize,
    /// Interviews.
    pub interviews: usize,
    /// Their points.
    pub points: i64,
}

/// Checks that every pair keeps the rules, that nobody who is pinned is interviewed, and that nobody has more than may be.
///
/// # Errors
/// What is broken first.
pub fn shortlist(
    instance: &Instance,
    policy: &Policy,
    interviews: &Matching,
    of_projects: &[u32],
    of_student: u32,
) -> Result<ShortlistCheck, &'static str> {
    let rulebook = Rulebook::new(instance, policy);
    let scale = Scale::of(instance, policy);
    let (mut students, mut projects) = (vec![0_u32; instance.students.len()], vec![0_u32; instance.projects.len()]);
    let mut is_pinned = vec![false; instance.students.len()];
    instance.notes.iter().filter(|note| instance.pins(note)).for_each(|note| is_pinned[note.student.at()] = true);
    let mut points = 0;
    for &Assignment { student, project } in interviews.assignments() {
        let case = rulebook.case(student, project);
        if !eligibility::refusing_rules(&case).is_empty() {
            return Err("a rule refuses a pair");
        }
        if is_pinned[student.at()] {
            return Err("a pinned student is interviewed");
        }
        points += i64::from(scoring::points(&case, scale).0);
        students[student.at()] += 1;
        projects[project.at()] += 1;
    }
    if students.iter().any(|&count| count > of_student) {
        return Err("a student has too many interviews");
    }
    if projects.iter().zip(of_projects).any(|(count, most)| count > most) {
        return Err("a project has too many interviews");
    }
    let some = |counts: &[u32]| counts.iter().filter(|&&count| count > 0).count();
    let interviews = interviews.assignments().len();
    Ok(ShortlistCheck { students: some(&students), projects: some(&projects), interviews, points })
}
