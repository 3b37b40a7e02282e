//! Sends the points of a file, in requests of bounded size.
//!
//! ```text
//! bytes -> lines -> records (16 bytes a point) -> base64 in a request -> daemon
//! ```
//!
//! While the daemon works on one request the next is read, so two are in flight and memory does
//! not depend on the length of the file. Each request is carried out whole or not at all.

mod source;

pub(crate) use source::{Source, open};

use std::io::Read;
use std::path::Path;

use anyhow::Result;
use goxel_client::{Bounds, Client, Error, Pipeline, Refusal};
use goxel_proto::Method;
use goxel_proto::json::Value;
use goxel_proto::types::Rgba;

use crate::commands::{self, OnLayer, counted};
use crate::error::{self, Absent, Interrupted, Located, STOPPED_EARLY};
use crate::progress::Progress;

/// Points of one request. A megabyte of records: few enough to keep memory small, many enough
/// that a request's own cost does not show.
pub(crate) const CHUNK_POINTS: usize = 1 << 15;
/// Requests go one by one, and the next one is made while this one is in flight.
const BOUNDS: Bounds = Bounds { gathered: 1, gathered_bytes: 0, in_flight: 2 };

/// What is done with the points of a file.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) file: &'a Path,
    pub(crate) method: Method,
    /// What the reply counts.
    pub(crate) counts: &'static str,
    pub(crate) on: &'a OnLayer,
    /// The colour of points that have none.
    pub(crate) colour: Rgba,
}

/// What is in flight, and what was done.
struct Sender<'a> {
    client: &'a mut Client,
    pipeline: Pipeline<()>,
    work: Work<'a>,
    done: u64,
    refusal: Option<Refusal>,
}

impl Sender<'_> {
    fn send(&mut self, records: &[u8]) -> Result<()> {
        let Work { method, on, .. } = self.work;
        self.pipeline.requests().call(method, |writer| {
            writer.key("data").base64(records);
            commands::write_layer(on, writer);
        });
        self.pipeline.push(());
        self.pipeline.send(self.client)?;
        while let Some(((), reply)) = self.pipeline.reply_for_room(self.client)? {
            take(reply, self.work.counts, &mut self.done, &mut self.refusal);
        }
        Ok(())
    }

    /// Reads all replies that are due.
    fn drain(&mut self) -> Result<()> {
        while let Some(((), reply)) = self.pipeline.reply(self.client)? {
            take(reply, self.work.counts, &mut self.done, &mut self.refusal);
        }
        Ok(())
    }

    fn run<R: Read>(&mut self, source: &mut Source<R>, progress: &Progress) -> Result<()> {
        let mut records = Vec::new();
        loop {
            let filled = source.fill(&mut records, CHUNK_POINTS, self.work.colour);
            // What stands before a bad line is sent too, whatever the length of a request is.
            if !records.is_empty() && self.refusal.is_none() {
                self.send(&records)?;
            }
            progress.at(source.bytes_read());
            if self.client.is_stopped() && !records.is_empty() && self.refusal.is_none() {
                return self.drain().and(Err(Interrupted(STOPPED_EARLY.into()).into()));
            }
            if filled.is_err() || records.is_empty() || self.refusal.is_some() {
                self.drain()?;
                return match self.refusal.take() {
                    Some(refusal) => Err(Error::from(refusal).into()),
                    None => filled,
                };
            }
        }
    }
}

/// Adds what a reply counts, or keeps the first refusal.
fn take(
    reply: Result<Value<'_>, Refusal>,
    counts: &str,
    done: &mut u64,
    refusal: &mut Option<Refusal>,
) {
    match reply {
        Ok(result) => *done += commands::count(&result, counts),
        Err(found) => *refusal = refusal.take().or(Some(found)),
    }
}

