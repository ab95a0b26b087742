//! `latest` and `previous`: the newest run, of a term where one is named, and the run that it was made from.

use super::super::client::Runs;
use super::super::files::Failure;
use super::answered;
use wire::pb;

/// Whether a text is the name of a run, or a word for one.
pub(super) fn is_one(text: &str) -> bool {
    let (word, _) = text.split_once(':').unwrap_or((text, ""));
    text.starts_with("runs/") || word == "latest" || word == "previous"
}

/// The name of a run; what is no word for one is left as it is.
pub(super) async fn resolve(runs: &mut Runs, name: String) -> Result<String, Failure> {
    let (word, term) = name.split_once(':').unwrap_or((&name, ""));
    if word != "latest" && word != "previous" {
        return Ok(name);
    }
    let request = pb::ListRunsRequest { page_size: 1, term: term.to_owned(), ..pb::ListRunsRequest::default() };
    let newest = answered(runs.list_runs(request).await)?.runs.pop();
    let newest = newest.ok_or_else(|| Failure::of_server(&format!("{name}: there is no run")))?;
    if word == "latest" {
        return Ok(newest.name);
    }
    if newest.base_run.is_empty() {
        return Err(Failure::of_server(&format!("{name}: {} was made from no other run", newest.name)));
    }
    Ok(newest.base_run)
}
