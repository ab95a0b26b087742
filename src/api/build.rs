//! Makes the services of the descriptors of `src/messages`, over its messages.

use std::{env, error::Error, fs};

use prost::Message;
use prost_types::FileDescriptorSet;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let descriptors = fs::read(env::var("DEP_MESSAGES_DESCRIPTORS")?)?;
    tonic_prost_build::configure()
        .extern_path(".misti.matching.v1", "::messages")
        .codec_path("crate::codec::CheckedCodec")
        .compile_fds(FileDescriptorSet::decode(descriptors.as_slice())?)?;
    Ok(())
}
