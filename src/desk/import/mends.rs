//! What mends a key: the id by which other rows name a row whose own id is broken, blank, or written in another way.

use std::collections::{BTreeMap, BTreeSet};

use rules::domain::looks;

use super::references::{keys, references};
use super::season::Rows;
use super::text::on_one_line;

/// By record: the id that others use for it.
pub(super) fn mends(rows: &Rows, name: &str, key: &str) -> BTreeMap<usize, String> {
    let (known, broken) = keys(rows, name, key);
    let named: BTreeSet<String> = references(rows, name).into_keys().collect();
    let unknown: BTreeSet<&String> =
        named.iter().filter(|id| !known.contains_key(*id) && !rows.is_beyond(name, id)).collect();
    let by_looks = by_looks(known.keys());
    let mut mends = BTreeMap::new();
    written_otherwise(&known, &named, &unknown, &by_looks, &mut mends);
    like_before(rows, name, &known, &mut mends);
    let is_free = |id: &&String| !mends.values().any(|mend| mend == *id) && !by_looks.contains_key(&looks(id));
    let mut free: BTreeSet<&String> = unknown.iter().copied().filter(is_free).collect();
    unreadable(rows, key, &broken, &mut free, &mut mends);
    mends
}

/// By what people see of them: ids.
pub(super) fn by_looks<'a>(ids: impl Iterator<Item = &'a String>) -> BTreeMap<String, Vec<&'a String>> {
    let mut by_looks: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    ids.for_each(|id| by_looks.entry(looks(id)).or_default().push(id));
    by_looks
}

/// Keys that nobody names as they stand, and that others name in one other way.
fn written_otherwise(
    known: &BTreeMap<String, Vec<usize>>,
    named: &BTreeSet<String>,
    unknown: &BTreeSet<&String>,
    by_looks: &BTreeMap<String, Vec<&String>>,
    mends: &mut BTreeMap<usize, String>,
) {
    let mut ways: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for &id in unknown {
        if let Some([near]) = by_looks.get(&looks(id)).map(Vec::as_slice) {
            ways.entry(near).or_default().push(id);
        }
    }
    for (id, others) in ways {
        if let ([other], false) = (&others[..], named.contains(id))
            && let [record] = known[id][..]
            && other.is_ascii()
            && zeros_before(other) >= zeros_before(id)
        {
            mends.insert(record, (*other).clone());
        }
    }
}

/// New keys that look like one of the season before.
fn like_before(rows: &Rows, name: &str, known: &BTreeMap<String, Vec<usize>>, mends: &mut BTreeMap<usize, String>) {
    let before = by_looks(rows.beyond.get(name).into_iter().flatten());
    for (id, records) in known.iter().filter(|(id, _)| !rows.is_beyond(name, id)) {
        if let (Some([near]), [record]) = (before.get(&looks(id)).map(Vec::as_slice), &records[..]) {
            mends.insert(*record, (*near).clone());
        }
    }
}

/// Keys that can't be read, and what others name that no row has: by what is left of the key, else by the rows around it, else as the only one.
fn unreadable<'a>(
    rows: &Rows,
    key: &str,
    broken: &[usize],
    free: &mut BTreeSet<&'a String>,
    mends: &mut BTreeMap<usize, String>,
) {
    let shown = |record: usize| rows.column(record, key).map(|column| on_one_line(&rows.shown(record, column)));
    let mut take = |record: usize, free: &mut BTreeSet<&'a String>, fits: &dyn Fn(&str) -> bool| {
        let fitting: Vec<&String> = free.iter().copied().filter(|id| fits(id)).collect();
        if let [only] = fitting[..] {
            mends.insert(record, only.clone());
            free.remove(only);
            return true;
        }
        false
    };
    let mut blank = Vec::new();
    for (record, shown) in broken.iter().filter_map(|&record| Some((record, shown(record)?))) {
        if shown.is_empty() {
            blank.push(record);
        } else {
            take(record, free, &|id| could_be(&shown, id));
        }
    }
    blank.retain(|&record| !take(record, free, &|id| lies_between(rows, record, key, id)));
    if let [record] = blank[..] {
        take(record, free, &|_| true);
    }
}

/// Zeros that an id begins with: a spreadsheet takes them, and never adds any.
fn zeros_before(id: &str) -> usize {
    id.len() - id.trim_start_matches('0').len()
}

/// Whether a cell that is no id any more may have been this one.
fn could_be(shown: &str, id: &str) -> bool {
    if looks(shown) == looks(id) {
        return true;
    }
    let Ok(value) = shown.parse::<f64>() else { return false };
    let Ok(exact) = id.parse::<f64>() else { return false };
    // A power of ten keeps the first digits: the rest may be anything that rounds to them.
    let digits = shown.split(['e', 'E']).next().unwrap_or_default().chars().filter(char::is_ascii_digit).count();
    let last = value.abs().log10().floor() - digits as f64 + 1.0;
    shown.contains(['e', 'E']) && (value - exact).abs() <= 0.5 * 10_f64.powf(last)
}

/// Whether an id would stand in order between those of the rows before and after.
fn lies_between(rows: &Rows, record: usize, key: &str, id: &str) -> bool {
    let beside = |at: Option<usize>| {
        let at = at.filter(|&at| rows.records.get(at).is_some_and(|row| row.found == rows.records[record].found))?;
        rows.text(at, key)
    };
    let (before, after) = (beside(record.checked_sub(1)), beside(Some(record + 1)));
    let fits = |other: &str| other.len() == id.len();
    matches!((before, after), (Some(before), Some(after)) if fits(before) && fits(after) && before < id && id < after)
}
