//! Replaces `$name`, `${name}` and `$(calculation)` in a line.

use super::names::name_length;
use super::{Variables, arithmetic};

/// The line with everything replaced, without its comment.
///
/// # Errors
/// Where there is no such variable, or nothing can be calculated.
pub(super) fn line(line: &str, variables: &Variables) -> Result<String, String> {
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
                rest = one(&rest[1..], variables, &mut value)?;
                push_escaped(&value, double, &mut out);
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
fn one<'a>(text: &'a str, variables: &Variables, out: &mut String) -> Result<&'a str, String> {
    if let Some(rest) = text.strip_prefix('$') {
        out.push('$');
        return Ok(rest);
    }
    if let Some(inside) = text.strip_prefix('(') {
        let end = closing(inside).ok_or("`$(` without `)`")?;
        let value = arithmetic::calculate(&inside[..end], variables)?;
        out.push_str(&value.to_string());
        return Ok(&inside[end + 1..]);
    }
    let (name, rest) = match text.strip_prefix('{') {
        Some(inside) => inside.split_once('}').ok_or("`${` without `}`")?,
        None => text.split_at(name_length(text)),
    };
    let known = variables.get(name).ok_or_else(|| format!("there is no variable `{name}`"))?;
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

    fn check(text: &str, expected: &str) {
        let variables = [("a", "1"), ("bc", "red"), ("q", "#f 'x\"")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let found = line(text, &variables).unwrap_or_else(|error| error);
        assert_eq!(found, expected, "{text}");
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
        check("$b", "there is no variable `b`");
        check("$", "there is no variable ``");
        check("${a", "`${` without `}`");
        check("$(a", "`$(` without `)`");
        check("$(a b)", "`a b` is no calculation");
    }
}
