//! What the engine's bindings have to be promised: which values may live in its objects, and that nobody runs a
//! script while bytes of an array of it are looked at.

#![allow(unsafe_code)]

use rquickjs::{JsLifetime, Object, U8Clamped};

/// A value of ours in an object of the engine.
pub(crate) struct Held<T>(pub(crate) T);

// SAFETY: `T` holds nothing that lives as long as the engine, since it is `'static`; so there is no lifetime in
// it that could be the wrong one.
unsafe impl<T: 'static> JsLifetime<'_> for Held<T> {
    type Changed<'to> = Self;
}

/// Has an array of bytes or of whole numbers of 32 bits read as bytes; `None` where the object is no such array,
/// or its memory was taken from it.
///
/// `read` has nothing by which it could run a script, which might take the memory away.
pub(crate) fn with_bytes<D: 'static, R: 'static>(
    array: &Object<'_>,
    data: &mut D,
    read: fn(&[u8], &mut D) -> R,
) -> Option<R> {
    // SAFETY: nothing of the engine is called before `read` returns, and it has no way to call any: neither it,
    // which is a plain function, nor `D`, which is `'static`, holds a context.
    let bytes = unsafe {
        if let Some(array) = array.as_typed_array::<u32>() {
            array.as_bytes()
        } else if let Some(array) = array.as_typed_array::<i32>() {
            array.as_bytes()
        } else if let Some(array) = array.as_typed_array::<u8>() {
            array.as_bytes()
        } else {
            array.as_typed_array::<U8Clamped>()?.as_bytes()
        }
    };
    Some(read(bytes?, data))
}
