//! Scripts at the command line.

use super::file;
use crate::world::World;

fn world() -> World {
    let world = World::in_its_directory();
    world.run(&["new", "p", "--size", "16,16,16"]);
    world
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_script_prints_its_value_and_what_it_changed() {
    let world = world();
    assert_eq!(world.run(&["script", "-e", "1 + 1"]), "2\n");
    assert_eq!(world.run(&["script", "-e", "print('a'); 'b'"]), "a\nb\n");
    let add = "for (let x = 0; x < 3; x++) goxel.addVoxel(x, 0, 0, [9, 9, 9, 255]); undefined";
    assert_eq!(world.run(&["script", "--dry-run", "-e", add]), "would be: 3 voxels added\n");
    assert_eq!(world.run(&["script", "-e", add]), "3 voxels added\n");
    assert_eq!(world.run(&["--quiet", "script", "-e", "3"]), "3\n");
    let json = world.run(&["--json", "script", "-e", "3"]);
    assert!(json.starts_with("{ \"success\": true") && json.contains("\"value\": 3"), "{json}");
}

#[test]
fn files_standard_input_and_arguments() {
    let world = world();
    file(&world, "a.js", "args.map(word => word.toUpperCase()).join('-')");
    assert_eq!(world.run(&["script", "a.js", "x", "--y"]), "X---Y\n");
    let output = world.cli_fed(&["script", "-", "z"], "scriptArgs.join()");
    assert_eq!(text(&output.stdout), "stdin,z\n");
    assert_eq!(
        world.run(&[
            "script",
            "--arg",
            "n=20",
            "--arg",
            "name=b",
            "-e",
            "args.name + (args.n + 1)"
        ]),
        "b21\n"
    );
    let (status, words) = world.fail(&["script", "no.js"]);
    assert_eq!((status, words.contains("cannot open no.js")), (1, true), "{words}");
}

#[test]
fn an_error_is_told_as_compilers_tell_it() {
    let world = world();
    file(&world, "bad.js", "let a = 1;\nfoo(a);\n");
    let (status, words) = world.fail(&["script", "bad.js"]);
    let lines: Vec<_> = words.lines().collect();
    assert_eq!(status, 1);
    assert!(lines[0].starts_with("bad.js:2:") && lines[0].contains("ReferenceError"), "{words}");
    assert_eq!(lines[1], "  foo(a);");
    assert_eq!(lines[2].trim(), "^");
}

#[test]
fn a_script_is_a_line_of_a_batch_and_of_a_shell() {
    let world = world();
    file(&world, "one.js", "goxel.addVoxel(args[0] * 1, 0, 0, [9, 9, 9, 255])");
    file(&world, "b.goxel", "script one.js 3\nscript one.js 4\nfill 8,8,8 red\n");
    world.run(&["batch", "b.goxel"]);
    assert!(world.run(&["info"]).contains("3 voxels"));
    let typed = "script -e 40+2\njs\n6 * 7\nlet a = [\n1, 2\n]; a.length\n.exit\ncount\n";
    let output = world.cli_fed(&["shell"], typed);
    assert_eq!(
        text(&output.stdout),
        "42\n42\n2\n3 voxels in layer 1, background\n",
        "{}",
        text(&output.stderr)
    );
}
