//! What a script asks its daemon for: tiles, places, and answers.

use goxel_core::{Parts, Project, TilePos, Volume};
use goxel_proto::types::{Pos, Rgba};
use goxel_proto::worker::{Ask, Run, ToDaemon, ToWorker};
use goxel_store::state;

use crate::harness::{Worker, wanted};

const RED: Rgba = Rgba::new(255, 0, 0, 255);
const GREEN: Rgba = Rgba::new(0, 255, 0, 255);

/// A project of two tiles, and the same without voxels.
fn projects() -> (Project, Project) {
    let empty = Project::new("p", [64; 3]);
    let mut volume = Volume::new();
    volume.set(Pos::new(1, 2, 3), RED);
    volume.set(Pos::new(-20, 0, 0), RED);
    let mut layers = empty.layers().to_vec();
    layers[0].volume = volume;
    let mut full = empty.snapshot();
    full.put(Parts { layers, ..empty.parts() }).unwrap();
    (full, empty)
}

/// Answers as a daemon does, and gives the questions.
fn answer(worker: &mut Worker, full: &Project, empty: &Project) -> (Vec<ToDaemon>, ToDaemon) {
    let mut questions = Vec::new();
    loop {
        let heard = worker.hear().unwrap();
        match &heard {
            ToDaemon::Tiles(..) => {
                worker.say(&ToWorker::Tiles(state::change(empty, full).unwrap_or_default()));
            }
            ToDaemon::Places(_) => {
                let places: Vec<TilePos> =
                    full.layers()[0].volume.tiles().map(|(at, _)| at).collect();
                let bytes = places.iter().flat_map(|at| at.0).flat_map(i32::to_le_bytes);
                worker.say(&ToWorker::Places(bytes.collect()));
            }
            ToDaemon::Ask(_) => worker.say(&ToWorker::Result("{\"count\":2}".to_owned())),
            _ => return (questions, heard),
        }
        questions.push(heard);
    }
}

fn run(source: &str) -> (Vec<ToDaemon>, Project, String) {
    let (mut full, empty) = projects();
    let mut worker = Worker::ready();
    let state = state::encode(&empty);
    worker.say(&ToWorker::Run(Box::new(Run { state, ..wanted(source) })));
    let (questions, last) = answer(&mut worker, &full, &empty);
    let ToDaemon::Done(done) = last else { panic!("{source}: {last:?}") };
    if !done.change.is_empty() {
        state::apply(&mut full, &done.change).unwrap();
    }
    assert!(worker.leave().success());
    (questions, full, done.value)
}

#[test]
fn a_voxel_that_is_looked_at_has_its_tile_fetched_once() {
    let look = "[goxel.getVoxel(1, 2, 3).r, goxel.getVoxel(1, 2, 4).a, goxel.getVoxel(1, 2, 3).r]";
    let (questions, full, value) = run(look);
    assert_eq!(value, "[255,0,255]");
    assert!(
        matches!(&questions[..], [ToDaemon::Tiles(_, places)] if places.len() == 12),
        "{questions:?}"
    );
    assert_eq!(full.version(), projects().0.version());
}

#[test]
fn a_voxel_that_is_changed_leaves_the_others_as_they_are() {
    let (_, full, _) = run("goxel.addVoxel(1, 2, 4, [0, 255, 0, 255])");
    let volume = &full.layers()[0].volume;
    assert_eq!(
        (volume.count(), volume.get(Pos::new(1, 2, 3)), volume.get(Pos::new(1, 2, 4))),
        (3, RED, GREEN)
    );
}

#[test]
fn all_voxels_are_found_by_their_places() {
    let count = "let n = 0; goxel.image.activeLayer.volume.iter(() => { n++ }); n";
    let (questions, _, value) = run(count);
    assert_eq!(value, "2");
    assert!(questions.iter().any(|asked| matches!(asked, ToDaemon::Places(_))), "{questions:?}");
}

#[test]
fn a_method_is_answered_of_the_project_as_the_script_has_it() {
    let (questions, full, value) =
        run("goxel.addVoxel(1, 2, 4, [0, 255, 0, 255]); goxel.call('goxel.count', {})");
    assert_eq!(value, "{\"count\":2}");
    let Some(ToDaemon::Ask(Ask { method, change, .. })) = questions.last() else {
        panic!("{questions:?}")
    };
    assert_eq!(method, "goxel.count");
    let mut asked_of = projects().0;
    state::apply(&mut asked_of, change).unwrap();
    assert_eq!(asked_of.count(), full.count());
}

#[test]
fn what_was_printed_is_told_before_a_method_is_asked_for() {
    let mut worker = Worker::ready();
    worker.begin("print('now'); goxel.call('goxel.count', {}); print('then')");
    assert_eq!(worker.hear().unwrap(), ToDaemon::Print("now\n".to_owned()));
    assert!(matches!(worker.hear().unwrap(), ToDaemon::Ask(_)));
    worker.say(&ToWorker::Result("1".to_owned()));
    let heard = worker.hear_end("it");
    assert!(heard.last.is_ok() && heard.printed == "then\n", "{heard:?}");
}

#[test]
fn a_stop_in_the_place_of_an_answer_ends_the_script() {
    let mut worker = Worker::ready();
    worker.begin("while (true) { try { goxel.getVoxel(0, 0, 0) } catch {} }");
    assert!(matches!(worker.hear().unwrap(), ToDaemon::Tiles(..)));
    worker.say(&ToWorker::Stop("enough".to_owned()));
    let failed = worker.hear_end("it").last.unwrap_err();
    assert_eq!((failed.name.as_str(), failed.message.as_str()), ("Stopped", "enough"));
    assert_eq!(worker.value("1"), "1");
}

#[test]
fn tiles_that_are_none_end_the_script() {
    let mut worker = Worker::ready();
    worker.begin("goxel.getVoxel(0, 0, 0)");
    assert!(matches!(worker.hear().unwrap(), ToDaemon::Tiles(..)));
    worker.say(&ToWorker::Tiles(b"no tiles".to_vec()));
    let failed = worker.hear_end("it").last.unwrap_err();
    assert!(failed.message.starts_with("tiles cannot be taken: "), "{failed:?}");
    assert_eq!(worker.value("1"), "1");
}
