//! What is read as it stands, and what a person should look at all the same.

use std::collections::{BTreeMap, HashMap};

use rules::codes;

use super::gather::Gather;
use super::season::{Later, Rows};
use crate::problem::Severity;

/// Tells of places without seats, of countries that are not the host's, and of minimums that can't all hold.
pub(super) fn look(rows: &mut Rows, gather: &mut Gather) {
    seats(rows, gather);
    countries(rows, gather);
    minimums(rows, gather);
}

fn seats(rows: &Rows, gather: &mut Gather) {
    for table in ["projects", "hosts"] {
        for record in rows.of_table(table) {
            if rows.whole(record, "max_seats") == Some(0)
                && let Some(column) = rows.column(record, "max_seats")
            {
                rows.tell(
                    record,
                    column,
                    (&codes::PROJECT_WITHOUT_SEATS, Severity::Warning),
                    "nobody can be placed here; it is kept",
                    "",
                    gather,
                );
            }
        }
    }
}

fn countries(rows: &Rows, gather: &mut Gather) {
    let hosts: HashMap<&str, &str> = rows
        .of_table("hosts")
        .filter_map(|host| Some((rows.text(host, "host_id")?, rows.text(host, "country")?)))
        .collect();
    for record in rows.of_table("projects") {
        let host = rows.text(record, "host_id").and_then(|host| hosts.get(host));
        if let (Some(own), Some(&of_host), Some(column)) =
            (rows.text(record, "country"), host, rows.column(record, "country"))
            && own != of_host
        {
            let why = format!("its host is in {of_host}; the project's own country is kept");
            rows.tell(record, column, (&codes::COUNTRY_NOT_OF_HOST, Severity::Warning), &why, "", gather);
        }
    }
}

/// A minimum above its own maximum can't be meant; minimums above the seats of a host only mean that some stay closed.
fn minimums(rows: &mut Rows, gather: &mut Gather) {
    let seats: HashMap<String, i64> = rows
        .of_table("hosts")
        .filter_map(|host| Some((rows.text(host, "host_id")?.to_owned(), rows.whole(host, "max_seats")?)))
        .collect();
    let mut of_host: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for record in rows.of_table("projects").collect::<Vec<_>>() {
        let (Some(least), Some(column)) = (rows.whole(record, "min_seats"), rows.column(record, "min_seats")) else {
            continue;
        };
        if let Some(most) = rows.whole(record, "max_seats").filter(|most| *most < least && *most > 0) {
            let why = format!("it opens with {least} at least and has {most}");
            if !matches!(rows.decided(record, column, gather), Later::Kept) {
                rows.ask(record, column, (&codes::MINIMUM_ABOVE_MAXIMUM, Severity::Ask), &why, "", gather);
            }
        } else if least > 1
            && let Some(host) = rows.text(record, "host_id")
        {
            of_host.entry(host.to_owned()).or_default().push(record);
        }
    }
    for (host, records) in of_host {
        let needed: i64 = records.iter().filter_map(|&record| rows.whole(record, "min_seats")).sum();
        let Some(&seats) = seats.get(&host).filter(|seats| **seats < needed) else { continue };
        for record in records {
            let Some(column) = rows.column(record, "min_seats") else { continue };
            let why = format!(
                "the minimums of host {host} add up to {needed}, and it has {seats}: not all of its projects can open"
            );
            rows.tell(record, column, (&codes::MINIMUMS_EXCEED_HOST, Severity::Warning), &why, "", gather);
        }
    }
}
