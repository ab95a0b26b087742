//! Names of files that every file system takes, made of ids that may hold anything.

use std::collections::HashSet;

/// Gives each id a name of its own; two that differ in case only would be one file on some systems.
#[derive(Debug, Default)]
pub(crate) struct FileNames {
    taken: HashSet<String>,
}

impl FileNames {
    /// A name for a letter, without its ending: `kind-id`, letters, digits, `-` and `_` alone.
    pub fn name(&mut self, kind: &str, id: &str) -> String {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let safe: String = id.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
        let first = format!("{kind}-{safe}");
        let mut name = first.clone();
        let mut number = 1_u64;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            number = number.saturating_add(1);
            name = format!("{first}-{number}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::FileNames;

    #[test]
    fn no_two_ids_meet_in_one_file_and_none_leaves_the_folder() {
        let mut names = FileNames::default();
        let ids = ["Ana", "ana", "ana-2", "../../etc/passwd", "a:b", "a/b", "a\\b", "CON", "Ünal", "名前", ".", ".."];
        let named: Vec<String> = ids.iter().map(|id| names.name("student", id)).collect();
        assert_eq!(named[..3], ["student-Ana", "student-ana-2", "student-ana-2-2"]);
        let lower: std::collections::BTreeSet<String> = named.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(lower.len(), ids.len(), "{named:?}");
        for name in &named {
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{name}");
        }
    }
}
