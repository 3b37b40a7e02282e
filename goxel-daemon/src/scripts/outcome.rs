//! [`Outcome`]: what a script came to.

use goxel_core::Project;
use goxel_proto::worker::{Done, Failed};

/// Bytes that a script prints and that are kept for the reply: more than anybody reads.
const OUTPUT_BYTES_MAX: usize = 1 << 20;

/// What a script came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What it gave, or why it failed.
    pub(crate) ended: Result<Done, Failed>,
    /// The project as it has made it, where it has changed anything.
    pub(crate) after: Option<Project>,
    /// What it printed.
    pub(crate) output: Output,
}

impl Outcome {
    /// A script that was not even begun.
    pub(super) fn failed(message: String) -> Self {
        let failed = Failed { name: "Error".to_owned(), message, ..Failed::default() };
        Self { ended: Err(failed), after: None, output: Output::default() }
    }
}

/// What a script printed, as far as it is kept.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) text: String,
    /// Bytes that are not.
    pub(crate) cut: u64,
}

impl Output {
    /// Puts in more. Gives what of it is kept.
    pub(super) fn put(&mut self, more: &str) -> &str {
        let room = OUTPUT_BYTES_MAX.saturating_sub(self.text.len());
        let is_cut = self.cut > 0;
        let mut kept = if is_cut { 0 } else { more.len().min(room) };
        while !more.is_char_boundary(kept) {
            kept -= 1;
        }
        self.cut += (more.len() - kept) as u64;
        let start = self.text.len();
        self.text.push_str(&more[..kept]);
        &self.text[start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_kept_up_to_a_bound_and_counted_behind_it() {
        let mut output = Output::default();
        assert_eq!(output.put("a\n"), "a\n");
        assert_eq!(output.put(&"ä".repeat(OUTPUT_BYTES_MAX / 2)).len(), OUTPUT_BYTES_MAX - 2);
        assert_eq!((output.text.len(), output.cut), (OUTPUT_BYTES_MAX, 2));
        assert_eq!(output.put("b"), "");
        assert_eq!(output.cut, 3);
    }
}
