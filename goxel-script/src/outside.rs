//! [`Outside`]: what a script has to do with outside of its engine.

use std::cell::RefCell;
use std::rc::Rc;

use crate::ending::Ending;
use crate::model::Source;

/// Who hears of a script while it runs.
pub trait Told {
    /// It printed this.
    fn print(&mut self, text: String);

    /// It is so far, of so much.
    fn progress(&mut self, done: u64, of: u64);

    /// Called again and again while it computes: the time to see whether it is to end.
    fn look(&mut self);
}

/// What a script has to do with outside of its engine.
pub struct Outside {
    /// Where the tiles come from.
    pub source: Box<dyn Source>,
    /// Who hears of it.
    pub told: Rc<RefCell<dyn Told>>,
    /// That it is to end.
    pub ending: Ending,
    /// How much of the stack of this thread it may use, in bytes. A quarter of what is there is sound: the engine
    /// looks at each call, and not in between.
    pub stack_bytes: usize,
}
