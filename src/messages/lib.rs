//! The messages of package `misti.matching.v1`, generated from `proto/`, and their descriptors.
#![allow(missing_docs, clippy::all, clippy::pedantic)]

include!(concat!(env!("OUT_DIR"), "/misti.matching.v1.rs"));

/// The compiled descriptors of the package, with comments, as an encoded `FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
