//! A place of its own for each test: a directory, a socket, and a daemon that ends with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Where the programs are. They are built first: cargo builds no other package's binaries for a
/// test, and a test of yesterday's would prove nothing.
pub(crate) fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        // As `cargo test --workspace` builds them: what a package is built with depends on who is built
        // along, and all of them would be compiled once more for these programs alone.
        build.args(["build", "--quiet", "--locked", "--workspace", "--bins", "--test", "it"]);
        let status = build.current_dir(root()).status().unwrap();
        assert!(status.success(), "the programs could not be built");
        // target/debug/deps/it-xxxx -> target/debug
        let test = std::env::current_exe().unwrap();
        test.parent().and_then(Path::parent).unwrap().to_owned()
    })
}

pub(crate) fn daemon() -> Command {
    Command::new(programs().join("goxel-daemon"))
}

/// Whether tests may play other users.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A daemon on a socket of its own, and a directory for files.
pub(crate) struct World {
    dir: tempfile::TempDir,
    child: Option<Child>,
}

impl World {
    /// With a daemon that is ready.
    pub(crate) fn new() -> Self {
        let mut world = Self::empty();
        world.start();
        world
    }

    /// Without a daemon.
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), child: None }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path("goxel.sock")
    }

    /// With a daemon that keeps its pictures here.
    pub(crate) fn with_renders() -> Self {
        Self::with_renders_for("3600")
    }

    /// The same, for so many seconds.
    pub(crate) fn with_renders_for(seconds: &str) -> Self {
        let mut world = Self::empty();
        let mut command = daemon();
        command.env("GOXEL_RENDER_DIR", world.path("renders")).env("GOXEL_RENDER_TTL", seconds);
        world.spawn(command);
        world
    }

    /// With a daemon that works in the world's directory and keeps its pictures there.
    pub(crate) fn in_its_directory() -> Self {
        let mut world = Self::empty();
        let mut command = daemon();
        command.env("GOXEL_RENDER_DIR", world.path("renders")).current_dir(world.dir.path());
        world.spawn(command);
        world
    }

    /// With a daemon whose log goes to a file.
    pub(crate) fn start_logged(&mut self) {
        let mut command = daemon();
        command.stderr(std::fs::File::create(self.path("log")).unwrap());
        self.spawn(command);
    }

    /// What a daemon that was started so has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    pub(crate) fn start(&mut self) {
        self.spawn(daemon());
    }

    /// With flags, in the world's directory.
    pub(crate) fn start_with(&mut self, flags: &[&str]) {
        let mut command = daemon();
        command.args(flags).current_dir(self.dir.path());
        self.spawn(command);
    }

    pub(crate) fn spawn(&mut self, mut command: Command) {
        let mut child = command
            .args(["--foreground", "--socket"])
            .arg(self.socket())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), format!("listening on {}", self.socket().display()));
        self.child = Some(child);
    }

    /// Runs the daemon's program on this world's socket and in its directory, until it ends.
    pub(crate) fn daemon(&self, flags: &[&str]) -> Output {
        let mut command = daemon();
        command.arg("--socket").arg(self.socket()).args(flags).current_dir(self.dir.path());
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Sends a signal to the daemon.
    pub(crate) fn signal(&mut self, name: &str) {
        let pid = self.child().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// The daemon's process, to wait for.
    pub(crate) fn child(&mut self) -> &mut Child {
        self.child.as_mut().unwrap()
    }

    pub(crate) fn connect(&self) -> Client {
        Client::of(UnixStream::connect(self.socket()).unwrap())
    }

    /// The command line, on this world's socket and in its directory.
    pub(crate) fn cli(&self, args: &[&str]) -> Output {
        self.cli_fed(args, "")
    }

    /// The same with something on its standard input.
    pub(crate) fn cli_fed(&self, args: &[&str], input: &str) -> Output {
        let mut child = Command::new(programs().join("goxel-cli"))
            .arg("--socket")
            .arg(self.socket())
            .args(args)
            .current_dir(self.dir.path())
            // A daemon that it starts keeps its projects here.
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may end without having read all of it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What the command line prints, where it succeeds.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let output = self.cli(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Its exit code and what it complains of.
    pub(crate) fn fail(&self, args: &[&str]) -> (i32, String) {
        let output = self.cli(args);
        assert!(output.stdout.is_empty(), "{args:?}: results and an error at once");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // One that the command line started is not our child: it is asked.
        if let Ok(mut stream) = UnixStream::connect(self.socket()) {
            let stop = "{\"jsonrpc\":\"2.0\",\"method\":\"goxel.shutdown\",\"id\":1}\n";
            let _ = stream.write_all(stop.as_bytes());
            // A daemon that does not take it closes all the same.
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Asks until it holds. Each asking is a whole exchange with a program, which goes on meanwhile.
/// How many it takes is the machine's business: a test that asks in vain does not end, and the
/// runner names it.
pub(crate) fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {}
}

/// A connection.
pub(crate) struct Client {
    stream: UnixStream,
    reader: BufReader<UnixStream>,
}

impl Client {
    /// By any socket.
    pub(crate) fn of(stream: UnixStream) -> Self {
        Self { reader: BufReader::new(stream.try_clone().unwrap()), stream }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// The next line, without its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the daemon is gone: {line}");
        line.pop();
        line
    }

    /// As [`Self::send`], to a daemon that may be gone.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// As [`Self::line`], of a daemon that may be gone.
    pub(crate) fn try_line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.reader.read_line(&mut line).ok()?;
        line.ends_with('\n').then_some(line)
    }

    pub(crate) fn reply(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The reply to a call: `result` or `error`.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        let request =
            serde_json::json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 7});
        self.send(format!("{request}\n").as_bytes());
        let mut reply = self.reply();
        assert_eq!(reply["id"], 7);
        match reply["error"].take() {
            Value::Null => Ok(reply["result"].take()),
            error => Err(error),
        }
    }
}
