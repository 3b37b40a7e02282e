//! Base64 as in RFC 4648, section 4, with padding: how pixels and voxel records travel in JSON.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const INVALID: u8 = 0xff;
/// What each byte stands for.
const VALUES: [u8; 256] = {
    let mut values = [INVALID; 256];
    let mut value = 0;
    while value < 64 {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Appends `bytes` as text.
pub fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let group = at(0) << 16 | at(1) << 8 | at(2);
        let digit = |i: u32| ALPHABET[(group >> (18 - 6 * i)) as usize & 63];
        let mut text = [digit(0), digit(1), digit(2), digit(3)];
        text[chunk.len() + 1..].fill(b'=');
        out.extend_from_slice(&text);
    }
}

/// The bytes that `text` stands for, or the offset of the first byte that cannot stand there.
///
/// # Errors
/// Where a byte is not of the alphabet, or the length is not a multiple of four.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    if !text.len().is_multiple_of(4) {
        return Err(text.len());
    }
    let digits = &text[..text.len() - padding];
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for (index, chunk) in digits.chunks(4).enumerate() {
        let mut group = 0;
        for (i, &digit) in chunk.iter().enumerate() {
            let value = VALUES[usize::from(digit)];
            if value == INVALID {
                return Err(index * 4 + i);
            }
            group |= u32::from(value) << (18 - 6 * i);
        }
        bytes.extend_from_slice(&group.to_be_bytes()[1..chunk.len()]);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_texts() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            let mut out = Vec::new();
            encode(bytes.as_bytes(), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
        assert_eq!(decode(b"Zm9*"), Err(3));
        assert_eq!(decode(b"Zm9vY"), Err(5));
        assert_eq!(decode(b"Zm=v"), Err(2));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            let mut out = Vec::new();
            encode(&bytes, &mut out);
            prop_assert_eq!(decode(&out), Ok(bytes));
        }
    }
}
