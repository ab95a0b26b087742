//! Which run is meant: by its name, by a word for the newest run or the one that it was made from, or by what people call it.

use super::super::client::{Runs, answered};
use super::super::files::Failure;
use rules::validation::nearest_text;
use wire::pb;

/// Runs that are told where several are called the same.
const MOST_TOLD: usize = 10;

/// Runs of a page; the server gives no more at once.
const PAGE: i32 = 1_000;

/// What a command says of the run that it takes.
pub(in crate::cli) const HELP: &str = "The run: its name (runs/…), latest, previous, latest:TERM, previous:TERM, or else its display name, written as it stands";

/// How a text names a run. A display name that looks like a name or a word is not looked up: the name or the word goes first.
#[derive(Debug, PartialEq, Eq)]
enum Meant<'a> {
    /// By its name.
    Name,
    /// The newest one, of a term where one is stated.
    Latest(&'a str),
    /// The one that the newest was made from.
    Previous(&'a str),
    /// By what people call it.
    DisplayName,
}

fn meant(text: &str) -> Meant<'_> {
    let (word, term) = text.split_once(':').unwrap_or((text, ""));
    match word {
        "latest" => Meant::Latest(term),
        "previous" => Meant::Previous(term),
        _ if text.is_empty() || text.starts_with("runs/") => Meant::Name,
        _ => Meant::DisplayName,
    }
}

/// The name of the run that a text stands for; an empty text stays empty.
pub(in crate::cli) async fn resolve(runs: &mut Runs, text: String) -> Result<String, Failure> {
    match meant(&text) {
        Meant::Name => Ok(text),
        Meant::Latest(term) => newest(runs, &text, term).await.map(|run| run.name),
        Meant::Previous(term) => {
            let newest = newest(runs, &text, term).await?;
            if newest.base_run.is_empty() {
                return Err(Failure::of_server(&format!("{text}: {} was made from no other run", newest.name)));
            }
            Ok(newest.base_run)
        }
        Meant::DisplayName => called(runs, &text).await,
    }
}

async fn newest(runs: &mut Runs, text: &str, term: &str) -> Result<pb::Run, Failure> {
    let request = pb::ListRunsRequest { page_size: 1, term: term.to_owned(), ..pb::ListRunsRequest::default() };
    let newest = answered(runs.list_runs(request).await)?.runs.pop();
    newest.ok_or_else(|| Failure::of_server(&format!("{text}: there is no run")))
}

/// The one run that is called so.
async fn called(runs: &mut Runs, text: &str) -> Result<String, Failure> {
    let mut request =
        pb::ListRunsRequest { page_size: PAGE, display_name: text.to_owned(), ..pb::ListRunsRequest::default() };
    let mut found: Vec<pb::Run> = Vec::new();
    loop {
        // What the server gives holds the text somewhere.
        let page = answered(runs.list_runs(request.clone()).await)?;
        found.extend(page.runs.into_iter().filter(|run| run.display_name == text));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    match &found[..] {
        [only] => Ok(only.name.clone()),
        [] => {
            let newest = pb::ListRunsRequest { page_size: PAGE, ..pb::ListRunsRequest::default() };
            let known = answered(runs.list_runs(newest).await)?.runs;
            Err(Failure::of_server(&none(text, &known)))
        }
        several => Err(Failure::of_arguments(ambiguous(text, several))),
    }
}

/// That no run is called so, and which is called nearly so.
fn none(text: &str, known: &[pb::Run]) -> String {
    let names = known.iter().map(|run| run.display_name.as_str()).filter(|name| !name.is_empty());
    // Case is what a person gets wrong first.
    let alike = |run: &&pb::Run| run.display_name.to_lowercase() == text.to_lowercase();
    let near = known.iter().find(alike).map(|run| run.display_name.as_str()).or_else(|| nearest_text(text, names));
    let near = near.map_or_else(String::new, |near| format!("; the nearest is {near:?}"));
    format!("{text:?}: no run is called so{near}; `runs list` gives them all")
}

/// That several runs are called so, and which.
fn ambiguous(text: &str, several: &[pb::Run]) -> String {
    let mut told = format!("{text:?}: {} runs are called so; state one of these names in its place:", several.len());
    for run in several.iter().take(MOST_TOLD) {
        let created = run.create_time.as_ref().map_or_else(String::new, |time| format!(", stored at {time}"));
        let term = if run.term.is_empty() { String::new() } else { format!(", of {}", run.term) };
        told += &format!("\n  {}{created}{term}", run.name);
    }
    match several.len().saturating_sub(MOST_TOLD) {
        0 => {}
        more => told += &format!("\n  and {more} more"),
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_words_go_before_what_people_call_a_run() {
        for (text, expected) in [
            ("", Meant::Name),
            ("runs/0190", Meant::Name),
            ("latest", Meant::Latest("")),
            ("latest:2027-summer", Meant::Latest("2027-summer")),
            ("previous:", Meant::Previous("")),
            ("latest draft", Meant::DisplayName),
            ("First draft: Japan", Meant::DisplayName),
        ] {
            assert_eq!(meant(text), expected, "{text}");
        }
    }

    #[test]
    fn who_is_not_found_is_told_the_nearest_name_whatever_its_case() {
        let called = |name: &str| pb::Run { display_name: name.to_owned(), ..pb::Run::default() };
        let known = [called(""), called("First draft"), called("Second draft")];
        assert!(none("first DRAFT", &known).contains("the nearest is \"First draft\""));
        assert!(none("Second drafts", &known).contains("the nearest is \"Second draft\""));
        assert!(!none("something else", &known).contains("nearest"));
    }

    #[test]
    fn of_many_that_are_called_the_same_ten_are_told_and_the_rest_counted() {
        let run = |number: usize| pb::Run { name: format!("runs/{number}"), ..pb::Run::default() };
        let told = ambiguous("draft", &(0..12).map(run).collect::<Vec<_>>());
        assert!(
            told.starts_with("\"draft\": 12 runs") && told.contains("runs/9") && !told.contains("runs/10"),
            "{told}"
        );
        assert!(told.ends_with("and 2 more"), "{told}");
    }
}
