//! [`Variables`]: what names stand for, in the script and in the call under way.

use std::collections::HashMap;

use crate::error::suggestion;

/// Bytes that all variables take together, those of calls included: they are kept in memory, and a script
/// can make one for every number.
const BYTES_MAX: usize = 64 << 20;
/// What a variable takes beside its name and value, about.
const ENTRY_BYTES: usize = 64;

/// Names, and what they stand for. A call has its own, and sees besides them those of the script, not
/// those of who called.
#[derive(Debug, Default)]
pub(super) struct Variables {
    script: HashMap<String, String>,
    calls: Vec<HashMap<String, String>>,
    bytes: usize,
}

impl Variables {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let own = self.calls.last().and_then(|own| own.get(name));
        own.or_else(|| self.script.get(name)).map(String::as_str)
    }

    /// Lets a name stand for something, until the call that is under way ends.
    ///
    /// # Errors
    /// Where all take too much.
    pub(super) fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        let own = self.calls.last_mut().unwrap_or(&mut self.script);
        let before = own.get(name).map_or(0, |known| bytes(name, known));
        let after = self.bytes - before + bytes(name, &value);
        if after > BYTES_MAX {
            return Err(format!("the variables would take more than {} MB", BYTES_MAX >> 20));
        }
        self.bytes = after;
        match own.get_mut(name) {
            Some(known) => *known = value,
            None => {
                own.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }

    /// A call begins.
    pub(super) fn enter(&mut self) {
        self.calls.push(HashMap::new());
    }

    /// The call ends.
    pub(super) fn leave(&mut self) {
        let own = self.calls.pop().unwrap_or_default();
        self.bytes -= own.iter().map(|(name, value)| bytes(name, value)).sum::<usize>();
    }

    /// What to say of a name that is none of them.
    pub(super) fn unknown(&self, name: &str) -> String {
        let own = self.calls.last().into_iter().chain([&self.script]);
        let near = suggestion(name, own.flat_map(HashMap::keys).map(String::as_str));
        format!("there is no variable `{name}`{near}")
    }
}

fn bytes(name: &str, value: &str) -> usize {
    ENTRY_BYTES + name.len() + value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_own() {
        let mut variables = Variables::default();
        variables.set("a", "1".to_owned()).unwrap();
        variables.enter();
        variables.set("b", "2".to_owned()).unwrap();
        variables.set("a", "3".to_owned()).unwrap();
        assert_eq!((variables.get("a"), variables.get("b")), (Some("3"), Some("2")));
        variables.enter();
        assert_eq!((variables.get("a"), variables.get("b")), (Some("1"), None));
        variables.leave();
        variables.leave();
        assert_eq!((variables.get("a"), variables.get("b")), (Some("1"), None));
        assert_eq!(variables.bytes, bytes("a", "1"));
    }

    #[test]
    fn they_are_bounded() {
        let mut variables = Variables::default();
        let most = BYTES_MAX - ENTRY_BYTES - 1;
        variables.set("a", "x".repeat(most)).unwrap();
        let error = variables.set("b", String::new()).unwrap_err();
        assert_eq!(error, "the variables would take more than 64 MB");
        assert!(variables.set("a", "x".repeat(most + 1)).is_err());
        variables.set("a", String::new()).unwrap();
        variables.set("b", String::new()).unwrap();
    }
}
