//! Who goes where: countries by study level, and majors by country.

use std::collections::BTreeMap;

use maud::{Markup, html};
use rules::domain::StudyLevel;
use wire::numbers::{count, counted, listed_most};
use wire::pb;

use super::seats::country;
use crate::bars::{self, Bar, Fill};
use crate::html::section as frame;
use crate::people;
use crate::season::View;
use crate::share::percent;

/// Countries and majors that are seen at once.
const SHOWN: usize = 8;
/// Countries of a major that are named.
const MOST_NAMED: usize = 6;

/// The levels, in the order in which they are counted; the last stands for those of whom none is known.
const LEVELS: [(Option<StudyLevel>, &str, Fill); 4] = [
    (Some(StudyLevel::Undergraduate), "Undergraduate", Fill::Solid),
    (Some(StudyLevel::Masters), "Master's", Fill::Hatched),
    (Some(StudyLevel::Doctoral), "Doctoral", Fill::Dotted),
    (None, "Level not known", Fill::Open),
];

fn level_of(view: &View, place: &pb::Assignment) -> usize {
    let level = view.student(&place.student_id).and_then(|(_, student)| student.study_level);
    LEVELS.iter().position(|(known, _, _)| *known == level).unwrap_or(LEVELS.len() - 1)
}

fn country_of(view: &View, place: &pb::Assignment) -> String {
    let country = view.project(&place.project_id).and_then(|(_, project)| view.instance().country_of(project));
    country.map_or_else(String::new, |country| country.to_string())
}

/// Students by country.
pub(super) fn section(view: &View) -> Markup {
    let places = &view.outcome().assignments;
    let mut countries: BTreeMap<String, Vec<&pb::Assignment>> = BTreeMap::new();
    for place in places {
        countries.entry(country_of(view, place)).or_default().push(place);
    }
    let mut countries: Vec<(String, Vec<&pb::Assignment>)> = countries.into_iter().collect();
    countries.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    let mut answers = Vec::new();
    let named = countries.iter().filter(|(key, _)| !key.is_empty());
    if named.clone().next().is_none() {
        answers.push("No project names a country.".to_owned());
    } else {
        let most: Vec<String> = named
            .clone()
            .take(3)
            .map(|(key, them)| format!("{} ({})", country(key), count(them.len() as i64)))
            .collect();
        let number = counted(named.count() as i64, "country").replace("countrys", "countries");
        answers.push(format!("Students go to {number}, most of them to {}.", listed_most(most, 3, "and")));
    }
    let shown = html! {
        @if !places.is_empty() { (by_country(view, &countries)) }
        (by_major(view))
    };
    frame("destinations", "Who goes where?", &answers, &shown)
}

fn by_country(view: &View, countries: &[(String, Vec<&pb::Assignment>)]) -> Markup {
    let counts = |them: &[&pb::Assignment]| {
        let mut counts = [0_u64; LEVELS.len()];
        them.iter().for_each(|place| counts[level_of(view, place)] += 1);
        counts
    };
    let bar = |(key, them): &(String, Vec<&pb::Assignment>)| Bar {
        label: country(key),
        parts: counts(them).into_iter().zip(LEVELS).map(|(number, (_, _, fill))| (number, fill)).collect(),
        told: counted(them.len() as i64, "student"),
        behind: them.iter().map(|place| people::placed(view, place)).collect(),
        table: view.students_where(&[("country", key)]),
        ..Bar::default()
    };
    let bars: Vec<Bar> = countries.iter().map(bar).collect();
    let row = |(key, them): &(String, Vec<&pb::Assignment>)| {
        let numbers = counts(them).into_iter().map(|number| number.to_string());
        [country(key)].into_iter().chain(numbers).chain([them.len().to_string()]).collect()
    };
    let rows: Vec<Vec<String>> = countries.iter().map(row).collect();
    let met = |at: usize| bars.iter().any(|bar| bar.parts[at].0 > 0);
    let legend: Vec<(Fill, &str)> =
        (0..LEVELS.len()).filter(|&at| met(at)).map(|at| (LEVELS[at].2, LEVELS[at].1)).collect();
    html! {
        h3 { "By country and study level" }
        (bars::legend(&legend))
        (bars::rows("where", &bars, SHOWN, "more countries"))
        (bars::numbers("where", "Students by country and study level",
            &["Country", LEVELS[0].1, LEVELS[1].1, LEVELS[2].1, LEVELS[3].1, "All"], &rows))
    }
}

/// Applicants by major, and where those go who have a place.
fn by_major(view: &View) -> Markup {
    #[derive(Default)]
    struct Major {
        all: u64,
        by_country: BTreeMap<String, u64>,
        behind: Vec<Markup>,
    }
    let mut majors: BTreeMap<&str, Major> = BTreeMap::new();
    for student in &view.instance().students {
        let major = majors.entry(&student.major).or_default();
        major.all += 1;
        if let Some(place) = view.place_of(student.id.as_str()) {
            *major.by_country.entry(country_of(view, place)).or_default() += 1;
            major.behind.push(people::placed(view, place));
        }
    }
    if majors.keys().all(|major| major.is_empty()) {
        return Markup::default();
    }
    let mut majors: Vec<(&str, Major)> = majors.into_iter().collect();
    majors.sort_by(|a, b| b.1.all.cmp(&a.1.all).then_with(|| a.0.cmp(b.0)));
    let name = |major: &str| if major.is_empty() { "no major".to_owned() } else { major.to_owned() };
    let row = |(major, them): &(&str, Major)| {
        let mut to: Vec<(&String, &u64)> = them.by_country.iter().collect();
        to.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let to = to.into_iter().map(|(key, number)| format!("{} {number}", if key.is_empty() { "none" } else { key }));
        let placed = them.behind.len() as u64;
        let to = listed_most(to.collect(), MOST_NAMED, "and");
        vec![name(major), them.all.to_string(), placed.to_string(), percent(placed, them.all), to]
    };
    let rows: Vec<Vec<String>> = majors.iter().map(row).collect();
    let bar = |(major, them): (&str, Major)| {
        let placed = them.behind.len() as u64;
        Bar {
            label: name(major),
            parts: vec![(placed, Fill::Solid), (them.all - placed, Fill::Open)],
            told: format!("{} of {} placed", count(placed as i64), count(them.all as i64)),
            behind: them.behind,
            table: view.students_where(&[("major", major), ("place", "yes")]),
            ..Bar::default()
        }
    };
    let bars: Vec<Bar> = majors.into_iter().map(bar).collect();
    html! {
        h3 { "By major" }
        (bars::legend(&[(Fill::Solid, "with a place"), (Fill::Open, "without")]))
        (bars::rows("majors", &bars, SHOWN, "more majors"))
        (bars::numbers("majors", "Students by major, and where they go",
            &["Major", "Students", "With a place", "Share", "Where"], &rows))
    }
}
