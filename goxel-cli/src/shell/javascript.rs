//! [`JavaScript`]: what is typed at `js>`: a line is a script, and so are several of which the first ones end
//! inside of brackets.

/// Bytes of what is typed before its brackets are closed: more is not typed by hand.
const PENDING_BYTES_MAX: usize = 1 << 20;

/// Lines that wait for the ends of their brackets.
#[derive(Debug, Default)]
pub(super) struct JavaScript {
    pending: String,
    open: Open,
}

impl JavaScript {
    /// Takes a line. Gives the script, once it is whole.
    pub(super) fn take(&mut self, line: &str) -> Option<String> {
        if !self.pending.is_empty() {
            self.pending.push('\n');
        }
        self.pending.push_str(line);
        self.open.read(line);
        let is_whole = self.open.count() == 0 || self.pending.len() > PENDING_BYTES_MAX;
        let script = is_whole.then(|| std::mem::take(self).pending);
        script.filter(|script| !script.trim().is_empty())
    }

    /// Whether there are lines whose brackets are open.
    pub(super) fn is_open(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What is open at the end of a line. A bracket in a regular expression counts, too: Ctrl-C leaves what waits for
/// its end in vain.
#[derive(Debug, Default)]
struct Open {
    /// Brackets outside of texts and comments.
    brackets: usize,
    /// The quote of a text, or the second character of what begins a comment.
    inside: Option<u8>,
}

impl Open {
    /// How much is open: brackets, and a text over several lines or a comment.
    fn count(&self) -> usize {
        self.brackets + usize::from(matches!(self.inside, Some(b'`' | b'*')))
    }

    /// Reads another line. Where a bracket is closed too often, that is for the script's reader to tell: nothing is
    /// open then.
    fn read(&mut self, line: &str) {
        let mut bytes = line.bytes().chain([b'\n']).peekable();
        while let Some(byte) = bytes.next() {
            match (self.inside, byte) {
                (Some(b'/'), b'\n') => self.inside = None,
                (Some(b'*'), b'*') if bytes.peek() == Some(&b'/') => {
                    bytes.next();
                    self.inside = None;
                }
                (Some(b'/' | b'*'), _) => {}
                (Some(_), b'\\') => drop(bytes.next()),
                (Some(quote), _) if byte == quote || byte == b'\n' && quote != b'`' => {
                    self.inside = None;
                }
                (Some(_), _) => {}
                (None, b'"' | b'\'' | b'`') => self.inside = Some(byte),
                (None, b'/') if matches!(bytes.peek(), Some(b'/' | b'*')) => {
                    self.inside = bytes.next();
                }
                (None, b'(' | b'[' | b'{') => self.brackets += 1,
                (None, b')' | b']' | b'}') => match self.brackets.checked_sub(1) {
                    Some(less) => self.brackets = less,
                    None => return *self = Self::default(),
                },
                (None, _) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wait_for_the_ends_of_their_brackets() {
        let mut typed = JavaScript::default();
        assert_eq!(typed.take("1 + 1").as_deref(), Some("1 + 1"));
        assert_eq!((typed.take("for (const x of [1, 2]) {"), typed.is_open()), (None, true));
        assert_eq!(typed.take("  print(x)"), None);
        assert_eq!(typed.take("}").as_deref(), Some("for (const x of [1, 2]) {\n  print(x)\n}"));
        assert_eq!((typed.take("  "), typed.is_open()), (None, false));
        assert_eq!(typed.take("f("), None);
        typed.clear();
        assert_eq!(typed.take("2").as_deref(), Some("2"));
    }

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        for (text, open) in [
            ("'(' + \"[\" // {", 0),
            (r"'\'(' + 1", 0),
            ("'unclosed (", 0),
            ("`a", 1),
            ("`a\n(`", 0),
            ("/* (", 1),
            ("/* ( */ [", 1),
            ("a / (b", 1),
            ("))", 0),
            ("{ [ (", 3),
        ] {
            let mut read = Open::default();
            text.lines().for_each(|line| read.read(line));
            assert_eq!(read.count(), open, "{text}");
        }
    }
}
