//! Tiny instances at random, with every row family.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use wire::pb;

/// Preference and affinity only, which brute force scores by itself.
pub fn weights() -> pb::Weights {
    pb::Weights {
        skills: Some(0.0),
        language: Some(0.0),
        preference: Some(2.0),
        host_rank: Some(0.0),
        interview: Some(0.0),
        affinity: Some(1.0),
    }
}

/// Up to 5 students, 4 projects and 2 hosts.
pub fn instance(random: &mut ChaCha8Rng) -> pb::Instance {
    let mut chance = |percent: u32| random.random_range(0..100) < percent;
    let crowded = chance(30);
    let minimums = chance(40);
    let commands = chance(30);
    let later_round = chance(40);
    let students = random.random_range(1..6_usize);
    let projects = random.random_range(1..5_usize);
    let mut instance = pb::Instance {
        hosts: (0..2)
            .map(|h| pb::Host {
                host_id: format!("H{h}"),
                max_seat_count: (random.random_range(0..100) < 50).then(|| random.random_range(0..4)),
                country_code: ["JP", "DE"][h].to_owned(),
                withdrawn: later_round && random.random_range(0..100) < 15,
                ..pb::Host::default()
            })
            .collect(),
        suspended_country_codes: if later_round && random.random_range(0..100) < 15 {
            vec!["DE".to_owned()]
        } else {
            Vec::new()
        },
        ..pb::Instance::default()
    };
    for p in 0..projects {
        let mut chance = |percent: u32| random.random_range(0..100) < percent;
        let (hosted, stated, has_minimum, must_open, ranked_only) =
            (chance(60), chance(70), minimums && chance(60), commands && chance(25), chance(10));
        let max = random.random_range(if crowded { 0..2 } else { 0..4 });
        instance.projects.push(pb::Project {
            project_id: format!("P{p}"),
            host_id: if hosted { format!("H{}", random.random_range(0..2)) } else { String::new() },
            max_seat_count: stated.then_some(max),
            min_seat_count: has_minimum.then(|| random.random_range(0..4)),
            must_open,
            attributes: [("new".to_owned(), ["yes", "no"][p % 2].to_owned())].into(),
            ranked_only,
            student_ranks: (0..students)
                .filter_map(|s| {
                    let rank = (random.random_range(0..2) == 0).then(|| random.random_range(1..4));
                    rank.map(|rank| pb::StudentRank { student_id: format!("S{s}"), rank: Some(rank) })
                })
                .collect(),
            ..pb::Project::default()
        });
    }
    for s in 0..students {
        let mut choices = Vec::new();
        for p in 0..projects {
            if random.random_range(0..100) < 65 {
                let target = Some(pb::choice::Target::ProjectId(format!("P{p}")));
                choices.push(pb::Choice { rank: Some(random.random_range(1..5)), target });
            }
        }
        if random.random_range(0..100) < 15 {
            let target = Some(pb::choice::Target::HostId("H0".to_owned()));
            choices.push(pb::Choice { rank: Some(random.random_range(1..6)), target });
        }
        let mut chance = |percent: u32| random.random_range(0..100) < percent;
        let (choices_only, vetoes, must_place) = (chance(60), chance(15), commands && chance(20));
        let withdrawn = later_round && chance(8);
        instance.students.push(pb::Student {
            student_id: format!("S{s}"),
            choices,
            choices_only,
            must_place,
            withdrawn,
            class_year: 1 + (s % 2) as i32,
            attributes: [("home".to_owned(), ["north", "south"][s / 2 % 2].to_owned())].into(),
            vetoes: if vetoes {
                let target = Some(pb::veto::Target::ProjectId(format!("P{}", random.random_range(0..projects))));
                vec![pb::Veto { target }]
            } else {
                Vec::new()
            },
            ..pb::Student::default()
        });
        for p in 0..projects {
            let mut chance = |percent: u32| random.random_range(0..100) < percent;
            let (has_affinity, forbidden, pinned) = (chance(50), chance(8), commands && chance(8));
            let offered = later_round && chance(30);
            let was_there = later_round && p == s % projects && chance(80);
            if was_there {
                let (student_id, project_id) = (format!("S{s}"), format!("P{p}"));
                instance.previous_assignments.push(pb::Placement { student_id, project_id });
            }
            if has_affinity || forbidden || pinned || offered {
                instance.pair_notes.push(pb::PairNote {
                    student_id: format!("S{s}"),
                    project_id: format!("P{p}"),
                    forbidden,
                    pinned,
                    // An acceptance is rare, since it is a pin.
                    offer_state: if offered { [1, 1, 2, 2, 2, 3, 4, 5, 6, 7][random.random_range(0..10)] } else { 0 },
                    affinity: has_affinity.then(|| f64::from(random.random_range(0..5)) / 4.0),
                    ..pb::PairNote::default()
                });
            }
        }
    }
    if random.random_range(0..100) < 25 {
        for f in 0..random.random_range(1..3) {
            let years = match random.random_range(0..3) {
                0 => Some(pb::StudentSet { class_years: vec![1], ..pb::StudentSet::default() }),
                _ => None,
            };
            let hosts = match random.random_range(0..3) {
                0 => Some(pb::ProjectSet { host_ids: vec!["H0".to_owned()], ..pb::ProjectSet::default() }),
                _ => None,
            };
            let usd = |amount: f64| pb::Money { amount, currency_code: "USD".to_owned() };
            let by_money = random.random_range(0..2) == 0;
            let places = random.random_range(0..3);
            instance.funds.push(pb::Fund {
                fund_id: format!("F{f}"),
                amount: by_money.then(|| usd(f64::from(places) * 1000.5 + 300.0)),
                cost_per_placement: by_money.then_some(1000.5),
                place_count: (!by_money).then_some(places),
                students: years,
                projects: hosts,
                ..pb::Fund::default()
            });
        }
        for project in &mut instance.projects {
            let amount = f64::from(random.random_range(0..2) * 500);
            project.stipend = Some(pb::Money { amount, currency_code: "USD".to_owned() });
        }
    }
    if students > 1 && random.random_range(0..100) < 20 {
        let first = random.random_range(0..students - 1);
        let last = (first + random.random_range(2..4)).min(students);
        instance.links.push(pb::Link {
            student_ids: (first..last).map(|s| format!("S{s}")).collect(),
            kind: random.random_range(1..5),
            placed_together: [None, None, Some(true), Some(false)][random.random_range(0..4)],
        });
    }
    instance
}

