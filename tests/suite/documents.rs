//! README and docs/ against the code: flags, limits, tables of rules and goals, and the length of sentences.

mod flags;
mod prose;

use std::collections::BTreeSet;

use rules::domain::{
    ChangePrices, Criterion, GoalKind, LanguageLevel, MAX_FUNDS, OfferState, Policy, Rule, RunState, SemesterLevels,
};
use wire::{SizeLimits, pb};

use crate::pages::{self, page};
use flags::{Help, commands};

/// The cell without what makes it code, and numbers without commas.
fn bare(cell: &str) -> String {
    cell.replace(['`', ','], "")
}

fn column(page_name: &str, heading: &str, at: usize) -> Vec<String> {
    page(page_name).rows(heading).iter().map(|row| bare(&row[at])).collect()
}

/// The names of an enum of the proto, the unspecified one left out.
fn names<'a>(name: impl Fn(i32) -> Option<&'a str>) -> Vec<&'a str> {
    (1..).map_while(name).collect()
}

#[test]
fn every_flag_that_the_pages_name_is_one_of_its_command() {
    let commands = commands();
    let (mut checked, mut wrong) = (0, Vec::new());
    for page in pages::all() {
        for (at, code) in flags::code(&page) {
            let Some((command, flags)) = flags::asked(&code, &commands) else { continue };
            for flag in flags {
                checked += 1;
                let is_known = match &command {
                    Some(command) => commands[command].has(&flag),
                    None => commands.values().any(|help: &Help| help.has(&flag)),
                };
                if !is_known {
                    wrong.push(format!(
                        "{}:{}: {} has no {flag}",
                        page.name,
                        at + 1,
                        command.clone().unwrap_or_default()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100);
}

#[test]
fn every_default_that_the_pages_tell_of_a_flag_is_its_default() {
    let commands = commands();
    let default = |flag: &str| commands["serve"].default(flag).map(|default| default.to_owned());
    let mut checked = 0;
    for page in pages::all() {
        // In prose: `--keep-days` (400).
        for (at, line) in page.prose() {
            for (flag, told) in flags::told_defaults(line) {
                assert_eq!(Some(bare(told)), default(flag), "{}:{}: {flag}", page.name, at + 1);
                checked += 1;
            }
        }
    }
    for (name, heading, value, flag) in
        [("docs/operating.md", "What a caller may take", 1, 2), ("docs/portal-engineers.md", "Limits", 1, 2)]
    {
        for row in page(name).rows(heading) {
            let told = bare(&row[value]);
            let told: Vec<&str> = told.split(|c: char| !c.is_ascii_alphanumeric()).collect();
            for flag in bare(&row[flag]).split_whitespace().filter(|flag| flag.starts_with("--")) {
                let Some(default) = default(flag) else { continue };
                let minutes =
                    default.parse::<u32>().ok().filter(|seconds| seconds % 60 == 0).map(|s| (s / 60).to_string());
                let is_told = told.contains(&default.as_str()) || minutes.is_some_and(|m| told.contains(&m.as_str()));
                assert!(is_told, "{name}: {flag} is {default}, and the page tells {}", row[value]);
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn limits_without_a_flag_are_those_of_the_service() {
    let limits = SizeLimits::SERVICE;
    let known = [
        ("programs", limits.programs),
        ("hosts", limits.hosts),
        ("notes on pairs", limits.notes),
        ("skills with aliases", limits.aliases),
        ("waivers", limits.waivers),
        ("links", limits.links),
        ("quotas", limits.quotas),
        ("funds", MAX_FUNDS),
        ("assignments to check", limits.assignments),
        ("proofs of a certificate", limits.proofs),
        ("sums of a proof", limits.sums),
    ];
    let rows = page("docs/portal-engineers.md").rows("Limits");
    let told: Vec<(String, String)> =
        rows.iter().filter(|row| row[2].is_empty()).map(|row| (row[0].clone(), bare(&row[1]))).collect();
    let known = known.map(|(what, limit)| (what.to_owned(), limit.to_string()));
    assert_eq!(told, known);
}

#[test]
fn the_page_of_rules_has_each_rule_once_with_whether_it_may_be_waived() {
    let rows = page("docs/rules.md").rows("Every rule");
    let rules: Vec<&Vec<String>> = rows.iter().filter(|row| row.len() == 5).collect();
    let told: BTreeSet<(String, bool)> = rules.iter().map(|row| (bare(&row[0]), row[4] == "yes")).collect();
    let known = Rule::ALL.iter().map(|rule| (rule.name().to_owned(), rule.is_waivable())).collect();
    assert_eq!((told, rules.len()), (known, Rule::ALL.len()));
}

#[test]
fn the_page_of_rules_tells_what_semesters_stand_for() {
    let rows = page("docs/rules.md").rows("What semesters stand for");
    let told: Vec<(u32, LanguageLevel)> = rows
        .iter()
        .map(|row| {
            let level = LanguageLevel::ALL.into_iter().find(|level| level.to_string() == row[1]).expect("a level");
            (row[0].parse().expect("a number"), level)
        })
        .collect();
    assert_eq!(told, SemesterLevels::default().0);
}

#[test]
fn the_page_of_goals_has_each_term_with_its_weight_and_each_goal() {
    let rows = page("docs/goals-and-points.md").rows("The terms");
    let told: Vec<(String, f64)> =
        rows.iter().map(|row| (bare(&row[0]).to_uppercase(), row[1].parse().expect("a weight"))).collect();
    let weights = Policy::default().weights.0;
    let name = |term: i32| pb::contribution::Criterion::try_from(term).ok().map(|term| term.as_str_name());
    let known: Vec<(String, f64)> =
        names(name).into_iter().map(str::to_owned).zip(weights.map(rules::domain::Weight::to_f64)).collect();
    assert_eq!((told, Criterion::ALL.len()), (known, weights.len()));
    let goals: BTreeSet<String> = column("docs/goals-and-points.md", "The goals", 0).into_iter().collect();
    let known = names(|goal| pb::goal::Kind::try_from(goal).ok().map(|goal| goal.as_str_name()));
    let defaults: Vec<&str> = Policy::default().goals.iter().map(|goal| known[goal.kind as usize]).collect();
    let told = format!("Unset, the goals are `{}`.", defaults.join("`, `"));
    assert!(page("docs/goals-and-points.md").lines.iter().any(|line| line.starts_with(&told)), "{told}");
    assert_eq!((goals, GoalKind::ALL.len()), (known.iter().map(|&name| name.to_owned()).collect(), known.len()));
}

#[test]
fn the_page_of_runs_has_each_state_each_status_and_the_price_of_each_change() {
    let told = column("docs/runs-and-offers.md", "The life of a run", 0);
    let states = RunState::ALL.map(|state| state.name());
    let statuses = names(|status| pb::outcome::Status::try_from(status).ok().map(|status| status.as_str_name()));
    assert_eq!(told, states.iter().copied().chain(statuses).collect::<Vec<_>>());
    let offers = names(|offer| pb::pair_note::OfferState::try_from(offer).ok().map(|offer| offer.as_str_name()));
    assert_eq!(
        (column("docs/runs-and-offers.md", "Offers", 0), OfferState::ALL.len()),
        (offers.iter().map(|&o| o.to_owned()).collect(), offers.len())
    );
    let prices = ChangePrices::default();
    let known = [
        ("without_offer", prices.without_offer),
        ("draft", prices.draft),
        ("extended", prices.extended),
        ("accepted", prices.accepted),
        ("ended", prices.ended),
    ];
    let rows = page("docs/runs-and-offers.md").rows("What a change costs");
    let told: Vec<(String, u32)> = rows.iter().map(|row| (bare(&row[1]), row[2].parse().expect("a price"))).collect();
    assert_eq!(told, known.map(|(field, price)| (field.to_owned(), price)));
}

#[test]
fn the_winter_has_each_reason_and_each_edit() {
    let told = column("docs/program-managers.md", "4. Match", 0);
    let known = names(|reason| pb::unmatched::Reason::try_from(reason).ok().map(|reason| reason.as_str_name()));
    assert_eq!(told, known);
    let told: BTreeSet<String> = column("docs/program-managers.md", "6. What if", 0)
        .iter()
        .flat_map(|cell| cell.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let known = names(|edit| pb::edit::Kind::try_from(edit).ok().map(|edit| edit.as_str_name()));
    assert_eq!(told, known.into_iter().map(str::to_owned).collect());
}

#[test]
fn the_glossary_has_each_reason_why_a_project_is_empty() {
    let known = names(|reason| pb::empty_project::Reason::try_from(reason).ok().map(|reason| reason.as_str_name()));
    assert_eq!(column("docs/glossary.md", "Why a project is empty", 0), known);
}

#[test]
fn a_sentence_has_25_words_at_most_on_the_average() {
    let mut too_long = Vec::new();
    for page in pages::all() {
        let sentences = prose::sentences(&page);
        let words: usize = sentences.iter().map(|sentence| sentence.split_whitespace().count()).sum();
        let average = words as f64 / sentences.len() as f64;
        println!("{}: {} sentences, {average:.1} words", page.name, sentences.len());
        assert!(average <= 25.0, "{}: {average:.1} words a sentence", page.name);
        let is_long = |sentence: &String| sentence.split_whitespace().count() > 45;
        too_long.extend(sentences.into_iter().filter(is_long).map(|sentence| format!("{}: {sentence}", page.name)));
    }
    assert!(too_long.is_empty(), "{too_long:#?}");
}

#[test]
fn the_readme_is_read_in_three_minutes() {
    assert!(page("README.md").lines.len() <= 150);
}
