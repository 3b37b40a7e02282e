//! Pictures in kitty's graphics protocol: a PNG in base64, in escape sequences of a limited length.

use std::fmt::Write as _;

/// Bytes of base64 in one sequence, as the protocol limits them.
const CHUNK_BYTES: usize = 4096;

/// The sequences that show a PNG, given in base64, on so many characters across and down. What was shown
/// before goes.
pub(crate) fn encode(png: &str, (columns, rows): (u32, u32)) -> String {
    let mut text = "\x1b_Ga=d,q=2\x1b\\".to_owned();
    let mut chunks = png.as_bytes().chunks(CHUNK_BYTES).peekable();
    let mut head = format!("a=T,f=100,q=2,c={columns},r={rows},");
    while let Some(chunk) = chunks.next() {
        let more = u8::from(chunks.peek().is_some());
        // Writing to a string does not fail.
        let _ = write!(text, "\x1b_G{head}m={more};{}\x1b\\", String::from_utf8_lossy(chunk));
        head.clear();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_goes_in_parts() {
        let text = encode(&"A".repeat(CHUNK_BYTES + 4), (40, 10));
        let parts: Vec<_> = text.split_terminator("\x1b\\").collect();
        assert_eq!(parts[0], "\x1b_Ga=d,q=2");
        assert!(parts[1].starts_with("\x1b_Ga=T,f=100,q=2,c=40,r=10,m=1;AAAA"));
        assert_eq!(parts[2], "\x1b_Gm=0;AAAA");
        assert_eq!(parts.len(), 3);
    }
}
