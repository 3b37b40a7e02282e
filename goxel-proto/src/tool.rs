//! [`ToolCall`]: the other form of a request, `{"tool": NAME, "arguments": {...}}`.
//!
//! A tool is a method by another name, and some of its arguments are written in another way. It has
//! no id. Its reply is one line: `{ "success": true, "content": ... }`, or
//! `{ "success": false, "error_code": ..., "error_message": ... }`.
//!
//! Arguments that are written as the method's parameters are passed on as the bytes that they are;
//! the others are written anew, member by member, and read again.

use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Str, Value, Writer};
use crate::method::{Arguments, Method};

type Result<T> = std::result::Result<T, RpcError>;

/// One request in the form of a tool.
#[derive(Clone, Copy, Debug)]
pub struct ToolCall<'a> {
    name: Str<'a>,
    arguments: Option<Value<'a>>,
}

/// The parameters of a tool's method.
#[derive(Debug)]
pub enum Params<'a> {
    /// The arguments as they were sent.
    Same(Option<Value<'a>>),
    /// An object that was written anew.
    Rewritten(Vec<u8>),
}

impl Params<'_> {
    /// The parameters as a value.
    ///
    /// # Errors
    /// Where what was written anew cannot be read, which cannot be.
    pub fn value(&self) -> Result<Option<Value<'_>>> {
        match self {
            Self::Same(value) => Ok(*value),
            Self::Rewritten(text) => match Value::parse(text) {
                Ok(value) => Ok(Some(value)),
                Err(error) => Err(RpcError::params("arguments", error)),
            },
        }
    }
}

impl<'a> ToolCall<'a> {
    /// Takes a request as a tool's: it says `tool`, a string, and does not say `method`.
    #[must_use]
    pub fn read(value: Value<'a>) -> Option<Self> {
        if value.get("method").is_some() {
            return None;
        }
        Some(Self { name: value.get("tool")?.as_str()?, arguments: value.get("arguments") })
    }

    /// The method that the tool stands for, and its parameters.
    ///
    /// # Errors
    /// Where there is no such tool, or the arguments are wrong.
    pub fn resolve(&self) -> Result<(Method, Params<'a>)> {
        let name = self.name.decode();
        let arguments = self.arguments.filter(|value| value.kind() != Kind::Null);
        let many = arguments.is_some_and(|value| value.get("voxels").is_some());
        let Some((method, form)) = find(&name, many) else {
            let what = format_args!("Unknown tool: {name}");
            return Err(RpcError::new(ErrorCode::MethodNotFound, what));
        };
        let Some(value) = arguments else { return Ok((method, Params::Same(None))) };
        if value.kind() != Kind::Object {
            return Err(RpcError::params("arguments", "must be an object"));
        }
        if matches!(form, Arguments::Same | Arguments::Many) {
            return Ok((method, Params::Same(Some(value))));
        }
        let mut text = Vec::with_capacity(value.raw().len());
        let mut writer = Writer::new(&mut text);
        match form {
            Arguments::Operations => operations(&mut writer, &value)?,
            _ => with_position(&mut writer, &value, "arguments")?,
        }
        Ok((method, Params::Rewritten(text)))
    }
}

/// The method of a tool; of two with the same tool, the one for many voxels or the other.
fn find(name: &str, many: bool) -> Option<(Method, Arguments)> {
    let tools = || {
        let of = |method: &Method| Some((*method, method.info().tool?));
        Method::ALL.iter().filter_map(of).filter(|(_, (tool, _))| *tool == name)
    };
    let of_form = |form| tools().find(|(_, (_, of))| (*of == Arguments::Many) == form);
    let found = if many { of_form(true) } else { None };
    found.or_else(|| of_form(false)).map(|(method, (_, form))| (method, form))
}

/// Writes an object with its members, each as `member` has it.
fn object(
    writer: &mut Writer<'_>,
    value: &Value<'_>,
    mut member: impl FnMut(&mut Writer<'_>, &str, &Value<'_>) -> Result<()>,
) -> Result<()> {
    let mut outcome = Ok(());
    writer.object(|writer| {
        outcome =
            value.members().try_for_each(|(key, value)| member(writer, &key.decode(), &value));
    });
    outcome
}

