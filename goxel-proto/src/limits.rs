//! What the wire takes at the most. Each limit has a reason.

/// Bytes of one message. The documents of older daemons promise 10 MB; ten million points as
/// text in one message take 450 MB, which is what several messages are for.
pub const FRAME_BYTES_MAX: usize = 64 << 20;
/// How deep arrays and objects may be nested. Real requests need four; this is what `serde_json`
/// takes, so that no text is JSON to one of both only, and its levels fit a word of bits.
pub const DEPTH_MAX: u32 = 127;
/// Requests in one batch. Its replies are gathered before the first is sent.
pub const BATCH_LEN_MAX: usize = 10_000;
/// Voxels or colours in one reply, whatever limit was asked for: sixty megabytes of text.
pub const REPLY_ITEMS_MAX: usize = 1_000_000;
/// Refused operations of a batch that its reply tells of. All are counted.
pub const BATCH_ERRORS_MAX: usize = 100;
