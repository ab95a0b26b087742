//! Compiles the messages of `proto/` without protoc, and keeps the descriptors: reflection and proto3 JSON need them, and `api`, which makes
//! the services of them.

use std::{env, error::Error, fs, path::PathBuf};

const PROTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new([PROTO])?;
    compiler.include_imports(true).include_source_info(true);
    let services = ["desk_service.proto", "matching_service.proto", "run_service.proto"];
    compiler.open_files(services.map(|service| format!("misti/matching/v1/{service}")))?;
    let descriptors = out.join("descriptors.bin");
    fs::write(&descriptors, compiler.encode_file_descriptor_set())?;
    println!("cargo::metadata=descriptors={}", descriptors.display());
    // Maps are written in the order of their keys, so that equal messages have equal bytes.
    prost_build::Config::new().btree_map(["."]).enable_type_names().compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
