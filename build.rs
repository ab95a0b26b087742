//! Compiles `proto/` without protoc, and keeps the descriptors that reflection and proto3 JSON need.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    // The solver's library stands beside the binary, or where it was when this was built.
    if let Ok(folder) = env::var("DEP_HIGHS_FOLDER") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN:{folder}");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(["misti/matching/v1/matching_service.proto", "misti/matching/v1/run_service.proto"])?;
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .build_client(true)
        // Maps are written in the order of their keys, so that equal messages have equal bytes.
        .btree_map(".")
        .codec_path("crate::api::codec::CheckedCodec")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
