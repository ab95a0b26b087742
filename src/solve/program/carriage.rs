//! How many placements of each class each fund carries, given a matching: a flow from classes to funds, by augmenting paths.

use super::face::Values;
use formulation::{Column, Formulation, RowLabel};

/// Sets the columns of what is carried; where the funds can't carry all, those that they carry.
pub(super) fn carry(formulation: &Formulation, values: &mut Values) {
    let mut carriage = Carriage { classes: Vec::new(), left: Vec::new() };
    let mut asked = Vec::new();
    for row in formulation.rows.iter().filter(|row| matches!(row.label, RowLabel::Carriage(_))) {
        asked.push(row.pairs.iter().map(|&pair| values[pair as usize]).sum::<i64>());
        let way = |&(column, _): &(u32, i64)| match formulation.columns.other(column as usize) {
            Some(Column::Carried { fund, units }) => Some(Way { fund: fund as usize, column: column as usize, units }),
            _ => None,
        };
        carriage.classes.push(row.others.iter().filter_map(way).collect());
    }
    let funds = carriage.classes.iter().flatten().map(|way| way.fund + 1).max().unwrap_or(0);
    carriage.left = vec![i64::MAX; funds];
    for row in &formulation.rows {
        if let (RowLabel::Fund(fund), Some(most)) = (row.label, row.most) {
            carriage.left[fund as usize] = most;
        }
    }
    for (class, asked) in asked.into_iter().enumerate() {
        for _ in 0..asked {
            if !carriage.augment(class, values, &mut vec![false; funds]) {
                break;
            }
        }
    }
}

/// A fund that may carry a class.
#[derive(Clone, Copy)]
struct Way {
    fund: usize,
    /// How many it carries.
    column: usize,
    /// The most it may.
    units: i64,
}

struct Carriage {
    /// By class.
    classes: Vec<Vec<Way>>,
    /// By fund: how many more it can carry.
    left: Vec<i64>,
}

impl Carriage {
    /// Carries one more of a class, by a fund with room or by one from which another class moves.
    fn augment(&mut self, class: usize, values: &mut Values, seen: &mut [bool]) -> bool {
        for at in 0..self.classes[class].len() {
            let Way { fund, column, units } = self.classes[class][at];
            if seen[fund] || values[column] >= units {
                continue;
            }
            seen[fund] = true;
            if self.left[fund] > 0 {
                self.left[fund] -= 1;
                values[column] += 1;
                return true;
            }
            for other in (0..self.classes.len()).filter(|&other| other != class) {
                let held = self.classes[other].iter().find(|way| way.fund == fund).map(|way| way.column);
                let Some(held) = held.filter(|&held| values[held] > 0) else { continue };
                if self.augment(other, values, seen) {
                    values[held] -= 1;
                    values[column] += 1;
                    return true;
                }
            }
        }
        false
    }
}
