//! The page of the office in parts, for pages that are not the report's own: the same words, and every name leads to its page.

use report::{Audience, Links, Reading, Section, page, sections};
use wire::pb;

use super::{Matched, full};
use crate::support::match_request;

const LINKS: Links<'_> = Links { students: "/a/student", projects: "/a/project", hosts: "/a/host" };

fn parts(season: &Matched) -> Vec<Section> {
    let (instance, policy) = (season.instance().clone(), season.request.policy.clone());
    let mut reading = Reading::new(instance, policy, season.outcome.clone()).expect("a season");
    reading.changes.clone_from(&season.changes);
    reading.check = Some(season.check.clone());
    let begun = std::time::Instant::now();
    let parts = sections(&reading, &LINKS);
    println!("sections of {} students in {:?}", reading.instance().students.len(), begun.elapsed());
    parts
}

/// What stands in the place of the end of a list that a table has whole, before the number of all.
const CUT: char = '\0';

/// Those of a bar that are listed where a table has them all.
const LISTED: usize = 20;

/// What an HTML says without its links to pages of others, and these: the address, and what is shown. A list that a table has whole ends in [`CUT`].
fn unlinked(html: &str) -> (String, Vec<(String, String)>) {
    let (mut without, mut links, mut rest) = (String::new(), Vec::new(), html);
    while let Some((before, found)) = rest.split_once("<a href=\"/a/") {
        let (address, found) = found.split_once("\">").expect("an address");
        let (shown, after) = found.split_once("</a>").expect("its end");
        if let Some(number) = shown.strip_prefix("All ").and_then(|shown| shown.strip_suffix(" in a table")) {
            assert!(address.contains('?'), "{address}");
            without.push_str(before.strip_suffix("</ul><p>").expect("a list"));
            without.push_str(&format!("{CUT}{}{CUT}", number.replace(',', "")));
            rest = after.strip_prefix("</p>").expect("the end of the paragraph");
            continue;
        }
        links.push((address.to_owned(), shown.to_owned()));
        // The name of a bar stands once more in what the bar opens.
        let again = before.strip_suffix("<p dir=\"auto\">").zip(after.strip_prefix("</p>"));
        if let Some((before, after)) = again {
            without.push_str(before);
            rest = after;
        } else {
            without.push_str(before);
            without.push_str(shown);
            rest = after;
        }
    }
    without.push_str(rest);
    (without, links)
}

#[test]
fn the_parts_say_what_the_page_says() {
    let season = full();
    let page = page(&season.given(), Audience::Manager).expect("a page");
    let parts = parts(season);
    let ids: Vec<&str> = parts.iter().map(|part| part.id).collect();
    let told = ["choices", "seats", "destinations", "points", "unplaced", "one-more", "changes", "objections"];
    let findings: &[&str] = if season.outcome.findings.is_empty() { &[] } else { &["findings"] };
    assert_eq!(ids, [&["head"], findings, &told, &["foot"]].concat());
    let mut from = 0;
    for part in &parts {
        let (html, _) = unlinked(&part.html);
        let mut pieces = html.split(CUT);
        let first = pieces.next().expect("a piece");
        let missing = || panic!("{} is not in the page, or not there", part.id);
        from += page[from..].find(first).unwrap_or_else(missing) + first.len();
        while let (Some(number), Some(piece)) = (pieces.next(), pieces.next()) {
            // Between the two the page has the others.
            let (others, after) = page[from..].split_once("</ul>").expect("the end of a list");
            assert_eq!(
                LISTED + others.matches("<li>").count(),
                number.parse::<usize>().expect("a number"),
                "{}",
                part.id
            );
            assert!(after.starts_with(piece), "{}", part.id);
            from += others.len() + "</ul>".len() + piece.len();
        }
        assert!(!part.html.contains("style="), "{}", part.id);
    }
}

#[test]
fn every_name_leads_to_the_page_of_its_number() {
    let season = full();
    let mut students: Vec<&str> = season.instance().students.iter().map(|row| row.student_id.as_str()).collect();
    let mut projects: Vec<&str> = season.instance().projects.iter().map(|row| row.project_id.as_str()).collect();
    let mut hosts: Vec<&str> = season.instance().hosts.iter().map(|row| row.host_id.as_str()).collect();
    for ids in [&mut students, &mut projects, &mut hosts] {
        ids.sort_unstable();
    }
    let (mut met, mut led_to) = (0, std::collections::BTreeSet::new());
    for part in parts(season) {
        let (_, links) = unlinked(&part.html);
        for (address, shown) in &links {
            let (kind, number) = address.split_once('/').expect("a kind and a number");
            let ids = match kind {
                "student" => &students,
                "project" => &projects,
                _ => &hosts,
            };
            let id = ids[number.parse::<usize>().expect("a number") - 1];
            let as_text = shown.replace("<bdi>", "").replace("</bdi>", "");
            assert!(as_text == id || as_text.ends_with(&format!("({id})")), "{address} leads from {shown}");
            led_to.insert(kind.to_owned());
        }
        // Whatever is written as a name is in a link.
        let names = part.html.matches("<bdi>").count();
        let linked: usize = links.iter().map(|(_, shown)| shown.matches("<bdi>").count()).sum();
        assert_eq!(names, linked, "{}", part.id);
        met += names;
    }
    assert!(met > season.instance().students.len(), "{met}");
    assert_eq!(led_to.into_iter().collect::<Vec<_>>(), ["host", "project", "student"]);
}

#[test]
fn a_season_without_a_matching_has_the_part_that_says_why() {
    let season = Matched::of(match_request(
        r#"{"instance": {"projects": [{"project_id": "P", "max_seat_count": 1}],
          "students": [{"student_id": "A", "must_place": true}, {"student_id": "B", "must_place": true}]}}"#,
    ));
    let parts = parts(&season);
    let why = parts.iter().find(|part| part.id == "contradiction").expect("it says why");
    assert!(why.html.contains("Why is there no placement?"));
    assert!(parts.iter().all(|part| part.id != "choices"));
}

#[test]
fn a_season_that_is_not_of_the_outcome_is_refused() {
    let season = full();
    let reading = Reading::new(pb::Instance::default(), None, season.outcome.clone());
    assert!(reading.is_err());
}

#[test]
fn what_the_style_fills_with_is_among_the_patterns() {
    let patterns = report::patterns();
    let filled: Vec<&str> =
        report::STYLE.split("url(#").skip(1).map(|rest| rest.split(')').next().expect("a name")).collect();
    assert!(filled.len() > 1);
    for name in filled {
        assert!(patterns.contains(&format!("<pattern id=\"{name}\"")), "{name}");
    }
}
