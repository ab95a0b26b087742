//! `runs list`: what it asks.

use wire::pb;

/// Which runs a list has.
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// Only of this term.
    #[arg(long, default_value = "")]
    term: String,
    /// Only in one of these states, such as RUNNING,PENDING.
    #[arg(long, value_delimiter = ',', value_parser = state)]
    states: Vec<i32>,
    /// Only those whose display name holds this text.
    #[arg(long, default_value = "")]
    display_name: String,
    /// Only those with this label, NAME=VALUE; several times: with each.
    #[arg(long = "label", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Only those that this caller made.
    #[arg(long, default_value = "")]
    created_by: String,
    /// Only those stored at this time or later, such as 2026-12-01T00:00:00Z.
    #[arg(long, value_parser = time)]
    created_from: Option<prost_types::Timestamp>,
    /// Only those stored before this time.
    #[arg(long, value_parser = time)]
    created_before: Option<prost_types::Timestamp>,
    /// The oldest first.
    #[arg(long)]
    oldest_first: bool,
    /// Runs of a page.
    #[arg(long, default_value_t = 50)]
    page_size: i32,
    /// `next_page_token` of the page before.
    #[arg(long, default_value = "")]
    page_token: String,
}

impl ListArguments {
    /// The request.
    pub fn request(self) -> pb::ListRunsRequest {
        use pb::list_runs_request::Order;
        pb::ListRunsRequest {
            page_size: self.page_size,
            page_token: self.page_token,
            term: self.term,
            states: self.states,
            display_name: self.display_name,
            labels: self.labels.into_iter().collect(),
            created_by: self.created_by,
            created_from: self.created_from,
            created_before: self.created_before,
            order: if self.oldest_first { Order::OldestFirst } else { Order::NewestFirst } as i32,
        }
    }
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn time(text: &str) -> Result<prost_types::Timestamp, String> {
    text.parse().map_err(|_| "a time such as 2026-12-01T00:00:00Z".to_owned())
}

fn state(name: &str) -> Result<i32, String> {
    let state =
        pb::run::State::from_str_name(&name.to_uppercase()).filter(|&state| state != pb::run::State::Unspecified);
    state.map(|state| state as i32).ok_or("PENDING, RUNNING, SUCCEEDED, CANCELLED or FAILED".to_owned())
}
