//! `docs/reference.md`: every call, message, field and value of the proto with its comment. `UPDATE=1` writes it anew.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// The numbers of fields of descriptors, by which comments are found (google/protobuf/descriptor.proto).
const MESSAGES_OF_FILE: i32 = 4;
const ENUMS_OF_FILE: i32 = 5;
const SERVICES_OF_FILE: i32 = 6;
const FIELDS: i32 = 2;
const MESSAGES: i32 = 3;
const ENUMS: i32 = 4;
const ONEOFS: i32 = 8;
/// Of an enum its values, of a service its calls.
const ENTRIES: i32 = 2;

/// A file with its comments.
struct Page<'a> {
    file: &'a FileDescriptorProto,
    comments: HashMap<&'a [i32], &'a str>,
    text: String,
}

impl<'a> Page<'a> {
    fn of(file: &'a FileDescriptorProto) -> Self {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let comments =
            locations.filter_map(|location| Some((&location.path[..], location.leading_comments.as_deref()?)));
        Self { file, comments: comments.collect(), text: String::new() }
    }

    /// The comment at a path, in paragraphs.
    fn comment(&self, path: &[i32]) -> String {
        let name = self.file.name();
        let comment = self.comments.get(path).unwrap_or_else(|| panic!("{name}: nothing is said at {path:?}"));
        let lines: Vec<&str> = comment.lines().map(str::trim).collect();
        let paragraphs = lines.split(|line| line.is_empty()).map(|paragraph| paragraph.join(" "));
        paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    /// The same for a cell of a table.
    fn cell(&self, path: &[i32]) -> String {
        self.comment(path).replace("\n\n", " ").replace('|', "\\|")
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("a text");
    }

    fn write(mut self) -> String {
        let file = self.file;
        let title = file.name().rsplit('/').next().expect("a name");
        self.line(&format!("## {title}\n"));
        for (service, at) in file.service.iter().zip(0..) {
            let path = [SERVICES_OF_FILE, at];
            self.line(&format!("### {}\n\n{}\n", service.name(), self.comment(&path)));
            self.line("| call | takes | gives | |\n|---|---|---|---|");
            for (call, at) in service.method.iter().zip(0..) {
                let stream = if call.server_streaming() { "stream of " } else { "" };
                let (takes, gives) = (link(call.input_type()), link(call.output_type()));
                let comment = self.cell(&[path[0], path[1], ENTRIES, at]);
                self.line(&format!("| `{}` | {takes} | {stream}{gives} | {comment} |", call.name()));
            }
            self.line("");
        }
        for (message, at) in file.message_type.iter().zip(0..) {
            self.message(message, "", &[MESSAGES_OF_FILE, at]);
        }
        for (words, at) in file.enum_type.iter().zip(0..) {
            self.words(words, "", &[ENUMS_OF_FILE, at]);
        }
        self.text
    }

    fn message(&mut self, message: &DescriptorProto, within: &str, path: &[i32]) {
        let name = format!("{within}{}", message.name());
        self.line(&format!("### {name}\n\n{}\n", self.comment(path)));
        for (oneof, at) in message.oneof_decl.iter().zip(0..) {
            let is_of = |field: &&FieldDescriptorProto| field.oneof_index == Some(at) && !field.proto3_optional();
            let fields: Vec<String> = message.field.iter().filter(is_of).map(|f| format!("`{}`", f.name())).collect();
            if !fields.is_empty() {
                let comment = self.comment(&[path, &[ONEOFS, at]].concat());
                self.line(&format!("`{}`, one of {}: {comment}\n", oneof.name(), fields.join(", ")));
            }
        }
        if !message.field.is_empty() {
            self.line("| field | type | |\n|---|---|---|");
        }
        for (field, at) in message.field.iter().zip(0..) {
            let comment = self.cell(&[path, &[FIELDS, at]].concat());
            self.line(&format!("| `{}` | {} | {comment} |", field.name(), kind(field, message)));
        }
        if !message.field.is_empty() {
            self.line("");
        }
        let within = format!("{name}.");
        for (inner, at) in message.nested_type.iter().zip(0..) {
            let is_map = inner.options.as_ref().is_some_and(|options| options.map_entry());
            if !is_map {
                self.message(inner, &within, &[path, &[MESSAGES, at]].concat());
            }
        }
        for (words, at) in message.enum_type.iter().zip(0..) {
            self.words(words, &within, &[path, &[ENUMS, at]].concat());
        }
    }

    fn words(&mut self, words: &EnumDescriptorProto, within: &str, path: &[i32]) {
        self.line(&format!("### {within}{}\n\n{}\n", words.name(), self.comment(path)));
        self.line("| value | number | |\n|---|---:|---|");
        for (word, at) in words.value.iter().zip(0..) {
            let comment = self.cell(&[path, &[ENTRIES, at]].concat());
            self.line(&format!("| `{}` | {} | {comment} |", word.name(), word.number()));
        }
        self.line("");
    }
}

/// A type of ours as a link to where it is told, any other by its name.
fn link(name: &str) -> String {
    let name = name.trim_start_matches('.');
    match name.strip_prefix("misti.matching.v1.") {
        Some(own) => format!("[{own}](#{})", own.to_lowercase().replace('.', "")),
        None => format!("`{name}`"),
    }
}

fn kind(field: &FieldDescriptorProto, message: &DescriptorProto) -> String {
    let entry = message.nested_type.iter().find(|inner| {
        field.type_name().ends_with(&format!(".{}.{}", message.name(), inner.name()))
            && inner.options.as_ref().is_some_and(|options| options.map_entry())
    });
    if let Some(entry) = entry {
        return format!("map of {} to {}", single(&entry.field[0]), single(&entry.field[1]));
    }
    match field.label() {
        Label::Repeated => format!("list of {}", single(field)),
        _ if field.proto3_optional() => format!("{}, or unset", single(field)),
        _ => single(field),
    }
}

fn single(field: &FieldDescriptorProto) -> String {
    let name = match field.r#type() {
        Type::Message | Type::Enum => return link(field.type_name()),
        Type::Double => "double",
        Type::Float => "float",
        Type::Int64 => "int64",
        Type::Uint64 => "uint64",
        Type::Int32 => "int32",
        Type::Uint32 => "uint32",
        Type::Bool => "bool",
        Type::String => "string",
        Type::Bytes => "bytes",
        other => panic!("{other:?} is new: say here how it is called"),
    };
    format!("`{name}`")
}

