//! What pictures and tables count is what the outcome says.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use report::{Audience, page};
use wire::pb;

use super::{Matched, full};
use crate::oracle::{GOALS, generate, goal};
use crate::support::{caller, solve};

/// What stands between two texts, the first time.
fn between<'a>(text: &'a str, from: &str, until: &str) -> Option<&'a str> {
    let start = text.find(from)? + from.len();
    let end = text[start..].find(until)?;
    Some(&text[start..start + end])
}

fn section<'a>(page: &'a str, id: &str) -> &'a str {
    between(page, &format!("<section id=\"{id}\""), "</section>").unwrap_or_else(|| panic!("no section {id}"))
}

/// The rows of a table of numbers; none where the page has no such table.
fn table(page: &str, id: &str) -> Vec<Vec<String>> {
    let Some(table) = between(page, &format!("<table id=\"{id}-numbers\">"), "</table>") else { return Vec::new() };
    let body = between(table, "<tbody>", "</tbody>").expect("a body");
    let rows = body.split("<tr>").skip(1);
    let text = |cell: &str| cell.split_once('>').expect("a cell").1.split_once("</t").expect("its end").0.to_owned();
    rows.map(|row| row.split("<t").skip(1).map(text).collect()).collect()
}

fn column(rows: &[Vec<String>], at: usize) -> i64 {
    rows.iter().map(|row| row[at].parse::<i64>().expect("a number")).sum()
}

/// The sum of what the parts of bars of one pattern count.
fn drawn(part: &str, fill: &str) -> i64 {
    let begins = format!("<rect class=\"{fill}\" data-count=\"");
    let counts = part.split(&begins).skip(1);
    counts.map(|rest| rest.split('"').next().expect("a count").parse::<i64>().expect("a number")).sum()
}

const FILLS: [&str; 4] = ["f-solid", "f-hatched", "f-dotted", "f-open"];

fn drawn_in_all(part: &str) -> i64 {
    FILLS.iter().map(|fill| drawn(part, fill)).sum()
}

/// The bars that stand before a table.
fn bars<'a>(page: &'a str, id: &str) -> &'a str {
    let table = page.find(&format!("<table id=\"{id}-numbers\">")).expect("a table");
    let from = page[..table].rfind("<div class=\"rows\">").expect("bars");
    &page[from..table]
}

fn behind(part: &str) -> i64 {
    part.matches("<li>").count() as i64
}

/// Compares everything that a page counts with the outcome.
fn agrees(season: &Matched, told: &str) {
    let outcome = &season.outcome;
    let page = page(&season.given(), Audience::Manager).expect("a page");
    let Some(summary) = &outcome.summary else {
        assert!(page.contains("Why is there no placement?"), "{told}");
        return;
    };
    let (placed, left) = (i64::from(summary.placed_count), i64::from(summary.unmatched_count));
    let figure = format!("<dt>With a place</dt><dd>{placed}<small>of {} student", placed + left);
    assert!(page.contains(&figure), "{told}: {figure}");
    choices(&page, summary, told);
    fills(
        &page,
        "programs",
        &summary.programs,
        |label| if label == "no program" { String::new() } else { key(label) },
        told,
    );
    fills(
        &page,
        "countries",
        &summary.countries,
        |label| if label == "no country" { String::new() } else { key(label) },
        told,
    );
    let hosts = table(&page, "hosts");
    if !hosts.is_empty() {
        assert_eq!(column(&hosts, 1), placed, "{told}");
        assert_eq!(drawn(bars(&page, "hosts"), "f-solid"), placed, "{told}");
        assert_eq!(behind(bars(&page, "hosts")), placed, "{told}");
    }
    reasons(&page, outcome, told);
    if placed > 0 {
        assert_eq!(column(&table(&page, "where"), 5), placed, "{told}");
        assert_eq!(drawn_in_all(bars(&page, "where")), placed, "{told}");
        assert_eq!(drawn_in_all(section(&page, "points")), placed, "{told}");
        assert_eq!(column(&table(&page, "points"), 1), placed, "{told}");
        assert_eq!(behind(section(&page, "points")), placed, "{told}");
        let total = wire::numbers::scores(summary.total_points, 0).0;
        assert!(section(&page, "points").contains(&format!("the total is {total}.")), "{told}");
    }
    if !outcome.seat_values.is_empty() {
        assert_eq!(column(&table(&page, "one-more"), 1), outcome.seat_values.len() as i64, "{told}");
    }
    let blocking = i64::from(season.check.blocking_pair_count);
    assert_eq!(column(&table(&page, "blocking"), 1), blocking, "{told}");
    if let Some(comparison) = season.changes.as_ref().and_then(|changes| changes.comparison.as_ref()) {
        let rows = table(&page, "changes");
        let changed = comparison.changes.len() as i64 + i64::from(comparison.unchanged_count);
        assert_eq!(column(&rows, 1), changed, "{told}");
        assert_eq!(behind(bars(&page, "changes")), comparison.changes.len() as i64, "{told}");
    }
}

fn key(label: &str) -> String {
    label.rsplit_once('(').map_or(label, |(_, key)| key.trim_end_matches(')')).to_owned()
}

