#![doc = include_str!("../ARCHITECTURE.md")]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
