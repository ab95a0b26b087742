//! The C API of HiGHS, for good_lp and highs, which ask for a crate of this name.
//!
//! `deploy/setup.sh` puts the library into `.tools/`: ready-made, out of the wheel `highsbox`, or built from source, which the feature
//! `static` links. `bindings.rs` was made once, in the wheel's `include/highs`, by bindgen 0.72:
//!
//! ```text
//! bindgen --no-doc-comments --allowlist-item '(kHighs|Highs|HIGHS_VERSION).*' interfaces/highs_c_api.h -- -I.
//! ```

#[allow(non_camel_case_types, non_snake_case, non_upper_case_globals, clippy::all)]
mod bindings;
mod names;

pub use bindings::*;
pub use names::*;

/// A version of HiGHS: major, minor, patch.
pub type Version = (i64, i64, i64);

/// The version that these declarations are of.
pub const DECLARED: Version = (HIGHS_VERSION_MAJOR as i64, HIGHS_VERSION_MINOR as i64, HIGHS_VERSION_PATCH as i64);

/// The version of the library that this process runs with.
pub fn linked() -> Version {
    // SAFETY: three functions without arguments that return numbers.
    unsafe { (Highs_versionMajor().into(), Highs_versionMinor().into(), Highs_versionPatch().into()) }
}
