//! The demo with shell scripts in the places of the programs: what it runs, and that it leaves no
//! daemon behind.

use std::path::Path;

use super::*;

/// Writes its process id to `pid`, listens as far as anybody can tell, and ends with the pipe
/// `stop`, on which it waits.
const DAEMON: &str = "\
echo $$ > pid
mkfifo stop
echo \"INFO listening on $3\" >&2
read -r word < stop
";

/// Notes its arguments after `--no-spawn` and the socket, and makes the file that they name.
const CLI: &str = "\
shift 3
echo \"$@\" >> calls
case \"$1 $2\" in
    'save '*|'export '*|'render '*) echo made > \"$2\" ;;
    'daemon stop') echo > stop ;;
esac
";

/// A stage in `dir` with these two scripts.
fn stage(dir: &Path, daemon: &str, cli: &str) -> Stage {
    Stage {
        cli: script(&dir.join("cli"), cli),
        daemon: script(&dir.join("daemon"), daemon),
        root: dir.to_path_buf(),
        out: dir.join("out"),
    }
}

/// Makes an executable script. Another process writes it: while this one has a file open for
/// writing, a child that some other test forks holds it too, and the kernel runs no such file.
fn script(path: &Path, body: &str) -> PathBuf {
    let mut shell = Command::new("sh");
    shell.args(["-c", "printf '#!/bin/sh\n%s' \"$2\" > \"$1\" && chmod 700 \"$1\"", "sh"]);
    command::check(shell.arg(path).arg(body)).unwrap();
    path.to_path_buf()
}

/// Whether the daemon of `dir` is a process still.
fn daemon_lives(dir: &Path) -> bool {
    let pid = fs::read_to_string(dir.join("pid")).unwrap();
    let signal = Command::new("kill").args(["-0", pid.trim()]).output().unwrap();
    signal.status.success()
}

#[test]
fn every_step_is_run() {
    let dir = tempfile::tempdir().unwrap();
    play(&stage(dir.path(), DAEMON, CLI)).unwrap();
    let calls = fs::read_to_string(dir.path().join("calls")).unwrap();
    let mut expected: Vec<_> = steps("out").iter().map(|step| step.join(" ")).collect();
    expected.push("daemon stop".to_owned());
    assert_eq!(calls.lines().collect::<Vec<_>>(), expected);
    for name in ["castle.gox", "castle.vox", "castle.obj", "castle.png", "axes.png", "daemon.log"] {
        assert!(dir.path().join("out").join(name).exists(), "{name}");
    }
    assert!(!daemon_lives(dir.path()));
}

#[test]
fn a_failed_step_ends_the_daemon() {
    let dir = tempfile::tempdir().unwrap();
    let cli = format!("{CLI}test \"$1\" != layer\n");
    let error = play(&stage(dir.path(), DAEMON, &cli)).unwrap_err();
    assert!(format!("{error:#}").starts_with("`goxel-cli layer list` failed"), "{error:#}");
    assert!(!daemon_lives(dir.path()));
}

#[test]
fn a_daemon_that_does_not_start_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let error = play(&stage(dir.path(), "echo no room >&2; exit 1", CLI)).unwrap_err();
    assert!(error.to_string().contains("no room"), "{error:#}");
    let missing = Stage { daemon: dir.path().join("none"), ..stage(dir.path(), "", CLI) };
    assert!(play(&missing).unwrap_err().to_string().starts_with("cannot run "));
}

#[test]
fn a_daemon_that_ends_badly_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let daemon = format!("{DAEMON}exit 3");
    let error = play(&stage(dir.path(), &daemon, CLI)).unwrap_err();
    assert!(error.to_string().contains("exit status: 3"), "{error:#}");
    assert!(!daemon_lives(dir.path()));
}

#[test]
fn leftovers_are_cleared() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("out/old")).unwrap();
    play(&stage(dir.path(), DAEMON, CLI)).unwrap();
    assert!(!dir.path().join("out/old").exists());
}

#[test]
fn a_directory_with_a_space_is_one_word() {
    assert!(steps("a b").contains(&vec!["save".to_owned(), "a b/castle.gox".to_owned()]));
}

#[test]
fn sizes() {
    for (bytes, expected) in [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1_048_575, "1023.9 KiB"),
        (1_048_576, "1.0 MiB"),
        (5_767_168, "5.5 MiB"),
    ] {
        assert_eq!(size(bytes), expected);
    }
}
