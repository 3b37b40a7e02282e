//! [`RequestView`]: one request as slices of the bytes it came in.
//!
//! Two readers: one for the form that clients send, which passes `params` over by its brackets,
//! and one for every other text, which says what is wrong with it. What the first one takes, the
//! second takes as the same. [`Template`] is a third, for what comes again and again.

mod template;

pub use self::template::{PlainRequest, Template};

use crate::calls::Plain;
use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Reader, Str, Unread, Value};

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
    /// The parameters: an array or an object that is still to be checked, or `None` where absent
    /// or null.
    pub params: Option<Unread<'a>>,
    /// What to answer under.
    pub id: Id<'a>,
    /// The parameters once more, where they are a few plain integers: read on the way.
    pub plain: Option<Plain>,
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
    Single(&'a [u8]),
    /// An array of them.
    Batch(Value<'a>),
}

impl<'a> Message<'a> {
    /// Tells a batch, which is checked whole, from a single request, which is not read yet.
    ///
    /// # Errors
    /// Where a batch is not JSON.
    pub fn read(frame: &'a [u8]) -> Result<Self, RpcError> {
        if frame.first() == Some(&b'[') {
            return Ok(Self::Batch(Value::parse(frame).map_err(RpcError::parse)?));
        }
        Ok(Self::Single(frame))
    }
}

impl<'a> RequestView<'a> {
    /// Reads one request object. All of it is checked but the inside of `params`.
    ///
    /// # Errors
    /// Where the text is not JSON (then the inside of `params` was checked too), or not a request;
    /// the refusal says which part is wrong.
    #[inline]
    pub fn read(text: &'a [u8]) -> Result<Self, Refusal<'a>> {
        match Self::read_common(text) {
            Some(request) => Ok(request),
            None => Self::read_any(text),
        }
    }

    /// Reads a request of the form that clients send: each member once, nothing escaped. `None`
    /// for all others, right or wrong.
    #[inline]
    fn read_common(text: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(text);
        let (mut version, mut method, mut params, mut id) = (false, None, None, Id::Absent);
        let mut plain = None;
        let mut more = reader.open(b'{', b'}').ok()?;
        while more {
            match Name::pass(&mut reader)? {
                Name::Version if !version => {
                    version = reader.pass_word(b"\"2.0\"").then_some(true)?;
                }
                Name::Method if method.is_none() => method = Some(reader.plain_string()?),
                Name::Params if params.is_none() => (params, plain) = read_params(&mut reader)?,
                Name::Id if id == Id::Absent => id = read_common_id(&mut reader)?,
                _ => return None,
            }
            more = reader.more(b'}').ok()?;
        }
        reader.end().ok()?;
        version.then_some(Self { method: method?, params, id, plain })
    }

    /// Reads a request of any form.
    #[cold]
    fn read_any(text: &'a [u8]) -> Result<Self, Refusal<'a>> {
        let value = Value::parse(text)
            .map_err(|error| Refusal { id: Id::NULL, error: RpcError::parse(error) })?;
        if value.kind() != Kind::Object {
            return Err(Refusal { id: Id::NULL, error: invalid("it must be an object") });
        }
        let mut parts = Parts::default();
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

/// A member of a request.
#[derive(Clone, Copy)]
enum Name {
    Version,
    Method,
    Params,
    Id,
}

impl Name {
    /// Each as it is written, up to eight bytes of it, and which bits of a word it fills.
    const WRITTEN: [(u64, u64, usize, Self); 4] = [
        written(b"\"jsonrpc\"", Self::Version),
        written(b"\"method\"", Self::Method),
        written(b"\"params\"", Self::Params),
        written(b"\"id\"", Self::Id),
    ];

    /// Passes a member's name and its colon, where it is one of these.
    #[inline]
    fn pass(reader: &mut Reader<'_>) -> Option<Self> {
        reader.peek();
        let there = reader.word();
        let (_, _, length, name) =
            Self::WRITTEN.iter().find(|(bits, mask, ..)| there & mask == *bits)?;
        reader.pass(*length);
        if matches!(name, Self::Version) {
            // Its last quote did not fit the word.
            reader.rest().starts_with(b"\"").then(|| reader.pass(1))?;
        }
        reader.pass_word(b":").then_some(*name)
    }
}

const fn written(text: &[u8], name: Name) -> (u64, u64, usize, Name) {
    let (mut bits, mut mask, mut at) = (0, 0, 0);
    while at < text.len() && at < 8 {
        bits |= (text[at] as u64) << (8 * at);
        mask |= 0xff << (8 * at);
        at += 1;
    }
    (bits, mask, at, name)
}

/// Parameters, and the numbers in them where that is all that they are.
#[inline]
fn read_params<'a>(reader: &mut Reader<'a>) -> Option<(Option<Unread<'a>>, Option<Plain>)> {
    reader.peek();
    if let Some((plain, length)) = Plain::read(reader.rest()) {
        return Some((Some(reader.unread_of(length)), Some(plain)));
    }
    Some((Some(reader.unread()?), None))
}

/// An id as nearly all clients number their requests, or any other.
#[inline]
fn read_common_id<'a>(reader: &mut Reader<'a>) -> Option<Id<'a>> {
    match reader.unsigned() {
        Some(number) => Some(Id::Raw(number)),
        None => read_id(&reader.value().ok()?),
    }
}

/// A string, a number or null as an id.
fn read_id<'a>(value: &Value<'a>) -> Option<Id<'a>> {
    let legal = matches!(value.kind(), Kind::Null | Kind::String(_) | Kind::Number(_));
    legal.then_some(Id::Raw(value.raw()))
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
        let id = match &self.id {
            None => Some(Id::Absent),
            Some(value) => read_id(value),
        };
        let (id, id_is_legal) = (id.unwrap_or(Id::NULL), id.is_some());
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
        Ok(RequestView { method, params: params.map(Unread::from), id, plain: None })
    }
}

