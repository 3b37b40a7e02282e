//! Values of ours as objects of the engine.

use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::Constructor;
use rquickjs::{Class, Ctx, Result, Value};

use crate::sys::Held;

/// What scripts have objects of.
pub(super) trait Named: 'static {
    /// What such an object is called.
    const NAME: &'static str;
}

impl<'js, T: 'static> Trace<'js> for Held<T> {
    /// It holds nothing of the engine's.
    fn trace<'a>(&self, _: Tracer<'a, 'js>) {}
}

impl<'js, T: Named> JsClass<'js> for Held<T> {
    const NAME: &'static str = T::NAME;

    type Mutable = Readable;

    fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

/// A new object.
pub(super) fn instance<'js, T: Named>(ctx: &Ctx<'js>, value: T) -> Result<Value<'js>> {
    Ok(Class::instance(ctx.clone(), Held(value))?.into_value())
}
