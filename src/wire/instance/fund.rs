//! Funds and stipends.

use super::super::faults::MAX_NAME;
use super::super::quota::{read_projects, read_students, write_projects, write_students};
use super::super::{Faults, pb};
use super::{MAX_SEATS, References};
use rules::codes;
use rules::domain::{Fund, Instance, MAX_FUNDS, Money, StudentId};
use rules::finding::At;

/// Largest amount, in a currency's unit.
const MAX_AMOUNT: f64 = 1e9;

/// Reads the funds, by id.
pub(super) fn read_funds(at: At, raw: Vec<pb::Fund>, refs: &References, faults: &mut Faults) -> Vec<Fund> {
    if !faults.count(at, raw.len(), MAX_FUNDS) {
        return Vec::new();
    }
    let read: Vec<(usize, Fund)> = raw
        .into_iter()
        .enumerate()
        .map(|(place, raw)| (place, read_fund(at.index(place), raw, place as u32, refs, faults)))
        .collect();
    faults.distinct(at, read, |fund| fund.id.clone(), "fund_id")
}

fn read_fund(at: At, raw: pb::Fund, place: u32, refs: &References, faults: &mut Faults) -> Fund {
    if let Err(why) = StudentId::parse(&raw.fund_id) {
        References::malformed(at.field("fund_id"), why, faults);
    }
    let amount = raw.amount.and_then(|money| read_money(at.field("amount"), money, faults));
    let cost = raw.cost_per_placement.and_then(|cost| {
        let at = at.field("cost_per_placement");
        let cents = faults.decimal(at, cost, MAX_AMOUNT, cents)?;
        if cents == 0 {
            faults.add(&codes::OUT_OF_RANGE, at, "0; more than 0 is allowed");
        }
        (cents > 0).then_some(cents)
    });
    let stated_places = raw.place_count.and_then(|n| faults.whole(at.field("place_count"), n, 0, MAX_SEATS));
    if raw.place_count.is_none() && (raw.cost_per_placement.is_none() || amount.is_none()) {
        faults.add(&codes::FUND_WITHOUT_SIZE, at, "it states neither place_count nor amount with cost_per_placement");
    }
    Fund {
        title: faults.text(at.field("title"), raw.title, MAX_NAME),
        amount,
        cost,
        stated_places,
        students: read_students(at.field("students"), raw.students, refs, faults),
        projects: read_projects(at.field("projects"), raw.projects, refs, faults),
        id: raw.fund_id,
        place,
    }
}

fn cents(amount: f64) -> Option<i64> {
    (0.0..=MAX_AMOUNT).contains(&amount).then(|| (amount * 100.0).round() as i64)
}

/// How far from a whole cent an amount may be to be one: what a float loses.
const NEARLY: f64 = 1e-4;

/// A part of a cent is left out, so that 14.999 is not 15.
fn at_most(amount: f64) -> Option<i64> {
    (0.0..=MAX_AMOUNT).contains(&amount).then(|| (amount * 100.0 + NEARLY).floor() as i64)
}

/// A part of a cent is a whole one, so that whoever asks for 14.999 does not get 14.99.
fn at_least(amount: f64) -> Option<i64> {
    (0.0..=MAX_AMOUNT).contains(&amount).then(|| (amount * 100.0 - NEARLY).ceil() as i64)
}

/// Reads an amount of money that somebody has or pays.
pub(crate) fn read_money(at: At, raw: pb::Money, faults: &mut Faults) -> Option<Money> {
    read(at, raw, at_most, faults)
}

/// Reads an amount of money that is asked for.
pub(crate) fn read_least_money(at: At, raw: pb::Money, faults: &mut Faults) -> Option<Money> {
    read(at, raw, at_least, faults)
}

fn read(at: At, raw: pb::Money, cents: fn(f64) -> Option<i64>, faults: &mut Faults) -> Option<Money> {
    let cents = faults.decimal(at.field("amount"), raw.amount, MAX_AMOUNT, cents);
    let is_code = raw.currency_code.len() == 3 && raw.currency_code.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code {
        faults.add(&codes::MALFORMED_CURRENCY, at.field("currency_code"), "it is not three capital letters");
    }
    Some(Money { cents: cents?, currency: raw.currency_code })
}

/// Writes an amount of money.
pub(crate) fn write_money(money: &Money) -> pb::Money {
    pb::Money { amount: money.cents as f64 / 100.0, currency_code: money.currency.clone() }
}

pub(super) fn write_fund(instance: &Instance, fund: &Fund) -> pb::Fund {
    pb::Fund {
        fund_id: fund.id.clone(),
        title: fund.title.clone(),
        amount: fund.amount.as_ref().map(write_money),
        cost_per_placement: fund.cost.map(|cents| cents as f64 / 100.0),
        place_count: fund.stated_places.map(|places| places as i32),
        students: Some(write_students(instance, &fund.students)),
        projects: Some(write_projects(instance, &fund.projects)),
    }
}
