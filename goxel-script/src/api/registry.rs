//! Scripts and formats that a script registers, and how they are run.
//!
//! What others are told of them is in [`Registered`]; their functions stay with the engine.

use std::cell::RefCell;
use std::collections::HashMap;

use rquickjs::function::This;
use rquickjs::{Ctx, Exception, Function, Object, Result, Value};

use super::Host;
use super::call::Call;
use super::image::Image;
use super::object::instance;

/// Scripts, and formats, that one script may register.
const REGISTERED_MAX: usize = 256;
/// Bytes of a name or an ending.
const NAME_BYTES_MAX: usize = 255;
/// Endings of a format.
const EXTENSIONS_MAX: usize = 64;

/// What a script registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// The scripts: names and descriptions.
    pub scripts: Vec<(String, String)>,
    /// The formats: names, and endings in small letters without dots.
    pub formats: Vec<(String, Vec<String>)>,
}

/// What scripts and formats were registered with, by their kinds and names. Held by the engine, which so
/// knows of them.
type Objects<'js> = RefCell<HashMap<String, Object<'js>>>;

/// Makes room for what will be registered.
pub(super) fn prepare(ctx: &Ctx<'_>) -> Result<()> {
    ctx.store_userdata(Objects::default())?;
    Ok(())
}

fn keep<'js>(ctx: &Ctx<'js>, key: String, object: Object<'js>) {
    if let Some(objects) = ctx.userdata::<Objects<'js>>() {
        objects.borrow_mut().insert(key, object);
    }
}

fn kept<'js>(ctx: &Ctx<'js>, key: &str) -> Option<Object<'js>> {
    ctx.userdata::<Objects<'js>>()?.borrow().get(key).cloned()
}

/// Registers a script that has a name and a function.
pub(super) fn register_script<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let script = options(call)?;
    let name = name(call, &script)?;
    let run: Value<'js> = script.get("onExecute")?;
    if !run.is_function() {
        return Err(call.not("onExecute", "a function", &run));
    }
    let description = match call.option(Some(&script), "description")? {
        Some(value) => call.text_of(&value, "description")?,
        None => String::new(),
    };
    let is_full = {
        let scripts = &mut call.host().registered.borrow_mut().scripts;
        scripts.retain(|(known, _)| *known != name);
        scripts.push((name.clone(), description));
        scripts.len() > REGISTERED_MAX
    };
    if is_full {
        return Err(call.out_of_range(format_args!("more than {REGISTERED_MAX} scripts")));
    }
    keep(call.ctx(), script_key(&name), script);
    call.undefined()
}

/// Registers a format that has a name, endings and functions.
pub(super) fn register_format<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let format = options(call)?;
    let name = name(call, &format)?;
    let extensions = extensions(call, &format)?;
    let has = |function: &str| -> Result<bool> {
        let value: Value<'js> = format.get(function)?;
        match (value.is_function(), value.is_undefined()) {
            (false, false) => Err(call.not(function, "a function", &value)),
            (is, _) => Ok(is),
        }
    };
    if !has("import")? & !has("export")? {
        return Err(call.wrong("a format needs a function: import, export, or both"));
    }
    let is_full = {
        let formats = &mut call.host().registered.borrow_mut().formats;
        formats.retain(|(known, _)| *known != name);
        formats.push((name.clone(), extensions));
        formats.len() > REGISTERED_MAX
    };
    if is_full {
        return Err(call.out_of_range(format_args!("more than {REGISTERED_MAX} formats")));
    }
    keep(call.ctx(), format_key(&name), format);
    call.undefined()
}

fn options<'js>(call: &Call<'_, 'js>) -> Result<Object<'js>> {
    call.options(0)?.ok_or_else(|| call.wrong("it needs an object that has a name"))
}

fn name<'js>(call: &Call<'_, 'js>, object: &Object<'js>) -> Result<String> {
    short_text(call, &object.get("name")?, "name")
}

