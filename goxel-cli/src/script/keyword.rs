//! [`Keyword`]: what a line of a script is, where it is no command.

/// What a line is, other than a command, with what stands behind the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword<'a> {
    Let(&'a str),
    Repeat(&'a str),
    If(&'a str),
    Else(&'a str),
    Def(&'a str),
    Include(&'a str),
    End,
}

/// What a line does to the blocks that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nesting {
    /// It opens one, by this word.
    Opens(&'static str),
    /// It closes one.
    Closes,
    /// Nothing.
    Stays,
}

/// The words that begin such lines.
pub(crate) const WORDS: [&str; 7] = ["def", "else", "end", "if", "include", "let", "repeat"];

impl<'a> Keyword<'a> {
    /// That of a line, if it begins with one.
    #[inline]
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let line = line.trim_start();
        // Most lines are told apart by their first letter.
        if !line.starts_with(['l', 'r', 'e', 'i', 'd']) {
            return None;
        }
        let (word, rest) =
            line.split_once(char::is_whitespace).unwrap_or((line, &line[line.len()..]));
        match word {
            "let" => Some(Self::Let(rest)),
            "repeat" => Some(Self::Repeat(rest)),
            "if" => Some(Self::If(rest)),
            "else" => Some(Self::Else(rest)),
            "def" => Some(Self::Def(rest)),
            "include" => Some(Self::Include(rest)),
            "end" => Some(Self::End),
            _ => None,
        }
    }
}

/// What a line does to the blocks that are open.
pub(crate) fn nesting(line: &str) -> Nesting {
    match Keyword::of(line) {
        Some(Keyword::Repeat(_)) => Nesting::Opens("repeat"),
        Some(Keyword::If(_)) => Nesting::Opens("if"),
        Some(Keyword::Def(_)) => Nesting::Opens("def"),
        Some(Keyword::End) => Nesting::Closes,
        _ => Nesting::Stays,
    }
}

/// What stands behind the word of a line, without a comment at its end: that begins with `#` behind a space.
pub(super) fn without_comment(text: &str) -> &str {
    let is_comment = |&(at, c): &(usize, char)| {
        c == '#' && (at == 0 || text[..at].ends_with(char::is_whitespace))
    };
    let end = text.char_indices().find(is_comment).map_or(text.len(), |(at, _)| at);
    text[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_lines_open_and_close() {
        for (line, expected) in [
            ("repeat i 0..2", Nesting::Opens("repeat")),
            ("  if", Nesting::Opens("if")),
            ("def f", Nesting::Opens("def")),
            ("end # of it", Nesting::Closes),
            ("else if 1", Nesting::Stays),
            ("endless", Nesting::Stays),
            ("let a = 1", Nesting::Stays),
            ("define x", Nesting::Stays),
        ] {
            assert_eq!(nesting(line), expected, "{line}");
        }
        for word in WORDS {
            assert!(Keyword::of(word).is_some(), "{word}");
        }
    }

    #[test]
    fn comments() {
        assert_eq!(without_comment("1 + 2 # why"), "1 + 2");
        assert_eq!(without_comment("# why"), "");
        assert_eq!(without_comment("a#b "), "a#b");
    }
}
