//! Shells side by side, each of which works on projects of its own.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use goxel_core::{Project, Work};

use crate::world::{World, programs};

/// Shells that run at once.
const SHELLS: usize = 50;
/// Projects that each of them makes, one after the other.
const PROJECTS: usize = 3;

/// A shell with a script, in the world's directory. What it is besides is up to its caller.
fn shell(world: &World) -> Command {
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("sh");
    shell
        .current_dir(world.path(""))
        .env("PATH", format!("{}:{path}", programs().display()))
        .env("GOXEL_SOCKET", world.socket())
        .env("XDG_STATE_HOME", world.path("state"))
        .env_remove("GOXEL_SESSION")
        .env_remove("GOXEL_PROJECT")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    shell
}

/// A script by itself: the last of its commands may become the shell's own process.
fn start(world: &World, script: &str) -> Child {
    shell(world).args(["-c", script]).spawn().unwrap()
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn run(world: &World, script: &str) -> String {
    text(&start(world, script).wait_with_output().unwrap())
}

fn load(path: &Path) -> Project {
    let file = File::open(path).unwrap();
    goxel_formats::load(file, path, None, &Default::default(), &Work::unbounded())
        .unwrap()
        .into_project("p")
}

#[test]
fn shells_side_by_side_do_not_mix_up_their_projects() {
    let world = World::new();
    let script = |shell: usize| {
        let project = |number: usize| {
            let (name, high) = (format!("p{shell}-{number}"), shell + 1);
            format!(
                "goxel-cli new {name} && goxel-cli fill {shell},0,1..{high} red && \
                 goxel-cli add-voxels {number},-1,0,0000ff && goxel-cli save {name}.gox"
            )
        };
        (0..PROJECTS).map(project).collect::<Vec<_>>().join(" && ")
    };
    let shells: Vec<_> = (0..SHELLS).map(|number| start(&world, &script(number))).collect();
    for (number, shell) in shells.into_iter().enumerate() {
        let output = shell.wait_with_output().unwrap();
        assert!(output.status.success(), "{number}: {}", text(&output));
    }
    for shell in 0..SHELLS {
        for number in 0..PROJECTS {
            let file = world.path(&format!("p{shell}-{number}.gox"));
            let project = load(&file);
            let volume = project.visible();
            assert_eq!(project.count(), shell as u64 + 2, "{}", file.display());
            let at = |x: usize, y, z| volume.get([x as i32, y, z].into());
            assert_eq!(at(shell, 0, 1).0, [255, 0, 0, 255], "{}", file.display());
            assert_eq!(at(number, -1, 0).0, [0, 0, 255, 255], "{}", file.display());
        }
    }
}

#[test]
fn a_name_that_two_shells_want_is_refused_to_one_of_them() {
    let world = World::new();
    let loops: Vec<_> = (1..=4)
        .map(|high| {
            let script = format!(
                "for i in 1 2 3 4 5; do goxel-cli new p && goxel-cli fill 0,0,1..{high} red && \
                 goxel-cli save {high}.gox && echo done with it; done"
            );
            (high, start(&world, &script))
        })
        .collect();
    for (high, shell) in loops {
        let output = text(&shell.wait_with_output().unwrap());
        if output.contains("done with it\n") {
            let file = world.path(&format!("{high}.gox"));
            let project = load(&file);
            assert_eq!(project.count(), high, "{output}");
        }
    }
}

#[test]
fn a_shell_that_chose_nothing_is_asked() {
    let world = World::new();
    assert_eq!(run(&world, "goxel-cli undo"), "goxel-cli: no project is open\n");
    run(&world, "goxel-cli new a");
    assert_eq!(run(&world, "goxel-cli fill 0..9,0,0 red"), "added 10 voxels\n", "the only one");
    run(&world, "goxel-cli new b");
    let asked = "goxel-cli: --project <PROJECT>: this session has chosen none of the open projects, \
                 so name one: \"a\", \"b\"\n";
    for command in ["fill 0,0,0 red", "undo", "layer add x", "save x.gox", "export x.obj"] {
        assert_eq!(run(&world, &format!(": && goxel-cli {command}; :")), asked, "{command}");
    }
    assert!(
        run(&world, "goxel-cli get-voxel 0,0,0; :").starts_with("empty"),
        "reading harms nobody"
    );
    let fill = "goxel-cli fill 0,0,1 red";
    let filled = "added 1 voxel\n";
    assert_eq!(run(&world, &format!("{fill} --project a")), filled);
    assert_eq!(run(&world, &format!("GOXEL_PROJECT=b {fill}")), filled);
    assert_eq!(run(&world, &format!("GOXEL_PROJECT=b {fill} --project a")), filled);
    let used = "using a\nadded 1 voxel\n";
    assert_eq!(run(&world, &format!("goxel-cli use a; {fill}; :")), used);
    run(&world, "GOXEL_SESSION=mine goxel-cli use b");
    assert_eq!(run(&world, &format!("GOXEL_SESSION=mine {fill}")), filled);
    assert_eq!(run(&world, &format!("{fill}; :")), asked, "the session is named no longer");
}

#[test]
fn a_project_that_is_gone_is_told() {
    let world = World::new();
    let script =
        "goxel-cli new p; GOXEL_SESSION=other goxel-cli new p; goxel-cli fill 0,0,0 red; :";
    let told = run(&world, script);
    assert!(told.ends_with("was closed: select or create another\n"), "{told}");
    assert_eq!(run(&world, "goxel-cli --quiet count --project p"), "0\n");
    let id = run(&world, "goxel-cli --json new q");
    let (_, rest) = id.split_once("\"project_id\": \"").unwrap();
    let id = rest.split('"').next().unwrap();
    let by_id =
        format!("goxel-cli fill 0,0,0 red --project {id}; goxel-cli --quiet count --project q");
    assert_eq!(run(&world, &by_id), "added 1 voxel\n1\n");
}

#[test]
fn what_was_not_saved_is_told_where_nobody_can_be_asked() {
    let mut world = World::new();
    run(
        &world,
        "goxel-cli new p; goxel-cli fill 0,0,0 red; goxel-cli new q; goxel-cli fill 0,0,0 red",
    );
    let lost = "closed q\ngoxel-cli: project \"q\" had changes that were not saved\n";
    assert_eq!(run(&world, "goxel-cli close q"), lost);
    let again =
        "goxel-cli: --force: needed, since the open project \"p\" has changes that are not saved\n";
    assert_eq!(run(&world, "goxel-cli new p"), again);
    assert_eq!(run(&world, "goxel-cli new p --force"), "created p (64 x 64 x 64)\n");
    assert_eq!(run(&world, "goxel-cli close p"), "closed p\n", "there was nothing to lose");
    run(&world, "goxel-cli new p; goxel-cli fill 0,0,0 red; goxel-cli save p.gox");
    assert_eq!(run(&world, "goxel-cli new p"), "created p (64 x 64 x 64)\n");
    run(&world, "goxel-cli fill 0,0,0 red --project p");
    assert_eq!(run(&world, "goxel-cli open p.gox"), again);
    assert_eq!(run(&world, "goxel-cli create p"), "created p (64 x 64 x 64)\n", "as ever");
    run(&world, "goxel-cli fill 0,0,0 red --project p");
    let stopped = run(&world, "goxel-cli daemon stop");
    let lost = "goxel-cli: project \"p\" has changes that are not saved; they are gone\n";
    assert!(stopped.ends_with(lost), "{stopped}");
    world.child().wait().unwrap();
}
