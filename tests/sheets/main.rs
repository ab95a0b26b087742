//! Reading spreadsheets: every labelled case, another reader's opinion, what files can do to their reader, and chance.
//!
//! It is a program of its own, so that the memory that it takes is that of reading alone.

mod agreement;
mod cases;
mod files;
mod opendocument;
mod openxml;
