//! [`run`]: one script from its text to its last word. Each has a runtime of its own, of which nothing is left
//! for the next.

mod evaluate;
mod globals;
mod jobs;
mod session;
mod telling;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use goxel_core::Project;
use goxel_proto::worker::{Done, Failed, Run};
use rquickjs::{Context, Runtime};

use crate::console::Console;
use crate::outside::Outside;

use self::session::Session;

/// What the error is called of a script that was ended by others.
const STOPPED: &str = "Stopped";

/// What is said where the program itself has failed.
const FAULT: &str =
    "the program that runs scripts has a fault, which this script came upon; nothing has changed";

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
    let lost = session.lost();
    runtime.set_interrupt_handler(Some(Box::new(move || {
        console.flush();
        told.borrow_mut().look();
        ending.is_called() || lost.get()
    })));
    runtime.set_loader(session.modules(), session.modules());
    runtime.set_host_promise_rejection_tracker(Some(session.rejections.tracker(&session.script)));
    let done = match Context::full(&runtime) {
        Ok(context) => {
            let run = || context.with(|ctx| session.run(&ctx));
            // What a fault of ours leaves behind goes with the runtime.
            let done = catch_unwind(AssertUnwindSafe(run));
            done.unwrap_or_else(|_| Err(session.script.refused("InternalError", FAULT)))
        }
        Err(error) => Err(session.script.refused("InternalError", &error.to_string())),
    };
    // What is held of the runtime must go before it.
    session.close();
    if session.lost().get() {
        session.ending.call("it asked for tiles, and nobody gives any more");
    }
    match session.ending.why() {
        Some(why) => Err(stopped(why, done.err().unwrap_or_default())),
        None => done,
    }
}

/// What was thrown where the script was, in other words.
fn stopped(why: &str, failed: Failed) -> Failed {
    Failed { name: STOPPED.to_owned(), message: why.to_owned(), ..failed }
}
