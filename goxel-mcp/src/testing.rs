//! A daemon for tests, on a socket of its own: it answers each method as a test says.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;

use goxel_client::Daemon;
use serde_json::{Value, json};

use crate::pool::Confinement;

/// What it does with a call.
pub(crate) enum Answer {
    Result(Value),
    /// A code and words.
    Refusal(i64, &'static str),
    /// The connection ends.
    Gone,
}

/// A daemon that answers.
pub(crate) struct FakeDaemon {
    pub(crate) dir: tempfile::TempDir,
    /// What it was asked, in order: `method params`.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl FakeDaemon {
    /// Confining succeeds; everything else is as `answer` says.
    pub(crate) fn new(answer: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("s")).unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (answer, heard) = (Arc::new(answer), Arc::clone(&asked));
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, heard) = (Arc::clone(&answer), Arc::clone(&heard));
                thread::spawn(move || serve(&stream, &*answer, &heard));
            }
        });
        Self { dir, asked }
    }

    pub(crate) fn daemon(&self) -> Daemon {
        Daemon::new(self.dir.path().join("s"), "no-program".into())
    }

    pub(crate) fn confinement(&self) -> Confinement {
        Confinement { workspace: self.dir.path().to_path_buf(), read_only: false }
    }

    /// How many calls of this method there were.
    pub(crate) fn count(&self, method: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|line| line.split(' ').next() == Some(method)).count()
    }
}

fn serve(stream: &UnixStream, answer: &dyn Fn(&str, &Value) -> Answer, heard: &Mutex<Vec<String>>) {
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let request: Value = serde_json::from_str(&line).unwrap();
        let (method, params) = (request["method"].as_str().unwrap(), &request["params"]);
        heard.lock().unwrap().push(format!("{method} {params}"));
        let answer = match method {
            "goxel.confine" => Answer::Result(json!({"success": true})),
            other => answer(other, params),
        };
        let body = match answer {
            Answer::Result(result) => {
                json!({"jsonrpc": "2.0", "result": result, "id": request["id"]})
            }
            Answer::Refusal(code, message) => {
                let error = json!({"code": code, "message": message});
                json!({"jsonrpc": "2.0", "error": error, "id": request["id"]})
            }
            Answer::Gone => return,
        };
        let mut stream = stream;
        if stream.write_all(format!("{body}\n").as_bytes()).is_err() {
            return;
        }
    }
}
