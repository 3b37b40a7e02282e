//! Numbers in and out of the engine without a handle for each: what single voxels and distances are made of, millions
//! of which one script sets and asks for.

#![allow(unsafe_code)]

use rquickjs::{Array, Ctx, Error, Function, Object, Result, Value, qjs};

/// What an array has at a place, or a function gave.
pub(crate) enum Item<'js> {
    Whole(i32),
    Fraction(f64),
    Other(Value<'js>),
}

/// An object, where a value is one. The engine's own way tells all kinds of objects apart first.
#[inline]
pub(crate) fn as_object<'a, 'js>(value: &'a Value<'js>) -> Option<&'a Object<'js>> {
    // SAFETY: the value is an object, and `Object` is a value in another type.
    value.is_object().then(|| unsafe { value.ref_object() })
}

/// An array, where a value is one.
#[inline]
pub(crate) fn as_array<'a, 'js>(value: &'a Value<'js>) -> Option<&'a Array<'js>> {
    // SAFETY: the value is an array, and `Array` is a value in another type.
    value.is_array().then(|| unsafe { value.ref_array() })
}

/// What an array has at a place.
#[inline]
pub(crate) fn item<'js>(array: &Array<'js>, index: u32) -> Result<Item<'js>> {
    let ctx = array.ctx();
    // SAFETY: context and array live as long as they are borrowed here; the item is given to whoever asked.
    let item = unsafe { qjs::JS_GetPropertyUint32(ctx.as_raw().as_ptr(), array.as_raw(), index) };
    // SAFETY: it is a value of this context that nobody else counts on.
    unsafe { taken(ctx, item) }
}

/// What a function gives for three numbers. Whole ones are given as such, with which the engine reckons faster.
#[inline]
pub(crate) fn call<'js>(function: &Function<'js>, place: [f64; 3]) -> Result<Item<'js>> {
    let ctx = function.ctx();
    let mut arguments = place.map(|axis| {
        let whole = axis as i32;
        if f64::from(whole) == axis {
            qjs::JS_MKVAL(qjs::JS_TAG_INT, whole)
        } else {
            qjs::JS_NewFloat64(axis)
        }
    });
    // SAFETY: context and function live as long as they are borrowed here; the arguments are numbers, of which
    // nobody counts how often they are held, and as many as is said.
    let given = unsafe {
        let (ctx, count) = (ctx.as_raw().as_ptr(), arguments.len() as _);
        qjs::JS_Call(ctx, function.as_raw(), qjs::JS_UNDEFINED, count, arguments.as_mut_ptr())
    };
    // SAFETY: it is a value of this context that nobody else counts on.
    unsafe { taken(ctx, given) }
}

/// Takes what the engine gave.
///
/// # Safety
/// The value is of the context, and nobody else frees it.
#[inline]
unsafe fn taken<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Item<'js>> {
    // SAFETY: the tag says which part of the value is there.
    unsafe {
        let tag = qjs::JS_VALUE_GET_NORM_TAG(value);
        match tag {
            qjs::JS_TAG_INT => Ok(Item::Whole(qjs::JS_VALUE_GET_INT(value))),
            qjs::JS_TAG_FLOAT64 => Ok(Item::Fraction(qjs::JS_VALUE_GET_FLOAT64(value))),
            qjs::JS_TAG_EXCEPTION => Err(Error::Exception),
            _ => Ok(Item::Other(Value::from_raw(ctx.clone(), value))),
        }
    }
}
