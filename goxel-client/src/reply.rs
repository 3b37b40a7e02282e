//! Lines of replies: results and refusals.

use goxel_proto::json::Value;

use crate::error::{Error, Refusal};

/// What the reply in `line` says, which must be the one to the request `due`.
pub(crate) fn read(line: &[u8], due: u64) -> Result<Result<Value<'_>, Refusal>, Error> {
    if let Some(result) = usual_result(line, due) {
        return Ok(Ok(result));
    }
    let reply = Value::parse(line)
        .ok()
        .filter(|reply| reply.get("jsonrpc").and_then(|v| v.as_str()).is_some_and(|v| v == *"2.0"))
        .ok_or(Error::Protocol(
            "what listens on the socket is no goxel-daemon: it does not speak JSON-RPC 2.0",
        ))?;
    if let Some(error) = reply.get("error") {
        return Ok(Err(refusal(&error)));
    }
    let id = reply.get("id").and_then(|id| id.as_number()?.to_i64());
    if id.and_then(|id| u64::try_from(id).ok()) != Some(due) {
        return Err(Error::Protocol(
            "what listens on the socket answered another request than the one that was due",
        ));
    }
    let result = reply.get("result").map(Ok);
    result.ok_or(Error::Protocol("the daemon's reply has neither a result nor an error"))
}

/// The fast path: the result of a reply as goxel-daemon writes it. `None` where it is written
/// otherwise, or is an error.
fn usual_result(line: &[u8], due: u64) -> Option<Value<'_>> {
    let body = line.strip_prefix(b"{ \"jsonrpc\": \"2.0\", \"result\": ")?;
    let body = body.strip_suffix(b" }\n")?;
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (body, id) = body.split_at(body.len() - digits);
    let result = body.strip_suffix(b", \"id\": ")?;
    let id: u64 = std::str::from_utf8(id).ok()?.parse().ok()?;
    Value::parse(result).ok().filter(|_| id == due)
}

fn refusal(error: &Value<'_>) -> Refusal {
    let message = error.get("message").and_then(|message| message.as_str());
    Refusal {
        code: error.get("code").and_then(|code| code.as_number()?.to_i64()).unwrap_or_default(),
        message: message.map_or_else(|| "unknown error".into(), |text| text.decode().into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use crate::client::Client;

    /// What a client makes of `answer`, which comes after which the other end is closed.
    fn check(answer: &str, expected: &str) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(answer.as_bytes()).unwrap();
        drop(theirs);
        let found = match Client::new(ours).reply() {
            Ok(Ok(value)) => String::from_utf8_lossy(value.raw()).into_owned(),
            Ok(Err(refusal)) => refusal.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{answer}");
    }

    #[test]
    fn replies() {
        check("{\"jsonrpc\": \"2.0\", \"result\": [1], \"id\": 1}\n", "[1]");
        check("{ \"jsonrpc\": \"2.0\", \"result\": [ 1 ], \"id\": 1 }\n", "[ 1 ]");
        check(
            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"no \\\"x\\\"\"},\"id\":null}\n",
            "no \"x\" (error -32602)",
        );
        let other = "what listens on the socket answered another request than the one that was due";
        check("{\"jsonrpc\": \"2.0\", \"result\": 1, \"id\": 2}\n", other);
        check("{ \"jsonrpc\": \"2.0\", \"result\": 1, \"id\": 2 }\n", other);
        let none = "what listens on the socket is no goxel-daemon: it does not speak JSON-RPC 2.0";
        check("HTTP/1.1 400 Bad Request\n", none);
        check("{}\n", none);
        let closed = "the daemon closed the connection before it answered";
        check("", closed);
        check("{\"jsonrpc\"", closed);
    }
}
