//! What may surprise about the seats and countries of projects and hosts.

use super::{finding, others, project_field};
use crate::codes;
use crate::domain::{HostIndex, Instance, Project, ProjectIndex};
use crate::finding::{Finding, Severity};

/// Most findings of a kind; a request may hold many rows.
const MOST_TOLD: usize = 200;

/// Projects without a seat, minimums that a host has no seats for, and projects in another country than their host.
pub(super) fn places(instance: &Instance, found: &mut Vec<Finding>) {
    without_seats(instance, found);
    minimums_above_host(instance, found);
    minimums_of_host(instance, found);
    countries(instance, found);
}

/// The row that stands first in the request.
fn first_project(instance: &Instance, projects: &[ProjectIndex]) -> Option<ProjectIndex> {
    projects.iter().copied().min_by_key(|project| instance.origin.projects[project.at()])
}

fn host_field(instance: &Instance, host: HostIndex) -> String {
    format!("instance.hosts[{}].max_seat_count", instance.origin.hosts[host.at()])
}

fn without_seats(instance: &Instance, found: &mut Vec<Finding>) {
    // Where none has a seat, that is told by itself.
    if instance.project_indices().all(|project| instance.projects[project.at()].max_seats() == 0) {
        return;
    }
    let has_none = |project: &ProjectIndex| instance.projects[project.at()].max_seats() == 0;
    let projects: Vec<ProjectIndex> = instance.project_indices().filter(has_none).collect();
    if let Some(first) = first_project(instance, &projects) {
        let message =
            format!("project {} has no seat{}", instance.projects[first.at()].id, others(projects.len(), "project"));
        let field = project_field(instance, first, "max_seat_count");
        found.push(finding(&codes::PROJECT_WITHOUT_SEATS, Severity::Info, field, message));
    }
    let hosts = (0..).zip(&instance.hosts).filter(|(_, host)| host.max_seats == Some(0) && !host.withdrawn);
    let hosts: Vec<HostIndex> = hosts.map(|(at, _)| HostIndex(at)).collect();
    if let Some(&first) = hosts.iter().min_by_key(|host| instance.origin.hosts[host.at()]) {
        let message = format!("host {} has no seat{}", instance.hosts[first.at()].id, others(hosts.len(), "host"));
        found.push(finding(&codes::PROJECT_WITHOUT_SEATS, Severity::Info, host_field(instance, first), message));
    }
}

/// The seats of a project's host, where they are limited.
fn seats_of_host(instance: &Instance, project: &Project) -> Option<(HostIndex, u32)> {
    let host = project.host?;
    Some((host, instance.hosts[host.at()].max_seats?))
}

/// Projects that can never open. Where one has to, that is a contradiction and told as one.
fn minimums_above_host(instance: &Instance, found: &mut Vec<Finding>) {
    let mut told = 0;
    for project in instance.project_indices() {
        let row = &instance.projects[project.at()];
        let Some((host, seats)) = seats_of_host(instance, row) else { continue };
        if row.must_open || row.min_seats() <= seats || told == MOST_TOLD {
            continue;
        }
        told += 1;
        let (least, host) = (row.min_seats(), &instance.hosts[host.at()].id);
        let message = format!("project {} never opens: its minimum is {least}, and host {host} has {seats}", row.id);
        let field = project_field(instance, project, "min_seat_count");
        found.push(finding(&codes::MINIMUMS_EXCEED_HOST, Severity::Warning, field, message));
    }
}

/// Hosts whose projects can't all open. A minimum of 1 asks for nothing.
fn minimums_of_host(instance: &Instance, found: &mut Vec<Finding>) {
    let mut needed = vec![(0_u64, 0_u64); instance.hosts.len()];
    for row in &instance.projects {
        let Some((host, seats)) = seats_of_host(instance, row) else { continue };
        let (least, must) = &mut needed[host.at()];
        if (2..=seats).contains(&row.min_seats()) {
            *least += u64::from(row.min_seats());
        }
        if row.must_open {
            *must += u64::from(row.min_seats().max(1));
        }
    }
    let exceeds = |&(at, &(least, must)): &(u32, &(u64, u64))| {
        let seats = instance.hosts[at as usize].max_seats.map_or(u64::MAX, u64::from);
        // Where those that have to open need more, that is a contradiction and told as one.
        least > seats && must <= seats
    };
    let hosts: Vec<(u32, &(u64, u64))> = (0..).zip(&needed).filter(exceeds).collect();
    if let Some(&(at, &(least, _))) = hosts.iter().min_by_key(|(at, _)| instance.origin.hosts[*at as usize]) {
        let row = &instance.hosts[at as usize];
        let message = format!(
            "not all projects of host {} can open: their minimums add up to {least}, and it has {}{}",
            row.id,
            row.max_seats.unwrap_or(0),
            others(hosts.len(), "host")
        );
        let field = host_field(instance, HostIndex(at));
        found.push(finding(&codes::MINIMUMS_EXCEED_HOST, Severity::Info, field, message));
    }
}

fn countries(instance: &Instance, found: &mut Vec<Finding>) {
    let of_both = |project: ProjectIndex| {
        let row = &instance.projects[project.at()];
        let host = &instance.hosts[row.host?.at()];
        Some((row, row.country?, host, host.country?)).filter(|(_, own, _, hosts)| own != hosts)
    };
    let differ: Vec<ProjectIndex> = instance.project_indices().filter(|&project| of_both(project).is_some()).collect();
    let first = first_project(instance, &differ);
    if let Some((first, (row, own, host, hosts))) = first.and_then(|first| Some((first, of_both(first)?))) {
        let message = format!(
            "project {} is in {own}, and its host {} in {hosts}{}",
            row.id,
            host.id,
            others(differ.len(), "project")
        );
        let field = project_field(instance, first, "country_code");
        found.push(finding(&codes::COUNTRY_NOT_OF_HOST, Severity::Info, field, message));
    }
}
