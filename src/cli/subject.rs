//! Whom or what a question is about: by id, or by a name that people know.

use super::files::Failure;
use rules::domain::folded;
use rules::validation::nearest_text;
use wire::pb;

/// Ids that are told where a name fits several.
const MOST_TOLD: usize = 10;

/// Whom or what a question is about.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub(super) struct Subject {
    /// This student; with --project the two together.
    #[arg(long, value_name = "ID")]
    pub student: Option<String>,
    /// This project.
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    /// This host.
    #[arg(long, value_name = "ID")]
    pub host: Option<String>,
    /// The student, project or host of this name or title, whole or a part that no other has. Twice for a student and a project.
    #[arg(long = "name", value_name = "TEXT")]
    names: Vec<String>,
}

/// What may have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Student,
    Project,
    Host,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Project => "project",
            Self::Host => "host",
        }
    }
}

/// One row that has a name.
struct Row<'a> {
    kind: Kind,
    id: &'a str,
    /// Folded.
    name: String,
}

impl Subject {
    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the season is needed to explain it.
    pub fn needs_season(&self) -> bool {
        self.is_named() || self.host.is_some()
    }

    /// Whether the season is needed to know who is meant.
    pub fn is_named(&self) -> bool {
        !self.names.is_empty()
    }

    /// The same by ids alone.
    pub fn by_ids(&self, season: &pb::Instance) -> Result<Self, Failure> {
        let mut found = Self { names: Vec::new(), ..self.clone() };
        for name in &self.names {
            let (kind, id) = found.find(name, season).map_err(Failure::of_arguments)?;
            match kind {
                Kind::Student => found.student = Some(id),
                Kind::Project => found.project = Some(id),
                Kind::Host => found.host = Some(id),
            }
        }
        Ok(found)
    }

    /// Who or what of what is not known yet has a name.
    fn find(&self, name: &str, season: &pb::Instance) -> Result<(Kind, String), String> {
        let asked = folded(name.trim());
        let rows = self.rows(season);
        let whole: Vec<&Row> = rows.iter().filter(|row| row.name == asked).collect();
        let part: Vec<&Row> = rows.iter().filter(|row| !asked.is_empty() && row.name.contains(&asked)).collect();
        let fitting = if whole.is_empty() { part } else { whole };
        match &fitting[..] {
            [only] => Ok((only.kind, only.id.to_owned())),
            [] => Err(none(&asked, &rows)),
            several => {
                let ids: Vec<String> =
                    several.iter().take(MOST_TOLD).map(|row| format!("--{} {}", row.kind.noun(), row.id)).collect();
                let more = several.len().saturating_sub(MOST_TOLD);
                let more = if more == 0 { String::new() } else { format!(", and {more} more") };
                Err(format!("--name fits {}: {}{more}; state one of these in its place", several.len(), ids.join(", ")))
            }
        }
    }

    /// The rows that may be meant: where a student is known a project, and the other way round.
    fn rows<'a>(&self, season: &'a pb::Instance) -> Vec<Row<'a>> {
        let row = |kind, id: &'a str, name: &str| Row { kind, id, name: folded(name.trim()) };
        let mut rows = Vec::new();
        if self.student.is_none() && self.host.is_none() {
            rows.extend(season.students.iter().map(|s| row(Kind::Student, &s.student_id, &s.display_name)));
        }
        if self.project.is_none() {
            rows.extend(season.projects.iter().map(|p| row(Kind::Project, &p.project_id, &p.title)));
        }
        if self.host.is_none() && self.student.is_none() {
            rows.extend(season.hosts.iter().map(|h| row(Kind::Host, &h.host_id, &h.title)));
        }
        rows.retain(|row| !row.name.is_empty());
        rows
    }

    /// The projects of the host, by id.
    pub fn projects_of(host: &str, season: &pb::Instance) -> Result<Vec<String>, Failure> {
        if !season.hosts.iter().any(|row| row.host_id == host) {
            let near = nearest_text(host, season.hosts.iter().map(|row| row.host_id.as_str()));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is {near}"));
            return Err(Failure::of_arguments(format!("--host {host}: no host of the season has this id{near}")));
        }
        let mut projects: Vec<String> =
            season.projects.iter().filter(|row| row.host_id == host).map(|row| row.project_id.clone()).collect();
        projects.sort();
        if projects.is_empty() {
            return Err(Failure::of_arguments(format!("--host {host}: it has no project")));
        }
        Ok(projects)
    }
}

