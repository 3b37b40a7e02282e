//! The gallery shows every option of a picture, by commands that work.

use std::path::Path;

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};

use crate::transcript::run;
use crate::world::{World, root};

/// Bytes of all pictures, at the most.
const BYTES_MAX: u64 = 1_500_000;
/// Options that are no flags of the command line.
const NO_FLAGS: [&str; 2] = ["return_mode", "output_dir"];

fn page() -> String {
    std::fs::read_to_string(root().join("docs/GALLERY.md")).unwrap()
}

/// The commands of sessions, and those beside pictures with the picture's name.
fn commands(page: &str) -> (Vec<&str>, Vec<(&str, &str)>) {
    let sessions = page.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let pictures = page.lines().filter(|line| line.starts_with("| ![")).map(|line| {
        let name =
            line.split_once("](gallery/").and_then(|(_, rest)| rest.split_once(')')).unwrap().0;
        let command = line.split('`').find(|code| code.starts_with("goxel-cli render ")).unwrap();
        (name, command)
    });
    (sessions, pictures.collect())
}

/// Whether a word is the size of a picture.
fn is_size(word: &str) -> bool {
    let edges = word.split_once('x').map(|(width, height)| [width, height]);
    edges.is_some_and(|edges| edges.iter().all(|edge| edge.parse::<u32>().is_ok()))
}

#[test]
fn every_command_of_the_gallery_makes_its_picture() {
    let page = page();
    let (sessions, pictures) = commands(&page);
    assert!(sessions.len() > 5 && pictures.len() > 30);
    let mut world = World::empty();
    world.start_with(&["--data-dir", "data"]);
    std::os::unix::fs::symlink(root().join("examples"), world.path("examples")).unwrap();
    for command in sessions {
        let told = run(&world, command);
        assert!(!told.contains("[exit"), "{command}: {told}");
    }
    for (name, command) in pictures {
        // Small, and of few samples: how it looks is another matter.
        let words = command.split(' ').map(|word| if is_size(word) { "16x12" } else { word });
        let command = words.collect::<Vec<_>>().join(" ");
        let told = run(&world, &command);
        assert!(!told.contains("[exit"), "{command}: {told}");
        assert!(world.path(name).is_file(), "{command} makes no {name}");
        assert!(root().join("docs/gallery").join(name).is_file(), "no {name}: cargo xtask docs");
    }
}

/// The options of pictures.
fn options() -> &'static [Field] {
    let params = Method::RenderScene.info().params.iter();
    match params.clone().find(|param| param.name() == "options").map(|param| param.kind.plain()) {
        Some(Kind::Object(fields)) => fields,
        _ => panic!("no options"),
    }
}

#[test]
fn every_option_is_in_the_gallery() {
    let page = page();
    let names = options().iter().map(Field::name);
    for name in names.filter(|name| !NO_FLAGS.contains(name)) {
        let flag = format!("--{}", name.replace('_', "-"));
        let is_shown = page.split(&flag).skip(1).any(|rest| rest.starts_with([' ', '=', '`']));
        assert!(is_shown, "{flag} is not in the gallery");
    }
}

#[test]
fn pictures_of_the_gallery_are_small_and_all_shown() {
    let page = page();
    let mut bytes = 0;
    for entry in std::fs::read_dir(root().join("docs/gallery")).unwrap() {
        let path = entry.unwrap().path();
        bytes += path.metadata().unwrap().len();
        let name = path.file_name().and_then(|name| Path::new(name).to_str()).unwrap();
        let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
        let shown = format!("gallery/{name}");
        assert!(page.contains(&shown) || readme.contains(&shown), "{name} is nowhere shown");
    }
    assert!(bytes < BYTES_MAX, "{bytes} bytes");
}