/// Up to 2 quotas: over hosts, countries, class years, attributes or ids, some of them weighted, some soft.
pub fn quotas(random: &mut ChaCha8Rng, instance: &pb::Instance) -> Vec<pb::Quota> {
    let attribute =
        |name: &str, value: &str| pb::AttributeValues { name: name.to_owned(), values: vec![value.to_owned()] };
    let mut quotas = Vec::new();
    for q in 0..[0, 0, 0, 1, 1, 2][random.random_range(0..6)] {
        let students = match random.random_range(0..6) {
            0 => pb::StudentSet { class_years: vec![1], ..pb::StudentSet::default() },
            1 => pb::StudentSet { attributes: vec![attribute("home", "north")], ..pb::StudentSet::default() },
            2 => pb::StudentSet {
                student_ids: instance.students.iter().take(2).map(|s| s.student_id.clone()).collect(),
                ..pb::StudentSet::default()
            },
            _ => pb::StudentSet::default(),
        };
        let projects = match random.random_range(0..5) {
            0 => pb::ProjectSet { host_ids: vec!["H0".to_owned()], ..pb::ProjectSet::default() },
            1 => pb::ProjectSet { country_codes: vec!["DE".to_owned()], ..pb::ProjectSet::default() },
            2 => pb::ProjectSet { attributes: vec![attribute("new", "yes")], ..pb::ProjectSet::default() },
            3 => pb::ProjectSet {
                project_ids: instance.projects.iter().take(2).map(|p| p.project_id.clone()).collect(),
                ..pb::ProjectSet::default()
            },
            _ => pb::ProjectSet::default(),
        };
        let mut chance = |percent: u32| random.random_range(0..100) < percent;
        let (weighted, soft, least, most) = (chance(20), chance(30), chance(45), chance(75));
        let double = pb::QuotaWeight {
            students: Some(pb::StudentSet { class_years: vec![2], ..pb::StudentSet::default() }),
            projects: None,
            weight: random.random_range(0..4),
        };
        let min = random.random_range(0..3);
        quotas.push(pb::Quota {
            quota_id: format!("Q{q}"),
            students: Some(students),
            projects: Some(projects),
            min_count: least.then_some(min),
            max_count: most.then(|| min + random.random_range(0..3)),
            weights: if weighted { vec![double] } else { Vec::new() },
            penalty_points: soft.then(|| random.random_range(1..800_000)),
            ..pb::Quota::default()
        });
    }
    quotas
}
