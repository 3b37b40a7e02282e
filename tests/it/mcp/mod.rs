//! Language models: `goxel-mcp` from the outside, against real daemons.

mod clients;
mod http;
mod jobs;
mod stdio;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use crate::world::{World, programs};

/// The program, on a world's socket, with a workspace in its directory.
fn command(world: &World) -> Command {
    let workspace = world.path("workspace");
    std::fs::create_dir_all(&workspace).unwrap();
    let mut command = Command::new(programs().join("goxel-mcp"));
    command.arg("--socket").arg(world.socket()).arg("--workspace").arg(workspace);
    // A daemon that it starts keeps its projects here.
    command.env("XDG_STATE_HOME", world.path("state")).current_dir(world.path("."));
    command
}

/// A model's program, over standard input and output, which says what a test has it say.
pub(super) struct Model {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
    next_id: i64,
}

impl Model {
    fn new(world: &World, flags: &[&str]) -> Self {
        let mut command = command(world);
        command.args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        Self { child, stdin, stdout, next_id: 1 }
    }

    /// One that has shaken hands.
    fn shaken(world: &World, flags: &[&str]) -> Self {
        let mut client = Self::new(world, flags);
        client.shake("2025-11-25");
        client
    }

    fn shake(&mut self, version: &str) -> Value {
        let hello = json!({
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        let answer = self.call("initialize", &hello).unwrap();
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        answer
    }

    fn send(&mut self, message: &Value) {
        self.send_line(&message.to_string());
    }

    fn send_line(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next message.
    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Asks, and gives the id of what is asked.
    fn ask(&mut self, method: &str, params: &Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The answer to what was asked; what is told meanwhile is passed over.
    fn answer(&mut self, id: i64) -> Result<Value, Value> {
        loop {
            let mut message = self.read();
            if message["id"] == id {
                return match message["error"].take() {
                    Value::Null => Ok(message["result"].take()),
                    error => Err(error),
                };
            }
            assert!(message.get("id").is_none(), "another answer: {message}");
        }
    }

    fn call(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// A tool's result.
    fn tool(&mut self, name: &str, arguments: &Value) -> Value {
        self.call("tools/call", &json!({"name": name, "arguments": arguments})).unwrap()
    }

    /// What a tool gives, which does not refuse.
    fn done(&mut self, name: &str, arguments: &Value) -> Value {
        let mut result = self.tool(name, arguments);
        assert_ne!(result["isError"], true, "{name} {arguments}: {result}");
        result["structuredContent"].take()
    }

    /// Why a tool refuses.
    fn refused(&mut self, name: &str, arguments: &Value) -> String {
        let result = self.tool(name, arguments);
        assert_eq!(result["isError"], true, "{name} {arguments}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// A new project's id.
    fn project(&mut self, name: &str) -> String {
        let opened = self.done("open_project", &json!({"name": name}));
        opened["project_id"].as_str().unwrap().to_owned()
    }

    /// Says no more, and gives what is still answered and how it ends.
    fn end(mut self) -> (String, ExitStatus) {
        drop(self.stdin.take());
        let mut rest = String::new();
        self.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap())
    }
}

impl Model {
    /// Closes both ends, as a client that is killed does, and gives how the server ends.
    fn leave(mut self) -> ExitStatus {
        drop((self.stdin.take(), self.stdout.take()));
        self.child.wait().unwrap()
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a request of the revision without sessions says of its client.
fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}
