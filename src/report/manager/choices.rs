//! How well did students do: choice ranks, with who has no place in the denominator.

use maud::{Markup, html};
use wire::numbers::{count, counted, ordinal};
use wire::pb;

use crate::bars::{self, Bar, Columns, Fill};
use crate::html::section as frame;
use crate::people;
use crate::season::View;
use crate::share::percent;

const QUESTION: &str = "How well did students do?";
/// Ranks with a column of their own; those after it share one.
const MOST_RANKS: usize = 8;

/// Students by the rank of the choice that covers their place.
pub(super) fn section(view: &View) -> Markup {
    let Some(summary) = &view.outcome().summary else { return Markup::default() };
    let lines = &summary.rank_histogram;
    let placed = u64::from(summary.placed_count.unsigned_abs());
    let all = placed + u64::from(summary.unmatched_count.unsigned_abs());
    if lines.iter().all(|line| line.rank == 0) {
        let told = if placed == 0 { "Nobody has a place." } else { "No choice of any student covers their place." };
        return frame("choices", QUESTION, &[told.to_owned()], &Markup::default());
    }
    let at_rank = |least: i32, most: i32| -> Vec<Markup> {
        let is_it = |place: &&pb::Assignment| (least..=most).contains(&place.choice_rank.unwrap_or(0));
        view.outcome().assignments.iter().filter(is_it).map(|place| people::placed(view, place)).collect()
    };
    let bar = |label: String, what: String, least: i32, most: i32| {
        let behind = at_rank(least, most);
        let told = format!("{what}: {}", counted(behind.len() as i64, "student"));
        let table = if least == most { view.students_where(&[("rank", &rank_value(least))]) } else { None };
        Bar { label, parts: vec![(behind.len() as u64, Fill::Solid)], told, behind, table, ..Bar::default() }
    };
    let mut ranks: Vec<i32> = lines.iter().map(|line| line.rank).filter(|&rank| rank > 0).collect();
    ranks.sort_unstable();
    let single = if ranks.len() > MOST_RANKS { MOST_RANKS - 1 } else { ranks.len() };
    let mut bars: Vec<Bar> = ranks[..single]
        .iter()
        .map(|&rank| bar(ordinal(rank.into()), format!("{} choice", ordinal(rank.into())), rank, rank))
        .collect();
    if let Some(&next) = ranks.get(single) {
        let name = ordinal(next.into());
        bars.push(bar(format!("{name}+"), format!("{name} choice and after"), next, i32::MAX));
    }
    let mut sum = 0;
    let mut curve: Vec<u64> = Vec::new();
    for bar in &bars {
        sum += bar.behind.len() as u64;
        curve.push(sum);
    }
    if lines.iter().any(|line| line.rank == 0) {
        let mut other = bar("other".to_owned(), "A place that no choice covers".to_owned(), 0, 0);
        other.parts[0].1 = Fill::Hatched;
        bars.push(other);
    }
    let left: Vec<Markup> =
        view.outcome().unmatched.iter().map(|left| people::student(view, &left.student_id)).collect();
    if !left.is_empty() {
        let told = format!("No place: {}", counted(left.len() as i64, "student"));
        let parts = vec![(left.len() as u64, Fill::Open)];
        let table = view.students_where(&[("place", "no")]);
        bars.push(Bar { label: "none".to_owned(), parts, told, behind: left, table, ..Bar::default() });
    }
    let answers = answers(lines, placed, all);
    let picture = Columns {
        id: "choices",
        title: QUESTION,
        description: answers.join(" "),
        bars: &bars,
        top: all,
        scale: [0, 25, 50, 75, 100].map(|part| (part, format!("{part}%"))).to_vec(),
        curve,
    };
    let shown = html! {
        (picture.draw())
        p.soft { "Columns: students, as a share of all " (count(all as i64)) ". Curve: who has this choice or a better one." }
        (bars::numbers("choices", "Students by the choice that covers their place",
            &["Choice", "Students", "Share of all", "This or better"], &table(lines, placed, all)))
    };
    frame("choices", QUESTION, &answers, &shown)
}

/// A rank as tables are filtered by it.
fn rank_value(rank: i32) -> String {
    if rank == 0 { "other".to_owned() } else { rank.to_string() }
}

fn number(line: &pb::RankCount) -> u64 {
    u64::from(line.student_count.unsigned_abs())
}

fn answers(lines: &[pb::RankCount], placed: u64, all: u64) -> Vec<String> {
    let up_to = |most: i32| lines.iter().filter(|line| (1..=most).contains(&line.rank)).map(number).sum::<u64>();
    let (first, third) = (up_to(1), up_to(3));
    let has = |number: u64| if number == 1 { "has" } else { "have" };
    let mut told = vec![format!(
        "{} of {} ({}) {} a 1st choice, and {} ({}) one of rank 3 or better.",
        count(first as i64),
        counted(all as i64, "student"),
        percent(first, all),
        has(first),
        count(third as i64),
        percent(third, all)
    )];
    let other: u64 = lines.iter().filter(|line| line.rank == 0).map(number).sum();
    if other > 0 {
        told.push(format!("{} {} a place that no choice covers.", count(other as i64), has(other)));
    }
    if all > placed {
        let left = all - placed;
        told.push(format!("{} {} no place.", count(left as i64), has(left)));
    }
    told
}

/// One row a rank, then those without.
fn table(lines: &[pb::RankCount], placed: u64, all: u64) -> Vec<Vec<String>> {
    let mut sum = 0;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut lines: Vec<&pb::RankCount> = lines.iter().collect();
    lines.sort_by_key(|line| if line.rank == 0 { i32::MAX } else { line.rank });
    for line in lines {
        let students = number(line);
        let share = percent(students, all);
        if line.rank == 0 {
            rows.push(vec!["no choice covers it".to_owned(), students.to_string(), share, String::new()]);
        } else {
            sum += students;
            rows.push(vec![ordinal(line.rank.into()), students.to_string(), share, percent(sum, all)]);
        }
    }
    let left = all - placed;
    rows.push(vec!["no place".to_owned(), left.to_string(), percent(left, all), String::new()]);
    rows
}
