//! [`Connection`]: a client's bytes in and out, as a state machine that touches no descriptor.
//!
//! ```text
//! input:  handled | waiting to be handled          output:  sent | to be sent
//!                 ^ start                                        ^ sent
//! ```
//!
//! Invariants: frames are handled in order, one at a time, and none while a job runs; no more
//! than one message over the limit is ever held; an idle connection holds no large buffer.

use std::ops::Range;

use goxel_proto::frame::FrameScanner;

/// Unsent bytes over which no further frame is handled: a client that does not read its replies
/// is not read either.
const OUTPUT_BYTES_HIGH: usize = 256 << 10;
/// Buffers larger than this are given back when they are empty.
const IDLE_BUFFER_BYTES: usize = 4 << 10;

/// What the loop knows of a client, but for its socket.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    input: Vec<u8>,
    start: usize,
    scanner: FrameScanner,
    output: Vec<u8>,
    sent: usize,
    /// The socket may have more to read.
    pub(crate) readable: bool,
    /// The peer will send nothing more.
    pub(crate) input_ended: bool,
    /// A job of this connection runs.
    pub(crate) waiting: bool,
    /// To be closed when the output is sent.
    pub(crate) closing: bool,
    /// The peer takes nothing more: replies are dropped.
    pub(crate) deaf: bool,
}

impl Connection {
    /// A client that has just come, and may have sent something already.
    pub(crate) fn new() -> Self {
        Self { readable: true, ..Self::default() }
    }

    /// Takes in bytes that were received.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.input.drain(..self.start);
            self.start = 0;
        }
        self.input.extend_from_slice(bytes);
    }

    /// The place of the next whole frame, which then counts as handled.
    pub(crate) fn next_frame(&mut self) -> Option<Range<usize>> {
        let found = self.scanner.next_frame(&self.input[self.start..])?;
        let frame = self.start + found.start..self.start + found.end;
        self.start = frame.end;
        Some(frame)
    }

    /// What is left when the peer has ended in the middle of a message.
    pub(crate) fn last_frame(&mut self) -> Option<Range<usize>> {
        let rest = self.start..self.input.len();
        self.start = self.input.len();
        let cut_off = self.scanner.in_message();
        self.scanner = FrameScanner::default();
        cut_off.then_some(rest)
    }

    /// A frame's bytes, and where its reply goes.
    pub(crate) fn frame_and_output(&mut self, frame: Range<usize>) -> (&[u8], &mut Vec<u8>) {
        (&self.input[frame], &mut self.output)
    }

    /// Where replies go.
    pub(crate) fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// Whether a message is longer than `limit` without having ended.
    pub(crate) fn oversize(&self, limit: usize) -> bool {
        self.input.len() - self.start > limit
    }

    /// Drops all input, for good.
    pub(crate) fn stop_reading(&mut self) {
        self.input = Vec::new();
        self.start = 0;
        self.readable = false;
        self.input_ended = true;
        self.closing = true;
        self.scanner = FrameScanner::default();
    }

    /// Whether the next frame has to wait: for a job, or for the client to read.
    pub(crate) fn blocked(&self) -> bool {
        self.waiting || self.unsent().len() > OUTPUT_BYTES_HIGH
    }

    /// What is to be sent.
    pub(crate) fn unsent(&self) -> &[u8] {
        &self.output[self.sent..]
    }

    /// So many bytes of it were sent.
    pub(crate) fn sent(&mut self, count: usize) {
        self.sent += count;
        if self.sent == self.output.len() {
            self.drop_output();
        }
    }

    /// Forgets what is to be sent.
    pub(crate) fn drop_output(&mut self) {
        self.sent = 0;
        recycle(&mut self.output);
    }

    /// Gives back what an idle connection does not need.
    pub(crate) fn rest(&mut self) {
        if self.start == self.input.len() {
            self.start = 0;
            recycle(&mut self.input);
        }
    }

    /// Whether everything is done and said.
    pub(crate) fn finished(&self) -> bool {
        self.closing && !self.waiting && (self.deaf || self.unsent().is_empty())
    }
}

fn recycle(buffer: &mut Vec<u8>) {
    buffer.clear();
    if buffer.capacity() > IDLE_BUFFER_BYTES {
        *buffer = Vec::new();
    }
}
