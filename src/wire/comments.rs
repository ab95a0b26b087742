//! What the proto says of its fields and values, so that whoever shows them needs no second text.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};

use super::DESCRIPTORS;

/// The numbers of fields of descriptors, by which comments are found (google/protobuf/descriptor.proto).
const MESSAGES_OF_FILE: i32 = 4;
const ENUMS_OF_FILE: i32 = 5;
const FIELDS: i32 = 2;
const MESSAGES: i32 = 3;
const ENUMS: i32 = 4;
const VALUES: i32 = 2;

/// The comment of a field or a value by its name within the package, such as `Policy.min_weeks` or `Goal.Kind.PLACE_MOST`; empty where there is no
/// such name.
pub fn comment(name: &str) -> &'static str {
    static ALL: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap_or_default().file;
        let own = files.iter().filter(|file| file.package() == "misti.matching.v1");
        own.flat_map(|file| Comments::of(file).read(file)).collect()
    });
    ALL.get(name).map_or("", String::as_str)
}

/// The comments of a file.
struct Comments<'a> {
    by_path: HashMap<&'a [i32], &'a str>,
    read: Vec<(String, String)>,
}

impl<'a> Comments<'a> {
    fn of(file: &'a FileDescriptorProto) -> Self {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let stated = locations.filter_map(|location| Some((&location.path[..], location.leading_comments.as_deref()?)));
        Self { by_path: stated.collect(), read: Vec::new() }
    }

    fn read(mut self, file: &FileDescriptorProto) -> Vec<(String, String)> {
        for (message, at) in file.message_type.iter().zip(0..) {
            self.message(message, "", &[MESSAGES_OF_FILE, at]);
        }
        for (of, at) in file.enum_type.iter().zip(0..) {
            self.values(of, "", &[ENUMS_OF_FILE, at]);
        }
        self.read
    }

    fn keep(&mut self, name: String, path: &[i32]) {
        let lines = self.by_path.get(path).copied().unwrap_or_default().lines().map(str::trim);
        let text = lines.collect::<Vec<_>>().join(" ").trim().to_owned();
        self.read.push((name, text));
    }

    fn message(&mut self, message: &DescriptorProto, within: &str, path: &[i32]) {
        let within = format!("{within}{}.", message.name());
        for (field, at) in message.field.iter().zip(0..) {
            self.keep(format!("{within}{}", field.name()), &[path, &[FIELDS, at]].concat());
        }
        for (inner, at) in message.nested_type.iter().zip(0..) {
            self.message(inner, &within, &[path, &[MESSAGES, at]].concat());
        }
        for (of, at) in message.enum_type.iter().zip(0..) {
            self.values(of, &within, &[path, &[ENUMS, at]].concat());
        }
    }

    fn values(&mut self, of: &EnumDescriptorProto, within: &str, path: &[i32]) {
        for (value, at) in of.value.iter().zip(0..) {
            self.keep(format!("{within}{}.{}", of.name(), value.name()), &[path, &[VALUES, at]].concat());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::comment;

    #[test]
    fn fields_and_values_say_what_they_are() {
        assert_eq!(comment("Goal.Kind.PLACE_MOST"), "Most students placed. Unit: students.");
        assert!(comment("Policy.min_weeks").starts_with("Least weeks a project must last"));
        assert_eq!(comment("Policy.nothing"), "");
    }
}
