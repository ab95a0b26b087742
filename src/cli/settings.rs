//! Where settings come from: each flag of `serve` and `worker` is also a variable of the environment, `MISTI_MATCHING_` and the flag's name,
//! and a key of the file that `--config` names. A flag counts before the environment, and that before the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command};
use toml::{Table, Value};

use super::files::Failure;

/// The commands that have settings.
const COMMANDS: [&str; 3] = ["serve", "worker", "doctor"];

/// The commands about a store, whose place is also told by the environment.
const OF_STORE: [&str; 3] = ["backup", "restore", "check"];
const PLACE: [&str; 3] = ["store", "store-file", "store-keys"];

/// What each variable begins with.
const PREFIX: &str = "MISTI_MATCHING_";

/// The flag that names the file.
const CONFIG: &str = "config";

/// The commands with the environment, and what the file says that the arguments or the environment name.
///
/// # Errors
/// The file can't be read, is no TOML, or has a key that no flag has or a value that no flag takes.
pub(super) fn add_to(command: Command, arguments: &[OsString]) -> Result<Command, Failure> {
    let table = match config(arguments) {
        None => Table::new(),
        Some(path) => {
            let of_file = |why: &dyn std::fmt::Display| Failure::of_server(&format!("{}: {why}", path.display()));
            let table = read(&path)?;
            for (key, value) in &table {
                let is_known = COMMANDS.iter().any(|name| command.find_subcommand(name).is_some_and(|c| has(c, key)));
                if !is_known || key == CONFIG {
                    return Err(of_file(&format!(
                        "{key} is no setting; keys are the flags of serve and worker without --"
                    )));
                }
                let mut commands = COMMANDS.iter().filter_map(|name| command.find_subcommand(name));
                let takes_list = commands.any(|command| takes_list(command, key));
                if texts(value).is_none_or(|texts| texts.len() != 1 && !takes_list) {
                    let what = if takes_list { "a list of texts" } else { "a text, a number, true or false" };
                    return Err(of_file(&format!("{key} takes {what}")));
                }
            }
            table
        }
    };
    let command = COMMANDS.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |command| command.mut_args(|argument| with_settings(argument, &table)))
    });
    // Whoever looks at a store looks at the one that the server has.
    Ok(command.mut_subcommand("store", |store| {
        OF_STORE
            .into_iter()
            .fold(store, |store, name| store.mut_subcommand(name, |command| command.mut_args(with_place)))
    }))
}

/// A flag with its variable, and with what the file says as its default.
fn with_settings(argument: Arg, table: &Table) -> Arg {
    let Some(name) = argument.get_long().map(str::to_owned) else { return argument };
    let variable = format!("{PREFIX}{}", name.replace('-', "_").to_uppercase());
    let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
    if !is_switch && !matches!(argument.get_action(), ArgAction::Set | ArgAction::Append) {
        return argument;
    }
    let argument = argument.env(variable).hide_env_values(true);
    let argument = if is_switch { argument.value_parser(BoolishValueParser::new()) } else { argument };
    match table.get(&name).and_then(texts) {
        Some(texts) => argument.default_values(texts),
        None => argument,
    }
}

/// The same for what says where a store is.
fn with_place(argument: Arg) -> Arg {
    let is_place = argument.get_long().is_some_and(|name| PLACE.contains(&name));
    if is_place { with_settings(argument, &Table::new()) } else { argument }
}

fn has(command: &Command, flag: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_long() == Some(flag))
}

/// Whether a flag takes several values.
fn takes_list(command: &Command, flag: &str) -> bool {
    let found = command.get_arguments().find(|argument| argument.get_long() == Some(flag));
    found.is_some_and(|argument| argument.get_value_delimiter().is_some())
}

/// What would stand behind the flag.
fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(is) => Some(is.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    };
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

/// The file that the arguments or the environment name.
fn config(arguments: &[OsString]) -> Option<PathBuf> {
    let command = arguments.get(1)?.to_str()?;
    if !COMMANDS.contains(&command) {
        return None;
    }
    let mut rest = arguments[2..].iter();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        if text == format!("--{CONFIG}") {
            return rest.next().map(PathBuf::from);
        }
        if let Some(path) = text.strip_prefix(&format!("--{CONFIG}=")) {
            return Some(PathBuf::from(path));
        }
    }
    std::env::var_os(format!("{PREFIX}{}", CONFIG.to_uppercase())).map(PathBuf::from)
}

fn read(path: &Path) -> Result<Table, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::of_file(path, &error))?;
    text.parse()
        .map_err(|error: toml::de::Error| Failure::of_server(&format!("{}: {}", path.display(), error.message())))
}
