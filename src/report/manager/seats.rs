//! Where are seats empty: offered and filled by program, country and host, and why projects are empty.

use std::collections::BTreeMap;

use maud::{Markup, html};
use rules::domain::{Country, HostIndex, ProjectIndex};
use wire::numbers::{count, counted};
use wire::pb;

use crate::bars::{self, Bar, Fill};
use crate::html::section as frame;
use crate::people;
use crate::season::View;
use crate::share::percent;

/// Groups that are seen at once.
const SHOWN: usize = 6;

/// One group of projects.
struct Group {
    key: String,
    label: String,
    seats: u64,
    placed: u64,
    behind: Vec<Markup>,
    page: Option<String>,
    table: Option<String>,
}

/// Seats offered and filled.
pub(super) fn section(view: &View) -> Markup {
    let Some(summary) = &view.outcome().summary else { return Markup::default() };
    let programs = fills(view, &summary.programs, |view, place| {
        let (_, project) = view.project(&place.project_id)?;
        project.program.map(|program| view.instance().programs[program.at()].id.to_string())
    });
    let programs = programs.into_iter().map(|group| Group {
        label: program(view, &group.key),
        table: view.students_where(&[("program", &group.key)]),
        ..group
    });
    let countries = fills(view, &summary.countries, |view, place| {
        let (_, project) = view.project(&place.project_id)?;
        view.instance().country_of(project).map(|country| country.to_string())
    });
    let countries = countries.into_iter().map(|group| Group {
        label: country(&group.key),
        table: view.students_where(&[("country", &group.key)]),
        ..group
    });
    let seats = view.instance().seats_over(view.instance().project_indices());
    let placed = u64::from(summary.placed_count.unsigned_abs());
    let answer = format!(
        "{} of {} ({}) are filled; {} {} free, and nobody goes to {} of {}.",
        count(placed as i64),
        counted(seats as i64, "seat"),
        percent(placed, seats),
        count(seats.saturating_sub(placed) as i64),
        if seats.saturating_sub(placed) == 1 { "stays" } else { "stay" },
        count(view.outcome().empty_projects.len() as i64),
        counted(view.instance().projects.len() as i64, "project")
    );
    let shown = html! {
        (bars::legend(&[(Fill::Solid, "filled"), (Fill::Open, "free")]))
        (picture("programs", "By program", "Program", "programs", programs.collect()))
        (picture("countries", "By country", "Country", "countries", countries.collect()))
        (picture("hosts", "By host", "Host", "hosts", hosts(view)))
        (empty(view))
    };
    frame("seats", "Where are seats empty?", &[answer], &shown)
}

fn program(view: &View, key: &str) -> String {
    let programs = &view.instance().programs;
    match programs.binary_search_by(|row| row.id.as_str().cmp(key)) {
        Ok(at) if !programs[at].title.is_empty() && programs[at].title != key => {
            format!("{} ({key})", programs[at].title)
        }
        _ if key.is_empty() => "no program".to_owned(),
        _ => key.to_owned(),
    }
}

/// A country by its code.
pub(super) fn country(key: &str) -> String {
    match Country::parse(key) {
        Some(country) => format!("{} ({key})", country.name()),
        None if key.is_empty() => "no country".to_owned(),
        None => key.to_owned(),
    }
}

/// Groups as the outcome counts them, with who is in each.
fn fills(view: &View, fills: &[pb::Fill], key: impl Fn(&View, &pb::Assignment) -> Option<String>) -> Vec<Group> {
    let mut behind: BTreeMap<String, Vec<Markup>> = BTreeMap::new();
    for place in &view.outcome().assignments {
        behind.entry(key(view, place).unwrap_or_default()).or_default().push(people::placed(view, place));
    }
    let group = |fill: &pb::Fill| Group {
        key: fill.key.clone(),
        label: String::new(),
        seats: fill.seat_count.unsigned_abs(),
        placed: u64::from(fill.placed_count.unsigned_abs()),
        behind: behind.remove(&fill.key).unwrap_or_default(),
        page: None,
        table: None,
    };
    fills.iter().map(group).collect()
}

