//! Reading spreadsheets: every labelled case, another reader's opinion, what files can do to their reader, and chance.
//!
//! It is a program of its own, because it counts the memory that reading takes.

mod agreement;
mod cases;
mod files;
mod fuzz;
mod hostile;
mod memory;
mod opendocument;
mod openxml;
mod texts;
