//! Tells the binary, and whatever tests it, where the solver's library is.

fn main() {
    // Beside the binary, or else where it was when this was built.
    if let Ok(folder) = std::env::var("DEP_HIGHS_FOLDER") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,$ORIGIN:{folder}");
    }
}
