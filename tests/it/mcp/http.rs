//! Over HTTP: who is let in, and what is said.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{command, meta};
use crate::world::World;

/// A server over HTTP.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    pub(super) token: String,
}

impl Server {
    pub(super) fn new(world: &World) -> Self {
        let mut command: Command = command(world);
        command.args(["--http", "127.0.0.1:0"]).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said =
            |what: &str| lines.find_map(|line| line.strip_prefix(what).map(str::to_owned)).unwrap();
        let token = said("goxel-mcp: token ");
        let url = said("goxel-mcp: listening on http://");
        let address = url.strip_suffix("/mcp").unwrap().to_owned();
        Self { child, address, token }
    }

    /// Posts a message with these headers besides the usual ones; gives the status and the body.
    fn post(&self, headers: &[(&str, &str)], message: &Value) -> (u16, String) {
        let body = message.to_string();
        let mut head = format!(
            "POST /mcp HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n",
            body.len()
        );
        let usual = [
            ("Host", self.address.as_str()),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        let others =
            usual.iter().filter(|(name, _)| headers.iter().all(|(other, _)| other != name));
        for (name, value) in others.chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        self.exchange(&format!("{head}\r\n{body}"))
    }

    fn exchange(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // It may have been answered before all of it was read.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("no status: {answer:?}")), answer)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn list_tools() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta()}})
}

const NEWER: [(&str, &str); 2] =
    [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")];

#[test]
fn who_shows_no_token_or_comes_from_elsewhere_is_not_let_in() {
    let world = World::new();
    let server = Server::new(&world);
    let bearer = server.bearer();
    let shown = ("Authorization", bearer.as_str());
    let with = |more: &[(&'static str, &'static str)]| {
        let mut headers = vec![shown];
        headers.extend(NEWER);
        headers.extend(more);
        server.post(&headers, &list_tools())
    };
    let (status, answer) = with(&[]);
    assert!(status == 200 && answer.contains("list_projects"), "{answer}");
    assert_eq!(with(&[("Origin", "http://localhost:3000")]).0, 200);
    for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example"] {
        assert_eq!(with(&[("Origin", origin)]).0, 403, "{origin}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example:80"] {
        assert_eq!(with(&[("Host", host)]).0, 403, "{host}");
    }
    let (status, answer) = server.post(&NEWER, &list_tools());
    assert!(status == 401 && answer.contains("Authorization: Bearer"), "{answer}");
    assert!(answer.to_lowercase().contains("www-authenticate: bearer"), "{answer}");
    let mut wrong = NEWER.to_vec();
    wrong.push(("Authorization", "Bearer 0123456789"));
    assert_eq!(server.post(&wrong, &list_tools()).0, 401);
}

#[test]
fn requests_that_are_none_are_refused() {
    let world = World::new();
    let server = Server::new(&world);
    let head = format!(
        "Host: {}\r\nAuthorization: {}\r\nConnection: close\r\n",
        server.address,
        server.bearer()
    );
    assert_eq!(server.exchange(&format!("GET /other HTTP/1.1\r\n{head}\r\n")).0, 404);
    assert_eq!(server.exchange(&format!("PUT /mcp HTTP/1.1\r\n{head}\r\n")).0, 405);
    assert_eq!(server.exchange("hello\r\n\r\n").0, 400);
    let long = format!("POST /mcp HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n", 33 << 20);
    let (status, answer) = server.exchange(&(long + &" ".repeat(33 << 20)));
    assert!(status == 413 && answer.contains("several calls"), "{status}");
    let bearer = server.bearer();
    let headers = [("Authorization", bearer.as_str()), NEWER[0], NEWER[1]];
    let (status, _) = server.post(&headers, &json!({"jsonrpc": "2.0"}));
    assert!((400..500).contains(&status), "{status}");
    assert_eq!(server.post(&headers, &list_tools()).0, 200, "it lives");
}

#[test]
fn a_client_of_an_older_revision_has_a_session() {
    let world = World::new();
    let server = Server::new(&world);
    let bearer = server.bearer();
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }});
    let (status, answer) = server.post(&[("Authorization", &bearer)], &hello);
    assert_eq!(status, 200, "{answer}");
    let session = answer.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("mcp-session-id").then(|| value.trim().to_owned())
    });
    let session = session.unwrap();
    let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}});
    let headers = |session| {
        [
            ("Authorization", bearer.as_str()),
            ("Mcp-Session-Id", session),
            ("MCP-Protocol-Version", "2025-11-25"),
        ]
    };
    let (status, answer) = server.post(&headers(&session), &list);
    assert!(status == 200 && answer.contains("list_projects"), "{answer}");
    assert_eq!(server.post(&headers("another"), &list).0, 404);
}

#[test]
fn others_are_let_in_only_where_that_is_said() {
    let world = World::new();
    for (flags, says) in [
        (&["--http", "0.0.0.0:0"][..], "--allow-remote"),
        (&["--http", "0.0.0.0:0", "--allow-remote"], "--allow-host"),
        (&["--http", "127.0.0.1:0", "--token-file", "none"], "cannot open none"),
    ] {
        let output = command(&world).args(flags).stdin(Stdio::null()).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && words.contains(says), "{flags:?}: {words}");
        assert!(output.stdout.is_empty());
    }
}
