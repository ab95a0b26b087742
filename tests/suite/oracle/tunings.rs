//! Every threshold of the solve always crossed and never, one by one and mixed at random: the answer is brute force's.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use solve::Tuning;

use super::{agrees_by, generate, random_goals};

/// A threshold at its tightest and at its loosest.
type Switch = fn(&mut Tuning, bool);

const SWITCHES: [(&str, Switch); 12] = [
    ("narrow_bits", |tuning, is_tight| tuning.narrow_bits = if is_tight { 0 } else { 62 }),
    ("wide_bits", |tuning, is_tight| tuning.wide_bits = if is_tight { 0 } else { 124 }),
    ("reduces", |tuning, is_tight| tuning.reduces = !is_tight),
    ("dense", |tuning, is_tight| tuning.dense = if is_tight { 0 } else { usize::MAX }),
    ("core", |tuning, is_tight| tuning.core = if is_tight { 1 } else { 1_000 }),
    ("most_networks", |tuning, is_tight| tuning.most_networks = if is_tight { 0 } else { usize::MAX }),
    ("most_wrong", |tuning, is_tight| tuning.most_wrong = if is_tight { 0 } else { usize::MAX }),
    ("promising", |tuning, is_tight| tuning.promising = if is_tight { 0 } else { usize::MAX }),
    ("most_rounds", |tuning, is_tight| tuning.most_rounds = if is_tight { 0 } else { usize::MAX }),
    ("large and near", |tuning, is_tight| {
        (tuning.large, tuning.near) = if is_tight { (0, 1) } else { (usize::MAX, usize::MAX) };
    }),
    ("wide", |tuning, is_tight| tuning.wide = if is_tight { usize::MAX } else { 0 }),
    ("most_certified", |tuning, is_tight| tuning.most_certified = if is_tight { 0 } else { Tuning::MOST_CERTIFIED }),
];

/// Names every threshold, so that a new one is asked for in the list above.
fn _are_all_listed(tuning: Tuning) {
    let Tuning {
        narrow_bits: _,
        wide_bits: _,
        reduces: _,
        dense: _,
        core: _,
        most_networks: _,
        most_wrong: _,
        promising: _,
        most_rounds: _,
        large: _,
        near: _,
        wide: _,
        most_certified: _,
    } = tuning;
}

/// 30 of each switch at each end, or as many as `make soak` asks for.
fn instances_of_switch() -> u64 {
    std::env::var("SWITCH_INSTANCES").map_or(30, |count| count.parse().expect("a count"))
}

/// 1,000, or as many as `make soak` asks for.
fn instances() -> u64 {
    std::env::var("TUNING_INSTANCES").map_or(1_000, |count| count.parse().expect("a count"))
}

fn agrees_at(seed: u64, tuning: Tuning) -> bool {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let instance = generate::instance(&mut random);
    let goals = random_goals(&mut random);
    agrees_by(seed, instance, goals, tuning)
}

#[test]
fn each_threshold_at_either_end_changes_no_answer() {
    for (name, switch) in SWITCHES {
        for is_tight in [true, false] {
            let mut tuning = Tuning::default();
            switch(&mut tuning, is_tight);
            println!("{name} {is_tight}");
            for seed in 0..instances_of_switch() {
                agrees_at(300_000 + seed, tuning);
            }
        }
    }
}

#[test]
fn thresholds_mixed_at_random_change_no_answer() {
    let mut feasible = 0;
    for seed in 400_000..400_000 + instances() {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut tuning = Tuning::default();
        for (_, switch) in SWITCHES {
            match random.random_range(0..3) {
                0 => switch(&mut tuning, true),
                1 => switch(&mut tuning, false),
                _ => {}
            }
        }
        feasible += u64::from(agrees_at(random.next_u64(), tuning));
    }
    assert!(feasible * 2 > instances(), "{feasible} have a matching");
}
