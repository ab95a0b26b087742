//! Countries by ISO 3166-1 alpha-2.

use std::fmt;

/// A country, as its upper-case ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code in either case; `None` where ISO 3166-1 has no such country.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.to_ascii_uppercase();
        rust_iso3166::from_alpha2(&upper)?;
        upper.as_bytes().try_into().ok().map(Self)
    }

    /// The code in upper case.
    pub fn as_str(&self) -> &str {
        // Parsed from a code that the table holds, and those are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The short English name of ISO 3166-1.
    pub fn name(&self) -> &'static str {
        rust_iso3166::from_alpha2(self.as_str()).map_or("", |country| country.name)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