fn short_text<'js>(call: &Call<'_, 'js>, value: &Value<'js>, what: &str) -> Result<String> {
    let text = call.text_of(value, what)?;
    if text.is_empty() || text.len() > NAME_BYTES_MAX {
        return Err(call.out_of_range(format_args!("{what} must have 1 to {NAME_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// The endings of a format: `["*.test"]`, or `ext: "name\0*.test\0"` as older scripts have it.
fn extensions<'js>(call: &Call<'_, 'js>, format: &Object<'js>) -> Result<Vec<String>> {
    let listed: Value<'js> = format.get("exts")?;
    let texts: Vec<String> = if let Some(array) = listed.as_array() {
        let count = array.len().min(EXTENSIONS_MAX);
        let text = |index: usize| short_text(call, &array.get(index)?, "an ending");
        (0..count).map(text).collect::<Result<_>>()?
    } else {
        let older: Value<'js> = format.get("ext")?;
        let value = if older.is_string() { older } else { listed };
        let text = short_text(call, &value, "exts")?;
        text.split('\0').filter(|part| part.contains('.')).map(str::to_owned).collect()
    };
    let plain = |text: &String| text.trim_start_matches(['*', '.']).to_ascii_lowercase();
    let extensions: Vec<String> = texts.iter().map(plain).filter(|text| !text.is_empty()).collect();
    if extensions.is_empty() {
        return Err(call.wrong("a format needs endings: exts: [\"*.test\"]"));
    }
    Ok(extensions)
}

fn script_key(name: &str) -> String {
    format!("script {name}")
}

fn format_key(name: &str) -> String {
    format!("format {name}")
}

/// Runs the script that was registered under a name.
///
/// # Errors
/// What it throws, or where there is none.
pub fn run<'js>(ctx: &Ctx<'js>, host: &Host, name: &str) -> Result<Value<'js>> {
    let Some(script) = kept(ctx, &script_key(name)) else {
        let known: Vec<String> =
            host.registered.borrow().scripts.iter().map(|(name, _)| name.clone()).collect();
        let text = format!("no script is registered as \"{name}\": there are {}", quoted(&known));
        return Err(Exception::throw_reference(ctx, &text));
    };
    let function: Function<'js> = script.get("onExecute")?;
    function.call((This(script),))
}

/// Has the format that was registered for the ending of a path write the image.
///
/// # Errors
/// What it throws, or where there is none.
pub fn export<'js>(ctx: &Ctx<'js>, host: &Host, path: &str) -> Result<Value<'js>> {
    by_format(ctx, host, path, "export")
}

/// Has the format that was registered for the ending of a path read into the image.
///
/// # Errors
/// What it throws, or where there is none.
pub fn import<'js>(ctx: &Ctx<'js>, host: &Host, path: &str) -> Result<Value<'js>> {
    by_format(ctx, host, path, "import")
}

fn by_format<'js>(ctx: &Ctx<'js>, host: &Host, path: &str, function: &str) -> Result<Value<'js>> {
    let lower = path.to_ascii_lowercase();
    let ends = |extension: &String| {
        lower.strip_suffix(extension.as_str()).is_some_and(|rest| rest.ends_with('.'))
    };
    let of = |formats: &[(String, Vec<String>)]| {
        formats
            .iter()
            .rev()
            .find(|(_, extensions)| extensions.iter().any(ends))
            .map(|(name, _)| name.clone())
    };
    let found = of(&host.registered.borrow().formats);
    let format = found.as_ref().and_then(|name| kept(ctx, &format_key(name)));
    let Some(format) = format else {
        let formats = host.registered.borrow().formats.clone();
        let known: Vec<String> =
            formats.into_iter().flat_map(|(_, extensions)| extensions).collect();
        let text = format!("no format is registered for \"{path}\": there are {}", quoted(&known));
        return Err(Exception::throw_reference(ctx, &text));
    };
    let name = found.unwrap_or_default();
    let called: Value<'js> = format.get(function)?;
    let Some(called) = called.as_function() else {
        let text = format!("the format \"{name}\" has no function {function}");
        return Err(Exception::throw_type(ctx, &text));
    };
    called.call((This(format), instance(ctx, Image)?, path))
}

fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
