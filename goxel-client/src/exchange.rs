//! Requests whose replies are all wanted before anything else is done.

use std::ops::Range;

use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::requests::Requests;

/// Requests that are sent before their replies are read: all of these replies, at some 200 bytes,
/// fit what a socket holds, so that neither side waits for the other for ever.
const WINDOW_REQUESTS: u64 = 128;

impl Client {
    /// Sends requests and reads all their results, however many there are.
    ///
    /// # Errors
    /// Where the daemon refuses one, or the connection breaks.
    pub fn call_all(&mut self, requests: &Requests) -> Result<Vec<Vec<u8>>, Error> {
        let mut results = Vec::new();
        for (lines, count) in windows(requests.bytes()) {
            self.send_lines(&requests.bytes()[lines], count)?;
            results.extend(self.receive(count)??);
        }
        Ok(results)
    }

    /// Reads so many replies. All of them are read, even where one is a refusal; then the first
    /// refusal is the outcome.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn receive(&mut self, count: u64) -> Result<Result<Vec<Vec<u8>>, Refusal>, Error> {
        let mut outcome = Ok(Vec::new());
        for _ in 0..count {
            let reply = self.reply()?.map(|result| result.raw().to_vec());
            outcome = outcome.and_then(|mut results| {
                results.push(reply?);
                Ok(results)
            });
        }
        Ok(outcome)
    }
}

/// Stretches of up to [`WINDOW_REQUESTS`] lines, and how many lines each has.
fn windows(bytes: &[u8]) -> Vec<(Range<usize>, u64)> {
    let mut windows: Vec<(Range<usize>, u64)> = Vec::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match windows.last_mut() {
            Some((range, count)) if *count < WINDOW_REQUESTS => {
                range.end += line.len();
                *count += 1;
            }
            last => {
                let start = last.map_or(0, |(range, _)| range.end);
                windows.push((start..start + line.len(), 1));
            }
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use goxel_proto::Method;

    #[test]
    fn many_requests_go_in_windows() {
        let sizes = |lines: usize| -> Vec<u64> {
            let bytes = b"x\n".repeat(lines);
            let windows = windows(&bytes);
            let all: Vec<u8> =
                windows.iter().flat_map(|(at, _)| bytes[at.clone()].to_vec()).collect();
            assert_eq!(all, bytes);
            windows.into_iter().map(|(_, count)| count).collect()
        };
        assert_eq!(sizes(0), []);
        assert_eq!(sizes(128), [128]);
        assert_eq!(sizes(257), [128, 128, 1]);
    }

    #[test]
    fn all_results_or_the_first_refusal() {
        let (mut client, _) = testing::daemon(|seen, _, _| match seen {
            301 => Err("first"),
            302 => Err("second"),
            _ => Ok(seen.to_string()),
        });
        let mut requests = Requests::new(client.next_id(), None);
        (0..300).for_each(|_| requests.call(Method::Undo, |_| ()));
        let results = client.call_all(&requests).unwrap();
        assert_eq!((results.len(), results[299].as_slice()), (300, &b"300"[..]));
        requests.clear(client.next_id());
        (0..3).for_each(|_| requests.call(Method::Undo, |_| ()));
        let error = client.call_all(&requests).unwrap_err();
        assert_eq!(error.to_string(), "first (error -1004)");
        // The replies behind it are read too, so that the next call gets its own.
        assert_eq!(client.call(Method::Ping, None, |_| ()).unwrap().raw(), b"304");
    }
}