fn choices(page: &str, summary: &pb::Summary, told: &str) {
    if summary.rank_histogram.iter().all(|line| line.rank == 0) {
        return;
    }
    let rows = table(page, "choices");
    let mut expected: Vec<(String, i32)> = summary
        .rank_histogram
        .iter()
        .filter(|line| line.rank > 0)
        .map(|line| (wire::numbers::ordinal(line.rank.into()), line.student_count))
        .collect();
    let other = summary.rank_histogram.iter().find(|line| line.rank == 0);
    expected.extend(other.map(|line| ("no choice covers it".to_owned(), line.student_count)));
    expected.push(("no place".to_owned(), summary.unmatched_count));
    let found: Vec<(String, i32)> =
        rows.iter().map(|row| (row[0].clone(), row[1].parse().expect("a number"))).collect();
    assert_eq!(found, expected, "{told}");
    let all = i64::from(summary.placed_count + summary.unmatched_count);
    let section = section(page, "choices");
    assert_eq!(drawn_in_all(section), all, "{told}");
    assert_eq!(behind(section), all, "{told}");
    let last = section.rsplit("<circle class=\"knot\"").next().expect("a curve");
    assert!(section.contains("<polyline class=\"curve\""), "{told}: {last}");
}

fn fills(page: &str, id: &str, fills: &[pb::Fill], key: impl Fn(&str) -> String, told: &str) {
    if fills.iter().all(|fill| fill.key.is_empty()) {
        assert!(table(page, id).is_empty(), "{told}");
        return;
    }
    let expected: BTreeMap<String, (i64, i64)> =
        fills.iter().map(|fill| (fill.key.clone(), (fill.placed_count.into(), fill.seat_count))).collect();
    let number = |text: &String| text.parse::<i64>().expect("a number");
    let rows = table(page, id);
    let found: BTreeMap<String, (i64, i64)> =
        rows.iter().map(|row| (key(&row[0]), (number(&row[1]), number(&row[2])))).collect();
    assert_eq!(found, expected, "{told} {id}");
    let bars = bars(page, id);
    assert_eq!(drawn(bars, "f-solid"), expected.values().map(|(placed, _)| placed).sum::<i64>(), "{told} {id}");
    assert_eq!(drawn(bars, "f-open"), column(&rows, 3), "{told} {id}");
    assert_eq!(behind(bars), column(&rows, 1), "{told} {id}");
}

fn reasons(page: &str, outcome: &pb::Outcome, told: &str) {
    let counted = |rows: Vec<Vec<String>>| {
        let mut counts: Vec<i64> = rows.iter().map(|row| row[1].parse().expect("a number")).collect();
        counts.sort_unstable();
        counts
    };
    let by = |reasons: Vec<i32>| {
        let mut counts: BTreeMap<i32, i64> = BTreeMap::new();
        reasons.into_iter().for_each(|reason| *counts.entry(reason).or_default() += 1);
        let mut counts: Vec<i64> = counts.into_values().collect();
        counts.sort_unstable();
        counts
    };
    let unmatched = by(outcome.unmatched.iter().map(|left| left.reason).collect());
    assert_eq!(counted(table(page, "unplaced")), unmatched, "{told}");
    let empty = by(outcome.empty_projects.iter().map(|project| project.reason).collect());
    assert_eq!(counted(table(page, "empty")), empty, "{told}");
    for left in &outcome.unmatched {
        assert!(section(page, "unplaced").contains(&left.sentence), "{told}: {}", left.sentence);
    }
}

#[test]
fn every_total_of_a_picture_is_the_outcomes() {
    let (mut with_matching, mut without) = (0, 0);
    for seed in 0..300 {
        let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
        let kinds = [GOALS[seed as usize % GOALS.len()], GOALS[0], GOALS[1]];
        let mut goals: Vec<pb::Goal> = Vec::new();
        for kind in kinds {
            if goals.iter().all(|known| known.kind != kind as i32) {
                goals.push(goal(kind));
            }
        }
        let policy = pb::Policy { goals, weights: Some(generate::weights()), ..pb::Policy::default() };
        let request = pb::MatchRequest { instance: Some(instance), policy: Some(policy) };
        let mut season = Matched::of(request.clone());
        // Another draw of the lottery is the other outcome to compare with.
        let mut other = request;
        other.policy.get_or_insert_default().lottery_seed = 7;
        other.policy.get_or_insert_default().goals.reverse();
        let both = pb::CompareRequest { before: Some(solve(other)), after: Some(season.outcome.clone()) };
        let comparison = calls::compare(&both, &caller()).expect("a comparison");
        season.changes = Some(pb::CompareRunsResponse { comparison: Some(comparison), reasons: Vec::new() });
        *(if season.outcome.summary.is_some() { &mut with_matching } else { &mut without }) += 1;
        agrees(&season, &format!("seed {seed}"));
    }
    assert!(with_matching > 150 && without > 10, "{with_matching} {without}");
}

#[test]
fn a_season_with_programs_and_a_real_one_agree_too() {
    let asked = pb::GetSampleRequest {
        sample: pb::get_sample_request::Sample::Summer as i32,
        student_count: Some(120),
        project_count: Some(100),
        ..pb::GetSampleRequest::default()
    };
    let made = calls::sample(&asked).expect("a sample");
    agrees(&Matched::of(pb::MatchRequest { instance: made.instance, policy: made.policy }), "a sample");
    let season = full();
    let page = page(&season.given(), Audience::Manager).expect("a page");
    assert!(page.len() <= 1_500_000, "{} bytes", page.len());
    choices(&page, season.outcome.summary.as_ref().expect("a summary"), "the real season");
    reasons(&page, &season.outcome, "the real season");
}

#[test]
fn the_same_messages_give_the_same_bytes() {
    let season = full();
    let begun = std::time::Instant::now();
    let pages: Vec<String> = (0..2).map(|_| page(&season.given(), Audience::Manager).expect("a page")).collect();
    println!("two pages of the real season in {:?}", begun.elapsed());
    assert_eq!(pages[0], pages[1]);
}