fn invalid(what: &str) -> RpcError {
    RpcError::new(ErrorCode::InvalidRequest, format_args!("Invalid request: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<(String, bool, String), (String, String)> {
        let id_text = |id: Id<'_>| match id {
            Id::Absent => "-".to_owned(),
            Id::Raw(raw) => String::from_utf8_lossy(raw).into_owned(),
        };
        match RequestView::read(text.as_bytes()) {
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
        bad(r#"{"jsonrpc ":"2.0","method":"x","id":7}"#, "7", "jsonrpc must be the string \"2.0\"");
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

    #[test]
    fn what_is_no_json() {
        for (text, what) in [
            ("{\"jsonrpc\":\"2.0\"", "expected ',' or '}' at byte 16"),
            ("nonsense", "expected a value at byte 0"),
            ("", "the text ends too early at byte 0"),
            (r#"{"jsonrpc":"2.0","params":[1,],"id":1}"#, "expected a value at byte 29"),
            (r#"{"jsonrpc":"2.0","method":"x","params":[},"id":1}"#, "expected a value at byte 40"),
        ] {
            let refused = read(text).err();
            let params = RequestView::read(text.as_bytes()).ok().and_then(|r| r.params);
            let message = match params {
                Some(params) => RpcError::parse(params.check().unwrap_err()).message,
                None => refused.expect("refused").1,
            };
            assert_eq!(message, format!("Parse error: {what}"), "{text}");
        }
    }

    fn parts(request: &RequestView<'_>) -> (String, Option<String>, String) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let id = if let Id::Raw(raw) = request.id { text(raw) } else { "-".to_owned() };
        (request.method.decode().into_owned(), request.params.map(|p| text(p.raw())), id)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn both_readers_read_the_same(
            members in prop::collection::vec(
                prop::sample::select(vec![
                    r#""jsonrpc":"2.0""#, r#""jsonrpc": "1.0""#, r#""jsonrpc ":"2.0""#, r#""jsonrpc" : "2.0""#,
                    r#""method" : "ping""#, r#""method ":"x""#, r#""method":7"#,
                    r#""m\u0065thod":"x""#, r#""params":[1,{"a":"]"}]"#, r#""params":{"a" : [}"#,
                    r#""params":null"#, r#""params":"x""#, r#""id":1"#, r#""id":"\"""#, r#""id":1.5e3"#,
                    r#""id":null"#, r#""id":[]"#, r#""more":[1]"#, r#""id":01"#,
                ]),
                0..6,
            ),
        ) {
            let text = format!("{{{}}}", members.join(","));
            if let Some(common) = RequestView::read_common(text.as_bytes()) {
                match RequestView::read_any(text.as_bytes()) {
                    Ok(any) => prop_assert_eq!(parts(&common), parts(&any)),
                    // What the first one passed over may be no JSON: its reader will say so.
                    Err(_) => prop_assert!(common.params.is_some_and(|p| p.check().is_err())),
                }
            }
        }
    }
}
