//! [`Lines`]: the protocol as lines of JSON, over standard input and output.
//!
//! The SDK has such a transport, which drops in silence what it cannot read. Here every line that is no
//! message is answered, with what is wrong, so that nobody waits for ever; and a tool call is read in
//! one pass, since its arguments may be a hundred thousand voxels.

use std::io;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientJsonRpcMessage, ClientRequest, ErrorData,
    GetMeta as _, JsonRpcMessage, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::Transport;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::sync::{Mutex, mpsc, oneshot};

/// A line is at most this long, in bytes: a million voxels in one call, with colours.
pub(crate) const LINE_BYTES_MAX: usize = 32 << 20;
/// The method of a tool call.
const TOOL_CALL: &str = "tools/call";
/// Messages that were read and not looked at yet. More are left where they come from.
const AHEAD_MAX: usize = 16;

/// A transport of lines.
pub struct Lines<W> {
    messages: mpsc::Receiver<ClientJsonRpcMessage>,
    writer: Arc<Mutex<W>>,
}

impl<W: AsyncWrite + Unpin + Send + 'static> Lines<W> {
    /// Of what is read, and what is written to. Tells when there is no more to read.
    pub fn new<R>(reader: R, writer: W) -> (Self, oneshot::Receiver<()>)
    where
        R: AsyncRead + Unpin + Send + 'static,
    {
        let (sender, messages) = mpsc::channel(AHEAD_MAX);
        let (ended, end) = oneshot::channel();
        let writer = Arc::new(Mutex::new(writer));
        let answers = Arc::clone(&writer);
        tokio::spawn(async move {
            read(reader, &answers, &sender).await;
            drop(sender);
            let _ = ended.send(());
        });
        (Self { messages, writer }, end)
    }
}

impl<W: AsyncWrite + Unpin + Send + 'static> Transport<RoleServer> for Lines<W> {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let writer = Arc::clone(&self.writer);
        async move { write(&writer, &message).await }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.writer.lock().await.flush().await
    }
}

async fn write<W: AsyncWrite + Unpin>(
    writer: &Mutex<W>,
    message: &ServerJsonRpcMessage,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut writer = writer.lock().await;
    writer.write_all(&line).await?;
    writer.flush().await
}

/// Reads messages until there are no more, or nobody takes them.
async fn read<R, W>(reader: R, answers: &Mutex<W>, messages: &mpsc::Sender<ClientJsonRpcMessage>)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let mut line = Vec::new();
    let mut has_begun = false;
    loop {
        line.clear();
        let message = match next_line(&mut reader, &mut line).await {
            Ok(Line::Whole) if line.trim_ascii().is_empty() => continue,
            Ok(Line::Whole) => message(&line),
            Ok(Line::TooLong) => Err(too_long()),
            Ok(Line::End) | Err(_) => return,
        };
        match message {
            // The SDK ends a session that a notification opens; it has nothing to say to us yet.
            Ok(message) if !has_begun && !matches!(message, JsonRpcMessage::Request(_)) => {}
            Ok(message) => {
                has_begun = true;
                if messages.send(message).await.is_err() {
                    return;
                }
            }
            Err((error, id)) => {
                let answer = ServerJsonRpcMessage::error(error, id);
                if write(answers, &answer).await.is_err() {
                    return;
                }
            }
        }
        // What a long line took is not kept for short ones.
        line.shrink_to(1 << 16);
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line. One that is too long is passed over to its end.
async fn next_line<R: AsyncRead + Unpin>(
    reader: &mut BufReader<R>,
    line: &mut Vec<u8>,
) -> io::Result<Line> {
    let mut limited = (&mut *reader).take(LINE_BYTES_MAX as u64);
    if limited.read_until(b'\n', line).await? == 0 {
        return Ok(Line::End);
    }
    if line.last() == Some(&b'\n') {
        return Ok(Line::Whole);
    }
    if line.len() < LINE_BYTES_MAX {
        // It ends here without an end: what was sent whole is answered.
        return Ok(Line::Whole);
    }
    loop {
        let read = reader.fill_buf().await?;
        if read.is_empty() {
            return Ok(Line::TooLong);
        }
        let end = read.iter().position(|&byte| byte == b'\n');
        let passed = end.map_or(read.len(), |end| end + 1);
        reader.consume(passed);
        if end.is_some() {
            return Ok(Line::TooLong);
        }
    }
}

/// What is answered to a line that is no message, and to which request.
type Fault = (ErrorData, Option<RequestId>);

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    jsonrpc: Option<&'a str>,
    #[serde(default)]
    id: Option<RequestId>,
    #[serde(default, borrow)]
    method: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
}

/// A tool call as nearly all are written. It is read in one pass; what is not one, or wrong, is read again as
/// an [`Envelope`], which tells what it is.
#[derive(Deserialize)]
struct ToolCall<'a> {
    jsonrpc: &'a str,
    id: RequestId,
    method: &'a str,
    params: CallToolRequestParams,
}

/// The message in a line.
fn message(line: &[u8]) -> Result<ClientJsonRpcMessage, Fault> {
    if let Ok(ToolCall { jsonrpc: "2.0", id, method: TOOL_CALL, params }) =
        serde_json::from_slice(line)
    {
        return Ok(tool_call(params, id));
    }
    let envelope: Envelope<'_> = match serde_json::from_slice(line) {
        Ok(envelope) => envelope,
        Err(error) if error.is_data() => return Err((no_message(line, &error), None)),
        Err(error) => {
            let what = format!("not JSON: {error}. Send one JSON-RPC message a line");
            return Err((ErrorData::parse_error(what, None), None));
        }
    };
    if envelope.jsonrpc != Some("2.0") {
        let what = "no JSON-RPC 2.0 message: it needs \"jsonrpc\": \"2.0\"";
        return Err((ErrorData::invalid_request(what, None), envelope.id));
    }
    match (envelope.method.as_deref(), envelope.id) {
        (Some(TOOL_CALL), Some(id)) => read_tool_call(envelope.params, id),
        (_, id) => serde_json::from_slice(line).map_err(|error| {
            (ErrorData::invalid_request(format!("no message of the protocol: {error}"), None), id)
        }),
    }
}