/// Writes an object whose `operations` have positions.
fn operations(writer: &mut Writer<'_>, value: &Value<'_>) -> Result<()> {
    object(writer, value, |writer, key, value| {
        let writer = writer.key(key);
        if key != "operations" || value.kind() != Kind::Array {
            writer.raw(value.raw());
            return Ok(());
        }
        let mut outcome = Ok(());
        writer.array(|writer| {
            outcome = value.elements().enumerate().try_for_each(|(index, element)| {
                let writer = writer.item();
                if element.kind() != Kind::Object {
                    // The method says what is wrong with it.
                    writer.raw(element.raw());
                    return Ok(());
                }
                with_position(writer, &element, format_args!("arguments.operations[{index}]"))
            });
        });
        outcome
    })
}

/// Writes an object with `x`, `y` and `z` in place of `position`.
fn with_position(
    writer: &mut Writer<'_>,
    value: &Value<'_>,
    place: impl std::fmt::Display,
) -> Result<()> {
    object(writer, value, |writer, key, value| {
        if key != "position" || value.kind() == Kind::Null {
            writer.key(key).raw(value.raw());
            return Ok(());
        }
        let axes = match value.kind() {
            Kind::Object => ["x", "y", "z"].map(|axis| value.get(axis)),
            Kind::Array if value.elements().count() == 3 => {
                let mut elements = value.elements();
                std::array::from_fn(|_| elements.next())
            }
            _ => [None; 3],
        };
        let [Some(x), Some(y), Some(z)] = axes else {
            let place = format_args!("{place}.position");
            return Err(RpcError::params(place, "must be {x, y, z} or [x, y, z]"));
        };
        for (axis, value) in [("x", x), ("y", y), ("z", z)] {
            writer.key(axis).raw(value.raw());
        }
        Ok(())
    })
}

