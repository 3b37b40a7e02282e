//! `goxel-cli daemon`: starting, stopping and looking for the daemon.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use crate::args::Daemon;
use crate::client::Client;
use crate::commands::Outbox;
use crate::output::Output;
use crate::{session, spawn};

/// Does what is asked. False where the daemon was looked for and is not running.
///
/// # Errors
/// Where the daemon does not do it.
pub(crate) fn run<W: Write>(
    action: Daemon,
    socket: &Path,
    json: bool,
    output: &mut Output<W>,
) -> Result<bool> {
    let running = spawn::connect(socket)?;
    let report = match (action, running) {
        (Daemon::Start, Some(_)) => Report::new(true, "already running on"),
        (Daemon::Start, None) => {
            spawn::start(socket, &spawn::find_daemon()).context("cannot start goxel-daemon")?;
            Report::new(true, "started goxel-daemon on")
        }
        (Daemon::Stop, Some(client)) => {
            stop(client)?;
            Report::new(false, "stopped the daemon on")
        }
        (Daemon::Stop | Daemon::Status, None) => Report::new(false, "no daemon at"),
        (Daemon::Status, Some(mut client)) => {
            let version = ask(&mut client, Method::Version)?;
            Report { version: version_of(&version), ..Report::new(true, "running on") }
        }
    };
    output.line(&if json { report.json(socket) } else { report.text(socket) })?;
    Ok(!matches!(action, Daemon::Status) || report.running)
}

/// What came of it.
struct Report {
    running: bool,
    what: &'static str,
    version: Option<String>,
}

impl Report {
    fn new(running: bool, what: &'static str) -> Self {
        Self { running, what, version: None }
    }

    fn text(&self, socket: &Path) -> String {
        let version = self.version.as_ref().map(|version| format!(" (version {version})"));
        format!("{} {}{}", self.what, socket.display(), version.unwrap_or_default())
    }

    fn json(&self, socket: &Path) -> String {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|writer| {
            writer.member("running", self.running);
            writer.member("socket", socket.to_string_lossy().as_ref());
            if let Some(version) = &self.version {
                writer.member("version", version);
            }
        });
        String::from_utf8_lossy(&out).into_owned()
    }
}

fn ask(client: &mut Client, method: Method) -> Result<Vec<u8>> {
    let mut out = Outbox::new(client.next_id(), None);
    out.call(method, |_| ());
    client.send(&out.bytes, out.count)?;
    Ok(session::receive(client, out.count)??.pop().unwrap_or_default())
}

fn version_of(result: &[u8]) -> Option<String> {
    let version = Value::parse(result).ok()?.get("version")?.as_str()?;
    Some(version.decode().into_owned())
}

/// The daemon closes its connections last, so the end of this one says that it is through.
fn stop(mut client: Client) -> Result<()> {
    ask(&mut client, Method::Shutdown)?;
    client.wait_for_close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake;
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::net::UnixStream;
    use std::thread;

    #[test]
    fn stopping_waits_for_the_end() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let reply = b"{\"jsonrpc\": \"2.0\", \"result\": {\"success\": true}, \"id\": 1}\n";
        theirs.write_all(reply).unwrap();
        let daemon = thread::spawn(move || {
            let mut request = String::new();
            BufReader::new(theirs).read_line(&mut request).unwrap();
            request
        });
        stop(Client::new(ours)).unwrap();
        assert!(daemon.join().unwrap().contains("goxel.shutdown"));
    }

    #[test]
    fn a_daemon_that_ends_without_an_answer() {
        let (client, _) = fake::daemon(|_, _, _| Err(""));
        assert!(stop(client).is_err());
    }

    #[test]
    fn no_daemon() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("s");
        for (action, expected) in [(Daemon::Stop, true), (Daemon::Status, false)] {
            let mut bytes = Vec::new();
            let good = run(action, &socket, false, &mut Output::new(&mut bytes)).unwrap();
            assert_eq!(good, expected);
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text, format!("no daemon at {}\n", socket.display()));
        }
    }

    #[test]
    fn reports() {
        let report = Report { version: Some("15".into()), ..Report::new(true, "running on") };
        assert_eq!(report.text(Path::new("/s")), "running on /s (version 15)");
        assert_eq!(
            report.json(Path::new("/s")),
            r#"{ "running": true, "socket": "/s", "version": "15" }"#
        );
    }
}
