//! What README, docs and examples show is what happens.

use std::path::Path;

use crate::transcript::{Step, run, steps};
use crate::world::{World, root};

/// The shell sessions of a page of Markdown, one after another.
fn sessions(page: &str) -> Vec<Step> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let mut blocks = text.split("\n```");
    let mut found = Vec::new();
    while let Some(block) = blocks.find(|block| block.starts_with("console\n")) {
        found.extend(steps(block.trim_start_matches("console\n")));
    }
    assert!(!found.is_empty(), "{page} has no sessions");
    found
}

/// Without the comment behind it.
fn plain(command: &str) -> &str {
    command.split("  #").next().unwrap().trim()
}

/// Runs what a page shows. Where it shows output, that is what comes; else nothing may fail.
fn check(page: &str) {
    let world = World::new();
    std::os::unix::fs::symlink(root().join("examples"), world.path("examples")).unwrap();
    run(&world, "goxel-cli new other; goxel-cli new p; goxel-cli layer add roof");
    for Step { command, output } in sessions(page) {
        let command = plain(&command);
        // Sessions further down go on with what was made.
        if command == "goxel-cli daemon stop"
            || command.starts_with("cargo ")
            || command.starts_with("nix ")
        {
            continue;
        }
        let found = match command.split_once(" | nc -UN ") {
            Some((echo, _)) => spoken(&world, echo),
            None => run(&world, command),
        };
        assert!(!found.contains("[exit"), "{page}: {command}: {found}");
        if !output.trim().is_empty() {
            assert_eq!(found.trim(), output.trim(), "{page}: {command}");
        }
    }
    assert!(!run(&world, "goxel-cli daemon stop").contains("[exit"));
}

/// What the daemon answers to `echo 'JSON'`.
fn spoken(world: &World, echo: &str) -> String {
    let mut client = world.connect();
    client.send(run(world, echo).as_bytes());
    client.line()
}

#[test]
fn the_readme() {
    check("README.md");
}

#[test]
fn the_page_of_the_command_line() {
    check("docs/CLI.md");
}

fn example(world: &World, words: &str) -> String {
    let examples = root().join("examples");
    let found = run(world, &format!("{}/{words}", examples.display()));
    assert!(!found.contains("[exit"), "{words}: {found}");
    found
}

/// How many colours a picture has.
fn colours(path: &Path) -> usize {
    let file = std::fs::File::open(path).unwrap_or_else(|_| panic!("no {}", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let colours: std::collections::HashSet<&[u8]> = pixels.chunks(4).collect();
    colours.len()
}

#[test]
fn an_island_from_a_formula() {
    let world = World::new();
    let batch = root().join("examples/terrain.goxel");
    let told = world.run(&["batch", batch.to_str().unwrap()]);
    assert!(told.starts_with("4,6"), "{told}");
    assert_eq!(world.run(&["get-voxel", "24,24,19"]), "#f4f4f0ff\n");
    assert_eq!(world.run(&["bbox"]), "0,0,0 to 47,47,21 (48 x 48 x 22)\n");
    let layers = world.run(&["layer", "list"]);
    assert!(layers.lines().nth(1).unwrap().contains("sea"), "{layers}");
}

#[test]
fn points_through_a_pipe() {
    let world = World::new();
    let told = example(&world, "spiral.sh");
    assert!(told.contains("added 19,200 voxels\nadded 528 voxels\n"), "{told}");
    assert!(colours(&world.path("spiral.png")) > 100);
    assert!(world.path("spiral.gox").exists());
}

#[test]
fn a_gallery_of_shapes() {
    let world = World::new();
    example(&world, "gallery.sh pictures");
    let pictures: Vec<_> = std::fs::read_dir(world.path("pictures")).unwrap().collect();
    assert_eq!(pictures.len(), 9 * 7);
    for picture in pictures {
        let path = picture.unwrap().path();
        // A box from the front is one face and what is behind it.
        assert!(colours(&path) > 1, "{}", path.display());
    }
    assert_eq!(world.run(&["projects"]), "no projects\n");
}

#[test]
fn a_folder_of_files() {
    let world = World::new();
    world.run(&["new", "kept"]);
    std::fs::create_dir(world.path("in")).unwrap();
    for name in ["axes.vox", "other one.vox"] {
        std::fs::copy(root().join("examples/axes.vox"), world.path("in").join(name)).unwrap();
    }
    example(&world, "convert.sh in out");
    for name in ["axes", "other one"] {
        let object = std::fs::read_to_string(world.path(&format!("out/{name}.obj"))).unwrap();
        assert!(object.contains("\nf "), "{object}");
        assert!(colours(&world.path(&format!("out/{name}.png"))) > 2);
    }
    assert!(world.run(&["projects"]).contains("kept"));
}
