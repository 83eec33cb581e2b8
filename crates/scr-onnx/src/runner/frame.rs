//! Messages between processes: a length of 8 bytes, then the message in postcard's format.

use std::io::{Error, ErrorKind, Read, Result, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn write(mut to: impl Write, message: &impl Serialize) -> Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(Error::other)?;
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// Reads a message of at most `max_bytes`; `None` at the end of the stream.
#[expect(
    clippy::disallowed_methods,
    reason = "the parent checks tensors; it alone talks to a child"
)]
pub(super) fn read<T: DeserializeOwned>(mut from: impl Read, max_bytes: u64) -> Result<Option<T>> {
    let mut length = [0; 8];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u64::from_le_bytes(length);
    if length > max_bytes {
        return Err(Error::other(format!("a message of {length} bytes, {max_bytes} at most")));
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(Error::other("a message that ends too early"));
    }
    let (message, rest) = postcard::take_from_bytes(&bytes).map_err(Error::other)?;
    if rest.is_empty() { Ok(Some(message)) } else { Err(Error::other("a message with a rest")) }
}
