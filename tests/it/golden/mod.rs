//! Exchanges that were recorded from the C daemon, replayed against this one.
//!
//! Each file `tests/it/golden/*.txt` holds sessions, each on a daemon of its own:
//!
//! ```text
//! == what the session is about
//! -- what the exchange shows
//! > the request, one line                  or  >> "the bytes of it, as a JSON string"
//! C the reply of the C daemon; - for none
//! ! why ours is another: words of docs/COMPATIBILITY.md
//! < our reply, where it is another; - for none
//! * our reply to the same request with its parameters in the other form, where that is another
//! ```
//!
//! Without `!` ours is the recorded one, to the byte but for what changes from run to run. The
//! parameters that come by position are sent by name too, and the other way round, and the whole
//! session goes through once for either form.
//!
//! `GOXEL_BLESS=1 cargo test -p goxel-tests golden` writes `<` and `*` anew. A new difference needs
//! its reason written by hand.

mod file;
mod forms;
mod mask;
mod replay;
mod schema;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::root;
use file::{Exchange, Session};
use replay::replay;

/// What a difference is called that nobody has explained yet.
const UNEXPLAINED: &str = "unexplained";

fn files() -> Vec<PathBuf> {
    let dir = root().join("tests/it/golden");
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "txt")).collect();
    files.sort();
    files
}

fn check(path: &Path) {
    let bless = std::env::var_os("GOXEL_BLESS").is_some();
    let compatibility = std::fs::read_to_string(root().join("docs/COMPATIBILITY.md")).unwrap();
    let mut sessions = file::read(path);
    for session in &mut sessions {
        let ours = replay(session, false);
        let other = replay(session, true);
        for ((exchange, ours), other) in session.exchanges.iter_mut().zip(ours).zip(other) {
            let other = (!forms::alike(&ours, &other)).then_some(other);
            if bless {
                exchange.bless(ours.clone(), other.clone());
            }
            exchange.check(path, &ours, other.as_deref(), &compatibility);
        }
    }
    if bless {
        file::write(path, &sessions);
    }
}

impl Exchange {
    fn is_as_recorded(&self, ours: &str) -> bool {
        mask::masked(&self.recorded) == ours
    }

    /// Whether the difference is the one that the reason names, where a program can tell.
    fn is_what_it_says(&self, reason: &str, ours: &str) -> bool {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        match reason {
            "members of results" => is_part(&parsed(&mask::masked(&self.recorded)), &parsed(ours)),
            "error messages" => {
                let code = |reply: Value| match &reply["error"]["code"] {
                    Value::Null => reply["error_code"].as_i64().unwrap(),
                    code => code.as_i64().unwrap(),
                };
                code(parsed(&self.recorded)) == code(parsed(ours))
            }
            _ => true,
        }
    }

    /// Takes our reply for the right one.
    fn bless(&mut self, ours: String, other: Option<String>) {
        self.other = other;
        if self.is_as_recorded(&ours) {
            (self.reason, self.ours) = (None, None);
        } else {
            self.reason.get_or_insert_with(|| UNEXPLAINED.to_owned());
            self.ours = Some(ours);
        }
    }

    fn check(&self, path: &Path, ours: &str, other: Option<&str>, compatibility: &str) {
        let place = format!("{}: {}", path.display(), self.request.text());
        match (&self.reason, &self.ours) {
            (Some(reason), Some(expected)) => {
                assert_eq!(ours, expected, "{place}");
                assert!(!self.is_as_recorded(ours), "{place}\nis as recorded: {reason}");
                assert!(self.is_what_it_says(reason, ours), "{place}\nis not only: {reason}");
                let known = reason == UNEXPLAINED && std::env::var_os("GOXEL_BLESS").is_some();
                assert!(
                    known || compatibility.contains(&format!("| {reason} |")),
                    "{place}\nour reply: {ours}\nrecorded: {}\ndocs/COMPATIBILITY.md has no row \
                     \"{reason}\"",
                    self.recorded
                );
            }
            _ => assert_eq!(ours, mask::masked(&self.recorded), "{place}"),
        }
        assert_eq!(other, self.other.as_deref(), "{place}\nwith its parameters in the other form");
    }
}

/// Whether `whole` has all that `part` has.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .all(|(name, value)| whole.get(name).is_some_and(|other| is_part(value, other))),
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(a, b)| is_part(a, b))
        }
        _ => part == whole,
    }
}

#[test]
fn recorded_exchanges() {
    let files = files();
    assert!(files.len() >= 14, "{} files", files.len());
    std::thread::scope(|scope| {
        let checks: Vec<_> = files.iter().map(|path| scope.spawn(|| check(path))).collect();
        let failed = checks.into_iter().filter_map(|check| check.join().err()).count();
        assert_eq!(failed, 0, "files of golden exchanges that differ: see above");
    });
}

/// Every method that the C daemon had is replayed, and each in either form of its parameters.
#[test]
fn every_recorded_method_is_replayed() {
    let sessions: Vec<Session> = files().iter().flat_map(|path| file::read(path)).collect();
    let requests: Vec<_> = sessions
        .iter()
        .flat_map(|session| &session.exchanges)
        .filter_map(|exchange| exchange.request.value())
        .collect();
    for line in include_str!("methods_of_the_c_daemon.lst").lines() {
        let method =
            goxel_proto::Method::find(line).unwrap_or_else(|| panic!("{line} is not there"));
        let of_it: Vec<_> = requests.iter().filter(|request| request["method"] == line).collect();
        assert!(!of_it.is_empty(), "{line} is not replayed");
        let both = of_it.iter().any(|request| forms::other(request).is_some());
        assert!(both || method.info().positional == 0, "{line} comes in one form only");
    }
}

#[test]
fn replies_have_the_shape_that_the_table_says() {
    let schemas = schema::results();
    let mut checked = 0;
    for exchange in files().iter().flat_map(|path| file::read(path)).flat_map(|s| s.exchanges) {
        let Some(request) = exchange.request.value() else { continue };
        let method = request["method"].as_str().and_then(goxel_proto::Method::find);
        let reply = exchange.ours.unwrap_or_else(|| mask::masked(&exchange.recorded));
        let (Some(method), Ok(reply)) = (method, serde_json::from_str::<Value>(&reply)) else {
            continue;
        };
        if let Some(result) = reply.get("result") {
            let fault = schema::fault(result, &schemas[method.info().name]);
            assert_eq!(fault, None, "{request}");
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked} replies");
}