/// That nobody has a name, and who has one near it. A student is told by id alone.
fn none(asked: &str, rows: &[Row]) -> String {
    let near = nearest_text(asked, rows.iter().map(|row| row.name.as_str()));
    let near = near.and_then(|near| rows.iter().find(|row| row.name == near));
    let near = near.map_or_else(String::new, |row| format!("; the nearest is that of {} {}", row.kind.noun(), row.id));
    let mut kinds: Vec<&str> = rows.iter().map(|row| row.kind.noun()).collect();
    kinds.dedup();
    match &kinds[..] {
        [] => "--name: no row of the season that could be meant has a name".to_owned(),
        kinds => format!("--name: no {} has it in its name{near}", kinds.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn season() -> pb::Instance {
        let student = |id: &str, name: &str| pb::Student {
            student_id: id.to_owned(),
            display_name: name.to_owned(),
            ..pb::Student::default()
        };
        let project = |id: &str, title: &str| pb::Project {
            project_id: id.to_owned(),
            title: title.to_owned(),
            ..Default::default()
        };
        let host =
            |id: &str, title: &str| pb::Host { host_id: id.to_owned(), title: title.to_owned(), ..pb::Host::default() };
        let hosted = |id: &str, title: &str| pb::Project { host_id: "kit-robotics".to_owned(), ..project(id, title) };
        pb::Instance {
            students: vec![student("S1", "Ana Silva"), student("S2", "Ana Silvano"), student("S3", "")],
            projects: vec![project("P1", "Génie logiciel"), hosted("P3", ""), hosted("P2", "Ana Silva's robots")],
            hosts: vec![host("H1", "Robots AG"), host("kit-robotics", "")],
            ..pb::Instance::default()
        }
    }

    fn named(names: &[&str]) -> Result<Subject, String> {
        let subject = Subject { names: names.iter().map(|name| (*name).to_owned()).collect(), ..Subject::default() };
        subject.by_ids(&season()).map_err(|failure| failure.line().to_owned())
    }

    #[test]
    fn a_whole_name_goes_before_a_part_and_neither_case_nor_composition_matters() {
        assert_eq!(named(&["ANA SILVA"]).map(|subject| subject.student), Ok(Some("S1".to_owned())));
        assert_eq!(named(&["silvano"]).map(|subject| subject.student), Ok(Some("S2".to_owned())));
        assert_eq!(named(&["ge\u{301}nie"]).map(|subject| subject.project), Ok(Some("P1".to_owned())));
        assert_eq!(named(&["robots ag"]).map(|subject| subject.host), Ok(Some("H1".to_owned())));
    }

    #[test]
    fn who_is_alike_is_told_by_ids_and_no_name() {
        let several = "--name fits 3: --student S1, --student S2, --project P2; state one of these in its place";
        assert_eq!(named(&["silva"]), Err(several.to_owned()));
        assert_eq!(
            named(&["Ana Silvanno"]),
            Err("--name: no student or project or host has it in its name; the nearest is that of student S2"
                .to_owned())
        );
        assert_eq!(named(&[" "]), Err("--name: no student or project or host has it in its name".to_owned()));
    }

    #[test]
    fn two_names_are_a_student_and_a_project_in_either_order() {
        let pair = Subject { student: Some("S1".to_owned()), project: Some("P2".to_owned()), ..Subject::default() };
        assert_eq!(named(&["Ana Silva", "robots"]), Ok(pair.clone()));
        assert_eq!(named(&["silva's", "Ana Silva"]), Ok(pair));
    }

    #[test]
    fn a_host_is_asked_about_by_each_of_its_projects() {
        let told = |host: &str| Subject::projects_of(host, &season()).map_err(|failure| failure.line().to_owned());
        assert_eq!(told("H1"), Err("--host H1: it has no project".to_owned()));
        let unknown = "--host kit-robotc: no host of the season has this id; the nearest is kit-robotics";
        assert_eq!(told("kit-robotc"), Err(unknown.to_owned()));
        assert_eq!(told("kit-robotics"), Ok(vec!["P2".to_owned(), "P3".to_owned()]));
    }
}
