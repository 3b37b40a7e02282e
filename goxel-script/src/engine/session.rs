//! [`Session`]: a script, what it has at hand, and what it does in its context.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use goxel_core::Project;
use goxel_proto::worker::{Action, Done, Failed, Run};
use rquickjs::{Ctx, Result, Value};

use super::evaluate::{evaluate, finish};
use super::globals;
use super::jobs::{Rejections, run_jobs};
use super::telling::Telling;
use crate::api::{self, Host};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Script;
use crate::model::{Model, Source};
use crate::modules::{Files, Modules};

/// How long the value of a script may be as JSON: the daemon puts it into a reply, which people and models read.
const VALUE_BYTES_MAX: usize = 16 << 20;

pub(super) struct Session<'a> {
    run: &'a Run,
    pub(super) script: Rc<Script>,
    console: Console,
    files: Files,
    pub(super) rejections: Rejections,
    pub(super) ending: Ending,
    host: Host,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        run: &'a Run,
        skeleton: Project,
        source: Box<dyn Source>,
        console: Console,
        ending: Ending,
    ) -> Self {
        let source = Box::new(Telling { source, console: console.clone() });
        let model = Rc::new(RefCell::new(Model::new(skeleton, source, run.voxels_max)));
        Self {
            run,
            script: Rc::new(Script::of(run)),
            console,
            files: Files::of(&run.action),
            rejections: Rejections::default(),
            ending,
            host: Host::new(model, run.seed),
        }
    }

    /// Runs the script, does what is wanted of it, and gathers what came of it.
    pub(super) fn run(&self, ctx: &Ctx<'_>) -> std::result::Result<Done, Failed> {
        let failed = |error: &rquickjs::Error| self.script.failed(ctx, error);
        self.install(ctx).map_err(|error| failed(&error))?;
        let value = evaluate(ctx, &self.script, &self.ending)?;
        let value = self.act(ctx, value)?;
        run_jobs(ctx, &self.ending);
        let value = self.json(value)?;
        meet_faults(ctx);
        if let Some(failed) = self.rejections.first() {
            return Err(failed);
        }
        let change = self.host.model.borrow_mut().change();
        let change =
            change.map_err(|refusal| self.script.refused("Error", &refusal.to_string()))?;
        let registered = self.host.registered.borrow();
        Ok(Done {
            value,
            change,
            written: self.files.take_written(),
            scripts: registered.scripts.iter().map(|(name, _)| name.clone()).collect(),
            formats: registered.formats.clone(),
        })
    }

    /// What the script can import.
    pub(super) fn modules(&self) -> Modules {
        Modules::new(self.files.clone(), self.console.clone())
    }

    /// Whether the source of tiles is lost: nothing that the script has made is right then.
    pub(super) fn lost(&self) -> Rc<Cell<bool>> {
        self.host.model.borrow().ended()
    }

    /// Lets go of what is held of the runtime, and sends what was printed last.
    pub(super) fn close(&self) {
        self.rejections.clear();
        self.console.finish();
    }

    fn install(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.console.install(ctx)?;
        self.modules().install(ctx)?;
        globals::install(ctx, &self.run.args, &self.script.name)?;
        api::install(ctx, &self.host)
    }

    /// Does what is wanted beside the evaluation, and gives the value that is told.
    fn act<'js>(
        &self,
        ctx: &Ctx<'js>,
        value: Value<'js>,
    ) -> std::result::Result<Value<'js>, Failed> {
        let acted = match &self.run.action {
            Action::Evaluate => return Ok(value),
            Action::Registered(name) => api::run(ctx, &self.host, name),
            Action::Export(path) => api::export(ctx, &self.host, path),
            Action::Import(path, _) => api::import(ctx, &self.host, path),
        };
        let acted = acted.map_err(|error| self.script.failed(ctx, &error))?;
        finish(acted, &self.script, &self.ending)
    }

    /// The value as `JSON.stringify` has it; empty for `undefined` and functions.
    fn json(&self, value: Value<'_>) -> std::result::Result<String, Failed> {
        let ctx = value.ctx().clone();
        let text = match ctx.json_stringify(value) {
            Ok(Some(text)) => text.to_string(),
            Ok(None) => Ok(String::new()),
            Err(error) => Err(error),
        };
        match text {
            Ok(text) if text.len() <= VALUE_BYTES_MAX => Ok(text),
            Ok(text) => {
                let message = format!(
                    "the value of the script has {} bytes as JSON, where {VALUE_BYTES_MAX} are the most: end it \
                     with less, or with `undefined`",
                    text.len(),
                );
                Err(self.script.refused("RangeError", &message))
            }
            Err(error) => {
                let failed = self.script.failed(&ctx, &error);
                let message = format!(
                    "the value of the script has no form as JSON: {}; end it with another, or with `undefined`",
                    failed.message,
                );
                Err(Failed { message, ..failed })
            }
        }
    }
}

/// Panics where a call of ours has panicked, and the script has caught what the engine made of it: the panic is
/// kept until something is thrown that Rust sees.
fn meet_faults(ctx: &Ctx<'_>) {
    let _: Result<()> = ctx.eval("throw 0");
    ctx.catch();
}
