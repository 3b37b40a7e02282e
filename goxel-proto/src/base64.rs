//! Base64 as in RFC 4648, section 4, with padding: how pixels and voxel records travel in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why a text is no base64.
pub use base64::DecodeError;

/// Appends `bytes` as text.
pub fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // There is just the room that it takes, so it does not fail.
    let length = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + length);
}

/// The bytes that `text` stands for.
///
/// # Errors
/// Where a byte is not of the alphabet, or the end is cut off or padded wrongly.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    STANDARD.decode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_and_go() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            let mut out = b"> ".to_vec();
            encode(bytes.as_bytes(), &mut out);
            assert_eq!(out, format!("> {text}").into_bytes());
            assert_eq!(decode(text.as_bytes()), Ok(bytes.as_bytes().to_vec()));
        }
        for bad in ["Zg=", "Zg", "Zm9v!mFy", "Zh=="] {
            assert!(decode(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
