//! The console's door, tried by a hostile caller: by plain HTTP against the real binary, without a browser.

mod access;
mod decisions;
mod floods;
mod grpc_web;
mod injection;
mod markers;
mod origins;
mod paths;
mod ports;
mod season;
mod sessions;
mod uploads;
mod visitor;
