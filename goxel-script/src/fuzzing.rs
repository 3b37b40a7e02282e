//! What only fuzz targets reach: programs of any calls with any arguments.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use goxel_core::{Command, Project};
use goxel_proto::types::{Aabb, LayerRef, Rgba};
use goxel_store::state;
use rquickjs::{Context, Runtime, Value};

use crate::api::{Host, install, wild};
use crate::model::at_hand::model_of;

/// Steps of one program.
const STEPS_MAX: usize = 24;
/// Bytes that its values may take.
const HEAP_MAX: usize = 64 << 20;
/// How often the engine looks whether it is to end, before it is: each time some ten thousand steps have gone by.
const LOOKS_MAX: u32 = 200;

/// Runs a program that these bytes stand for. Whatever it does, no call panics, and what it changed is written
/// and read again.
pub fn run(bytes: &[u8]) {
    let mut bytes = bytes.iter();
    let mut below = |end: usize| usize::from(bytes.next().copied().unwrap_or(0)) % end.max(1);
    let steps = below(STEPS_MAX);
    let script = wild::program(steps, &mut below);
    let project = project();
    let Ok(runtime) = Runtime::new() else { return };
    runtime.set_memory_limit(HEAP_MAX);
    let looks = Cell::new(0);
    runtime.set_interrupt_handler(Some(Box::new(move || {
        looks.set(looks.get() + 1);
        looks.get() > LOOKS_MAX
    })));
    let Ok(context) = Context::full(&runtime) else { return };
    let (model, _) = model_of(&project);
    let host = Host::new(Rc::new(RefCell::new(model)), 1);
    context.with(|ctx| {
        if install(&ctx, &host).is_ok() {
            // What it is worth or fails with is its own affair.
            let _ = ctx.eval::<Value<'_>, _>(script.as_str());
        }
    });
    let change = host.model.borrow_mut().change();
    let mut after = project.snapshot();
    match change {
        Ok(change) if change.is_empty() => {}
        Ok(change) => {
            assert!(state::apply(&mut after, &change).is_ok(), "the change is read again")
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

/// A project of some voxels in two layers.
fn project() -> Project {
    let mut project = Project::new("fuzz", [8; 3]);
    let boxes = [(Aabb { min: [-3; 3], max: [30; 3] }, Rgba::opaque(1, 2, 3))];
    let fill = Command::SetVoxels { layer: LayerRef::Active, boxes: &boxes, voxels: &[] };
    // Both are within all bounds.
    let _ = project.apply(fill);
    let _ = project.apply(Command::CreateLayer { name: "b", visible: true });
    project
}
