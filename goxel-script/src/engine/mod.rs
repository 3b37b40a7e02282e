//! [`run`]: one script from its text to its last word. Each has a runtime of its own, of which nothing is left
//! for the next.

mod evaluate;
mod globals;
mod jobs;
mod session;
#[cfg(test)]
mod tests;

use goxel_core::Project;
use goxel_proto::worker::{Done, Failed, Run};
use rquickjs::{Context, Runtime};

use crate::console::Console;
use crate::modules::Modules;
use crate::outside::Outside;

use self::session::Session;

/// What the error is called of a script that was ended by others.
const STOPPED: &str = "Stopped";

/// Runs a script on a project without voxels, which come as it looks at them.
///
/// # Errors
/// What it threw, why it does not compile, or why it was ended.
pub fn run(run: &Run, skeleton: Project, outside: Outside) -> Result<Done, Failed> {
    let Outside { source, told, ending, stack_bytes } = outside;
    let console = Console::new(told.clone());
    let session = Session::new(run, skeleton, source, console.clone(), ending.clone());
    let runtime = Runtime::new()
        .map_err(|error| session.script.refused("InternalError", &error.to_string()))?;
    runtime.set_memory_limit(usize::try_from(session.script.heap_max).unwrap_or(usize::MAX));
    runtime.set_max_stack_size(stack_bytes);
    runtime.set_interrupt_handler(Some(Box::new(move || {
        console.flush();
        told.borrow_mut().look();
        ending.is_called()
    })));
    let modules = Modules::new(session.files.clone(), session.console.clone());
    runtime.set_loader(modules.clone(), modules);
    runtime.set_host_promise_rejection_tracker(Some(session.rejections.tracker(&session.script)));
    let done = match Context::full(&runtime) {
        Ok(context) => context.with(|ctx| session.run(&ctx)),
        Err(error) => Err(session.script.refused("InternalError", &error.to_string())),
    };
    // What is held of the runtime must go before it.
    session.close();
    match session.ending.why() {
        Some(why) => Err(stopped(why, done.err().unwrap_or_default())),
        None => done,
    }
}

/// What was thrown where the script was, in other words.
fn stopped(why: &str, failed: Failed) -> Failed {
    Failed { name: STOPPED.to_owned(), message: why.to_owned(), ..failed }
}
