//! [`value`]: passes one value of any kind and depth, and checks all of it.
//!
//! A loop and a word of bits, one for each level: set where that is an object. There is no
//! recursion, so depth costs no stack. Where there is more of it than a few members, the rest is
//! looked at in blocks of bytes ([`Rest`]).

use super::SyntaxError;
use super::blocks::Rest;
use super::lexer::{self, Step, fail};
use crate::kernels;
use crate::limits::DEPTH_MAX;

// A level is a bit.
const _: () = assert!(DEPTH_MAX <= u128::BITS);

/// Bytes of a value after which it counts as long, and that must follow then: less than a block is
/// not worth its beginning.
const LONG_BYTES: usize = kernels::BLOCK_BYTES;

/// The brackets that are open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// The lowest bit is the innermost one: set where that is an object.
    objects: u128,
    depth: u32,
    depth_max: u32,
}

impl Levels {
    pub(super) fn new(depth_max: u32) -> Self {
        Self { objects: 0, depth: 0, depth_max }
    }

    /// One more. False where they are too many.
    #[inline(always)]
    pub(super) fn open(&mut self, is_object: bool) -> bool {
        let fits = self.depth < self.depth_max;
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(is_object);
        fits
    }

    /// One less.
    #[inline(always)]
    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.objects >>= 1;
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.depth == 0
    }

    /// Whether the innermost one is an object.
    #[inline(always)]
    pub(super) fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }
}

/// Passes the value that begins at `at`, white space before it too. It may be nested `depth_left`
/// levels deep.
pub(super) fn value(bytes: &[u8], at: usize, depth_left: u32) -> Step {
    value_by(bytes, at, depth_left, |rest| {
        let is_long = rest.bytes.len() - rest.start >= LONG_BYTES;
        (kernels::HAS_VECTORS && is_long).then(|| kernels::run(rest)).flatten()
    })
}

/// The same, with another way to pass what is left behind a comma of a long value. Where that gives
/// nothing it is not asked again.
#[inline(always)]
pub(super) fn value_by<'a>(
    bytes: &'a [u8],
    mut at: usize,
    depth_left: u32,
    rest: impl FnOnce(Rest<'a>) -> Option<usize>,
) -> Step {
    let mut levels = Levels::new(depth_left);
    let (mut rest, long) = (Some(rest), at + LONG_BYTES);
    loop {
        at = lexer::space(bytes, at);
        let first = bytes.get(at).copied();
        at = match first {
            Some(b'"') => lexer::string(bytes, at)?.end,
            Some(b'-' | b'0'..=b'9') => lexer::number(bytes, at)?,
            Some(open @ (b'{' | b'[')) => {
                let is_object = open == b'{';
                if !levels.open(is_object) {
                    return fail(at, "nested too deep");
                }
                let inside = lexer::space(bytes, at + 1);
                if bytes.get(inside) == Some(&(if is_object { b'}' } else { b']' })) {
                    levels.close();
                    inside + 1
                } else {
                    at = if is_object { name(bytes, inside)? } else { inside };
                    continue;
                }
            }
            _ => word(bytes, at, first)?,
        };
        loop {
            if levels.is_empty() {
                return Ok(at);
            }
            at = lexer::space(bytes, at);
            let is_object = levels.in_object();
            match bytes.get(at) {
                Some(b',') => {
                    at += 1;
                    if at >= long
                        && let Some(rest) = rest.take()
                        && let Some(end) = rest(Rest { bytes, start: at, levels })
                    {
                        return Ok(end);
                    }
                    if is_object {
                        at = name(bytes, lexer::space(bytes, at))?;
                    }
                    break;
                }
                Some(b'}') if is_object => {}
                Some(b']') if !is_object => {}
                _ if is_object => return fail(at, "expected ',' or '}'"),
                _ => return fail(at, "expected ',' or ']'"),
            }
            at += 1;
            levels.close();
        }
    }
}

/// Passes a member's name and its colon.
#[inline(always)]
fn name(bytes: &[u8], at: usize) -> Result<usize, SyntaxError> {
    if bytes.get(at) != Some(&b'"') {
        return fail(at, "expected a name in double quotes");
    }
    let behind = lexer::space(bytes, lexer::string(bytes, at)?.end);
    if bytes.get(behind) != Some(&b':') {
        return fail(behind, "expected ':'");
    }
    Ok(behind + 1)
}

/// `true`, `false` or `null`.
pub(super) fn word(bytes: &[u8], at: usize, first: Option<u8>) -> Step {
    let word: &[u8] = match first {
        Some(b't') => b"true",
        Some(b'f') => b"false",
        Some(b'n') => b"null",
        Some(_) => return fail(at, "expected a value"),
        None => return fail(at, "the text ends too early"),
    };
    if bytes[at..].starts_with(word) { Ok(at + word.len()) } else { fail(at, "expected a value") }
}
