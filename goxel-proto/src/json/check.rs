//! [`value`]: passes one value of any kind and depth, and checks all of it.
//!
//! A loop and the [`Levels`] that are open. There is no recursion, so depth costs no stack. Where there is more of it than a few members, the rest is
//! looked at in blocks of bytes ([`Rest`]).

use super::SyntaxError;
use super::blocks::Rest;
use super::levels::Levels;
use super::lexer::{self, Step, fail};
use crate::kernels;

/// Bytes of a value after which it counts as long, and that must follow then: less than a block is
/// not worth its beginning.
const LONG_BYTES: usize = kernels::BLOCK_BYTES;

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
            _ => lexer::literal(bytes, at, first)?,
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
