//! What methods of the daemon are asked with, and what comes of it.

use rquickjs::{Exception, Result, Value};

use super::call::Call;

/// A value as JSON.
pub(super) fn json<'js>(call: &Call<'_, 'js>, value: Value<'js>) -> Result<String> {
    match call.ctx().json_stringify(value)? {
        Some(text) => text.to_string(),
        None => Err(call.wrong("params must be something that JSON has")),
    }
}

/// What a method gave, or its error as an exception that has its code.
pub(super) fn answered<'js>(
    call: &Call<'_, 'js>,
    answer: std::result::Result<String, String>,
) -> Result<Value<'js>> {
    let error = match answer {
        Ok(result) => return call.ctx().json_parse(result),
        Err(error) => call.ctx().json_parse(error)?,
    };
    let member = |name: &str| -> Result<Value<'js>> {
        error.as_object().map_or_else(|| call.undefined(), |error| error.get(name))
    };
    let message = call.text_of(&member("message")?, "the error's message")?;
    let exception = Exception::from_message(call.ctx().clone(), &message)?;
    exception.as_object().set("code", member("code")?)?;
    Err(exception.throw())
}
