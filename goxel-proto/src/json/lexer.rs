//! Strings, numbers and white space: where each ends, and whether it is well-formed.
//!
//! Free functions from a place in a text to the place behind, so that the loops over them keep
//! their place in a register.

use super::SyntaxError;

/// The place behind something, or what is wrong with it and where.
pub(super) type Step = Result<usize, SyntaxError>;

/// Bytes of a string that are looked at one by one, before it counts as long.
const NAME_BYTES: usize = 8;

/// The lowest bit of each byte of a word, and the highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

#[cold]
pub(super) fn fail<T>(offset: usize, what: &'static str) -> Result<T, SyntaxError> {
    Err(SyntaxError { offset, what })
}

/// The place of the next byte that is not white space.
#[inline(always)]
pub(super) fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Passes a number, which begins at `at`.
#[inline(always)]
pub(super) fn number(bytes: &[u8], at: usize) -> Step {
    let first = at + usize::from(bytes.get(at) == Some(&b'-'));
    let end = digits(bytes, first);
    match bytes.get(end) {
        _ if end == first => fail(end, "expected a digit"),
        _ if bytes[first] == b'0' && end > first + 1 => {
            fail(first + 1, "a number may not begin with 0")
        }
        Some(b'.' | b'e' | b'E') => fraction(bytes, end),
        _ => Ok(end),
    }
}

#[inline(always)]
fn digits(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// What may stand behind a number's integer part.
fn fraction(bytes: &[u8], mut at: usize) -> Step {
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = some_digits(bytes, at + 1 + sign)?;
    }
    Ok(at)
}

fn some_digits(bytes: &[u8], at: usize) -> Step {
    let end = digits(bytes, at);
    if end == at { fail(at, "expected a digit") } else { Ok(end) }
}

/// A string that was passed: the place behind its closing quote, and whether it has escapes.
pub(super) struct Passed {
    pub(super) end: usize,
    pub(super) escaped: bool,
}

/// Passes a string whose opening quote is at `at`.
#[inline(always)]
pub(super) fn string(bytes: &[u8], at: usize) -> Result<Passed, SyntaxError> {
    // Most are names of a few letters. Which one comes next is guessed rightly more often than
    // not, so it is looked at letter by letter.
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        if byte == b'"' {
            return Ok(Passed { end: end + 1, escaped: false });
        }
        if end == at + NAME_BYTES || !is_plain(byte) {
            break;
        }
        end += 1;
    }
    long_string(bytes, at + 1)
}

/// Whether a byte stands for itself in a string, and is ASCII.
#[inline(always)]
fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && byte >= 0x20 && byte != b'"' && byte != b'\\'
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

/// Passes what is left of a string that begins at `start`.
pub(super) fn long_string(bytes: &[u8], start: usize) -> Result<Passed, SyntaxError> {
    let (mut at, mut escaped, mut ascii) = (start, false, true);
    loop {
        let (stop, plain_ascii) = plain(bytes, at);
        at = stop;
        ascii &= plain_ascii;
        match bytes.get(at) {
            Some(b'"') => break,
            Some(b'\\') => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            Some(_) => return fail(at, "a control character in a string"),
            None => return fail(at, "a string without an end"),
        }
    }
    if !ascii && let Err(error) = std::str::from_utf8(&bytes[start..at]) {
        return fail(start + error.valid_up_to(), "not UTF-8");
    }
    Ok(Passed { end: at + 1, escaped })
}

/// The place of the next byte that means something in a string, and whether all before it is
/// ASCII.
pub(super) fn plain(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut seen = 0;
    while let Some(word) = word(bytes, at) {
        let stops = stops(word);
        if stops != 0 {
            // Of the word, only what stands before the stop was passed.
            seen |= word & stops.wrapping_sub(1);
            return (at + stops.trailing_zeros() as usize / 8, seen & HIGH == 0);
        }
        seen |= word;
        at += 8;
    }
    let mut ascii = seen & HIGH == 0;
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            break;
        }
        ascii &= byte.is_ascii();
        at += 1;
    }
    (at, ascii)
}

/// The high bit of the first byte of a word that is a quote, a backslash or a control character,
/// lowest of all that is set; what is above it means nothing. Below it, no bit is set.
#[inline(always)]
fn stops(word: u64) -> u64 {
    let is = |byte: u8| {
        let zero = word ^ (LOW * u64::from(byte));
        zero.wrapping_sub(LOW) & !zero
    };
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    (is(b'"') | is(b'\\') | control) & HIGH
}

/// Passes the escape whose backslash is at `at`, both of them where they are a surrogate pair.
pub(super) fn escape(bytes: &[u8], at: usize) -> Step {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => unicode_escape(bytes, at),
        _ => fail(at, "an unknown escape"),
    }
}

/// `\uXXXX`, with its other half where it is one of a surrogate pair.
fn unicode_escape(bytes: &[u8], at: usize) -> Step {
    let unit = hex_unit(bytes, at)?;
    if (0xdc00..0xe000).contains(&unit) {
        return fail(at, "half of a surrogate pair");
    }
    let end = at + 6;
    if !(0xd800..0xdc00).contains(&unit) {
        return Ok(end);
    }
    let low = bytes[end..].starts_with(b"\\u").then(|| hex_unit(bytes, end));
    match low.transpose()? {
        Some(0xdc00..0xe000) => Ok(end + 6),
        _ => fail(end, "half of a surrogate pair"),
    }
}

fn hex_unit(bytes: &[u8], at: usize) -> Result<u32, SyntaxError> {
    let digits = bytes.get(at + 2..at + 6).unwrap_or_default();
    let value = digits.iter().try_fold(0, |value, &digit| {
        char::from(digit).to_digit(16).map(|digit| value << 4 | digit)
    });
    match value {
        Some(value) if digits.len() == 4 => Ok(value),
        _ => fail(at, "expected four hexadecimal digits"),
    }
}

/// `true`, `false` or `null`.
pub(super) fn literal(bytes: &[u8], at: usize, first: Option<u8>) -> Step {
    let word: &[u8] = match first {
        Some(b't') => b"true",
        Some(b'f') => b"false",
        Some(b'n') => b"null",
        Some(_) => return fail(at, "expected a value"),
        None => return fail(at, "the text ends too early"),
    };
    if bytes[at..].starts_with(word) { Ok(at + word.len()) } else { fail(at, "expected a value") }
}
