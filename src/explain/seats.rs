//! What one unit more would buy of whatever is full: a seat of a project or host, a unit of a quota, a place of a fund.
//!
//! A row that is not the tightest over its pairs, or that the optimum has no price for, buys nothing. The others are raised in the
//! residual network (`solve::Residual`). Where the network is not all there is, what it tells is taken only where it keeps the other rows
//! too, or where it is nothing: without those rows there is no more to gain than with them.

use std::collections::HashMap;

use formulation::Side;
use rules::domain::HostIndex;
use solve::{Detour, Residual};
use verify::{Occupancy, Spare};

use super::bounds::{Between, Bounds};
use super::full::{Full, full};
use super::networks::Networks;
use super::{Counterfactual, Optimum};

/// What one unit more would buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gain {
    /// Nothing: no matching is better.
    Nothing,
    /// The best matching there would be.
    Better(Counterfactual),
    /// Something, and how much is not known: between these values, told as far as they are known; the season with that unit is to be
    /// solved for more.
    AtLeast(Vec<Between>),
}

/// By what is full: what one unit more would buy; what nothing is known of is left out. `carried` says how many each fund carries.
pub fn seat_values(
    optimum: &Optimum,
    residual: Option<&Residual>,
    networks: Option<&Networks>,
    occupancy: &Occupancy,
    carried: &[u32],
) -> Vec<(Full, Gain)> {
    let instance = optimum.instance;
    let rows = &optimum.formulation.rows;
    let is_network = rows.iter().all(|row| row.label.side() != Side::Neither && row.defines.is_none());
    let raised: HashMap<Full, Detour> = residual
        .map(Residual::raising)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(row, detour)| Some((full(rows[row as usize].label)?, detour?)))
        .collect();
    let bounds = networks.and_then(|networks| Bounds::of(optimum, networks));
    let open = |what: Full, spare: Option<Spare>| {
        let between = bounds.as_ref()?.between(optimum, occupancy, what, spare);
        let gains = |goal: &Between| goal.worst != optimum.goals[goal.goal].value;
        between.iter().any(gains).then_some(Gain::AtLeast(between))
    };
    let gain = |what: Full| {
        let spare = match what {
            Full::Project(project) => Some(Spare::Project(project)),
            Full::Host(host) => Some(Spare::Host(host)),
            Full::Quota(quota) => Some(Spare::Quota(quota)),
            Full::Fund(_) => None,
        };
        match raised.get(&what) {
            _ if residual.is_none() || !optimum.is_proven() => open(what, spare),
            None => Some(Gain::Nothing),
            Some(detour) => match optimum.detoured(occupancy, detour, spare) {
                Some(counterfactual) => Some(Gain::Better(counterfactual)),
                // Another row over the same pairs is as tight.
                None if is_network => Some(Gain::Nothing),
                None => open(what, spare),
            },
        }
    };
    let projects = instance.project_indices().filter(|&project| occupancy.is_full(project)).map(Full::Project);
    let is_full = |&(at, host): &(u32, &rules::domain::Host)| {
        host.max_seats.is_some_and(|seats| occupancy.hosted(HostIndex(at)) >= seats)
    };
    let hosts = (0..).zip(&instance.hosts).filter(is_full).map(|(at, _)| Full::Host(HostIndex(at)));
    let quotas = occupancy.quotas_at_most().map(Full::Quota);
    let funds = (0..).zip(&instance.funds).zip(carried).filter(|((_, fund), carried)| **carried >= fund.places());
    let funds = funds.map(|((at, _), _)| Full::Fund(at));
    projects.chain(hosts).chain(quotas).chain(funds).filter_map(|what| Some((what, gain(what)?))).collect()
}
