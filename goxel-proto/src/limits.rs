//! What the wire takes at the most. Each limit has a reason.

/// Bytes of one message. The documents of older daemons promise 10 MB; ten million points as
/// text in one message take 450 MB, which is what several messages are for.
pub const FRAME_BYTES_MAX: usize = 64 << 20;
/// How deep arrays and objects may be nested. Real requests need four; the reader recurses.
pub const DEPTH_MAX: u32 = 64;
/// Requests in one batch. Its replies are gathered before the first is sent.
pub const BATCH_LEN_MAX: usize = 10_000;
