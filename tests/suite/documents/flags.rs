//! The flags of every command by its `--help`, and those that the pages name.

use std::collections::BTreeMap;
use std::process::Command;

use crate::pages::Page;
use crate::support::BINARY;

/// What a command says of itself.
pub struct Help {
    /// Each flag with its default, if it has one.
    flags: BTreeMap<String, Option<String>>,
}

impl Help {
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains_key(flag)
    }

    pub fn default(&self, flag: &str) -> Option<&str> {
        self.flags.get(flag)?.as_deref()
    }
}

/// Every command by its words: `serve`, `runs`, `runs list`, …; the empty one is the binary alone.
pub fn commands() -> BTreeMap<String, Help> {
    let mut commands = BTreeMap::new();
    add(&[], &mut commands);
    assert!(commands.len() > 20);
    commands
}

fn add(words: &[&str], commands: &mut BTreeMap<String, Help>) {
    let said = Command::new(BINARY).args(words).arg("--help").env_clear().output().expect("it runs");
    let text = String::from_utf8(said.stdout).expect("text");
    let mut flags: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut last = None;
    for line in text.lines().map(str::trim) {
        let named = line.split_whitespace().take(2).find(|word| word.starts_with("--"));
        if let Some(flag) = named.filter(|_| line.starts_with('-')) {
            flags.insert(flag.to_owned(), None);
            last = Some(flag.to_owned());
        }
        let default = line.split_once("[default: ").and_then(|(_, rest)| rest.split_once(']'));
        if let (Some(flag), Some((default, _))) = (&last, default) {
            flags.insert(flag.clone(), Some(default.to_owned()));
        }
    }
    commands.insert(words.join(" "), Help { flags });
    let below = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for name in below.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        add(&[words, &[name]].concat(), commands);
    }
}

/// What stands in a page as code: spans in the text, commands of terminals and scripts; each with its place.
pub fn code(page: &Page) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in page.prose() {
        found.extend(line.split('`').skip(1).step_by(2).map(|span| (at, span.to_owned())));
    }
    for block in &page.blocks {
        let is_console = block.language == "console";
        if !is_console && block.language != "sh" {
            continue;
        }
        let mut command: Option<(usize, String)> = None;
        for at in block.lines.clone() {
            let line = page.lines[at].as_str();
            let goes_on = command.as_ref().is_some_and(|(_, text)| text.ends_with('\\'));
            if let Some((_, text)) = command.as_mut().filter(|_| goes_on) {
                text.push_str(line);
            } else if let Some(line) = if is_console { line.strip_prefix("$ ") } else { Some(line) } {
                found.extend(command.replace((at, line.to_owned())));
            }
        }
        found.extend(command);
    }
    found
}

/// The flags that a piece of code names, with the command that they are for; a flag alone may be of any command. `None`: it names none of
/// ours.
pub fn asked(code: &str, commands: &BTreeMap<String, Help>) -> Option<(Option<String>, Vec<String>)> {
    let words: Vec<&str> = code.split_whitespace().map(|word| word.trim_matches(['\\', '[', ']', '"'])).collect();
    let begins_with_command = words.first().is_some_and(|word| !word.is_empty() && commands.contains_key(*word));
    let from = words.iter().position(|word| word.ends_with("misti-matching")).map(|at| at + 1);
    let from = from.or(begins_with_command.then_some(0));
    let flags = |words: &[&str]| -> Vec<String> {
        let ours = words.iter().take_while(|word| !["|", ">", "&&", ";", "#", "&"].contains(*word));
        ours.filter(|word| word.starts_with("--"))
            .map(|word| word.split('=').next().unwrap_or(word).to_owned())
            .collect()
    };
    let Some(from) = from else {
        let is_flag = words.first().is_some_and(|word| word.starts_with("--") && word.len() > 2);
        return is_flag.then(|| (None, flags(&words)));
    };
    let mut command = String::new();
    for word in &words[from..] {
        let longer = format!("{command} {word}").trim().to_owned();
        if !commands.contains_key(&longer) {
            break;
        }
        command = longer;
    }
    Some((Some(command), flags(&words[from..])))
}

/// The defaults that a line tells of flags, as in `--keep-days` (400).
pub fn told_defaults(line: &str) -> Vec<(&str, &str)> {
    let mut told = Vec::new();
    for (at, _) in line.match_indices("`--") {
        let Some((flag, rest)) = line[at + 1..].split_once('`') else { continue };
        let Some((default, _)) = rest.strip_prefix(" (").and_then(|rest| rest.split_once(')')) else { continue };
        if default.starts_with(|c: char| c.is_ascii_digit()) {
            told.push((flag, default));
        }
    }
    told
}
