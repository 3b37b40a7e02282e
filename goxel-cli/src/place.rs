//! [`Place`]: where in a batch something stands.

use std::fmt;
use std::rc::Rc;

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What its file is called.
    pub(crate) file: Rc<str>,
    /// Its number, from 1.
    pub(crate) line: u64,
    /// The column of what is spoken of, from 1.
    pub(crate) column: usize,
}

impl fmt::Display for Place {
    /// As editors know it from compilers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
