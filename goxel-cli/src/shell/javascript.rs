//! [`JavaScript`]: what is typed at `js>`: a line is a script, and so are several of which the first ones end
//! inside of brackets.

/// Bytes of what is typed before its brackets are closed: more is not typed by hand.
const PENDING_BYTES_MAX: usize = 1 << 20;

/// Lines that wait for the ends of their brackets.
#[derive(Debug, Default)]
pub(super) struct JavaScript {
    pending: String,
}

impl JavaScript {
    /// Takes a line. Gives the script, once it is whole.
    pub(super) fn take(&mut self, line: &str) -> Option<String> {
        if !self.pending.is_empty() {
            self.pending.push('\n');
        }
        self.pending.push_str(line);
        let is_whole = depth(&self.pending) == 0 || self.pending.len() > PENDING_BYTES_MAX;
        let script = is_whole.then(|| std::mem::take(&mut self.pending));
        script.filter(|script| !script.trim().is_empty())
    }

    /// Whether there are lines whose brackets are open.
    pub(super) fn is_open(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        self.pending.clear();
    }
}

/// How many brackets are open at the end, outside of texts and comments; 0 where one is closed too often, which
/// is for the script's reader to tell. A bracket in a regular expression counts, too: Ctrl-C
/// leaves what waits for its end in vain.
fn depth(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut inside = None;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (inside, byte) {
            (Some(b'/'), b'\n') => inside = None,
            (Some(b'*'), b'*') if bytes.peek() == Some(&b'/') => {
                bytes.next();
                inside = None;
            }
            (Some(b'/' | b'*'), _) => {}
            (Some(_), b'\\') => drop(bytes.next()),
            (Some(quote), _) if byte == quote || byte == b'\n' && quote != b'`' => inside = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => inside = Some(byte),
            (None, b'/') if matches!(bytes.peek(), Some(b'/' | b'*')) => inside = bytes.next(),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return 0,
            },
            (None, _) => {}
        }
    }
    // A text over several lines, and a comment.
    depth + usize::from(matches!(inside, Some(b'`' | b'*')))
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
            assert_eq!(depth(text), open, "{text}");
        }
    }
}
