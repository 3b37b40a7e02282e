//! Where the lines of a script come from: the file that is read, and on top of it the repetitions, calls
//! and included files that are under way.

use std::fs::File;
use std::path::PathBuf;
use std::rc::Rc;

use super::number::Number;
use crate::lines::Lines;

/// A line that is kept, and its number.
pub(super) type Numbered = (u64, String);

/// The lines of a block, and the file that they stand in.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) file: Rc<str>,
    pub(super) lines: Rc<[Numbered]>,
}

/// A block that has a name.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) parameters: Vec<String>,
    pub(super) body: Body,
}

/// What is under way on top of the file that is read.
pub(super) enum Source {
    Repetition(Repetition),
    Call { body: Body, at: usize },
    Included { lines: Box<Lines<File>>, file: Rc<str>, folder: PathBuf },
}

/// A repetition that is running.
#[derive(Debug)]
pub(super) struct Repetition {
    pub(super) variable: String,
    pub(super) first: f64,
    pub(super) step: f64,
    /// How often it runs, and how often it began.
    pub(super) times: u64,
    pub(super) begun: u64,
    pub(super) body: Body,
    pub(super) at: usize,
}

impl Repetition {
    /// Begins again, where it does: gives what its variable stands for.
    pub(super) fn again(&mut self) -> Option<Option<Number>> {
        if self.begun >= self.times {
            return None;
        }
        let value = self.first + self.begun as f64 * self.step;
        self.begun += 1;
        self.at = 0;
        Some(Number::new(value))
    }
}

/// Something that is under way, and the numbers of the lines of the `if` blocks that are open in it.
pub(super) struct Frame {
    pub(super) source: Source,
    pub(super) open: Vec<u64>,
}
