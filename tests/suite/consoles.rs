//! The consoles of README and docs/: what stands there is typed, and what comes is what stands there.
//!
//! A page has a folder of its own with `examples/` in it, and its blocks build on each other. In a block of `console` a line that begins with
//! `$ ` is typed, with the lines that begin with `> ` or follow a `\`; what follows is what it has to print. A line of `…` stands for any
//! lines, and `…` in a line for any text. A comment on the line before a block says more:
//!
//! - `<!-- server -->`: a server is there on 127.0.0.1:50051; it is one for the whole page, on a port of its own in the test.
//! - `<!-- exits 4 -->`: the last command ends with 4, the others with 0. Both: `<!-- server, exits 4 -->`.
//! - `<!-- file: NAME -->`, before a block of any other language: the block is a file of this name from here on, in a folder where it names one.
//!
//! `UPDATE_CONSOLES=1` puts what comes into the pages; where there is a `…` as many lines as before stay around it.

mod shown;

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};

use crate::pages::{self, Block, Page};
use crate::service::running::Server;
use crate::support::BINARY;
use shown::{fit, ids, is_id, plain, renewed};

/// The address that pages name.
const ADDRESS: &str = "127.0.0.1:50051";

/// A command of a page.
struct Step {
    /// Its first line in the page.
    at: usize,
    command: String,
    /// The lines of the page that it has to print.
    output: std::ops::Range<usize>,
}

fn steps(page: &Page, block: &Block) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for at in block.lines.clone() {
        let line = page.lines[at].as_str();
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => {
                steps.push(Step { at, command: command.to_owned(), output: at + 1..at + 1 });
                goes_on = true;
            }
            (None, Some(step)) if goes_on && (line.starts_with("> ") || step.command.ends_with('\\')) => {
                step.command = format!("{}\n{}", step.command, line.strip_prefix("> ").unwrap_or(line));
                step.output = at + 1..at + 1;
            }
            (None, Some(step)) => {
                step.output.end = at + 1;
                goes_on = false;
            }
            (None, None) => panic!("{}:{}: a console begins with a line that begins with `$ `", page.name, at + 1),
        }
    }
    steps
}

/// What the comment before a console says.
fn read_marker(page: &Page, block: &Block) -> (bool, i32) {
    let (mut needs_server, mut exit) = (false, 0);
    for word in block.marker.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match (word, word.strip_prefix("exits ").and_then(|code| code.parse().ok())) {
            ("server", _) => needs_server = true,
            (_, Some(code)) => exit = code,
            _ => panic!("{}:{}: nobody knows what `{word}` means", page.name, block.lines.start),
        }
    }
    (needs_server, exit)
}

/// Where the commands of a page are typed.
struct Desk {
    folder: tempfile::TempDir,
    server: Option<Server>,
    /// By the id of a run in the page: its id here.
    runs: HashMap<String, String>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (bin, examples) = (folder.path().join("bin"), folder.path().join("work/examples"));
        fs::create_dir_all(&examples).expect("a folder");
        fs::create_dir(&bin).expect("a folder");
        let grpcurl = std::env::var("GRPCURL").expect("GRPCURL must name a grpcurl; make test installs one");
        for (name, binary) in [("misti-matching", BINARY), ("grpcurl", &grpcurl)] {
            std::os::unix::fs::symlink(binary, bin.join(name)).expect("a link");
        }
        for entry in fs::read_dir(pages::root().join("examples")).expect("examples/") {
            let path = entry.expect("a file").path();
            fs::copy(&path, examples.join(path.file_name().expect("a name"))).expect("it is copied");
        }
        Self { folder, server: None, runs: HashMap::new() }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Types a command: its exit code and what it prints, as the page would tell the address.
    fn type_in(&self, command: &str) -> (Option<i32>, Vec<String>) {
        let mut command = command.to_owned();
        self.runs.iter().for_each(|(page, here)| command = command.replace(page, here));
        let address = self.server.as_ref().map_or(ADDRESS, |server| &server.address);
        let path = format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").expect("a path"));
        let said = Command::new("bash")
            .args(["-c", &format!("exec 2>&1\n{}", command.replace(ADDRESS, address))])
            .current_dir(self.file(""))
            .env("PATH", path)
            .env("MISTI_MATCHING_SERVER", format!("http://{address}"))
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let text = String::from_utf8(said.stdout).expect("what is printed is text");
        (said.status.code(), text.replace(address, ADDRESS).lines().map(str::to_owned).collect())
    }

    /// Takes the ids of runs that stand in the same place for the same runs.
    fn bind(&mut self, page: &str, here: &str) {
        for (page, here) in ids(page).into_iter().zip(ids(here)) {
            self.runs.entry(page).or_insert(here);
        }
    }

    /// What was printed, with the ids that the page has for its runs.
    fn as_page(&self, line: &str) -> String {
        self.runs.iter().fold(line.to_owned(), |line, (page, here)| line.replace(here, page))
    }
}

