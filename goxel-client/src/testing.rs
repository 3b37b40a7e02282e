//! A daemon for tests: a thread at the other end of a pair of sockets.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test that uses it")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use goxel_proto::json::Value;

use crate::client::Client;

/// A client of a daemon that answers the requests, counted from 1, as `answer` says: with a
/// result, or with a message, before which a code and a bar may stand. An empty message closes the
/// connection. The thread gives the number of requests that it saw.
///
/// # Panics
/// Where no sockets can be had; the thread, where a request is none.
pub fn daemon(
    mut answer: impl FnMut(u64, &str, Value<'_>) -> Result<String, &'static str> + Send + 'static,
) -> (Client, JoinHandle<u64>) {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let thread = thread::spawn(move || {
        let reader = BufReader::new(theirs.try_clone().unwrap());
        let mut seen = 0;
        for line in reader.lines().map_while(Result::ok) {
            seen += 1;
            let request = Value::parse(line.as_bytes()).unwrap();
            let method = request.get("method").unwrap().as_str().unwrap().decode();
            let id = String::from_utf8_lossy(request.get("id").unwrap().raw());
            let body = match answer(seen, &method, request.get("params").unwrap()) {
                Ok(result) => format!("\"result\": {result}"),
                Err("") => break,
                Err(what) => {
                    let (code, what) = what.split_once('|').unwrap_or(("-1004", what));
                    format!("\"error\": {{\"code\": {code}, \"message\": \"{what}\"}}")
                }
            };
            let reply = format!("{{\"jsonrpc\": \"2.0\", {body}, \"id\": {id}}}\n");
            if theirs.write_all(reply.as_bytes()).is_err() {
                break;
            }
        }
        seen
    });
    (Client::new(ours), thread)
}
