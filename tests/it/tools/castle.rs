//! An agent that builds the castle of the examples by tools alone, a part at a time, and looks at each.
//!
//! `GOXEL_CASTLE_PICTURES=DIR` keeps what it was shown.

use std::path::PathBuf;

use goxel_core::Project;
use serde_json::{Value, json};

use super::Bench;
use crate::world::root;

/// Calls that a model may need for it.
const CALLS_MAX: usize = 40;

/// `3..5` or `4`.
fn range(text: &str) -> (i64, i64) {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    (low.parse().unwrap(), high.parse().unwrap())
}

/// `x,y,z`, each a range, as a box.
fn corners(text: &str) -> Vec<i64> {
    let ranges: Vec<_> = text.split(',').map(range).collect();
    ranges.iter().map(|range| range.0).chain(ranges.iter().map(|range| range.1)).collect()
}

fn colour(hex: &str) -> Vec<i64> {
    (0..3).map(|at| i64::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// Adds to the elements of the last step, where that is one of the same kind, else begins a step.
fn push(steps: &mut Vec<Value>, tool: &str, list: &str, element: Vec<i64>) {
    let goes_on = |step: &&mut Value| step["tool"] == tool && !step["arguments"][list].is_null();
    match steps.last_mut().filter(|step| goes_on(step)) {
        Some(step) => step["arguments"][list].as_array_mut().unwrap().push(element.into()),
        None => steps.push(json!({"tool": tool, "arguments": {list: [element]}})),
    }
}

/// What a line of the batch program is for the tools.
fn translate(line: &str, steps: &mut Vec<Value>) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["layer", "add", name] => {
            steps
                .push(json!({"tool": "edit_layers", "arguments": {"action": "add", "name": name}}));
        }
        ["fill", place, hex] => {
            push(steps, "place_voxels", "boxes", [corners(place), colour(hex)].concat());
        }
        ["remove-voxels", ref places @ ..] => {
            places.iter().for_each(|place| push(steps, "remove_voxels", "boxes", corners(place)));
        }
        ["add-voxels", ref places @ .., "--color", usual] => {
            for place in places {
                let mut numbers: Vec<&str> = place.split(',').collect();
                let hex = if numbers.len() == 4 { numbers.pop().unwrap() } else { usual };
                let point = numbers.iter().map(|number| number.parse().unwrap()).collect();
                push(steps, "place_voxels", "voxels", [point, colour(hex)].concat());
            }
        }
        _ => panic!("{line}"),
    }
}

/// The parts of the program: each has a heading.
fn parts() -> Vec<(String, Vec<Value>)> {
    let text = std::fs::read_to_string(root().join("examples/castle.goxel")).unwrap();
    let mut parts: Vec<(String, Vec<Value>)> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("# ---- ") {
            parts.push((heading.trim_end_matches('-').trim().to_owned(), Vec::new()));
        } else if !line.is_empty() && !line.starts_with('#') && !line.starts_with("new ") {
            translate(line, &mut parts.last_mut().unwrap().1);
        }
    }
    parts
}

fn load(bench: &Bench, name: &str) -> Project {
    let path = bench.world.path(name);
    let file = std::fs::File::open(&path).unwrap();
    let work = goxel_core::Work::unbounded();
    goxel_formats::load(file, &path, None, &Default::default(), &work).unwrap().into_project("p")
}

#[test]
fn an_agent_builds_the_castle() {
    let mut bench = Bench::new();
    let pictures = std::env::var_os("GOXEL_CASTLE_PICTURES").map(PathBuf::from);
    let made = bench.told("open_project", json!({"name": "by tools", "size": [64, 64, 48]}));
    let id = made["project_id"].as_str().unwrap().to_owned();
    for (number, (heading, steps)) in parts().into_iter().enumerate() {
        let seen = bench.call("batch", json!({"project_id": id, "steps": steps, "look": true}));
        assert_eq!(seen.pictures.len(), 1, "{heading}");
        let changes = &seen.structured["changes"];
        let changed =
            ["added", "removed", "recoloured"].map(|name| changes[name].as_u64().unwrap());
        assert!(changed.iter().sum::<u64>() > 0, "{heading}");
        if let Some(dir) = &pictures {
            std::fs::create_dir_all(dir).unwrap();
            let name =
                format!("{number:02}-{}", heading.split(':').next().unwrap().replace(' ', "-"));
            std::fs::write(dir.join(format!("{name}.png")), &seen.pictures[0].png).unwrap();
            std::fs::write(dir.join(format!("{name}.txt")), seen.text.unwrap()).unwrap();
        }
    }
    let seen =
        bench.call("look", json!({"project_id": id, "views": ["isometric"], "size": "large"}));
    if let Some(dir) = &pictures {
        std::fs::write(dir.join("castle.png"), &seen.pictures[0].png).unwrap();
    }
    let told = bench.told("measure", json!({"project_id": id}));
    assert_eq!(told["voxels"], 27_511);
    bench.call("save_file", json!({"project_id": id, "path": "tools.gox"}));
    assert!(bench.calls <= CALLS_MAX, "{} calls", bench.calls);

    let batch = root().join("examples/castle.goxel");
    bench.world.run(&["batch", batch.to_str().unwrap()]);
    bench.world.run(&["save", "commands.gox"]);
    let (ours, theirs) = (load(&bench, "tools.gox"), load(&bench, "commands.gox"));
    assert_eq!(ours.count(), 29_032);
    assert_eq!(ours.layers(), theirs.layers());
}
