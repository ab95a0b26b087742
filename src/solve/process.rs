//! The solver's process: models and answers, framed, and the child that good_lp and HiGHS run in.

mod child;
mod frame;
mod highs;
mod model;

pub(super) use child::{SolverProcess, Trouble};
pub(super) use model::{Answer, Model, ModelRow, News, Settings, Way};

pub use child::SolverCommand;
pub use highs::{check_version, serve, version};
