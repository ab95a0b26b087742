//! The `misti-matching` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    misti_matching::cli::run()
}
