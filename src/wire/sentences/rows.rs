//! What was asked for, each as a clause.

use super::Words;
use super::numbers::{count, counted, listed};
use crate::pb;
use pb::conflict_row::Kind;
use rules::domain::LinkKind;

impl Words<'_> {
    /// One thing that was asked for, as a clause.
    pub fn row(&self, row: &pb::ConflictRow) -> String {
        let project = self.project(&row.project_id);
        let seats = |seats: u32| counted(seats.into(), "seat");
        let of_project = self.project_row(&row.project_id);
        match row.kind() {
            Kind::ProjectSeats => {
                let seats = of_project.map_or_else(|| "no more seats".to_owned(), |row| seats(row.max_seats()));
                format!("{project} has {seats}")
            }
            Kind::HostSeats => {
                let most = self.host_row(&row.host_id).and_then(|host| host.max_seats);
                let most = most.map_or_else(|| "no more".to_owned(), |most| format!("{} in all", seats(most)));
                format!("host {} has {most}", self.host(&row.host_id))
            }
            Kind::Opening => {
                let least = of_project.map_or(0, |row| row.min_seats());
                let least = counted(least.into(), "student");
                match self.who_declined(&row.project_id) {
                    who if who.is_empty() => format!("{project} opens with at least {least}"),
                    who => format!("{project} opens with at least {least}, and {who}"),
                }
            }
            Kind::MustOpen => format!("{project} must open"),
            Kind::Pin => {
                let students = self.students(row);
                if row.label.starts_with("accepted") {
                    format!("{students} accepted {project}")
                } else {
                    format!("{students} is pinned to {project}")
                }
            }
            Kind::MustPlace => format!("{} must be placed", self.students(row)),
            Kind::Quota => self.quota(&row.quota_id),
            Kind::Link => {
                let how = self.linked(row).map_or("are linked", |kind| match kind {
                    LinkKind::SameProject => "go to one project",
                    LinkKind::SameHost => "go to one host",
                    LinkKind::SameCountry => "go to one country",
                    LinkKind::DifferentProject => "go to different projects",
                });
                format!("{} {how}", self.students(row))
            }
            Kind::Fund => {
                let funds = self.season.as_ref().map(|season| &season.instance.funds[..]).unwrap_or_default();
                let places = funds.iter().find(|fund| fund.id == row.fund_id).map_or(0, |fund| fund.places());
                format!("fund {} carries {}", row.fund_id, counted(places.into(), "placement"))
            }
            Kind::StableOnly => "no student and host may rather have each other".to_owned(),
            Kind::Unspecified => row.label.clone(),
        }
    }

    fn students(&self, row: &pb::ConflictRow) -> String {
        listed(&row.student_ids.iter().map(|id| self.student(id)).collect::<Vec<_>>(), "and")
    }

    /// A quota and its bounds.
    pub(super) fn quota(&self, id: &str) -> String {
        let quotas = self.season.as_ref().map(|season| &season.policy.quotas[..]).unwrap_or_default();
        let Some(quota) = quotas.iter().find(|quota| quota.id == id) else { return format!("quota {id}") };
        let bound = |what: &str, bound: Option<i64>| bound.map(|bound| format!("{what} {}", count(bound)));
        let bounds: Vec<String> =
            [bound("at least", quota.min), bound("at most", quota.max)].into_iter().flatten().collect();
        let name = if quota.title.is_empty() { format!("quota {id}") } else { format!("quota {} ({id})", quota.title) };
        let verb = if quota.min.is_some() { "asks for" } else { "allows" };
        format!("{name} {verb} {}", listed(&bounds, "and"))
    }

    fn linked(&self, row: &pb::ConflictRow) -> Option<LinkKind> {
        let instance = self.season.as_ref()?.instance;
        let ids = |students: &[rules::domain::StudentIndex]| -> Vec<&str> {
            students.iter().map(|student| instance.students[student.at()].id.as_str()).collect()
        };
        let link = instance.links.iter().find(|link| ids(&link.students) == row.student_ids)?;
        Some(link.kind)
    }
}
