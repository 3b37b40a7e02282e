//! [`Formats`]: formats that scripts have registered, for the session that ran the script.
//!
//! What is kept is the script: it is run again for each file, and then its function is called. So nothing of it runs
//! between two files.

use std::path::Path;
use std::sync::Arc;

use goxel_proto::worker::Action;

use super::Order;
use crate::session::Session;

/// Formats of all sessions: more scripts than people have. The oldest go first.
const FORMATS_MAX: usize = 256;
/// Bytes of code that is kept for them: a script counts once for each of its formats.
const CODE_BYTES_MAX: usize = 16 << 20;

/// Whose a format is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// All connections of a session of this name.
    Session(Box<str>),
    /// A connection.
    Client(u64),
}

impl Owner {
    /// The one that a connection is.
    pub(crate) fn of(session: &Session) -> Self {
        match &session.named {
            Some(named) => Self::Session(named.name.clone()),
            None => Self::Client(session.client.number()),
        }
    }
}

/// A format that a script has registered.
#[derive(Debug)]
pub(crate) struct Format {
    owner: Owner,
    pub(crate) name: String,
    pub(crate) extensions: Vec<String>,
    order: Arc<Order>,
}

impl Format {
    /// What has it write a file of this path.
    pub(crate) fn export(&self, path: &str) -> Order {
        self.order.with(Action::Export(path.to_owned()))
    }

    /// What has it read these bytes, which are a file's of this path.
    pub(crate) fn import(&self, path: &str, bytes: Vec<u8>) -> Order {
        self.order.with(Action::Import(path.to_owned(), bytes))
    }
}

/// All of them, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Formats(Vec<Arc<Format>>);

impl Formats {
    /// Takes in formats that a script has registered, by names and extensions, in the place of others of the
    /// same owner and name.
    pub(super) fn add(
        &mut self,
        owner: &Owner,
        named: &[(String, Vec<String>)],
        order: &Arc<Order>,
    ) {
        for (name, extensions) in named {
            self.0.retain(|format| format.owner != *owner || format.name != *name);
            self.0.push(Arc::new(Format {
                owner: owner.clone(),
                name: name.clone(),
                extensions: extensions.clone(),
                order: Arc::clone(order),
            }));
        }
        while self.0.len() > FORMATS_MAX || self.bytes() > CODE_BYTES_MAX {
            self.0.remove(0);
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|format| format.order.code_bytes()).sum()
    }

    /// The format of a path, or the one that is named; of several the one that was registered last.
    pub(super) fn find(
        &self,
        owner: &Owner,
        path: &str,
        named: Option<&str>,
    ) -> Option<Arc<Format>> {
        let extension = Path::new(path).extension().and_then(|text| text.to_str());
        let is_meant = |format: &&Arc<Format>| match (named, extension) {
            (Some(named), _) => format.name.eq_ignore_ascii_case(named),
            (None, Some(extension)) => {
                format.extensions.iter().any(|own| own.eq_ignore_ascii_case(extension))
            }
            (None, None) => false,
        };
        let mine = self.0.iter().rev().filter(|format| format.owner == *owner);
        mine.into_iter().find(is_meant).cloned()
    }

    /// Those of an owner.
    pub(super) fn of(&self, owner: &Owner) -> Vec<Arc<Format>> {
        self.0.iter().filter(|format| format.owner == *owner).cloned().collect()
    }

    /// Forgets those of an owner.
    pub(super) fn forget(&mut self, owner: &Owner) {
        self.0.retain(|format| format.owner != *owner);
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::json::Value;
    use goxel_proto::{Args, Method};

    use super::*;
    use crate::door::Rights;

    fn order(code: &str) -> Arc<Order> {
        let params = format!(r#"{{"script": "{code}"}}"#);
        let value = Value::parse(params.as_bytes()).expect("it is JSON");
        let args = Args::new(Method::ExecuteScript, Some(value.into())).expect("good");
        Arc::new(Order::read(&Rights::default(), &args).expect("good"))
    }

    fn named(name: &str, extension: &str) -> [(String, Vec<String>); 1] {
        [(name.to_owned(), vec![extension.to_owned()])]
    }

    #[test]
    fn a_format_is_found_by_its_owner_by_name_and_by_extension() {
        let mut formats = Formats::default();
        let (one, other) = (Owner::Client(1), Owner::Session("s".into()));
        formats.add(&one, &named("Mine", "abc"), &order("1"));
        formats.add(&one, &named("Newer", "abc"), &order("1"));
        let name =
            |owner, path, named| formats.find(owner, path, named).map(|found| found.name.clone());
        assert_eq!(name(&one, "a.ABC", None).as_deref(), Some("Newer"));
        assert_eq!(name(&one, "a.x", Some("mine")).as_deref(), Some("Mine"));
        assert_eq!((name(&one, "abc", None), name(&other, "a.abc", None)), (None, None));
        formats.forget(&one);
        assert!(formats.of(&one).is_empty());
    }

    #[test]
    fn the_oldest_go_first() {
        let mut formats = Formats::default();
        let owner = Owner::Client(1);
        for number in 0..=FORMATS_MAX {
            formats.add(&owner, &named(&number.to_string(), "a"), &order("1"));
        }
        assert_eq!(
            (formats.of(&owner).len(), formats.of(&owner)[0].name.as_str()),
            (FORMATS_MAX, "1")
        );
        let long = order(&" ".repeat(4 << 20));
        (0..9).for_each(|number| formats.add(&owner, &named(&format!("l{number}"), "a"), &long));
        assert_eq!(formats.of(&owner).len(), 4);
    }
}
