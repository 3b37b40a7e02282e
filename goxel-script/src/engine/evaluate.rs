//! [`evaluate`]: which kind of script it is, and its value.
//!
//! Most are global scripts, whose value is that of the last expression. One that has `await` outside of functions
//! is one too, if it compiles so. What has `import` or `export` is a module, whose value is what it exports as
//! default.

use std::ffi::CString;

use goxel_proto::worker::Failed;
use rquickjs::context::EvalOptions;
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Module, Object, Promise, Value};

use super::jobs::settle;
use crate::ending::Ending;
use crate::failure::Script;
use crate::sys;

/// A text without any of these is a plain script, and need not be compiled to know that.
const TELLING_WORDS: [&str; 3] = ["await", "export", "import"];

enum Kind<'js> {
    Plain,
    /// `await` stands outside of functions.
    Waiting,
    Module(Module<'js, Declared>),
}

/// Runs the script, and gives its value; where that is a promise, what becomes of it.
pub(super) fn evaluate<'js>(
    ctx: &Ctx<'js>,
    script: &Script,
    ending: &Ending,
) -> Result<Value<'js>, Failed> {
    let failed = |error: Error| script.failed(ctx, &error);
    let finish = |value: Value<'js>| finish(value, script, ending);
    match kind(ctx, script)? {
        Kind::Plain => {
            finish(ctx.eval_with_options(script.source.as_str(), options(script)).map_err(failed)?)
        }
        Kind::Waiting => {
            let mut options = options(script);
            options.promise = true;
            let promise = ctx.eval_with_options(script.source.as_str(), options).map_err(failed)?;
            let wrapped: Object<'js> = Object::from_value(finish(promise)?).map_err(failed)?;
            finish(wrapped.get("value").map_err(failed)?)
        }
        Kind::Module(module) => {
            let (module, promise) = module.eval().map_err(failed)?;
            finish(promise.into_value())?;
            let exports = module.namespace().map_err(failed)?;
            finish(exports.get("default").map_err(failed)?)
        }
    }
}

fn options(script: &Script) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(script.name.clone());
    options
}

fn kind<'js>(ctx: &Ctx<'js>, script: &Script) -> Result<Kind<'js>, Failed> {
    let zero = |_| script.refused("SyntaxError", "the script has a zero byte, so it is no text");
    let source = CString::new(script.source.as_str()).map_err(zero)?;
    let name = CString::new(script.name.as_str()).map_err(zero)?;
    if !TELLING_WORDS.iter().any(|word| script.source.contains(word)) {
        return Ok(Kind::Plain);
    }
    let check =
        |waits| sys::check(ctx, &source, &name, waits).map_err(|error| script.failed(ctx, &error));
    let Err(plain) = check(false) else { return Ok(Kind::Plain) };
    let Err(waiting) = check(true) else { return Ok(Kind::Waiting) };
    let module = match Module::declare(ctx.clone(), script.name.as_str(), script.source.as_str()) {
        Ok(module) => return Ok(Kind::Module(module)),
        Err(error) => script.failed(ctx, &error),
    };
    // It compiles, but what it imports is not there.
    if module.name != plain.name {
        return Err(module);
    }
    // The kind in which it is right for longest is what it was meant to be.
    let all = [module, waiting, plain];
    Err(all.into_iter().max_by_key(|failed| (failed.line, failed.column)).unwrap_or_default())
}

/// The value itself, or what becomes of it where it is a promise.
pub(super) fn finish<'js>(
    value: Value<'js>,
    script: &Script,
    ending: &Ending,
) -> Result<Value<'js>, Failed> {
    let Some(promise) = Promise::from_value(value.clone()).ok().filter(|_| value.is_promise())
    else {
        return Ok(value);
    };
    let never = "the script waits for a promise that nothing settles";
    let result = settle(&promise, ending).ok_or_else(|| script.refused("Error", never))?;
    result.map_err(|error| script.failed(value.ctx(), &error))
}
