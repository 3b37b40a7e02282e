//! Sends the points of a file, in requests of bounded size.
//!
//! While the daemon works on one request the next is read, so two are under way and memory does
//! not depend on the length of the file. Each request is carried out whole or not at all.

use std::io::BufRead;

use anyhow::Result;

use crate::args::AddVoxels;
use crate::client::{Client, Refusal};
use crate::commands::{self, Outbox, counted};
use crate::error::Located;
use crate::lines::Lines;
use crate::parse::Point;

/// Points of one request: about 2 MB of text, well under what the daemon takes in one message.
pub(crate) const CHUNK_POINTS: usize = 50_000;
/// Requests that may wait for their replies.
const IN_FLIGHT_MAX: u32 = 2;

/// Reads points from lines.
struct Source<'a, R> {
    lines: &'a mut Lines<R>,
    /// A point or a header was seen: what comes now are points.
    begun: bool,
}

impl<R: BufRead> Source<'_, R> {
    fn next_point(&mut self) -> Result<Option<Point>> {
        loop {
            let begun = self.begun;
            let Some(line) = self.lines.next_line()? else {
                return Ok(None);
            };
            if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let parsed = (begun || !is_header(line)).then(|| line.parse::<Point>());
            self.begun = true;
            match parsed {
                None => {}
                Some(Ok(point)) => return Ok(Some(point)),
                Some(Err(error)) => {
                    let place = format!("{}:{}", self.lines.place(), error.column);
                    return Err(Located(format!("{place}: {error}")).into());
                }
            }
        }
    }

    /// Up to [`CHUNK_POINTS`]; fewer at the end of the file.
    fn fill(&mut self, chunk: &mut Vec<Point>) -> Result<()> {
        chunk.clear();
        while chunk.len() < CHUNK_POINTS {
            match self.next_point()? {
                Some(point) => chunk.push(point),
                None => break,
            }
        }
        Ok(())
    }
}

/// Whether a line names the columns, as exporters of tables write it.
fn is_header(line: &str) -> bool {
    let first = line.split([',', ' ', '\t']).find(|field| !field.is_empty());
    first.is_some_and(|field| field.trim_matches('"').eq_ignore_ascii_case("x"))
}

/// What is under way, and what was done.
struct Sender<'a> {
    client: &'a mut Client,
    in_flight: u32,
    added: u64,
    refusal: Option<Refusal>,
}

impl Sender<'_> {
    fn send(&mut self, points: &[Point], add: &AddVoxels, project: Option<&str>) -> Result<()> {
        let mut out = Outbox::new(self.client.next_id(), project);
        commands::write_points(points, add, &mut out);
        self.client.send(&out.bytes, out.count)?;
        self.in_flight += 1;
        self.settle(IN_FLIGHT_MAX - 1)
    }

    /// Reads replies until no more than `rest` are due.
    fn settle(&mut self, rest: u32) -> Result<()> {
        while self.in_flight > rest {
            self.in_flight -= 1;
            match self.client.reply()? {
                Ok(result) => self.added += commands::count(&result, "added"),
                Err(refusal) => self.refusal = self.refusal.take().or(Some(refusal)),
            }
        }
        Ok(())
    }
}

/// Sends every point of `lines` and gives how many voxels were added.
///
/// # Errors
/// Where a line is no point, the daemon refuses a request, or the connection breaks. What was
/// sent before stays, and the error says how much that is.
pub(crate) fn stream<R: BufRead>(
    lines: &mut Lines<R>,
    add: &AddVoxels,
    project: Option<&str>,
    client: &mut Client,
) -> Result<u64> {
    let mut source = Source { lines, begun: false };
    let mut sender = Sender { client, in_flight: 0, added: 0, refusal: None };
    let mut chunk = Vec::new();
    let outcome = loop {
        if let Err(error) = source.fill(&mut chunk) {
            break Err(error);
        }
        if chunk.is_empty() || sender.refusal.is_some() {
            break Ok(());
        }
        sender.send(&chunk, add, project)?;
    };
    sender.settle(0)?;
    let outcome = outcome.and(sender.refusal.map_or(Ok(()), |refusal| Err(refusal.into())));
    match outcome {
        Ok(()) => Ok(sender.added),
        Err(error) => Err(with_count(error, sender.added)),
    }
}

fn with_count(error: anyhow::Error, added: u64) -> anyhow::Error {
    if added == 0 {
        return error;
    }
    let text = format!("{error} ({} before it were added)", counted(added, "voxel"));
    if error.is::<Located>() { Located(text).into() } else { anyhow::Error::msg(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake;

    fn add() -> AddVoxels {
        AddVoxels { points: Vec::new(), color: None, layer: None, file: None }
    }

    fn read(text: &str) -> Result<Vec<[i32; 3]>> {
        let mut lines = Lines::new("f", text.as_bytes());
        let mut source = Source { lines: &mut lines, begun: false };
        let mut chunk = Vec::new();
        source.fill(&mut chunk)?;
        Ok(chunk.iter().map(|point| point.pos.to_array()).collect())
    }

    #[test]
    fn files_of_points() {
        let text =
            "# a comment\n\nx,y,z,r,g,b,a\n1,2,3,4,5,6,7\n -1 2 3 ff8800\n  # more\n4\t5\t6\n";
        assert_eq!(read(text).unwrap(), [[1, 2, 3], [-1, 2, 3], [4, 5, 6]]);
        assert_eq!(read("X Y Z\n1 2 3").unwrap(), [[1, 2, 3]]);
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn bad_points_are_placed() {
        let check = |text, expected| assert_eq!(read(text).unwrap_err().to_string(), expected);
        check("1,2,3\n1,2,q\n", "f:2:5: `q` is not a coordinate (an integer)");
        check("1,2,3\nx,y,z\n", "f:2:1: `x` is not a coordinate (an integer)");
        check("# c\n1 2\n", "f:2:1: a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 2");
    }

    #[test]
    fn long_files_go_in_several_requests() {
        let (mut client, daemon) = fake::daemon(|_, method, params| {
            assert_eq!(method, "goxel.add_voxels");
            let points = params.get("voxels").unwrap().elements().count();
            assert!(points <= CHUNK_POINTS);
            Ok(format!("{{\"added\": {points}}}"))
        });
        let text = "1,2,3\n".repeat(2 * CHUNK_POINTS + 1);
        let mut lines = Lines::new("f", text.as_bytes());
        let added = stream(&mut lines, &add(), None, &mut client).unwrap();
        assert_eq!(added, 2 * CHUNK_POINTS as u64 + 1);
        drop(client);
        assert_eq!(daemon.join().unwrap(), 3);
    }

    #[test]
    fn errors_say_what_was_done() {
        let (mut client, _) = fake::daemon(|_, _, _| Ok("{\"added\": 50000}".into()));
        let text = "1,2,3\n".repeat(CHUNK_POINTS) + "1,2\n";
        let error = stream(&mut Lines::new("f", text.as_bytes()), &add(), None, &mut client);
        assert_eq!(
            error.unwrap_err().to_string(),
            "f:50001:1: a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 2 \
             (50,000 voxels before it were added)"
        );
    }
}