/// Appends the reply that `result` makes, as a tool's: its value where it succeeds, else the error
/// it gives, with nothing left of what it wrote.
pub fn reply(out: &mut Vec<u8>, result: impl FnOnce(&mut Writer<'_>) -> Result<()>) {
    let start = out.len();
    out.extend_from_slice(b"{ \"success\": true, \"content\": ");
    match result(&mut Writer::new(out)) {
        Ok(()) => out.extend_from_slice(b" }"),
        Err(error) => {
            out.truncate(start);
            Writer::new(out).object(|writer| {
                writer.member("success", false);
                writer.member("error_code", code(error.code));
                writer.member("error_message", &error.message);
            });
        }
    }
}

/// What a tool's clients know of errors: no such tool, wrong arguments, anything else.
fn code(code: ErrorCode) -> i32 {
    match code {
        ErrorCode::MethodNotFound => -1001,
        ErrorCode::InvalidParams | ErrorCode::InvalidRequest | ErrorCode::Parse => -1002,
        _ => -1003,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The method and the parameters of a request; `None` where it is no tool's.
    fn resolve(text: &str) -> Option<Result<(Method, String)>> {
        let call = ToolCall::read(Value::parse(text.as_bytes()).unwrap())?;
        Some(call.resolve().map(|(method, params)| {
            let value = params.value().unwrap();
            let text = value.map_or("-".into(), |value| String::from_utf8_lossy(value.raw()));
            (method, text.into_owned())
        }))
    }

    fn good(tool: &str, arguments: &str, method: Method, params: &str) {
        let text = format!(r#"{{"arguments": {arguments}, "tool": "{tool}"}}"#);
        assert_eq!(resolve(&text), Some(Ok((method, params.to_owned()))), "{text}");
    }

    fn bad(text: &str, code_expected: i32, message: &str) {
        let error = resolve(text).expect("a tool's request").unwrap_err();
        assert_eq!((code(error.code), error.message.as_str()), (code_expected, message), "{text}");
    }

    #[test]
    fn what_is_a_tools_request() {
        for text in [
            "{}",
            "5",
            r#"{"tool": 5}"#,
            r#"{"tool": "ping", "method": "ping"}"#,
            r#"{"jsonrpc": "2.0", "method": "ping", "params": {"tool": "ping"}}"#,
        ] {
            assert_eq!(resolve(text), None, "{text}");
        }
        assert_eq!(
            resolve(r#"{ "x": 1, "tool": "p\u0069ng" }"#),
            Some(Ok((Method::Ping, "-".into())))
        );
    }

    #[test]
    fn arguments_become_parameters() {
        good("ping", "null", Method::Ping, "-");
        good("goxel_save_file", r#"{"path":"a"}"#, Method::SaveProject, r#"{"path":"a"}"#);
        good(
            "goxel_add_voxels",
            r#"{"position":{"z":3,"x":-1,"y":2.5},"color":{"r":1,"g":2,"b":3},"a\"":[1]}"#,
            Method::AddVoxel,
            r#"{ "x": -1, "y": 2.5, "z": 3, "color": {"r":1,"g":2,"b":3}, "a\"": [1] }"#,
        );
        good(
            "goxel_get_voxel",
            r#"{"position": [1, 2, 3]}"#,
            Method::GetVoxel,
            r#"{ "x": 1, "y": 2, "z": 3 }"#,
        );
        let voxels = r#"{"voxels":[[1,2,3]]}"#;
        good("goxel_add_voxels", voxels, Method::AddVoxels, voxels);
        good("goxel_remove_voxels", voxels, Method::RemoveVoxels, voxels);
        good("goxel_get_voxel", r#"{"x": 1}"#, Method::GetVoxel, r#"{ "x": 1 }"#);
        good("goxel_get_voxel", "{}", Method::GetVoxel, "{}");
    }

    #[test]
    fn operations_have_positions_too() {
        let value = Value::parse(
            br#"{"n": 1, "operations": [{"type": "add_voxel", "position": [1, 2, 3], "color": [4, 5, 6]}, 7, {}]}"#,
        )
        .unwrap();
        let mut text = Vec::new();
        operations(&mut Writer::new(&mut text), &value).unwrap();
        let expected = r#"{ "n": 1, "operations": [ { "type": "add_voxel", "x": 1, "y": 2, "z": 3, "color": [4, 5, 6] }, 7, {} ] }"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        let value = Value::parse(br#"{"operations": [{}, {"position": 1}]}"#).unwrap();
        let error = operations(&mut Writer::new(&mut Vec::new()), &value).unwrap_err();
        let expected = "arguments.operations[1].position: must be {x, y, z} or [x, y, z]";
        assert_eq!(error.message, expected);
    }

    #[test]
    fn what_is_refused() {
        bad(r#"{"tool": "goxel_no"}"#, -1001, "Unknown tool: goxel_no");
        bad(
            r#"{"tool": "goxel.add_voxel", "arguments": {}}"#,
            -1001,
            "Unknown tool: goxel.add_voxel",
        );
        bad(r#"{"tool": "ping", "arguments": [1]}"#, -1002, "arguments: must be an object");
        for position in ["7", "[1, 2]", "[1, 2, 3, 4]", r#"{"x": 1, "y": 2}"#] {
            let text = format!(
                r#"{{"tool": "goxel_add_voxels", "arguments": {{"position": {position}}}}}"#
            );
            bad(&text, -1002, "arguments.position: must be {x, y, z} or [x, y, z]");
        }
    }

    #[test]
    fn replies() {
        let mut out = b"before ".to_vec();
        reply(&mut out, |writer| {
            writer.object(|writer| writer.member("a", [1]));
            Ok(())
        });
        assert_eq!(out, br#"before { "success": true, "content": { "a": [ 1 ] } }"#);
        out.clear();
        reply(&mut out, |writer| {
            writer.raw(b"half");
            Err(RpcError::new(ErrorCode::Save, "no \"space\""))
        });
        let expected =
            br#"{ "success": false, "error_code": -1003, "error_message": "no \"space\"" }"#;
        assert_eq!(out, expected);
    }

    #[test]
    fn there_are_twenty_tools_two_of_them_for_one_voxel_or_many() {
        let mut tools: Vec<_> =
            Method::ALL.iter().filter_map(|method| method.info().tool).collect();
        assert_eq!(tools.len(), 22);
        tools.retain(|(_, form)| *form != Arguments::Many);
        let names: std::collections::BTreeSet<_> = tools.iter().map(|(name, _)| name).collect();
        assert_eq!((tools.len(), names.len()), (20, 20));
    }
}