#[test]
fn the_reference_is_that_of_the_proto() {
    let all = FileDescriptorSet::decode(wire::DESCRIPTORS).expect("descriptors");
    let mut files: Vec<&FileDescriptorProto> =
        all.file.iter().filter(|file| file.package() == "misti.matching.v1").collect();
    // Calls first, then by name.
    files.sort_by_key(|file| (file.service.is_empty(), file.name()));
    let head = "# Reference\n\nEvery call, message, field and value of `proto/`, package `misti.matching.v1`. Made of the comments there: change those, and \
                run\n`UPDATE=1 cargo test --test suite reference::`. JSON takes the names of fields as they stand here, or in camelCase; a value by its name.\n";
    let contents: String = files
        .iter()
        .map(|file| {
            let title = file.name().rsplit('/').next().expect("a name");
            format!("- [{title}](#{})\n", title.replace('.', ""))
        })
        .collect();
    let pages: Vec<String> = files.iter().map(|file| Page::of(file).write()).collect();
    let made = format!("{head}\n{contents}\n{}\n", pages.concat().trim_end());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).expect("it is written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(made.lines()).find(|(kept, made)| kept != made);
    assert!(kept == made, "docs/reference.md is stale, write it anew with UPDATE=1; the first difference: {differs:?}");
}
