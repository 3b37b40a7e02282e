//! Rust source without its comments and literals, so that rules only see code.
//!
//! [`blank`] replaces every byte of them by a space and keeps line breaks, so that offsets and line
//! numbers stay what they are in the file. It is not a parser: it knows as much of the language's
//! tokens as it takes to tell where a comment or a literal ends.

/// `source` with blanks for comments, strings and characters.
pub(super) fn blank(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, code.chars().next_back());
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (gone, after) = rest.split_at(length);
            code.extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    code
}

/// The places in `code` where the word `word` stands, as offsets.
pub(super) fn find_word<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let after = code[at + word.len()..].chars().next();
        !code[..at].chars().next_back().is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The number of the line that the byte at `offset` stands in, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text[..offset].bytes().filter(|&byte| byte == b'\n').count()
}

/// Whether a name can hold this character.
pub(super) fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// How long the comment or literal is that `rest` begins with, in bytes; 0 where it begins with
/// code. `before` is the character before it.
fn skipped(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment(rest)
    } else if let Some(inside) = rest.strip_prefix('"') {
        1 + string_end(inside)
    } else if rest.starts_with('\'') {
        character(rest)
    } else if rest.starts_with('r') && !before.is_some_and(|c| is_word(c) && c != 'b' && c != 'c') {
        raw_string(&rest[1..]).map_or(0, |length| 1 + length)
    } else {
        0
    }
}

/// Block comments hold block comments.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of a string's inside with its closing quote.
fn string_end(inside: &str) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    inside.len()
}

/// A quote begins a character (`'a'`, `'\n'`) or a lifetime (`'a`); the latter is code.
fn character(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some((_, escaped))) => {
            let from = 2 + escaped.len_utf8();
            rest[from..].find('\'').map_or(rest.len(), |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => 1 + at + 1,
        _ => 0,
    }
}

/// The length of a raw string after its `r`; nothing where it is none (`r#type` is a name).
fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let inside = rest[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = inside.find(&close).map_or(inside.len(), |end| end + close.len());
    Some(hashes + 1 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of `source`, with its blanks squeezed.
    fn check(source: &str, expected: &str) {
        let code = blank(source);
        assert_eq!(code.len(), source.len(), "{source}");
        assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{source}");
    }

    #[test]
    fn comments_and_literals_go() {
        check("a // b\nc", "a c");
        check("a /* b /* c */ d */ e", "a e");
        check("a /* never closed", "a");
        check(r#"f("x \" y", z)"#, "f( , z)");
        check(r##"r#"a " b"# c"##, "c");
        check(r##"br#"a"# c"##, "b c");
        check("r#type for_r\"a\" x", "r#type for_r x");
        check(r"'a' '\'' '\u{41}' 'é' x", "x");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("\"é\" \"never closed", "");
    }

    #[test]
    fn lines_stay() {
        let source = "a /*\n*/ \"\n\" é b";
        assert_eq!(line_at(source, blank(source).find('b').unwrap()), 3);
    }

    #[test]
    fn words_are_whole() {
        let code = "word words word_ (word) sword";
        assert_eq!(find_word(code, "word").collect::<Vec<_>>(), [0, 18]);
    }
}
