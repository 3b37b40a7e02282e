//! Who may do what: roots, read-only daemons, further sockets, and files that others have prepared.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown, symlink};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::world::{Client, World, daemon, is_root, programs};

const NOBODY: u32 = 65534;

/// Whether a test that plays another user can be made.
fn plays_others(test: &str) -> bool {
    let root = is_root();
    if !root {
        let _ = writeln!(std::io::stderr(), "skipped: {test}: only root plays another user");
    }
    root
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn code(reply: &Result<Value, Value>) -> i64 {
    reply.as_ref().map_or_else(|error| error["code"].as_i64().unwrap(), |_| 0)
}

fn save(client: &mut Client, path: &Path) -> Result<Value, Value> {
    client.call("goxel.save_project", &json!([path.to_str().unwrap()]))
}

/// Starts a daemon that must not start, and gives what it says. It has to end by itself.
fn refused(world: &World, flags: &[&str]) -> String {
    let output = world.daemon(flags);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{flags:?}: {said}");
    assert!(!world.socket().exists(), "{flags:?}");
    said
}

#[test]
fn paths_stay_beneath_the_root() {
    let mut world = World::empty();
    for name in ["in", "out"] {
        fs::create_dir(world.path(name)).unwrap();
    }
    symlink("../out", world.path("in/away")).unwrap();
    world.start_with(&["--root", "in"]);
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p", 8, 8, 8])).unwrap();
    assert_eq!(code(&save(&mut client, &world.path("in/a.gox"))), 0);
    // Where nothing else is said, relative paths begin in the first root.
    assert_eq!(code(&save(&mut client, Path::new("b.gox"))), 0);
    assert!(world.path("in/b.gox").exists());
    for path in ["out/a.gox", "in/../out/a.gox", "in/away/a.gox"] {
        assert_eq!(code(&save(&mut client, &world.path(path))), -1034, "{path}");
        let load = client.call("goxel.load_project", &json!([world.path(path).to_str().unwrap()]));
        assert_eq!(code(&load), -1034, "{path}");
    }
    for path in ["../out/a.gox", "/proc/self/root/etc/passwd", "/proc/self/cwd/a.gox"] {
        assert_eq!(code(&client.call("goxel.load_project", &json!([path]))), -1034, "{path}");
    }
    assert_eq!(fs::read_dir(world.path("out")).unwrap().count(), 0);
    // The command line is told like anybody.
    let (status, said) = world.fail(&["open", "/etc/hostname"]);
    assert_eq!(status, 1);
    assert!(said.contains("outside of the directories that this connection may use"), "{said}");
}

#[test]
fn a_read_only_daemon_changes_nothing() {
    let mut world = World::new();
    world.run(&["new", "p"]);
    world.run(&["save", "p.gox"]);
    world.signal("TERM");
    world.child().wait().unwrap();
    world.start_with(&["--read-only"]);
    world.run(&["open", "p.gox"]);
    let mut client = world.connect();
    assert_eq!(code(&client.call("goxel.add_voxel", &json!([1, 2, 3, 255, 0, 0, 255]))), -1033);
    assert_eq!(code(&save(&mut client, &world.path("q.gox"))), -1033);
    assert!(!world.path("q.gox").exists());
    assert_eq!(code(&client.call("goxel.get_voxel", &json!([1, 2, 3]))), 0);
    assert_eq!(code(&client.call("goxel.close_project", &json!(["p"]))), 0);
}

#[test]
fn a_further_socket_has_rights_of_its_own() {
    for io in ["mio", "uring"] {
        let mut world = World::empty();
        fs::write(
            world.path("c.toml"),
            "[[listen]]\npath = 'look.sock'\nmode = '0666'\nread_only = true\n\
             [[listen]]\npath = 'ping.sock'\nallow = ['ping', 'goxel.list_*']\n",
        )
        .unwrap();
        world.start_with(&["--config", "c.toml", "--io", io]);
        for (name, expected) in [("goxel.sock", 0o600), ("look.sock", 0o666), ("ping.sock", 0o600)]
        {
            let found = fs::metadata(world.path(name)).unwrap().mode() & 0o777;
            assert_eq!(found, expected, "{name}");
        }
        let mut all = world.connect();
        let mut look = Client::of(UnixStream::connect(world.path("look.sock")).unwrap());
        let mut ping = Client::of(UnixStream::connect(world.path("ping.sock")).unwrap());
        all.call("goxel.create_project", &json!(["p", 8, 8, 8])).unwrap();
        let add = json!([1, 2, 3, 255, 0, 0, 255]);
        assert_eq!(code(&all.call("goxel.add_voxel", &add)), 0);
        assert_eq!(code(&look.call("goxel.add_voxel", &add)), -1033);
        assert_eq!(code(&look.call("goxel.shutdown", &json!({}))), -1033);
        assert_eq!(code(&ping.call("goxel.add_voxel", &add)), -1034);
        assert_eq!(code(&ping.call("ping", &json!({}))), 0);
        assert_eq!(ping.call("goxel.list_projects", &json!({})).unwrap()["count"], 1);
        let voxel = look.call("goxel.get_voxel", &json!([1, 2, 3])).unwrap();
        assert_eq!(voxel["color"], json!([255, 0, 0, 255]));
        world.signal("TERM");
        assert!(world.child().wait().unwrap().success());
        assert!(!world.path("look.sock").exists() && !world.path("ping.sock").exists());
    }
}

#[test]
fn what_cannot_be_listened_on_is_named() {
    let world = World::empty();
    for (keys, expected) in [
        ("path = 'x'\nallow = ['goxel.gte_*']", "x: listen.allow: `goxel.gte_*` is no method"),
        ("path = 'x'\nroots = ['no']", "no: No such file"),
        ("path = 'x'\ngroup = 'no-such-group'", "there is no group `no-such-group`"),
        ("path = 'goxel.sock'", "a daemon is listening here already"),
        ("path = 'no/x'", "no/x: No such file"),
    ] {
        fs::write(world.path("c.toml"), format!("[[listen]]\n{keys}\n")).unwrap();
        let said = refused(&world, &["--config", "c.toml"]);
        assert!(said.contains(expected), "{said}");
        assert!(!world.path("x").exists());
    }
}

#[test]
fn what_stands_where_the_daemon_s_own_files_are_to_be() {
    let world = World::empty();
    fs::write(world.path("precious"), "precious").unwrap();
    fs::hard_link(world.path("precious"), world.path("second")).unwrap();
    symlink(world.path("precious"), world.path("link")).unwrap();
    symlink(world.path("nothing"), world.path("dangling")).unwrap();
    let pipe = Command::new("mkfifo").arg(world.path("pipe")).status().unwrap();
    assert!(pipe.success());
    for (name, expected) in [
        ("link", "this is a link"),
        ("dangling", "this is a link"),
        ("second", "this file has other names"),
        ("pipe", "this is not a regular file"),
        (".", "this is not a regular file"),
    ] {
        for flag in ["--pid-file", "--log-file"] {
            let said = refused(&world, &[flag, name]);
            assert!(said.contains(expected), "{flag} {name}: {said}");
        }
    }
    for target in ["precious", "nothing", "pipe"] {
        symlink(world.path(target), world.path("goxel.sock.lock")).unwrap();
        let said = refused(&world, &[]);
        assert!(said.contains("goxel.sock.lock: this is a link"), "{said}");
        fs::remove_file(world.path("goxel.sock.lock")).unwrap();
    }
    assert_eq!(fs::read(world.path("precious")).unwrap(), b"precious");
    assert!(!world.path("nothing").exists());
    // A pid file that is a link is not believed either.
    let said = world.daemon(&["--stop", "--pid-file", "link"]);
    assert_eq!(said.status.code(), Some(1));
}

#[test]
fn what_another_user_has_put_there() {
    if !plays_others("what_another_user_has_put_there") {
        return;
    }
    let world = World::empty();
    for name in ["p", "log", "goxel.sock.lock"] {
        fs::write(world.path(name), "1\n").unwrap();
        lchown(world.path(name), Some(NOBODY), None).unwrap();
    }
    let said = refused(&world, &[]);
    assert!(said.contains("goxel.sock.lock: this belongs to user 65534, not to user 0"), "{said}");
    fs::remove_file(world.path("goxel.sock.lock")).unwrap();
    for (flag, name) in [("--pid-file", "p"), ("--log-file", "log")] {
        let said = refused(&world, &[flag, name]);
        assert!(said.contains("this belongs to user 65534, not to user 0"), "{flag}: {said}");
        assert_eq!(fs::read(world.path(name)).unwrap(), b"1\n");
    }
    // Nobody could have any process ended so.
    let said = world.daemon(&["--stop", "--pid-file", "p"]);
    assert!(String::from_utf8(said.stderr).unwrap().contains("this belongs to user 65534"));
}

#[test]
fn another_user_comes_by_the_socket_that_is_for_all() {
    if !plays_others("another_user_comes_by_the_socket_that_is_for_all") {
        return;
    }
    let mut world = World::empty();
    mode(&world.path("."), 0o755);
    let keys = "[[listen]]\npath = 'all.sock'\nmode = '0666'\nread_only = true\n";
    fs::write(world.path("c.toml"), keys).unwrap();
    world.start_with(&["--config", "c.toml"]);
    world.connect().call("goxel.create_project", &json!(["p", 8, 8, 8])).unwrap();
    let cli = |socket: &str, args: &[&str]| {
        let mut command = Command::new(programs().join("goxel-cli"));
        command.arg("--socket").arg(world.path(socket)).args(args).uid(NOBODY).gid(NOBODY);
        let output = command.current_dir("/").stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(cli("all.sock", &["ping"]).0, Some(0));
    let (status, said) = cli("all.sock", &["--project", "p", "add-voxels", "1,2,3"]);
    assert!(status == Some(1) && said.contains("read-only"), "{said}");
    assert_eq!(cli("goxel.sock", &["ping"]).0, Some(3));
}

#[test]
fn a_save_keeps_the_owner_or_says_that_it_cannot() {
    if !plays_others("a_save_keeps_the_owner_or_says_that_it_cannot") {
        return;
    }
    let mut world = World::empty();
    mode(&world.path("."), 0o755);
    fs::create_dir(world.path("d")).unwrap();
    lchown(world.path("d"), Some(NOBODY), Some(NOBODY)).unwrap();
    for (name, owner) in [("root.gox", 0), ("own.gox", NOBODY)] {
        fs::write(world.path("d").join(name), "old").unwrap();
        mode(&world.path("d").join(name), 0o666);
        lchown(world.path("d").join(name), Some(owner), Some(owner)).unwrap();
    }
    world.start_with(&["--user", "nobody"]);
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p", 8, 8, 8])).unwrap();
    let error = save(&mut client, &world.path("d/root.gox")).unwrap_err();
    let said = error["message"].as_str().unwrap();
    assert!(
        said.contains("belongs to user 0 and group 0, which a new one cannot be given"),
        "{said}"
    );
    assert_eq!(fs::read(world.path("d/root.gox")).unwrap(), b"old");
    assert_eq!(code(&save(&mut client, &world.path("d/own.gox"))), 0);
    let saved = fs::metadata(world.path("d/own.gox")).unwrap();
    assert_eq!((saved.uid(), saved.mode() & 0o777), (NOBODY, 0o666));
    assert_eq!(fs::read_dir(world.path("d")).unwrap().count(), 2, "no temporary file is left");
}

#[test]
fn pictures_go_to_nobody_else_s_directory() {
    if !plays_others("pictures_go_to_nobody_else_s_directory") {
        return;
    }
    let mut world = World::empty();
    fs::create_dir(world.path("theirs")).unwrap();
    lchown(world.path("theirs"), Some(NOBODY), None).unwrap();
    let mut command = daemon();
    command.env("GOXEL_RENDER_DIR", world.path("theirs"));
    world.spawn(command);
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p", 8, 8, 8])).unwrap();
    let options = json!({"width": 4, "height": 4, "options": {"return_mode": "file_path"}});
    assert_eq!(code(&client.call("goxel.render_scene", &options)), -32603);
    assert_eq!(fs::read_dir(world.path("theirs")).unwrap().count(), 0);
}

#[test]
fn nothing_but_files_is_read() {
    let world = World::new();
    let pipe = Command::new("mkfifo").arg(world.path("pipe")).status().unwrap();
    assert!(pipe.success());
    fs::write(world.path("secret.txt"), "root:secret:1\n").unwrap();
    let mut client = world.connect();
    let mut load = |path: &Path| {
        let reply = client.call("goxel.load_project", &json!([path.to_str().unwrap()]));
        reply.unwrap_err()["message"].as_str().unwrap().to_owned()
    };
    for path in [world.path("pipe"), "/dev/zero".into(), "/dev/tty".into()] {
        assert!(load(&path).contains("not a regular file"), "{path:?}");
    }
    assert!(load(Path::new("/proc/kmsg")).contains("makes this up"));
    let said = load(&world.path("secret.txt"));
    assert!(said.contains("not X Y Z RRGGBB") && !said.contains("root"), "{said}");
}
