//! `token`: makes a token, and the line of the file that lets it in.

use super::exit::Exit;
use super::files::Failure;
use api::door::{Scope, new_token};

/// For whom, and what it allows.
#[derive(Debug, clap::Args)]
pub(super) struct TokenArguments {
    /// Who holds it; their runs belong to this name.
    name: String,
    /// What it allows: read, run, admin.
    #[arg(long, value_delimiter = ',', default_value = "read,run", value_parser = scope)]
    scopes: Vec<Scope>,
}

fn scope(name: &str) -> Result<Scope, String> {
    Scope::of_name(name).ok_or("read, run or admin".to_owned())
}

/// Prints the line on standard output and the token, which is not kept anywhere, on standard error.
pub(super) fn run(arguments: &TokenArguments) -> Result<Exit, Failure> {
    let (token, line) = new_token(&arguments.name, &arguments.scopes).map_err(|why| Failure::of_server(&why))?;
    println!("{line}");
    eprintln!("{token}");
    Ok(Exit::Done)
}
