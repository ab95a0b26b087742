//! `store`: backup, restore and check.

use std::path::PathBuf;

use super::exit::Exit;
use super::files::Failure;
use super::serve::Place;
use store::Store;

/// What is done with a store.
#[derive(Debug, clap::Args)]
pub(super) struct StoreArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Copy a SQLite store into a new file, also while a server works on it. A copy of the file itself lacks what SQLite keeps in its log.
    Backup {
        #[command(flatten)]
        place: Place,
        /// The new file.
        #[arg(long)]
        to: PathBuf,
    },
    /// Make a SQLite store of a backup.
    Restore {
        #[command(flatten)]
        place: Place,
        /// The backup.
        #[arg(long)]
        from: PathBuf,
    },
    /// Check the database, and that the data of every run and draft can be opened.
    Check {
        #[command(flatten)]
        place: Place,
    },
}

pub(super) fn run(arguments: StoreArguments) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::of_server(&error.to_string()))?;
    runtime.block_on(async {
        match arguments.command {
            Command::Backup { place, to } => {
                Store::backup(&place.url()?, &to).await.map_err(|error| failure(&error))?;
                println!("{}", to.display());
                Ok(Exit::Done)
            }
            Command::Restore { place, from } => {
                let url = place.url()?;
                Store::restore(&from, &url).await.map_err(|error| failure(&error))?;
                println!("{url}");
                Ok(Exit::Done)
            }
            Command::Check { place } => check(&place).await,
        }
    })
}

async fn check(place: &Place) -> Result<Exit, Failure> {
    let checked = Store::check(&place.url()?, place.keys()?).await.map_err(|error| failure(&error))?;
    for (state, count) in &checked.runs {
        println!("{count} {state}");
    }
    println!("{} drafts", checked.drafts);
    println!("{} parts can be opened", checked.parts);
    for fault in &checked.faults {
        println!("fault: {fault}");
    }
    if checked.faults.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Failure::of_server(
        "the store is damaged, or --store-keys lacks a key: restore it from a backup, or give the key",
    ))
}

fn failure(error: &store::StoreError) -> Failure {
    Failure::of_server(&error.to_string())
}
