//! Length-prefixed messages between the engine and the solver's process.

use std::error::Error;
use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes one length-prefixed message.
pub(super) fn write_frame<T: Serialize>(output: &mut impl Write, message: &T) -> Result<(), Box<dyn Error>> {
    let bytes = postcard::to_stdvec(message)?;
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(&bytes)?;
    output.flush()?;
    Ok(())
}

/// Reads one length-prefixed message of at most `longest()` bytes, which is asked when its length is known; `None` where the
/// input ends between two.
pub(super) fn read_frame<T: DeserializeOwned>(
    input: &mut impl Read,
    longest: impl Fn() -> u64,
) -> Result<Option<T>, Box<dyn Error>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u64::from_le_bytes(length);
    if length > longest() {
        return Err(format!("a frame of {length} bytes").into());
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    Ok(Some(postcard::from_bytes(&bytes)?))
}
