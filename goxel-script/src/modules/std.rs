//! The module `std`: text with values in it, output, and files as far as there are any.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::convert::Coerced;
use rquickjs::function::{Opt, Rest};
use rquickjs::module::Declared;
use rquickjs::{
    ArrayBuffer, Ctx, Exception, Function, IntoJs as _, Module, Object, Result, TypedArray, Value,
};

use super::files::{File, Files};
use super::printf::sprintf;
use crate::console::{Console, text_of};

/// The exports.
const SOURCE: &str = include_str!("std.js");

/// Where something is written to.
#[derive(Clone)]
enum Stream {
    Console(Console),
    File(Open),
}

/// An open file; nothing is left of one that was closed.
#[derive(Clone)]
struct Open(Rc<RefCell<Option<File>>>);

/// Declares the module.
pub(super) fn declare<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    files: &Files,
    console: &Console,
) -> Result<Module<'js, Declared>> {
    let module = Module::declare(ctx.clone(), name, SOURCE)?;
    module.meta()?.set("std", exports(ctx, files, console)?)?;
    Ok(module)
}

/// What the module has.
pub(super) fn exports<'js>(
    ctx: &Ctx<'js>,
    files: &Files,
    console: &Console,
) -> Result<Object<'js>> {
    let console = Stream::Console(console.clone());
    let out = stream(ctx, &console)?;
    let std = out_of(ctx, &console)?;
    let opened = files.clone();
    let open = move |ctx: Ctx<'js>, path: Coerced<String>, mode: Opt<Coerced<String>>| {
        let mode = mode.0.map_or_else(|| "r".to_owned(), |mode| mode.0);
        let file =
            opened.open(&path.0, &mode).map_err(|why| Exception::throw_message(&ctx, &why))?;
        file_object(&ctx, &Open(Rc::new(RefCell::new(Some(file)))))
    };
    std.set("open", Function::new(ctx.clone(), open)?)?;
    let loaded = files.clone();
    let load = move |ctx: Ctx<'js>, path: Coerced<String>| {
        let file = loaded.open(&path.0, "r").map_err(|why| Exception::throw_message(&ctx, &why));
        file.map(|mut file| lossy(&file.read(usize::MAX)))
    };
    std.set("loadFile", Function::new(ctx.clone(), load)?)?;
    let form = |ctx: Ctx<'js>, form: Coerced<String>, values: Rest<Value<'js>>| {
        sprintf(&ctx, &form.0, &values.0)
    };
    std.set("sprintf", Function::new(ctx.clone(), form)?)?;
    // There is no environment.
    std.set("getenv", Function::new(ctx.clone(), |_name: Coerced<String>| ())?)?;
    std.set("gc", Function::new(ctx.clone(), |ctx: Ctx<'js>| ctx.run_gc())?)?;
    std.set("out", out.clone())?;
    std.set("err", out)?;
    for (name, from) in [("SEEK_SET", 0), ("SEEK_CUR", 1), ("SEEK_END", 2)] {
        std.set(name, from)?;
    }
    Ok(std)
}

/// An object with `puts` and `printf`.
fn out_of<'js>(ctx: &Ctx<'js>, to: &Stream) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let put = to.clone();
    let puts = move |ctx: Ctx<'js>, values: Rest<Value<'js>>| {
        values.0.iter().try_for_each(|value| put.write(&ctx, text_of(value).as_bytes()))
    };
    object.set("puts", Function::new(ctx.clone(), puts)?)?;
    let print = to.clone();
    let printf = move |ctx: Ctx<'js>, form: Coerced<String>, values: Rest<Value<'js>>| {
        let text = sprintf(&ctx, &form.0, &values.0)?;
        print.write(&ctx, text.as_bytes())?;
        Ok::<_, rquickjs::Error>(text.len() as u32)
    };
    object.set("printf", Function::new(ctx.clone(), printf)?)?;
    Ok(object)
}

/// What `std.out` is.
fn stream<'js>(ctx: &Ctx<'js>, to: &Stream) -> Result<Object<'js>> {
    let object = out_of(ctx, to)?;
    object.set("flush", Function::new(ctx.clone(), || ())?)?;
    Ok(object)
}

