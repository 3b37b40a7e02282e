//! Every call of the API: what it does, what it gives, and what it refuses.

mod bulk;
mod calls;
mod declared;
mod examples;
mod hostile;
mod project;
mod upstream;

use std::cell::RefCell;
use std::rc::Rc;

use goxel_core::Project;
use goxel_proto::types::{LayerRef, Pos, Rgba};
use goxel_store::state;
use rquickjs::{CatchResultExt, Context, Ctx, Runtime, Value};

use super::{Host, install};
use crate::model::at_hand::{Log, ROOM, model_within};

/// A context over a project, for one test.
pub(super) struct Bench {
    project: Project,
    context: Context,
    _runtime: Runtime,
    pub(super) host: Host,
    pub(super) log: Rc<RefCell<Log>>,
}

/// Bytes that a test's script may take.
const HEAP_MAX: usize = 256 << 20;

impl Bench {
    /// Over a project of one empty layer and an image of 8 cubed.
    pub(super) fn new() -> Self {
        Self::over(Project::new("test", [8; 3]))
    }

    pub(super) fn over(project: Project) -> Self {
        Self::of(project, ROOM)
    }

    /// Over a project of one empty layer, in which volumes may take so many bytes.
    pub(super) fn with_room(room: u64) -> Self {
        Self::of(Project::new("test", [8; 3]), room)
    }

    fn of(project: Project, room: u64) -> Self {
        let runtime = Runtime::new().expect("memory");
        runtime.set_memory_limit(HEAP_MAX);
        let context = Context::full(&runtime).expect("memory");
        let (model, log) = model_within(&project, room);
        let host = Host::new(Rc::new(RefCell::new(model)), 42);
        context.with(|ctx| install(&ctx, &host)).expect("memory");
        Self { project, context, _runtime: runtime, host, log }
    }

    pub(super) fn with<R>(&self, run: impl FnOnce(&Ctx<'_>) -> R) -> R {
        self.context.with(|ctx| run(&ctx))
    }

    /// The value of a script as JSON, or its error in words.
    pub(super) fn run(&self, script: &str) -> Result<String, String> {
        self.with(|ctx| {
            let value =
                ctx.eval::<Value<'_>, _>(script).catch(ctx).map_err(|error| error.to_string())?;
            let text = ctx.json_stringify(value).catch(ctx).map_err(|error| error.to_string())?;
            Ok(text.map_or_else(|| "undefined".to_owned(), |text| text.to_string().expect("text")))
        })
    }

    /// What a script gives, which must not fail.
    #[track_caller]
    pub(super) fn gives(&self, script: &str, expected: &str) {
        assert_eq!(self.run(script).as_deref(), Ok(expected), "{script}");
    }

    /// What a script is refused with.
    #[track_caller]
    pub(super) fn refuses(&self, script: &str, words: &str) {
        let error = self.run(script).expect_err(script);
        assert!(error.contains(words), "{script}\n{error}\nhas no {words:?}");
    }

    /// The project that comes of it, by its change.
    pub(super) fn after(&self) -> Project {
        let change = self.host.model.borrow_mut().change().expect("the source is there");
        let mut after = self.project.snapshot();
        if !change.is_empty() {
            state::apply(&mut after, &change).expect("it was written for it");
        }
        after
    }

    /// A voxel of the active layer, of the project that comes of it.
    pub(super) fn voxel(&self, pos: [i32; 3]) -> Rgba {
        let after = self.after();
        after.layer(LayerRef::Active).expect("there is one").volume.get(Pos::from(pos))
    }
}

/// A script over a project of one empty layer.
#[track_caller]
pub(super) fn gives(script: &str, expected: &str) {
    Bench::new().gives(script, expected);
}

#[track_caller]
pub(super) fn refuses(script: &str, words: &str) {
    Bench::new().refuses(script, words);
}

#[test]
fn a_script_that_does_nothing_changes_nothing() {
    let bench = Bench::new();
    bench.gives("goxel.image.activeLayer.volume.getAt([0, 0, 0])", "[0,0,0,0]");
    assert!(bench.host.model.borrow_mut().change().expect("there").is_empty());
}

#[test]
fn a_lost_source_is_an_error() {
    let bench = Bench::new();
    bench.log.borrow_mut().until = Some(0);
    bench.refuses("goxel.getVoxel(0, 0, 0)", "the daemon has ended this script");
}
