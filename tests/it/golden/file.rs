//! The files: see the module above for what they look like.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

/// Exchanges with one daemon.
pub(super) struct Session {
    pub(super) title: String,
    pub(super) exchanges: Vec<Exchange>,
}

pub(super) struct Exchange {
    pub(super) note: Option<String>,
    pub(super) request: Request,
    pub(super) recorded: String,
    pub(super) reason: Option<String>,
    pub(super) ours: Option<String>,
    pub(super) other: Option<String>,
}

pub(super) enum Request {
    /// One line, sent on the session's connection.
    Line(String),
    /// Bytes on a connection of their own, which is closed behind them.
    Bytes(String),
}

impl Request {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Line(text) | Self::Bytes(text) => text,
        }
    }

    /// The request, where it is a line that can be read.
    pub(super) fn value(&self) -> Option<Value> {
        match self {
            Self::Line(text) => serde_json::from_str(text).ok(),
            Self::Bytes(_) => None,
        }
    }
}

pub(super) fn read(path: &Path) -> Vec<Session> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut sessions: Vec<Session> = Vec::new();
    let mut note = None;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (mark, rest) = line.split_once(' ').unwrap();
        let rest = rest.to_owned();
        if mark == "==" {
            sessions.push(Session { title: rest, exchanges: Vec::new() });
            continue;
        }
        let session = sessions.last_mut().unwrap();
        let mut begin = |request| {
            session.exchanges.push(Exchange {
                note: note.take(),
                request,
                recorded: String::new(),
                reason: None,
                ours: None,
                other: None,
            });
        };
        match mark {
            "--" => note = Some(rest),
            ">" => begin(Request::Line(rest)),
            ">>" => begin(Request::Bytes(serde_json::from_str(&rest).unwrap())),
            _ => {
                let exchange = session.exchanges.last_mut().unwrap();
                match mark {
                    "C" => exchange.recorded = rest,
                    "!" => exchange.reason = Some(rest),
                    "<" => add_line(&mut exchange.ours, &rest),
                    "*" => add_line(&mut exchange.other, &rest),
                    _ => panic!("{}: {line}", path.display()),
                }
            }
        }
    }
    sessions
}

/// Several replies stand in a line each.
fn add_line(reply: &mut Option<String>, line: &str) {
    match reply {
        Some(text) => text.extend(["\n", line]),
        None => *reply = Some(line.to_owned()),
    }
}

pub(super) fn write(path: &Path, sessions: &[Session]) {
    let mut text = String::new();
    for (index, session) in sessions.iter().enumerate() {
        let gap = if index == 0 { "" } else { "\n" };
        writeln!(text, "{gap}== {}", session.title).unwrap();
        for exchange in &session.exchanges {
            let mut line = |mark: &str, rest: Option<&String>| {
                for line in rest.iter().flat_map(|rest| rest.lines()) {
                    writeln!(text, "{mark} {line}").unwrap();
                }
            };
            line("--", exchange.note.as_ref());
            match &exchange.request {
                Request::Line(request) => line(">", Some(request)),
                Request::Bytes(request) => {
                    line(">>", Some(&Value::from(request.as_str()).to_string()));
                }
            }
            line("C", Some(&exchange.recorded));
            line("!", exchange.reason.as_ref());
            line("<", exchange.ours.as_ref());
            line("*", exchange.other.as_ref());
        }
    }
    std::fs::write(path, text).unwrap();
}
