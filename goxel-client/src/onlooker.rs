//! [`Onlooker`]: who looks on while a reply lets itself be waited for; [`Told`]: what the daemon
//! tells meanwhile.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use goxel_proto::json::Value;

/// How far the job is that a call became: a notification `goxel.progress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number, by which it can be cancelled.
    pub job: u64,
    /// How much is done.
    pub done: u64,
    /// How much there is to do; 0 where nobody knows.
    pub total: u64,
    /// What it is counted in.
    pub unit: String,
    /// What it has printed since the last time.
    pub output: String,
}

/// What an onlooker wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To go on waiting.
    Wait,
    /// That the call is cancelled. The reply, which says what became of it, is waited for all the
    /// same.
    Cancel,
    /// To wait no longer, whatever becomes of the call. The connection is of no more use then.
    Leave,
}

/// Looks on while a reply is waited for. Where replies come soon it is not asked.
pub trait Onlooker: fmt::Debug + Send {
    /// Whether calls are to ask the daemon for news of their progress.
    fn wants_progress(&self) -> bool;

    /// Has it show nothing, where somebody else shows how far the work is; or show again.
    fn set_hidden(&mut self, hidden: bool);

    /// What becomes readable when it wants to look at once.
    fn wake(&self) -> Option<BorrowedFd<'_>>;

    /// Looks, at the beginning of a wait and then at set times.
    fn look(&mut self, waited: Duration, told: Option<&Told>) -> Wish;

    /// The job has printed something.
    fn hear(&mut self, _output: &str) {}

    /// The wait is over. The wish counts as if it had come in time.
    fn end(&mut self) -> Wish;

    /// Whether nobody wants the outcome of what would be called next: it is not sent then.
    fn is_over(&self) -> bool {
        false
    }
}

/// What notifications of progress begin with, as goxel-daemon writes them.
const PROGRESS: &[u8] = b"{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.progress\"";

impl Told {
    /// What `line` tells, where it is a notification of progress.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        if !line.starts_with(PROGRESS) {
            return None;
        }
        let notification = Value::parse(line).ok()?;
        let params = notification.get("params")?;
        let number = |name| {
            let number = params.get(name)?.as_number()?.to_i64()?;
            u64::try_from(number).ok()
        };
        Some(Self {
            job: number("job")?,
            done: number("done")?,
            total: number("total")?,
            unit: params.get("unit")?.as_str()?.decode().into_owned(),
            output: params
                .get("output")
                .and_then(|text| text.as_str())
                .map_or_else(String::new, |text| text.decode().into_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications() {
        let line = br#"{ "jsonrpc": "2.0", "method": "goxel.progress", "params": { "job": 7, "done": 1, "total": 2, "unit": "voxels" } }"#;
        let told = |output: &str| {
            let (unit, output) = ("voxels".to_owned(), output.to_owned());
            Some(Told { job: 7, done: 1, total: 2, unit, output })
        };
        assert_eq!(Told::read(line), told(""));
        let line = br#"{ "jsonrpc": "2.0", "method": "goxel.progress", "params": { "job": 7, "done": 1, "total": 2, "unit": "voxels", "output": "a\n" } }"#;
        assert_eq!(Told::read(line), told("a\n"));
        assert_eq!(Told::read(br#"{ "jsonrpc": "2.0", "result": 1, "id": 2 }"#), None);
        assert_eq!(Told::read(&line[..60]), None);
    }
}
