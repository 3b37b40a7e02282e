//! What a script finds beside the API: `args`, `scriptArgs`, and `__loadScript`, which says why it cannot.

use rquickjs::convert::Coerced;
use rquickjs::{Array, Ctx, Exception, Function, Result, Value};

/// Makes the globals. `args` is JSON, or nothing.
pub(super) fn install<'js>(ctx: &Ctx<'js>, args: &str, name: &str) -> Result<()> {
    let args =
        if args.is_empty() { Array::new(ctx.clone())?.into_value() } else { ctx.json_parse(args)? };
    let globals = ctx.globals();
    globals.set("scriptArgs", script_args(ctx, &args, name)?)?;
    globals.set("args", args)?;
    let load = |ctx: Ctx<'js>, path: Coerced<String>| {
        let message = format!(
            "`{}` cannot be loaded: a script reaches no files, so put both into one",
            path.0
        );
        Err::<(), _>(Exception::throw_message(&ctx, &message))
    };
    globals.set("__loadScript", Function::new(ctx.clone(), load)?)
}

/// As of a program: its name, then each argument as text, where there is a list of them.
fn script_args<'js>(ctx: &Ctx<'js>, args: &Value<'js>, name: &str) -> Result<Array<'js>> {
    let all = Array::new(ctx.clone())?;
    all.set(0, name)?;
    for (index, arg) in
        args.as_array().into_iter().flat_map(Array::iter::<Coerced<String>>).enumerate()
    {
        all.set(index + 1, arg?.0)?;
    }
    Ok(all)
}
