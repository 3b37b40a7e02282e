//! Replies and requests, appended to a buffer.
//!
//! A reply is one line: `{ "jsonrpc": "2.0", "result": ..., "id": ... }`, or with `error`.

use crate::error::{ErrorCode, RpcError};
use crate::json::Writer;
use crate::request::Id;

/// Appends the reply that `result` makes: its value where it succeeds, else the error it gives,
/// with nothing left of what it wrote. A notification is carried out and gets no reply.
pub fn reply(
    out: &mut Vec<u8>,
    id: Id<'_>,
    result: impl FnOnce(&mut Writer<'_>) -> Result<(), RpcError>,
) {
    let start = out.len();
    out.extend_from_slice(b"{ \"jsonrpc\": \"2.0\", \"result\": ");
    let outcome = result(&mut Writer::new(out));
    // A text that turns out to be no JSON has no id that one could rely on.
    let unread = matches!(&outcome, Err(error) if error.code == ErrorCode::Parse);
    let id = if unread { Id::NULL } else { id };
    if id == Id::Absent {
        out.truncate(start);
        return;
    }
    if let Err(error) = outcome {
        out.truncate(start);
        out.extend_from_slice(b"{ \"jsonrpc\": \"2.0\", \"error\": ");
        Writer::new(out).object(|writer| {
            writer.member("code", error.code as i32);
            writer.member("message", &error.message);
        });
    }
    if let Id::Raw(raw) = id {
        out.extend_from_slice(b", \"id\": ");
        out.extend_from_slice(raw);
    }
    out.extend_from_slice(b" }");
}

/// Appends an error reply; nothing for a notification.
pub fn error(out: &mut Vec<u8>, id: Id<'_>, error: RpcError) {
    reply(out, id, |_| Err(error));
}

/// Appends a notification and its line break. `params` writes one object.
pub fn notification(out: &mut Vec<u8>, method: &str, params: impl FnOnce(&mut Writer<'_>)) {
    let mut writer = Writer::new(out);
    writer.object(|writer| {
        writer.member("jsonrpc", "2.0");
        writer.member("method", method);
        params(writer.key("params"));
    });
    out.push(b'\n');
}

/// Appends a request and its line break. `params` writes one object or array.
pub fn request(out: &mut Vec<u8>, method: &str, id: u64, params: impl FnOnce(&mut Writer<'_>)) {
    let mut writer = Writer::new(out);
    writer.object(|writer| {
        writer.member("jsonrpc", "2.0");
        writer.member("method", method);
        params(writer.key("params"));
        writer.member("id", id);
    });
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: Id<'_>, good: bool, expected: &str) {
        let mut out = b"before ".to_vec();
        reply(&mut out, id, |writer| {
            writer.object(|writer| writer.member("success", true));
            if good { Ok(()) } else { Err(RpcError::params("params.x", "must be a \"number\"")) }
        });
        assert_eq!(String::from_utf8_lossy(&out), format!("before {expected}"));
    }

    #[test]
    fn replies() {
        check(
            Id::Raw(b"7"),
            true,
            r#"{ "jsonrpc": "2.0", "result": { "success": true }, "id": 7 }"#,
        );
        check(
            Id::NULL,
            false,
            r#"{ "jsonrpc": "2.0", "error": { "code": -32602, "message": "params.x: must be a \"number\"" }, "id": null }"#,
        );
        check(Id::Absent, true, "");
        check(Id::Absent, false, "");
        assert_eq!(ErrorCode::InvalidParams as i32, -32602);
    }
}
