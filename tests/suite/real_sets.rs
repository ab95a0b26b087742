//! Sets that others made, with optima found by two independent solvers. They are read where they lie and never copied.

mod agreement;
pub mod misti_like;
mod pair_lists;
pub mod read;