/// Types a whole page; what is wrong with it, and the page as it should be.
fn type_page(page: &Page) -> (Vec<String>, String) {
    let mut desk = Desk::new();
    let (mut wrong, mut edits) = (Vec::new(), Vec::new());
    for block in &page.blocks {
        if let Some(name) = block.marker.strip_prefix("file:") {
            let path = desk.file(name.trim());
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, page.text(block)).expect("it is written");
            continue;
        }
        if block.language != "console" {
            continue;
        }
        let (needs_server, exit) = read_marker(page, block);
        if needs_server && desk.server.is_none() {
            desk.server = Some(Server::start(&[]));
        }
        let steps = steps(page, block);
        let last = steps.len() - 1;
        for (place, step) in steps.into_iter().enumerate() {
            let (code, said) = desk.type_in(&step.command);
            let shown = &page.lines[step.output.clone()];
            let here = format!("{}:{}: $ {}", page.name, step.at + 1, step.command);
            let expected = if place == last { exit } else { 0 };
            if code != Some(expected) {
                wrong.push(format!("{here}\nends with {code:?} and not with {expected}\n{}", said.join("\n")));
            }
            if let Some(pairs) = fit(shown, &said) {
                pairs.into_iter().for_each(|(line, at)| desk.bind(line, &said[at]));
                continue;
            }
            desk.bind(&shown.join("\n"), &said.join("\n"));
            let said: Vec<String> = said.iter().map(|line| desk.as_page(line)).collect();
            wrong.push(format!("{here}\nthe page shows\n{}\nand this comes\n{}", shown.join("\n"), said.join("\n")));
            edits.push((step.output, renewed(shown, &said)));
        }
    }
    let mut lines = page.lines.clone();
    for (range, output) in edits.into_iter().rev() {
        lines.splice(range, output);
    }
    (wrong, lines.join("\n") + "\n")
}

#[test]
fn what_the_pages_show_of_a_terminal_is_what_comes() {
    let updates = std::env::var("UPDATE_CONSOLES").is_ok_and(|value| value == "1");
    let mut wrong = Vec::new();
    let mut typed = 0;
    for page in pages::all() {
        let (faults, text) = type_page(&page);
        typed += page.blocks.iter().filter(|block| block.language == "console").count();
        if updates {
            fs::write(pages::root().join(&page.name), text).expect("the page is written");
            // What a command prints was put right; how it ends was not.
            wrong.extend(faults.into_iter().filter(|fault| fault.contains("\nends with ")));
        } else {
            wrong.extend(faults);
        }
    }
    assert!(wrong.is_empty(), "UPDATE_CONSOLES=1 puts what comes into the pages\n\n{}", wrong.join("\n\n"));
    assert!(typed > 20, "the pages show terminals");
}

#[test]
fn a_page_that_shows_something_else_is_found_and_put_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("page.md");
    let text = "<!-- file: a.txt -->\n```text\none\ntwo\nthree\nfour\n```\n\n```console\n$ cat a.txt\none\n…\nfive\n$ echo a \\\n  b\na b\n```\n";
    fs::write(&path, text).expect("it is written");
    let (wrong, put_right) = type_page(&Page::read(&path));
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(put_right, text.replace("five", "four"));
    fs::write(&path, put_right).expect("it is written");
    assert!(type_page(&Page::read(&path)).0.is_empty());
    fs::write(&path, text.replace("$ echo", "$ false; echo").replace("```console", "<!-- exits 3 -->\n```console"))
        .expect("it is written");
    let (wrong, _) = type_page(&Page::read(&path));
    assert!(wrong.iter().any(|fault| fault.contains("ends with Some(0) and not with 3")), "{wrong:?}");
}

#[test]
fn what_is_left_out_of_a_page_stays_left_out_when_it_is_put_right() {
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (shown, said, expected) in [
        ("… x", "a", "… a"),
        ("… x", "a b c", "… c"),
        ("x …", "a b c", "a …"),
        ("x … y", "a b c d", "a … d"),
        ("x … b=2 … y", "a b=1 b=3 b=2 c d", "a … b=2 … d"),
        ("x y", "a b c", "a b c"),
    ] {
        let renewed = renewed(&lines(shown), &lines(said));
        assert_eq!(renewed, lines(expected), "{shown}");
        assert!(fit(&renewed, &lines(said)).is_some(), "{shown}");
    }
}

#[test]
fn ids_times_and_seconds_are_the_same_whatever_they_are() {
    let id = "01a21541-0fcd-71ea-990c-96d348c25bb9";
    assert!(is_id(id) && !is_id("01a21541-0fcd"));
    let line = format!("runs/{id}  2026-11-27T18:00:00.12Z  took 0.25 s, 3.5 students, \"1.25s\"");
    assert_eq!(plain(&line), "runs/ID  TIME  took N s, 3.5 students, \"N s\"");
}
