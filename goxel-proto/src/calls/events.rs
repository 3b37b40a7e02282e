//! Calls about events: what a connection wants to be told.

use crate::args::Args;
use crate::error::RpcError;
use crate::types::EventKind;

/// What a connection is to be told from now on, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribe {
    /// Which projects, by names or identities; `None` stands for all, now and later.
    pub projects: Option<Vec<String>>,
    /// What about.
    pub kinds: Vec<EventKind>,
    /// How often at the most, in milliseconds, where that is said.
    pub every_ms: Option<u64>,
    /// Whether by notifications, where that is said.
    pub notify: Option<bool>,
    /// Whether of what the connection itself does, too, where that is said.
    pub own: Option<bool>,
}

impl Subscribe {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self, RpcError> {
        Ok(Self {
            projects: projects(args)?,
            kinds: kinds(args)?,
            every_ms: args.get("every_ms")?,
            notify: args.get("notify")?,
            own: args.get("own")?,
        })
    }
}

/// What a connection is to be told no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Of which projects; `None` stands for all that it is told of.
    pub projects: Option<Vec<String>>,
    /// What about.
    pub kinds: Vec<EventKind>,
}

impl Unsubscribe {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self, RpcError> {
        Ok(Self { projects: projects(args)?, kinds: kinds(args)? })
    }
}

/// One project, or a list of them.
fn projects(args: &Args<'_>) -> Result<Option<Vec<String>>, RpcError> {
    let Some((value, _)) = args.value("projects") else { return Ok(None) };
    match value.as_str() {
        Some(one) => Ok(Some(vec![one.decode().into_owned()])),
        None => args.get("projects"),
    }
}

fn kinds(args: &Args<'_>) -> Result<Vec<EventKind>, RpcError> {
    args.need("kinds")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Unread, Value};
    use crate::method::Method;

    fn read(params: &str) -> Result<Subscribe, String> {
        let value = Value::parse(params.as_bytes()).expect("JSON");
        let args = Args::new(Method::Subscribe, Some(Unread::from(value)));
        args.and_then(|args| Subscribe::read(&args)).map_err(|error| error.message)
    }

    #[test]
    fn one_project_may_stand_for_a_list_and_nothing_for_all() {
        let all: Vec<_> = <EventKind as crate::types::Word>::all().collect();
        let expected =
            Subscribe { projects: None, kinds: all, every_ms: None, notify: None, own: None };
        assert_eq!(read("{}"), Ok(expected.clone()));
        let one = Some(vec!["a".to_owned()]);
        for params in [r#"{"project": "a"}"#, r#"{"projects": ["a"]}"#, r#"["a"]"#] {
            let projects = read(params).map(|call| call.projects);
            assert_eq!(projects, Ok(one.clone()), "{params}");
        }
        let call = read(r#"{"kinds": ["change", "JOB"], "own": false, "every_ms": 70}"#);
        let kinds = vec![EventKind::Change, EventKind::Job];
        assert_eq!(call, Ok(Subscribe { kinds, own: Some(false), every_ms: Some(70), ..expected }));
    }

    #[test]
    fn what_is_no_kind_is_refused_with_the_nearest() {
        let refused = |params: &str, what: &str| {
            let message = read(params).expect_err(params);
            assert!(message.contains(what), "{message}");
        };
        refused(r#"{"kinds": ["chnage"]}"#, "; is change meant?");
        refused(r#"{"kinds": []}"#, "params.kinds: must be an array");
        refused(r#"{"kinds": "change"}"#, "params.kinds: must be an array");
        refused(r#"{"every_ms": 49}"#, "params.every_ms: must be an integer from 50");
        refused(r#"{"projects": [1]}"#, "params.projects: must be");
        refused(r#"{"kind": ["change"]}"#, "is kinds meant?");
    }
}
