//! Fixed-point numbers: floats end at the boundary, integers decide from there on.

use std::fmt;

/// Millionths.
const MICRO: f64 = 1_000_000.0;

/// Points in 0 to 1 000 000; 1 000 000 is perfect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(pub i32);

impl Points {
    /// The most a pair can have.
    pub const PERFECT: i64 = 1_000_000;
}

macro_rules! micro {
    ($($(#[$doc:meta])* $name:ident, $max:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Largest value.
            pub const MAX: f64 = $max;

            /// Rounds half up to millionths; `None` where the value is outside 0 to `MAX` or not a number.
            pub fn from_f64(value: f64) -> Option<Self> {
                (0.0..=$max).contains(&value).then(|| Self((value * MICRO + 0.5).floor() as i64))
            }

            /// The value in millionths.
            pub fn micros(self) -> i64 {
                self.0
            }

            /// The value as a float, for messages to people and the wire.
            pub fn to_f64(self) -> f64 {
                self.0 as f64 / MICRO
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.to_f64())
            }
        }
    )*};
}

micro! {
    /// A grade point average, 0 to 5, in millionths.
    Gpa, 5.0;
    /// Hours a week, 0 to 168, in millionths.
    Hours, 168.0;
    /// A share of the best, 0 to 1, in millionths.
    Share, 1.0;
    /// A weight, 0 to 1 000 000, in millionths.
    Weight, 1_000_000.0;
}

impl Weight {
    /// The weight of an entry that states none.
    pub const ONE: Self = Self(1_000_000);

    /// A whole number as a weight.
    pub const fn whole(value: i64) -> Self {
        Self(value * 1_000_000)
    }
}
