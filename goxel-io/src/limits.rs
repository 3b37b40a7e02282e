//! What the server takes at the most. Each limit has a reason.

/// Clients at once, where nothing else is said. An idle one costs less than a kibibyte; this many
/// fit under the descriptor limits that distributions set.
pub const CONNECTIONS_MAX: usize = 10_000;
/// Jobs that may wait for a worker, where nothing else is said. More are told that it is busy.
pub const QUEUE_LENGTH_MAX: usize = 1024;
/// Worker threads, where nothing else is said. They start when jobs wait, not before.
pub const WORKERS_MAX: usize = 16;
/// Workers that are kept once started. Two keep a short job from waiting behind a long one.
pub(crate) const WORKERS_KEPT: usize = 2;
/// How long a worker over [`WORKERS_KEPT`] stays without a job, in milliseconds: longer than the
/// pause between two requests of a script, shorter than a person notices a thread.
pub(crate) const WORKER_IDLE_MS: u64 = 5000;
/// A job's stack. Formats and pictures keep their buffers on the heap.
pub(crate) const WORKER_STACK_BYTES: usize = 256 << 10;
/// Microseconds that the loop polls for the next request before it blocks, at the most, where
/// nothing else is said. Waking a halted core takes 10 to 40; a client that needs longer than
/// this to answer would only be waited for in vain.
pub const SPIN_US: u32 = 50;

/// Frames of one connection that are handled before the others have their turn: as many ordinary
/// requests as one read brings.
pub(crate) const FRAMES_PER_TURN: usize = 512;
/// What one read counts for against [`FRAMES_PER_TURN`]: 16 reads, a mebibyte, are a turn.
pub(crate) const FRAMES_PER_READ: usize = 32;
/// Bytes read at once.
pub(crate) const READ_BYTES: usize = 64 << 10;
/// A beginning of a message that is no longer than this is put in front of what is read next, so
/// that the message can be handled where it was received.
pub(crate) const HEADROOM_BYTES: usize = 4 << 10;
/// Unsent bytes over which no further frame is handled. This is the back-pressure: a client that
/// does not read its replies is not read either.
pub(crate) const OUTPUT_BYTES_HIGH: usize = 256 << 10;
/// The loop's own output buffer is given back when it grew over this.
pub(crate) const OUTPUT_BYTES_KEPT: usize = 1 << 20;
/// Bytes of unfinished messages over 64 KiB, of all connections together. A few of the longest
/// messages at once are ordinary; hundreds are an attack.
pub const LARGE_BYTES_MAX: usize = 1 << 30;
/// Bytes of the arena. Past it, buffers come from the allocator.
pub(crate) const ARENA_BYTES_MAX: usize = 256 << 20;
/// New connections that are taken in before others have their turn.
pub(crate) const ACCEPTS_PER_WAKE: usize = 64;
/// How long accepting pauses after it failed for want of descriptors, in milliseconds, if no
/// client leaves before.
pub(crate) const ACCEPT_PAUSE_MS: u64 = 500;
/// How long a stop waits for what is under way, in milliseconds.
pub(crate) const DRAIN_MS: u64 = 1800;
/// Connections that may wait to be accepted. The kernel cuts it to its own limit.
pub(crate) const BACKLOG: i32 = 4096;
