//! The console's door, tried by a hostile caller: by plain HTTP against the real binary, without a browser.

mod access;
mod floods;
mod grpc_web;
mod origins;
mod paths;
mod ports;
mod sessions;
mod uploads;
mod visitor;
