//! The official clients, from their packages: each lists, calls every tool, reads every resource, over
//! both transports and in both revisions where it knows them. The scripts are in `goxel-mcp/clients`.
//!
//! Packages go into a folder of the target directory, once. Where Python, Node or the packages are not
//! to be had, that is said, and nothing is tried.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::http::Server;
use crate::world::{World, programs, root};

#[test]
fn the_python_client() {
    match python() {
        Ok(python) => run(|| {
            let mut command = Command::new(&python);
            command.arg(scripts().join("client.py"));
            command
        }),
        Err(why) => println!("skipped: the Python client: {why}"),
    }
}

#[test]
fn the_typescript_clients_and_the_inspector() {
    let packages = match packages() {
        Ok(packages) => packages,
        Err(why) => return println!("skipped: the TypeScript clients: {why}"),
    };
    // It finds its packages beside itself.
    fs::copy(scripts().join("client.mjs"), packages.join("client.mjs")).unwrap();
    run(|| {
        let mut command = Command::new("node");
        command.arg(packages.join("client.mjs"));
        command
    });
    inspector(&packages.join("node_modules/.bin/mcp-inspector"));
}

/// Runs a script over both transports.
fn run(script: impl Fn() -> Command) {
    let world = World::new();
    let calls = scripts().join("calls.json");
    let mut stdio = script();
    stdio.arg("stdio").arg(&calls).arg(programs().join("goxel-mcp"));
    stdio.arg("--socket").arg(world.socket()).arg("--workspace").arg(workspace(&world));
    succeed(stdio);
    let server = Server::new(&world);
    let mut http = script();
    http.arg("http").arg(&calls).arg(format!("http://{}/mcp", server.address)).arg(&server.token);
    succeed(http);
}

fn inspector(program: &Path) {
    let world = World::new();
    let script = scripts().join("inspector.sh");
    let mut stdio = Command::new("sh");
    stdio.arg(&script).arg(program).arg("stdio").arg(programs().join("goxel-mcp"));
    // What it starts is told by the environment: it takes no flags of another program.
    stdio.env("GOXEL_SOCKET", world.socket()).env("GOXEL_WORKSPACE", workspace(&world));
    succeed(stdio);
    let server = Server::new(&world);
    let mut http = Command::new("sh");
    http.arg(&script).arg(program).arg("http");
    http.arg(format!("http://{}/mcp", server.address)).arg(&server.token);
    succeed(http);
}

fn workspace(world: &World) -> PathBuf {
    let workspace = world.path("workspace");
    fs::create_dir_all(&workspace).unwrap();
    workspace
}

/// Runs to a good end, and shows what was said.
fn succeed(mut command: Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    print!("{}", said(&output.stdout));
    assert!(output.status.success(), "{}\n{}", said(&output.stdout), said(&output.stderr));
}

fn scripts() -> PathBuf {
    root().join("goxel-mcp/clients")
}

/// A Python with the packages.
fn python() -> Result<PathBuf, String> {
    let place = place("python");
    let wanted = fs::read_to_string(scripts().join("requirements.txt")).unwrap();
    installed(&place, &wanted, || {
        quietly(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        let mut pip = Command::new(place.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "-r"]);
        quietly(pip.arg(scripts().join("requirements.txt")))
    })?;
    Ok(place.join("bin/python"))
}

/// A folder with the packages of Node.
fn packages() -> Result<PathBuf, String> {
    let place = place("node");
    let lock = fs::read_to_string(scripts().join("package-lock.json")).unwrap();
    installed(&place, &lock, || {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(scripts().join(file), place.join(file)).map_err(|error| error.to_string())?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        quietly(npm.current_dir(&place))
    })?;
    Ok(place)
}

fn place(name: &str) -> PathBuf {
    // target/debug -> target
    programs().parent().unwrap().join("mcp-clients").join(name)
}

/// Has packages installed, unless they are there as they are wanted.
fn installed(
    place: &Path,
    wanted: &str,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let stamp = place.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    fs::create_dir_all(place).map_err(|error| error.to_string())?;
    install()?;
    fs::write(stamp, wanted).map_err(|error| error.to_string())
}

fn quietly(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().last().unwrap_or_default();
    if output.status.success() { Ok(()) } else { Err(format!("{program}: {last}")) }
}
