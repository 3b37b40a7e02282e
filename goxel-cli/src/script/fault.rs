//! [`Fault`]: what is wrong with a line, and where in it.

/// What is wrong, at a place in the text that was read, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
    /// The line that it is about, where that is another one than the line that is due.
    pub(super) line: Option<String>,
}

pub(super) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    /// At the beginning of `part`, which is a part of `whole`.
    pub(super) fn at(whole: &str, part: &str, what: impl Into<String>) -> Self {
        Self { at: offset(whole, part), what: what.into(), line: None }
    }

    /// The same in a longer text, in which the one that was read begins at `offset`.
    pub(super) fn behind(self, offset: usize) -> Self {
        Self { at: self.at + offset, ..self }
    }

    /// About a whole line, which is not at hand.
    pub(super) fn whole(what: impl Into<String>) -> Self {
        Self::at("", "", what)
    }

    /// In another line than the one that is due.
    pub(super) fn within(self, line: &str) -> Self {
        Self { line: Some(line.to_owned()), ..self }
    }

    /// The column from 1, in characters, where `line` is due.
    pub(super) fn column(&self, line: &str) -> usize {
        let line = self.line.as_deref().unwrap_or(line);
        let before = line.char_indices().take_while(|(at, _)| *at < self.at);
        before.count() + 1
    }
}

/// Where `part` begins in `whole`, of which it is a part.
pub(super) fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr().addr()).saturating_sub(whole.as_ptr().addr()).min(whole.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let line = "é + y";
        let fault = Fault::at(line, &line[5..], "no");
        assert_eq!((fault.at, fault.column(line)), (5, 5));
        assert_eq!(fault.clone().within("1").column(line), 2);
        assert_eq!(fault.behind(100).column(line), 6);
    }
}
