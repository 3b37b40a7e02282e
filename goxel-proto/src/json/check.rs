//! [`value`]: passes one value of any kind and depth, and checks all of it.
//!
//! A loop and a word of bits, one for each level: set where that is an object. There is no
//! recursion, so depth costs no stack.

use super::SyntaxError;
use super::lexer::{self, Step, fail};
use crate::limits::DEPTH_MAX;

// A level is a bit.
const _: () = assert!(DEPTH_MAX <= u128::BITS);

/// Passes the value that begins at `at`, white space before it too. It may be nested `depth_left`
/// levels deep.
pub(super) fn value(bytes: &[u8], mut at: usize, depth_left: u32) -> Step {
    let (mut objects, mut depth) = (0u128, 0);
    loop {
        at = lexer::space(bytes, at);
        let first = bytes.get(at).copied();
        at = match first {
            Some(b'"') => lexer::string(bytes, at)?.end,
            Some(b'-' | b'0'..=b'9') => lexer::number(bytes, at)?,
            Some(open @ (b'{' | b'[')) => {
                if depth == depth_left {
                    return fail(at, "nested too deep");
                }
                let inside = lexer::space(bytes, at + 1);
                let is_object = open == b'{';
                if bytes.get(inside) == Some(&(if is_object { b'}' } else { b']' })) {
                    inside + 1
                } else {
                    depth += 1;
                    objects = objects << 1 | u128::from(is_object);
                    at = if is_object { name(bytes, inside)? } else { inside };
                    continue;
                }
            }
            _ => word(bytes, at, first)?,
        };
        loop {
            if depth == 0 {
                return Ok(at);
            }
            at = lexer::space(bytes, at);
            let is_object = objects & 1 == 1;
            match bytes.get(at) {
                Some(b',') => {
                    at += 1;
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
            depth -= 1;
            objects >>= 1;
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
fn word(bytes: &[u8], at: usize, first: Option<u8>) -> Step {
    let word: &[u8] = match first {
        Some(b't') => b"true",
        Some(b'f') => b"false",
        Some(b'n') => b"null",
        Some(_) => return fail(at, "expected a value"),
        None => return fail(at, "the text ends too early"),
    };
    if bytes[at..].starts_with(word) { Ok(at + word.len()) } else { fail(at, "expected a value") }
}
