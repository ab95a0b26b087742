//! Compiles the services of `proto/` without protoc, over the messages of `src/messages`.

use std::error::Error;

const PROTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}");
    let mut compiler = protox::Compiler::new([PROTO])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(["misti/matching/v1/matching_service.proto", "misti/matching/v1/run_service.proto"])?;
    tonic_prost_build::configure()
        .extern_path(".misti.matching.v1", "::messages")
        .codec_path("crate::codec::CheckedCodec")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
