//! What `docs/SCRIPTS.md` shows and what `goxel.d.ts` declares beside the API, by the engine itself.

use std::cell::RefCell;
use std::rc::Rc;

use goxel_core::{Project, Tile, TilePos};
use goxel_proto::types::LayerId;
use goxel_proto::worker::{Action, Done, Failed, Run};
use goxel_script::model::{Lost, Source};
use goxel_script::outside::{Outside, Told};
use goxel_script::{Ending, engine};

const GUIDE: &str = include_str!("../../docs/SCRIPTS.md");
const DECLARED: &str = include_str!("../goxel.d.ts");
/// What stands before the value that a program of the guide gives.
const GIVES: &str = "// gives ";
/// A quarter of what a thread of the tests has.
const STACK_BYTES: usize = 512 << 10;
/// Bytes for values, and for voxels.
const MEMORY: u64 = 128 << 20;

/// A project without voxels.
struct Nothing;

impl Source for Nothing {
    fn tiles(&mut self, _: LayerId, places: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        Ok(vec![Tile::EMPTY; places.len()])
    }

    fn places(&mut self, _: LayerId) -> Result<Vec<TilePos>, Lost> {
        Ok(Vec::new())
    }

    fn ask(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Result<String, String>, Lost> {
        Ok(Ok("{}".to_owned()))
    }

    fn progress(&mut self, _: u64, _: u64) -> Result<(), Lost> {
        Ok(())
    }
}

/// Keeps what is printed.
#[derive(Default)]
struct Printed(String);

impl Told for Printed {
    fn print(&mut self, text: String) {
        self.0.push_str(&text);
    }

    fn look(&mut self) {}
}

/// What comes of a script, and what it printed.
fn run(source: &str, action: Action) -> Result<(Done, String), Failed> {
    let wanted = Run {
        source: source.to_owned(),
        name: "guide.js".to_owned(),
        heap_max: MEMORY,
        voxels_max: MEMORY,
        action,
        ..Run::default()
    };
    let (source, told) = (Box::new(Nothing), Rc::new(RefCell::new(Printed::default())));
    let outside =
        Outside { source, told: told.clone(), ending: Ending::default(), stack_bytes: STACK_BYTES };
    let done = engine::run(&wanted, Project::new("guide", [8; 3]), outside)?;
    Ok((done, std::mem::take(&mut told.borrow_mut().0)))
}

fn programs() -> Vec<&'static str> {
    GUIDE.split("```js\n").skip(1).filter_map(|block| block.split("```").next()).collect()
}

#[test]
fn programs_of_the_guide_give_what_they_say() {
    let programs = programs();
    assert!(programs.len() >= 9, "{}", programs.len());
    for program in programs {
        let (done, _) =
            run(program, Action::Evaluate).unwrap_or_else(|failed| panic!("{program}\n{failed:?}"));
        if let Some(expected) = program.lines().find_map(|line| line.strip_prefix(GIVES)) {
            assert_eq!(done.value, expected, "{program}");
        }
    }
}

#[test]
fn the_format_of_the_guide_writes_what_it_shows() {
    let format = programs().into_iter().find(|program| program.contains("registerFormat"));
    let program = format!("{}\ngoxel.addVoxel(1, 2, 3, 4, 5, 6)", format.expect("there is one"));
    let (done, _) = run(&program, Action::Export("a.points".to_owned())).expect("it writes");
    assert_eq!(String::from_utf8_lossy(&done.written), "1 2 3 4 5 6\n");
}

#[test]
fn what_is_declared_beside_the_classes_is_there() {
    let names = |before: &str| -> Vec<&str> {
        let lines = DECLARED.lines().filter_map(|line| line.strip_prefix(before));
        lines
            .filter_map(|line| {
                line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
            })
            .collect()
    };
    let globals =
        [names("declare const "), names("declare function "), names("declare class ")].concat();
    assert!(globals.len() >= 8, "{globals:?}");
    for name in globals {
        let (done, _) =
            run(&format!("typeof {name} !== 'undefined'"), Action::Evaluate).expect(name);
        assert_eq!(done.value, "true", "{name}");
    }
    let module = [names("  export function "), names("  export const ")].concat();
    assert!(module.len() >= 8, "{module:?}");
    let listed = "import * as std from 'std'\nprint(Object.keys(std).filter(name => name !== 'default').sort().join())";
    let mut expected = module;
    expected.sort_unstable();
    let (_, printed) = run(listed, Action::Evaluate).expect("a list");
    assert_eq!(printed.trim_end(), expected.join(","));
}
