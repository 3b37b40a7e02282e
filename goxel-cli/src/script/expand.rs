//! Replaces `$name`, `${name}` and `$(calculation)` in a line.

use super::expression::calculate;
use super::fault::{Fault, Result, offset};
use super::names::name_length;
use super::variables::Variables;

/// Bytes of a line when all is replaced: as many as one may have that is read.
const LINE_BYTES_MAX: usize = crate::lines::LINE_BYTES_MAX;

/// The line with everything replaced, without its comment.
///
/// # Errors
/// Where there is no such variable, nothing can be calculated, or the line becomes too long.
pub(super) fn line(line: &str, variables: &Variables) -> Result<String> {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    let (mut single, mut double) = (false, false);
    while let Some(next) = rest.chars().next() {
        match next {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '#' if !single && !double && out.ends_with(char::is_whitespace) => break,
            '#' if out.is_empty() => return Ok(line.to_owned()),
            '$' if !single => {
                let mut value = String::new();
                let behind = one(&rest[1..], variables, &mut value)
                    .map_err(|fault| fault.behind(offset(line, rest) + 1))?;
                push_escaped(&value, double, &mut out);
                if out.len() > LINE_BYTES_MAX {
                    let what = format!("the line becomes longer than {LINE_BYTES_MAX} bytes");
                    return Err(Fault::at(line, rest, what));
                }
                rest = behind;
                continue;
            }
            _ => {}
        }
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    Ok(out)
}

/// Appends a value so that nothing in it is a quote or a comment. Outside of quotes its words are
/// parted, as a shell does it.
fn push_escaped(value: &str, quoted: bool, out: &mut String) {
    for next in value.chars() {
        if matches!(next, '"' | '\\') || (!quoted && matches!(next, '\'' | '#')) {
            out.push('\\');
        }
        out.push(next);
    }
}

/// Appends what stands for the text behind a dollar sign, and gives the rest.
fn one<'a>(text: &'a str, variables: &Variables, out: &mut String) -> Result<&'a str> {
    let fault = |what: &str| Fault::at(text, text, what);
    if let Some(rest) = text.strip_prefix('$') {
        out.push('$');
        return Ok(rest);
    }
    if let Some(inside) = text.strip_prefix('(') {
        let end = closing(inside).ok_or_else(|| fault("`$(` without `)`"))?;
        let value = calculate(&inside[..end], variables).map_err(|fault| fault.behind(1))?;
        out.push_str(&value.to_string());
        return Ok(&inside[end + 1..]);
    }
    let (name, rest) = match text.strip_prefix('{') {
        Some(inside) => inside.split_once('}').ok_or_else(|| fault("`${` without `}`"))?,
        None => text.split_at(name_length(text)),
    };
    let known = variables.get(name).ok_or_else(|| fault(&variables.unknown(name)))?;
    out.push_str(known);
    Ok(rest)
}

/// Where the bracket that is open is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.bytes().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth < 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String> {
        let mut variables = Variables::default();
        for (name, value) in [("a", "1"), ("bc", "red"), ("q", "#f 'x\"")] {
            variables.set(name, value.to_owned()).unwrap();
        }
        line(text, &variables)
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(expanded(text).as_deref(), Ok(expected), "{text}");
    }

    fn refused(text: &str, at: usize, what: &str) {
        assert_eq!(expanded(text), Err(Fault { at, ..Fault::whole(what) }), "{text}");
    }

    #[test]
    fn lines() {
        check("x $a,$bc,${a}0 $(a+1)", "x 1,red,10 2");
        check("'$a' \"$a\" \"'$a'\" $$a", "'$a' \"1\" \"'1'\" $a");
        check("x # $nothing", "x ");
        check("x $q \"$q\"", "x \\#f \\'x\\\" \"#f 'x\\\"\"");
        check("x '#' $a#$a", "x '#' 1#1");
        check("#$a", "#$a");
        check("$((a+2)*(a+3))", "12");
        check("é$a", "é1");
    }

    #[test]
    fn what_cannot_be_replaced() {
        refused("x $b", 3, "there is no variable `b`");
        refused("$", 1, "there is no variable ``");
        refused("x ${a", 3, "`${` without `}`");
        refused("x $(a", 3, "`$(` without `)`");
        refused("x $(a b)", 6, "`a b` is no calculation: what is `b`?");
    }
}