/// What `std.open` gives.
fn file_object<'js>(ctx: &Ctx<'js>, open: &Open) -> Result<Object<'js>> {
    let object = stream(ctx, &Stream::File(open.clone()))?;
    reading(ctx, &object, open)?;
    let file = open.clone();
    object.set("close", Function::new(ctx.clone(), move || drop(file.0.borrow_mut().take()))?)?;
    let file = open.clone();
    let put = move |ctx: Ctx<'js>, byte: i32| file.change(&ctx, |file| file.write(&[byte as u8]));
    object.set("putByte", Function::new(ctx.clone(), put)?)?;
    let file = open.clone();
    let write = move |ctx: Ctx<'js>, bytes: Value<'js>, at: Opt<usize>, length: Opt<usize>| {
        let bytes = bytes_of(&ctx, &bytes)?;
        let at = at.0.unwrap_or(0).min(bytes.len());
        let end = length.0.map_or(bytes.len(), |length| at.saturating_add(length).min(bytes.len()));
        file.change(&ctx, |file| file.write(&bytes[at..end]).map(|()| end - at))
    };
    object.set("write", Function::new(ctx.clone(), write)?)?;
    let file = open.clone();
    let seek = move |ctx: Ctx<'js>, offset: f64, from: Opt<i32>| {
        file.change(&ctx, |file| file.seek(offset as i64, from.0.unwrap_or(0)))
    };
    object.set("seek", Function::new(ctx.clone(), seek)?)?;
    Ok(object)
}

fn reading<'js>(ctx: &Ctx<'js>, object: &Object<'js>, open: &Open) -> Result<()> {
    let file = open.clone();
    let tell = move |ctx: Ctx<'js>| file.change(&ctx, |file| Ok(file.at()));
    object.set("tell", Function::new(ctx.clone(), tell)?)?;
    let file = open.clone();
    let eof = move |ctx: Ctx<'js>| file.change(&ctx, |file| Ok(file.is_at_end()));
    object.set("eof", Function::new(ctx.clone(), eof)?)?;
    let file = open.clone();
    let line = move |ctx: Ctx<'js>| {
        // As QuickJS has it: null at the end.
        match file.change(&ctx, |file| Ok(file.line()))? {
            Some(line) => lossy(&line).into_js(&ctx),
            None => Ok(Value::new_null(ctx)),
        }
    };
    object.set("getline", Function::new(ctx.clone(), line)?)?;
    let file = open.clone();
    let byte = move |ctx: Ctx<'js>| {
        let byte = file.change(&ctx, |file| Ok(file.read(1)))?;
        Ok::<_, rquickjs::Error>(byte.first().map_or(-1, |&byte| i32::from(byte)))
    };
    object.set("getByte", Function::new(ctx.clone(), byte)?)?;
    let file = open.clone();
    let text = move |ctx: Ctx<'js>, most: Opt<usize>| {
        file.change(&ctx, |file| Ok(lossy(&file.read(most.0.unwrap_or(usize::MAX)))))
    };
    object.set("readAsString", Function::new(ctx.clone(), text)?)?;
    let file = open.clone();
    let buffer = move |ctx: Ctx<'js>, most: Opt<usize>| {
        let bytes = file.change(&ctx, |file| Ok(file.read(most.0.unwrap_or(usize::MAX))))?;
        ArrayBuffer::new_copy(ctx, bytes)
    };
    object.set("readAsArrayBuffer", Function::new(ctx.clone(), buffer)?)
}

impl Stream {
    fn write(&self, ctx: &Ctx<'_>, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Console(console) => {
                console.print(&lossy(bytes));
                Ok(())
            }
            Self::File(open) => open.change(ctx, |file| file.write(bytes)),
        }
    }
}

impl Open {
    fn change<T>(
        &self,
        ctx: &Ctx<'_>,
        change: impl FnOnce(&mut File) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let mut open = self.0.borrow_mut();
        let file =
            open.as_mut().ok_or_else(|| Exception::throw_message(ctx, "the file is closed"))?;
        change(file).map_err(|why| Exception::throw_message(ctx, &why))
    }
}

/// The bytes of an `ArrayBuffer`, or of a view of one; of text, as UTF-8.
fn bytes_of(ctx: &Ctx<'_>, value: &Value<'_>) -> Result<Vec<u8>> {
    if value.is_string() {
        return Ok(text_of(value).into_bytes());
    }
    let bytes: Option<TypedArray<'_, u8>> = match value.as_object() {
        Some(object) if object.is_array_buffer() => ArrayBuffer::from_object(object.clone())
            .and_then(|buffer| TypedArray::from_arraybuffer(buffer).ok()),
        Some(object) => TypedArray::from_object(object.clone()).ok(),
        None => None,
    };
    let refused =
        || Exception::throw_type(ctx, "what is written is an ArrayBuffer, an Uint8Array or text");
    let bytes = bytes.ok_or_else(refused)?;
    (0..bytes.len()).map(|index| bytes.as_object().get(index as u32)).collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
