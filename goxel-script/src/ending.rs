//! [`Ending`]: that a script is to end, whatever it catches, and why.

use std::cell::OnceCell;
use std::rc::Rc;

/// Shared by whoever may end a script and by the engine, which looks at it again and again. Once called it stays
/// so, and only the first reason counts.
#[derive(Clone, Debug, Default)]
pub struct Ending(Rc<OnceCell<String>>);

impl Ending {
    /// Ends the script.
    pub fn call(&self, why: impl Into<String>) {
        // A later reason follows from the first.
        let _ = self.0.set(why.into());
    }

    /// Why the script is to end, where it is.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }

    /// Whether the script is to end.
    #[must_use]
    pub fn is_called(&self) -> bool {
        self.0.get().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Ending;

    #[test]
    fn the_first_reason_stays() {
        let ending = Ending::default();
        let other = ending.clone();
        assert!(!ending.is_called());
        other.call("the daemon has gone");
        ending.call("something that follows");
        assert_eq!(ending.why(), Some("the daemon has gone"));
        assert!(other.is_called());
    }
}
