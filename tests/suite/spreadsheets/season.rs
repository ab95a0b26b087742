//! The season of a thousand students, read from its spreadsheets, has the optimum that two solvers found.

use super::{file, import, open};
use crate::support::{goals, solve};
use desk::import::{File, Options};
use pb::goal::Kind::{LeastRankSum, PlaceMost};
use wire::pb;

const ANSWERS: &str = r#"
[answers]
"host_ranks.left_out" = "unranked"
"students.country_preferences.meaning" = "unused"
"students.class_year.graduate" = "no"
"projects.stipend_usd_week.period" = "week"
"#;

fn files() -> Vec<File> {
    let names = ["students.csv", "hosts.csv", "projects.csv", "preferences.csv", "host_preferences.csv", "skills.csv"];
    names.map(|name| file(name, std::fs::read(super::data("misti-like").join(name)).expect("a table"))).into()
}

fn season(choices_only: bool, minimums: bool) -> pb::Instance {
    let minimums = if minimums { "" } else { "[columns.projects]\ncapacity_min = \"ignore\"\n" };
    let mapping = format!("{minimums}[defaults.students]\nchoices_only = \"{choices_only}\"\n{ANSWERS}");
    let read = import(&files(), &Options { mapping, ..Options::default() });
    assert!(!read.is_open, "{:#?}", open(&read));
    read.instance.expect("a season")
}

#[test]
fn its_optimum_is_774_with_1493_and_with_minimums_772_with_1498() {
    for (minimums, expected) in [(false, [774, 1_493]), (true, [772, 1_498])] {
        let policy = Some(goals(&[PlaceMost, LeastRankSum]));
        let outcome = solve(pb::MatchRequest { instance: Some(season(true, minimums)), policy });
        assert_eq!(outcome.goals.iter().map(|goal| goal.value).collect::<Vec<_>>(), expected);
        assert_eq!(outcome.status(), pb::outcome::Status::Optimal);
    }
}

#[test]
fn of_its_pairs_146674_are_eligible() {
    let read = wire::read_request(Some(season(false, false)), None, &wire::SizeLimits::NONE);
    let request = read.unwrap_or_else(|faults| panic!("{:?}", faults.findings()));
    let evaluation = rules::evaluation::evaluate(&request.instance, &request.policy, usize::MAX, &|| false);
    assert_eq!(evaluation.expect("no limit was set").pairs.len(), 146_674);
}
