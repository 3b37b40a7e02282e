//! [`RequestView`]: one request as slices of the bytes it came in.

use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Number, Str, Value};

/// What a request is answered under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Id<'a> {
    /// There is none: a notification, which gets no reply.
    #[default]
    Absent,
    /// A number, a string or null, given back byte for byte.
    Raw(&'a [u8]),
}

impl Id<'_> {
    /// The id of replies to what could not be read.
    pub const NULL: Id<'static> = Id::Raw(b"null");
}

/// One request, borrowed from its frame.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    /// The name of the method.
    pub method: Str<'a>,
    /// The parameters: an array or an object, or `None` where absent or null.
    pub params: Option<Value<'a>>,
    /// What to answer under.
    pub id: Id<'a>,
}

/// A request that is refused, and the id to say so under.
#[derive(Debug)]
pub struct Refusal<'a> {
    /// The request's id where it could be read, else null.
    pub id: Id<'a>,
    /// Why.
    pub error: RpcError,
}

/// What a frame holds.
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// One request, still to be read with [`RequestView::read`].
    Single(Value<'a>),
    /// An array of them.
    Batch(Value<'a>),
}

impl<'a> Message<'a> {
    /// Takes a frame as JSON.
    ///
    /// # Errors
    /// Where it is not.
    pub fn read(frame: &'a [u8]) -> Result<Self, RpcError> {
        let value = Value::parse(frame).map_err(|error| {
            RpcError::new(ErrorCode::Parse, format_args!("Parse error: {error}"))
        })?;
        Ok(match value.kind() {
            Kind::Array => Self::Batch(value),
            _ => Self::Single(value),
        })
    }
}

impl<'a> RequestView<'a> {
    /// Reads one request object.
    ///
    /// # Errors
    /// Where the value is not a request; the refusal says which part is wrong.
    pub fn read(value: Value<'a>) -> Result<Self, Refusal<'a>> {
        let mut parts = Parts::default();
        if value.kind() != Kind::Object {
            return Err(Refusal { id: Id::NULL, error: invalid("it must be an object") });
        }
        for (key, value) in value.members() {
            match key.decode().as_ref() {
                "jsonrpc" => parts.version = Some(value),
                "method" => parts.method = Some(value),
                "params" => parts.params = Some(value),
                "id" => parts.id = Some(value),
                _ => {}
            }
        }
        parts.check()
    }
}

/// The members of a request before they are checked; of equal names the last counts.
#[derive(Default)]
struct Parts<'a> {
    version: Option<Value<'a>>,
    method: Option<Value<'a>>,
    params: Option<Value<'a>>,
    id: Option<Value<'a>>,
}

impl<'a> Parts<'a> {
    fn check(self) -> Result<RequestView<'a>, Refusal<'a>> {
        let (id, id_is_legal) = match self.id {
            None => (Id::Absent, true),
            Some(value) => match value.kind() {
                Kind::Null | Kind::String(_) | Kind::Number(Number { .. }) => {
                    (Id::Raw(value.raw()), true)
                }
                _ => (Id::NULL, false),
            },
        };
        let refuse = |what: &str| {
            // Without an id that can be read, the standard answers under null.
            let id = if id == Id::Absent { Id::NULL } else { id };
            Err(Refusal { id, error: invalid(what) })
        };
        if !id_is_legal {
            return refuse("id must be a string, a number or null");
        }
        if !self.version.and_then(|v| v.as_str()).is_some_and(|version| version == *"2.0") {
            return refuse("jsonrpc must be the string \"2.0\"");
        }
        let Some(method) = self.method.and_then(|v| v.as_str()) else {
            return refuse("method must be a string");
        };
        let params = self.params.filter(|value| value.kind() != Kind::Null);
        if !params.is_none_or(|value| matches!(value.kind(), Kind::Array | Kind::Object)) {
            return refuse("params must be an array or an object");
        }
        Ok(RequestView { method, params, id })
    }
}

fn invalid(what: &str) -> RpcError {
    RpcError::new(ErrorCode::InvalidRequest, format_args!("Invalid request: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, bool, String), (String, String)> {
        let id_text = |id: Id<'_>| match id {
            Id::Absent => "-".to_owned(),
            Id::Raw(raw) => String::from_utf8_lossy(raw).into_owned(),
        };
        let Ok(Message::Single(value)) = Message::read(text.as_bytes()) else {
            return Err(("-".to_owned(), "not one value".to_owned()));
        };
        match RequestView::read(value) {
            Ok(request) => Ok((
                request.method.decode().into_owned(),
                request.params.is_some(),
                id_text(request.id),
            )),
            Err(refusal) => Err((id_text(refusal.id), refusal.error.message)),
        }
    }

    fn good(text: &str, method: &str, params: bool, id: &str) {
        assert_eq!(read(text), Ok((method.to_owned(), params, id.to_owned())), "{text}");
    }

    fn bad(text: &str, id: &str, what: &str) {
        let expected = (id.to_owned(), format!("Invalid request: {what}"));
        assert_eq!(read(text), Err(expected), "{text}");
    }

    #[test]
    fn requests() {
        good(r#"{"jsonrpc":"2.0","method":"ping","id":1}"#, "ping", false, "1");
        good(
            r#"{"id":"a\"b","params":[],"method":"p\u0069ng","jsonrpc":"2.0"}"#,
            "ping",
            true,
            r#""a\"b""#,
        );
        good(
            r#"{"jsonrpc":"2.0","method":"x","params":null,"id":null,"more":[1]}"#,
            "x",
            false,
            "null",
        );
        good(r#"{"jsonrpc":"2.0","method":"x","params":{}}"#, "x", true, "-");
        good(
            r#"{"jsonrpc":"2.0","method":"x","id":9223372036854775808}"#,
            "x",
            false,
            "9223372036854775808",
        );
        good(
            r#"{"jsonrpc":"1.0","jsonrpc":"2.0","method":"a","method":"b","id":1,"id":2}"#,
            "b",
            false,
            "2",
        );
    }

    #[test]
    fn what_is_no_request() {
        bad("5", "null", "it must be an object");
        bad("{}", "null", "jsonrpc must be the string \"2.0\"");
        bad(r#"{"jsonrpc":2.0,"method":"x","id":7}"#, "7", "jsonrpc must be the string \"2.0\"");
        bad(r#"{"jsonrpc":"2.0","id":7}"#, "7", "method must be a string");
        bad(
            r#"{"jsonrpc":"2.0","method":"x","id":[7]}"#,
            "null",
            "id must be a string, a number or null",
        );
        bad(
            r#"{"jsonrpc":"2.0","method":"x","params":"y","id":7}"#,
            "7",
            "params must be an array or an object",
        );
    }
}