fn tool_call(mut params: CallToolRequestParams, id: RequestId) -> ClientJsonRpcMessage {
    let meta = params.meta.take();
    let mut request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
    *request.get_meta_mut() = meta.unwrap_or_default();
    JsonRpcMessage::request(request, id)
}

fn read_tool_call(params: Option<&RawValue>, id: RequestId) -> Result<ClientJsonRpcMessage, Fault> {
    let params = params.map_or("{}", RawValue::get);
    match serde_json::from_str::<CallToolRequestParams>(params) {
        Ok(params) => Ok(tool_call(params, id)),
        Err(error) => {
            let what = format!(
                "params of tools/call: {error}. They are {{\"name\": a tool of tools/list, \
                 \"arguments\": an object}}"
            );
            Err((ErrorData::invalid_params(what, None), Some(id)))
        }
    }
}

fn no_message(line: &[u8], error: &serde_json::Error) -> ErrorData {
    let what = match line.trim_ascii().first() {
        Some(b'[') => "batches are no part of the protocol: send one message a line".to_owned(),
        _ => format!("no JSON-RPC message: {error}"),
    };
    ErrorData::invalid_request(what, None)
}

fn too_long() -> Fault {
    let what = format!(
        "a message has {LINE_BYTES_MAX} bytes at the most: send what is larger in several calls"
    );
    (ErrorData::invalid_request(what, None), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn check(line: &str, code: i32, id: Value, says: &str) {
        let (error, found) = message(line.as_bytes()).unwrap_err();
        assert_eq!((error.code.0, json!(found)), (code, id), "{line}");
        assert!(error.message.contains(says), "{line}: {}", error.message);
    }

    #[test]
    fn lines_that_are_no_message_say_why() {
        check("{\"jsonrpc\": \"2.0\", ", -32700, Value::Null, "not JSON");
        check("hello", -32700, Value::Null, "not JSON");
        check("[{}]", -32600, Value::Null, "batches");
        check("3", -32600, Value::Null, "no JSON-RPC message");
        check("{\"id\": 3, \"method\": \"ping\"}", -32600, json!(3), "jsonrpc");
        check("{\"jsonrpc\": \"2.0\", \"id\": 3}", -32600, json!(3), "no message");
        let call = |params: &str| {
            format!(
                "{{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/call\",\"params\":{params}}}"
            )
        };
        check(&call("{\"name\": 5}"), -32602, json!("a"), "params of tools/call: invalid type");
        check(&call("{\"name\":\"t\",\"arguments\":[1]}"), -32602, json!("a"), "arguments");
        check(&call("{}"), -32602, json!("a"), "missing field `name`");
    }

    #[test]
    fn a_tool_call_is_read_as_the_sdk_reads_it() {
        let line = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"_meta":{"progressToken":"x"},"name":"t","arguments":{"a":[1,2.5,"b"]}}}"#;
        let (ours, theirs) = (message(line).unwrap(), serde_json::from_slice(line).unwrap());
        let parts = |message: ClientJsonRpcMessage| {
            let (request, id) = message.into_request().unwrap();
            let meta = request.get_meta().get_progress_token();
            let ClientRequest::CallToolRequest(call) = request else { panic!("another request") };
            (id, meta, call.params.name, call.params.arguments)
        };
        let ours = parts(ours);
        assert!(ours.1.is_some());
        assert_eq!(ours, parts(theirs));
    }

    /// What is answered to what is sent, and what comes through.
    async fn exchange(sent: Vec<u8>) -> (String, Vec<ClientJsonRpcMessage>) {
        let (mut ours, theirs) = tokio::io::duplex(1 << 16);
        let (mut lines, end) = Lines::new(io::Cursor::new(sent), theirs);
        let mut messages = Vec::new();
        while let Some(message) = lines.receive().await {
            messages.push(message);
        }
        end.await.unwrap();
        drop(lines);
        let mut answers = String::new();
        ours.read_to_string(&mut answers).await.unwrap();
        (answers, messages)
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn what_comes_behind_a_line_that_is_too_long_is_read() {
        let ping = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
        let mut sent = vec![b' '; LINE_BYTES_MAX - ping.len()];
        sent.extend_from_slice(ping);
        let (answers, messages) = run(exchange(sent.clone()));
        assert_eq!((answers.as_str(), messages.len()), ("", 1), "as long as it may be");
        sent.insert(0, b' ');
        sent.extend_from_slice(ping);
        let (answers, messages) = run(exchange(sent));
        assert!(answers.contains("-32600") && answers.contains("bytes at the most"), "{answers}");
        assert_eq!(messages.len(), 1);
    }

    #[test]
    fn what_is_sent_whole_without_an_end_of_line_is_read() {
        let sent = b"\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}".to_vec();
        let (answers, messages) = run(exchange(sent));
        assert_eq!((answers.as_str(), messages.len()), ("", 1));
    }

    #[test]
    fn nothing_is_heard_before_the_first_request() {
        let sent = b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n\
                     {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n\
                     {\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n";
        let (answers, messages) = run(exchange(sent.to_vec()));
        assert_eq!((answers.as_str(), messages.len()), ("", 2));
    }
}