/// Sends every point of `source` and gives how many voxels were changed.
///
/// # Errors
/// Where a line is no point, the daemon refuses a request, or the connection breaks. What was
/// sent before stays, and the error says how much that is.
pub(crate) fn stream<R: Read>(
    source: &mut Source<R>,
    work: Work<'_>,
    project: Option<&str>,
    client: &mut Client,
    progress: &Progress,
) -> Result<u64> {
    let pipeline = Pipeline::new(BOUNDS, client, project);
    let mut sender = Sender { client, pipeline, work, done: 0, refusal: None };
    let outcome = sender.run(source, progress);
    let (done, in_flight) = (sender.done, sender.pipeline.in_flight().len());
    match outcome {
        Ok(()) => Ok(done),
        Err(error) => Err(with_count(error, done, in_flight, work.counts)),
    }
}

/// The error, and what was done before it.
fn with_count(error: anyhow::Error, done: u64, in_flight: usize, counts: &str) -> anyhow::Error {
    let before = format!("{counts} before it: {}", counted(done, "voxel"));
    if error::is_closed(&error) {
        let unknown = match in_flight {
            0 => String::new(),
            _ => format!(
                ", {} of up to {CHUNK_POINTS} points may have been",
                counted(in_flight as u64, "request")
            ),
        };
        return Absent(format!("{error} ({before}{unknown})")).into();
    }
    if done == 0 {
        return error;
    }
    if let Some(Error::Refused(Refusal { code, message })) = error.downcast_ref() {
        let message = format!("{message} ({before})");
        return Error::from(Refusal { code: *code, message }).into();
    }
    let text = format!("{error} ({before})");
    if error.is::<Located>() {
        Located(text).into()
    } else if error.is::<Interrupted>() {
        Interrupted(text).into()
    } else {
        anyhow::Error::msg(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::request;
    use crate::commands::{Action as _, Way};
    use goxel_client::testing as fake;
    use goxel_proto::base64;

    fn send(text: &str, client: &mut Client) -> Result<u64> {
        let mut source = Source::new("f", text.as_bytes());
        let add = request("add-voxels --file f");
        let Way::Points(work) = add.way() else { panic!("it has a file") };
        stream(&mut source, work, None, client, &Progress::none())
    }

    #[test]
    fn long_files_go_in_several_requests() {
        let (mut client, daemon) = fake::daemon(|_, method, params| {
            assert_eq!(method, "goxel.add_voxels");
            let data = params.get("data").unwrap().as_str().unwrap().decode().into_owned();
            let bytes = base64::decode(data.as_bytes()).unwrap().len();
            assert!(bytes <= 16 * CHUNK_POINTS && bytes.is_multiple_of(16));
            Ok(format!("{{\"added\": {}}}", bytes / 16))
        });
        let points = 2 * CHUNK_POINTS + 1;
        assert_eq!(send(&"1,2,3\n".repeat(points), &mut client).unwrap(), points as u64);
        drop(client);
        assert_eq!(daemon.join().unwrap(), 3);
    }

    #[test]
    fn nothing_is_sent_of_nothing() {
        let (mut client, daemon) = fake::daemon(|_, _, _| Ok("{}".into()));
        assert_eq!(send("# only a comment\n", &mut client).unwrap(), 0);
        drop(client);
        assert_eq!(daemon.join().unwrap(), 0);
    }

    #[test]
    fn errors_say_what_was_done() {
        let (mut client, _) = fake::daemon(|_, _, _| Ok("{\"added\": 3}".into()));
        assert_eq!(
            send("1,2,3\n4,5,6\n7,8,9\n1,2\n", &mut client).unwrap_err().to_string(),
            "f:4:1: a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 2 \
             (added before it: 3 voxels)"
        );
    }

    #[test]
    fn a_daemon_that_goes_away() {
        let (mut client, _) = fake::daemon(|n, _, _| match n {
            1 => Ok("{\"added\": 32768}".into()),
            _ => Err(""),
        });
        let error = send(&"1,2,3\n".repeat(3 * CHUNK_POINTS), &mut client).unwrap_err();
        let text = error.to_string();
        let start = "the daemon closed the connection before it answered (added before it: 32,768 \
                     voxels, ";
        assert!(text.starts_with(start), "{text}");
        assert_eq!(error::exit_status(&error), error::EXIT_ABSENT);
    }
}
