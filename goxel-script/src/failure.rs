//! What was thrown, told for people: [`Script::failed`].

use goxel_proto::worker::{Failed, Run};
use rquickjs::{Ctx, Error, Object, Value};

use crate::console::text_of;
use crate::sys;

/// What the script is called where nobody says it.
const NAMELESS: &str = "script";
/// The least that the values of a script may take: the engine's own objects, and a small script.
const HEAP_BYTES_MIN: u64 = 1 << 20;
/// What telling of an error may take beside that.
const TELLING_BYTES: u64 = 4 << 20;

/// What is told of a message, and of a stack: enough to find an error by, and no way to fill a reply.
const MESSAGE_CHARS_MAX: usize = 4096;
const STACK_CHARS_MAX: usize = 16384;
/// What is told of a line of the script, which may have been packed into one.
const LINE_CHARS_MAX: usize = 400;

/// The kind of what is thrown and is no error.
const THROWN: &str = "Thrown";
/// The kind of what the engine says of itself, as where it has no memory.
const INTERNAL: &str = "InternalError";
/// What the engine says where the limit of the heap is met.
const NO_MEMORY: &str = "out of memory";

/// A script's text, and what it is called.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) source: String,
    /// Bytes that its values may take.
    pub(crate) heap_max: u64,
}

impl Script {
    pub(crate) fn of(run: &Run) -> Self {
        // What errors call it is told to the engine in C.
        let name = run.name.replace('\0', " ");
        Self {
            name: if name.is_empty() { NAMELESS.to_owned() } else { name },
            source: run.source.clone(),
            heap_max: run.heap_max.max(HEAP_BYTES_MIN),
        }
    }

    /// Why the engine gave up.
    pub(crate) fn failed(&self, ctx: &Ctx<'_>, error: &Error) -> Failed {
        if error.is_exception() {
            return self.thrown(&ctx.catch());
        }
        let memory = matches!(error, Error::Allocation);
        let message = if memory { NO_MEMORY.to_owned() } else { error.to_string() };
        self.told(INTERNAL, &message, "")
    }

    /// What this says as an exception that nobody caught.
    pub(crate) fn thrown(&self, value: &Value<'_>) -> Failed {
        let trace = self.trace(value.ctx());
        self.describe(value, &trace, value.is_null() && !self.is_thrown_here(&trace))
    }

    /// What this says as the reason of a promise that was rejected.
    pub(crate) fn rejected(&self, reason: &Value<'_>) -> Failed {
        let trace = self.trace(reason.ctx());
        let is_silent = trace.is_empty() || self.is_thrown_here(&trace);
        self.describe(reason, &trace, reason.is_null() && !is_silent)
    }

    /// Where the engine knows that something was thrown last. It must be asked before anything else is done that
    /// may throw.
    fn trace(&self, ctx: &Ctx<'_>) -> String {
        // To tell of an error takes memory, and it may be that there is none.
        sys::set_memory_limit(ctx, self.heap_max.saturating_add(TELLING_BYTES));
        sys::back_trace(ctx).map(|trace| text_of(&trace)).unwrap_or_default()
    }

    /// `null` is also what the engine throws where there is not even the memory for an error: then no `throw`
    /// stands there.
    fn is_thrown_here(&self, trace: &str) -> bool {
        let (line, column) = self.place(trace).unwrap_or_default();
        let before: String =
            self.full_line(line).chars().take((column as usize).saturating_sub(1)).collect();
        before.trim_end().ends_with("throw")
    }

    fn describe(&self, value: &Value<'_>, trace: &str, no_memory: bool) -> Failed {
        if no_memory {
            return self.told(INTERNAL, NO_MEMORY, trace);
        }
        let Some(error) = value.as_object().filter(|object| is_like_an_error(object)) else {
            return self.told(THROWN, &text_of(value), trace);
        };
        let stack = property(error, "stack").filter(|stack| !stack.is_empty());
        let name = property(error, "name").filter(|name| !name.is_empty());
        let message = property(error, "message").unwrap_or_default();
        self.told(name.as_deref().unwrap_or("Error"), &message, stack.as_deref().unwrap_or(trace))
    }

    /// An error of ours, that is at no place of the script.
    pub(crate) fn refused(&self, name: &str, message: &str) -> Failed {
        self.told(name, message, "")
    }

    fn told(&self, name: &str, message: &str, stack: &str) -> Failed {
        let (line, column) = self.place(stack).unwrap_or_default();
        let mut message = cut(message, MESSAGE_CHARS_MAX);
        if name == INTERNAL && message.starts_with(NO_MEMORY) {
            message = format!(
                "{NO_MEMORY}: the values of a script may take {} bytes. Keep less at a time, or use typed arrays; a \
                 daemon whose --memory-max is small gives scripts more with a larger one",
                self.heap_max,
            );
        }
        Failed {
            name: cut(name, MESSAGE_CHARS_MAX),
            message,
            line,
            column,
            stack: cut(stack.trim_end(), STACK_CHARS_MAX),
            source_line: cut(self.full_line(line), LINE_CHARS_MAX),
        }
    }

    /// The line and column of the innermost call that is in the script.
    fn place(&self, stack: &str) -> Option<(u32, u32)> {
        stack.lines().find_map(|call| {
            let (rest, column) = call.trim_end_matches(')').rsplit_once(':')?;
            let (file, line) = rest.rsplit_once(':')?;
            let place = (line.parse().ok()?, column.parse().ok()?);
            file.ends_with(&self.name).then_some(place)
        })
    }

    fn full_line(&self, number: u32) -> &str {
        let index = (number as usize).checked_sub(1);
        index.and_then(|index| self.source.lines().nth(index)).unwrap_or_default()
    }
}

/// An error, or what is made like one: `DOMException` is none, nor is what libraries build.
fn is_like_an_error(object: &Object<'_>) -> bool {
    object.is_error()
        || property(object, "message").is_some() && property(object, "stack").is_some()
}

/// A property that is text. What it throws is dropped: one error is told already.
fn property(object: &Object<'_>, name: &str) -> Option<String> {
    match object.get::<_, Value<'_>>(name) {
        Ok(value) => value.is_string().then(|| text_of(&value)),
        Err(_) => {
            object.ctx().catch();
            None
        }
    }
}

fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
