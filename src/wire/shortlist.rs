//! Shortlists: message to domain and back.

use std::collections::BTreeMap;
use std::time::Duration;

use super::outcome::{provenance, status};
use super::request::Ids;
use super::{Faults, SizeLimits, pb};
use engine::Shortlist;
use formulation::{Interviews, ShortlistGoal};
use rules::codes;
use rules::domain::{Instance, Policy, ProjectIndex};
use rules::evaluation::PairEvaluation;
use rules::finding::At;

/// Most interviews of one project or student.
const MAX_INTERVIEWS: u32 = 1_000;
/// Interviews of a project where none are stated.
const OF_PROJECT: u32 = 5;
/// Interviews of a student where none are stated.
const OF_STUDENT: u32 = 3;

/// Reads how many interviews there may be.
///
/// # Errors
/// Every fault.
pub fn read_interviews(
    instance: &Instance,
    of_project: Option<i32>,
    of_student: Option<i32>,
    stated: &[pb::ProjectInterviews],
    limits: &SizeLimits,
) -> Result<Interviews, Faults> {
    let mut faults = Faults::default();
    let mut count = |name, stated: Option<i32>, unset| {
        stated.map_or(Some(unset), |count| faults.whole(At::root(name), count, 1, MAX_INTERVIEWS)).unwrap_or(unset)
    };
    let of_project = count("interviews_per_project", of_project, OF_PROJECT);
    let of_student = count("interviews_per_student", of_student, OF_STUDENT);
    let mut of_projects = vec![of_project; instance.projects.len()];
    let all = At::root("project_interviews");
    if faults.count(all, stated.len(), limits.projects) {
        let ids = Ids::of(instance);
        let mut seen = vec![false; of_projects.len()];
        for (place, stated) in stated.iter().enumerate() {
            let at = all.index(place);
            let project = ids.project(at.field("project_id"), &stated.project_id, &mut faults);
            let count = faults.whole(at.field("count"), stated.count, 0, MAX_INTERVIEWS);
            let (Some(project), Some(count)) = (project, count) else { continue };
            if std::mem::replace(&mut seen[project.at()], true) {
                faults.add(&codes::DUPLICATE_ENTRY, at.field("project_id"), "the project is in the list already");
            }
            of_projects[project.at()] = count;
        }
    }
    if faults.total() == 0 { Ok(Interviews { of_projects, of_student }) } else { Err(faults) }
}

/// Writes a shortlist.
pub fn write_shortlist(
    instance: &Instance,
    policy: &Policy,
    shortlist: &Shortlist,
    elapsed: Duration,
) -> pb::ShortlistResponse {
    let student_id = |at: rules::domain::StudentIndex| instance.students[at.at()].id.to_string();
    let project_id = |at: ProjectIndex| instance.projects[at.at()].id.to_string();
    let mut of_projects: BTreeMap<ProjectIndex, Vec<&PairEvaluation>> = BTreeMap::new();
    for interview in &shortlist.interviews {
        of_projects.entry(interview.project).or_default().push(interview);
    }
    let ranked = |(project, mut interviews): (ProjectIndex, Vec<&PairEvaluation>)| {
        interviews.sort_by_key(|interview| (std::cmp::Reverse(interview.score.points), interview.student));
        let better = |points| interviews.iter().filter(|interview| interview.score.points > points).count();
        let rank = |interview: &&PairEvaluation| pb::StudentRank {
            student_id: student_id(interview.student),
            rank: Some(better(interview.score.points) as i32 + 1),
        };
        let student_ranks = interviews.iter().map(rank).collect();
        pb::ProjectShortlist { project_id: project_id(project), student_ranks }
    };
    let interview = |interview: &PairEvaluation| pb::Interview {
        student_id: student_id(interview.student),
        project_id: project_id(interview.project),
        points: interview.score.points.0,
        choice_rank: interview.choice_rank.map(|rank| rank as i32),
    };
    let students_without = shortlist.students_without.iter().map(|&(student, possible)| pb::StudentWithout {
        student_id: student_id(student),
        possible_project_count: possible as i32,
    });
    let projects_without = shortlist.projects_without.iter().map(|&(project, possible)| pb::ProjectWithout {
        project_id: project_id(project),
        possible_student_count: possible as i32,
    });
    let goals = shortlist.goals.iter().map(|(goal, reached)| pb::ShortlistGoal {
        kind: goal_kind(*goal) as i32,
        value: reached.value,
        bound: reached.bound,
        proven: reached.proven,
    });
    pb::ShortlistResponse {
        status: status(shortlist.status) as i32,
        interviews: shortlist.interviews.iter().map(interview).collect(),
        projects: of_projects.into_iter().map(ranked).collect(),
        students_without: students_without.collect(),
        projects_without: projects_without.collect(),
        goals: goals.collect(),
        canonical: shortlist.canonical,
        provenance: Some(provenance(instance, policy, elapsed)),
    }
}

fn goal_kind(goal: ShortlistGoal) -> pb::shortlist_goal::Kind {
    match goal {
        ShortlistGoal::StudentsWithout => pb::shortlist_goal::Kind::StudentsWithout,
        ShortlistGoal::ProjectsWithout => pb::shortlist_goal::Kind::ProjectsWithout,
        ShortlistGoal::Interviews => pb::shortlist_goal::Kind::Interviews,
        ShortlistGoal::Points => pb::shortlist_goal::Kind::Points,
    }
}
