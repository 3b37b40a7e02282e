//! [`Words`]: the words of a line, as a shell parts them, without copying one.

/// The words of a line, up to its comment. It ends early where a word is not one piece of the line, since it
/// has quotes in its middle or escapes. An option whose value is in quotes, `--name='value'`, is two words.
pub(super) struct Words<'a> {
    rest: &'a str,
    /// The value of the option that was read last, in its quotes.
    value: bool,
}

impl<'a> Words<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { rest: line, value: false }
    }

    /// Whether nothing is left, also nothing that could not be read.
    pub(super) fn is_read(&self) -> bool {
        let rest = self.rest.trim_start_matches(is_space);
        rest.is_empty() || rest.starts_with('#')
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        let text = match std::mem::take(&mut self.value) {
            true => self.rest,
            false => self.rest.trim_start_matches(is_space),
        };
        let bytes = text.as_bytes();
        let (word, rest) = match bytes.first()? {
            b'#' => return None,
            quote @ (b'"' | b'\'') => {
                let inside = &text[1..];
                let end = inside.bytes().position(|byte| byte == *quote)?;
                let (word, rest) = (&inside[..end], &inside[end + 1..]);
                if *quote == b'"' && word.contains('\\') || !is_end(rest) {
                    return None;
                }
                (word, rest)
            }
            _ => {
                let end = bytes.iter().position(|byte| is_space(char::from(*byte)));
                let (word, rest) = text.split_at(end.unwrap_or(text.len()));
                // `--color='#f80'`: the rest of the word is in quotes.
                match word.find(['"', '\'', '\\']) {
                    None => (word, rest),
                    // An option, whose value is in quotes.
                    Some(at) if word.starts_with("--") && word[..at].ends_with('=') => {
                        self.value = true;
                        (&word[..at - 1], &text[at..])
                    }
                    Some(_) => return None,
                }
            }
        };
        self.rest = rest;
        Some(word)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n')
}

/// Whether a word ends here.
fn is_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(is_space)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_of_lines() {
        let check = |line: &str, expected: &[&str]| {
            let mut words = Words::new(line);
            let found: Vec<_> = words.by_ref().collect();
            assert!(words.is_read(), "{line}");
            assert_eq!(found, expected, "{line}");
        };
        check(" a\tb  ", &["a", "b"]);
        check("a 'b c' \"d\" '' # e 'f", &["a", "b c", "d", ""]);
        check("a#b #c", &["a#b"]);
        check("--a='b c' --d=e", &["--a", "b c", "--d=e"]);
        for line in ["a='b'", "a'b'", "a\\ b", "'a'b", "'a", "\"a\\n\""] {
            let mut words = Words::new(line);
            assert!(words.by_ref().count() < 1 && !words.is_read(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn a_shell_parts_them_alike(line in "[a#'\"\\\\ \t=é]{0,12}") {
            let mut words = Words::new(&line);
            let found: Vec<_> = words.by_ref().map(str::to_owned).collect();
            // Those with a value in quotes are two here, and one there.
            if words.is_read() && !line.contains('=') {
                prop_assert_eq!(shlex::split(&line), Some(found));
            }
        }
    }
}