/// Groups by host, counted as the outcome counts programs.
fn hosts(view: &View) -> Vec<Group> {
    let instance = view.instance();
    let mut projects: BTreeMap<Option<HostIndex>, Vec<ProjectIndex>> = BTreeMap::new();
    for project in instance.project_indices() {
        projects.entry(instance.projects[project.at()].host).or_default().push(project);
    }
    let group = |(host, projects): (Option<HostIndex>, Vec<ProjectIndex>)| {
        let coming = projects.iter().flat_map(|project| view.coming_to(instance.projects[project.at()].id.as_str()));
        let behind: Vec<Markup> = coming.map(|place| people::placed(view, place)).collect();
        let row = host.map(|host| &instance.hosts[host.at()]);
        Group {
            key: row.map_or_else(String::new, |row| row.id.to_string()),
            label: match row {
                None => "no host".to_owned(),
                Some(row) if row.title.is_empty() => row.id.to_string(),
                Some(row) => format!("{} ({})", row.title, row.id),
            },
            seats: instance.seats_over(projects.into_iter()),
            placed: behind.len() as u64,
            behind,
            page: host.and_then(|host| view.host_page(host)),
            table: None,
        }
    };
    projects.into_iter().map(group).collect()
}

fn picture(id: &str, title: &str, head: &str, others: &str, mut groups: Vec<Group>) -> Markup {
    // One group that has no name says nothing that the sentence does not.
    if groups.iter().all(|group| group.key.is_empty()) {
        return Markup::default();
    }
    let free = |group: &Group| group.seats.saturating_sub(group.placed);
    groups.sort_by(|a, b| free(b).cmp(&free(a)).then_with(|| a.key.cmp(&b.key)));
    let numbers: Vec<Vec<String>> = groups
        .iter()
        .map(|group| {
            vec![
                group.label.clone(),
                group.placed.to_string(),
                group.seats.to_string(),
                free(group).to_string(),
                percent(group.placed, group.seats),
            ]
        })
        .collect();
    let caption = format!("Seats {}, the most free ones first", title.to_lowercase());
    let bar = |group: Group| Bar {
        parts: vec![(group.placed, Fill::Solid), (free(&group), Fill::Open)],
        told: format!("{} of {} filled", count(group.placed as i64), count(group.seats as i64)),
        label: group.label,
        behind: group.behind,
        page: group.page,
        table: group.table,
    };
    let bars: Vec<Bar> = groups.into_iter().map(bar).collect();
    html! {
        h3 { (title) }
        (bars::rows(id, &bars, SHOWN, &format!("more {others}")))
        (bars::numbers_of(id, &caption, &[head, "Filled", "Seats", "Free", "Share filled"], &numbers, &bars))
    }
}

/// What an empty project's reason is called.
fn why(reason: pb::empty_project::Reason) -> &'static str {
    use pb::empty_project::Reason;
    match reason {
        Reason::NoSeats => "It has no seats",
        Reason::NoEligibleStudent => "No student may go there",
        Reason::HostFull => "The host's other projects take all its seats",
        Reason::BelowMinimum => "Too few students to open",
        Reason::NotNeeded | Reason::Unspecified => "No student is needed there",
    }
}

fn empty(view: &View) -> Markup {
    let mut by: BTreeMap<pb::empty_project::Reason, Vec<Markup>> = BTreeMap::new();
    for project in &view.outcome().empty_projects {
        by.entry(project.reason()).or_default().push(people::project(view, &project.project_id));
    }
    if by.is_empty() {
        return Markup::default();
    }
    let bars: Vec<Bar> = by
        .into_iter()
        .map(|(reason, them)| {
            Bar::of(why(reason).to_owned(), them, "project")
                .within(view.projects_where(&[("empty", reason.as_str_name())]))
        })
        .collect();
    let numbers: Vec<Vec<String>> =
        bars.iter().map(|bar| vec![bar.label.clone(), bar.behind.len().to_string()]).collect();
    html! {
        h3 { "Why projects are empty" }
        (bars::rows("empty", &bars, SHOWN, "more reasons"))
        (bars::numbers("empty", "Empty projects by reason", &["Reason", "Projects"], &numbers))
    }
}
