//! **C2** project seats: `Σ x ≤ max_seat_count`. **C3** host seats: the same over all projects of a host.
//!
//! A project that C4 covers needs no C2.

use super::{Pairs, Row, RowLabel, opening};
use rules::domain::{HostIndex, Instance};

pub(super) fn rows(instance: &Instance, of_project: &[Pairs], rows: &mut Vec<Row>) {
    let mut of_host: Vec<Vec<u32>> = vec![Vec::new(); instance.hosts.len()];
    for project in instance.project_indices() {
        let row = &instance.projects[project.at()];
        let columns = &of_project[project.at()];
        if !columns.is_empty() && !opening::opens_or_stays_closed(row) {
            let seats = Some(i64::from(row.max_seats()));
            rows.push(Row::over(RowLabel::ProjectSeats(project), columns, None, seats));
        }
        if let Some(host) = row.host {
            of_host[host.at()].extend(columns.iter());
        }
    }
    for (host, mut columns) in of_host.into_iter().enumerate() {
        let Some(seats) = instance.hosts[host].max_seats else { continue };
        if columns.len() > seats as usize {
            columns.sort_unstable();
            let label = RowLabel::HostSeats(HostIndex(host as u32));
            rows.push(Row::over(label, columns, None, Some(i64::from(seats))));
        }
    }
}
