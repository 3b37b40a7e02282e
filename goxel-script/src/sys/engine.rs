//! Three things that the engine does and its binding does not offer: to compile a script without running it, to
//! tell where something was thrown that is no error, and to have more memory while a script runs.

#![allow(unsafe_code)]

use std::ffi::CStr;

use rquickjs::{Ctx, Error, Result, Value, qjs};

/// The command of the engine's own library that takes the trace of what was thrown last.
const TAKE_BACK_TRACE: i32 = 2;

/// Whether a global script compiles; `waits` where `await` may stand outside of functions.
pub(crate) fn check(ctx: &Ctx<'_>, source: &CStr, name: &CStr, waits: bool) -> Result<()> {
    let waits = if waits { qjs::JS_EVAL_FLAG_ASYNC } else { 0 };
    let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY | waits;
    let length = source.count_bytes() as _;
    // SAFETY: the context lives as long as `ctx`; both texts end with a zero byte, and the length is that without
    // it. Nothing is run, so no function of ours can have panicked.
    let code = unsafe {
        qjs::JS_Eval(ctx.as_raw().as_ptr(), source.as_ptr(), length, name.as_ptr(), flags as _)
    };
    // SAFETY: the value is this context's, and nobody else counts on it: dropped here, it is freed.
    let code = unsafe { Value::from_raw(ctx.clone(), code) };
    if code.is_exception() { Err(Error::Exception) } else { Ok(()) }
}

/// The calls that led to what was thrown last and has not been caught by the script, where the engine knows.
pub(crate) fn back_trace<'js>(ctx: &Ctx<'js>) -> Option<Value<'js>> {
    let mut trace = qjs::JS_UNDEFINED;
    // SAFETY: the command takes a context and the place of a value, into which it moves the trace; `trace` outlives
    // the call, and holds nothing that would be lost.
    unsafe {
        qjs::js_std_cmd(TAKE_BACK_TRACE, ctx.as_raw().as_ptr(), &raw mut trace);
    }
    // SAFETY: the trace was the context's, which has given it up.
    let trace = unsafe { Value::from_raw(ctx.clone(), trace) };
    trace.is_string().then_some(trace)
}

/// Sets how many bytes the values of a script may take, while it runs.
pub(crate) fn set_memory_limit(ctx: &Ctx<'_>, bytes: u64) {
    // SAFETY: the context lives as long as `ctx`, and its runtime longer; the limit is a plain number of it.
    unsafe {
        qjs::JS_SetMemoryLimit(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), bytes as _);
    }
}
