//! Finds the library that `deploy/setup.sh` put into `.tools/`, and tells whoever depends on this crate where that is.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let (name, kind, set_up) =
        if cfg!(feature = "static") { ("libhighs.a", "static", "static") } else { ("libhighs.so", "dylib", "build") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).ok_or("this crate left its workspace")?;
    let folder = root.join(".tools").join(format!("highs-{}", env!("CARGO_PKG_VERSION")));
    let (library, folder) = (folder.join(name), folder.display());
    println!("cargo::rerun-if-changed={}", library.display());
    if !library.exists() {
        return Err(format!("{} is not there: run `deploy/setup.sh {set_up}`", library.display()).into());
    }
    println!("cargo::rustc-link-search=native={folder}");
    println!("cargo::rustc-link-lib={kind}=highs");
    if kind == "static" {
        println!("cargo::rustc-link-lib=dylib=stdc++");
    } else {
        println!("cargo::metadata=folder={folder}");
    }
    Ok(())
}
