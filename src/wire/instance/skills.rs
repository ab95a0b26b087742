//! Skill names: aliases, normal forms, and the table of every skill spoken of.

use std::collections::HashMap;

use super::super::faults::MAX_NAME;
use super::super::{Faults, pb};
use rules::codes;
use rules::domain::{SkillAlias, SkillIndex, SkillTable, normal_form};
use rules::finding::At;

/// Most aliases of one skill.
const MAX_ALIASES: usize = 1_000;

/// Reads the aliases; a spelling that two skills claim is a fault.
pub(super) fn read_aliases(at: At, raw: Vec<pb::SkillAlias>, faults: &mut Faults) -> Vec<SkillAlias> {
    let mut owner: HashMap<String, usize> = HashMap::new();
    let mut read = Vec::with_capacity(raw.len());
    for (place, raw) in raw.into_iter().enumerate() {
        let at = at.index(place);
        if !faults.count(at.field("aliases"), raw.aliases.len(), MAX_ALIASES) {
            continue;
        }
        let mut aliases = raw.aliases;
        let spellings = std::iter::once((at.field("skill"), &raw.skill, None))
            .chain(aliases.iter().enumerate().map(|(i, alias)| (at.field("aliases"), alias, Some(i))));
        for (list, spelling, entry) in spellings {
            let here = entry.map_or(list, |i| list.index(i));
            let Some(form) = read_form(here, spelling, faults) else { continue };
            if let Some(&earlier) = owner.get(&form)
                && earlier != place
            {
                faults.add(&codes::DUPLICATE_ENTRY, here, format!("entry {earlier} claims the same spelling"));
            }
            owner.entry(form).or_insert(place);
        }
        aliases.sort_unstable();
        aliases.dedup();
        read.push(SkillAlias { skill: raw.skill, aliases });
    }
    read.sort_by(|a, b| a.skill.cmp(&b.skill));
    read
}

fn read_form(at: At, name: &str, faults: &mut Faults) -> Option<String> {
    if name.len() > MAX_NAME {
        faults.text(at, name.to_owned(), MAX_NAME);
        return None;
    }
    let form = normal_form(name);
    if form.is_empty() {
        faults.add(&codes::EMPTY_NAME, at, "it has no letter or digit");
        return None;
    }
    Some(form)
}

/// Every skill name of the request, and the skill each means.
pub(super) struct SkillNames {
    /// From a normal form to that of the skill it is an alias of.
    alias_of: HashMap<String, String>,
    table: SkillTable,
}

impl SkillNames {
    /// Gathers the names of all projects and students.
    pub fn gather(aliases: &[SkillAlias], projects: &[pb::Project], students: &[pb::Student]) -> Self {
        let mut alias_of = HashMap::new();
        let mut declared = HashMap::new();
        for alias in aliases {
            let form = normal_form(&alias.skill);
            for other in &alias.aliases {
                alias_of.insert(normal_form(other), form.clone());
            }
            declared.insert(form, alias.skill.clone());
        }
        let asked = projects.iter().flat_map(|p| p.skill_requirements.iter().map(|r| r.skill.as_str()));
        let held = students.iter().flat_map(|s| s.skills.iter().map(|r| r.skill.as_str()));
        let mut spellings: Vec<(String, String)> = Vec::new();
        let mut names: Vec<&str> = asked.chain(held).filter(|name| name.len() <= MAX_NAME).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let form = normal_form(name);
            if !form.is_empty() && !alias_of.contains_key(&form) && !declared.contains_key(&form) {
                spellings.push((form, name.to_owned()));
            }
        }
        spellings.extend(declared);
        Self { alias_of, table: SkillTable::new(spellings) }
    }

    /// Reads a skill name.
    pub fn read(&self, at: At, name: &str, faults: &mut Faults) -> Option<SkillIndex> {
        self.find_form(&read_form(at, name, faults)?)
    }

    /// The skill that a name means.
    pub fn find(&self, name: &str) -> Option<SkillIndex> {
        self.find_form(&normal_form(name))
    }

    fn find_form(&self, form: &str) -> Option<SkillIndex> {
        self.table.find(self.alias_of.get(form).map_or(form, String::as_str))
    }

    /// The table of every skill.
    pub fn into_table(self) -> SkillTable {
        self.table
    }
}
