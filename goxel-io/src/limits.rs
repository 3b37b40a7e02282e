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
/// Scripts that run at once: each has a thread that waits for its process, and that process may take a
/// processor of its own for minutes.
pub(crate) const SCRIPTS_MAX: usize = 4;
/// How long a worker over [`WORKERS_KEPT`] stays without a job, in milliseconds: longer than the
/// pause between two requests of a script, shorter than a person notices a thread.
pub(crate) const WORKER_IDLE_MS: u64 = 5000;
/// A job's stack. Formats and pictures keep their buffers on the heap.
pub(crate) const WORKER_STACK_BYTES: usize = 256 << 10;
/// Microseconds that the loop polls for the next request before it blocks, at the most, where
/// nothing else is said. Waking a halted core takes 10 to 40; a client that needs longer than
/// this to answer would only be waited for in vain.
pub const SPIN_US: u32 = 50;

/// The slice of the processor that the loop asks for, in microseconds. It is shorter than what
/// threads have that ask for none (3 ms), so the loop need not wait for the end of theirs when it wakes;
/// and longer than a wake-up takes, so nobody who wakes meanwhile takes its place: it would have
/// it back after a tick of the clock, which is 4 ms on many a system.
pub(crate) const SLICE_US: u64 = 1000;
/// How long the loop works before it looks for what has come, in microseconds. Who comes new is
/// served at once, so this and the one request that overruns it are what a short request waits:
/// well under a millisecond. Looking costs a system call, a part in hundreds of it.
pub(crate) const WAKE_US: u64 = 250;
/// How long one client has its turn, in microseconds: some hundred ordinary requests, so what a
/// turn costs by itself is a small part of it.
pub(crate) const TURN_US: u64 = 200;
/// What a turn has at the least, in microseconds, however late it is in the wake-up.
pub(crate) const TURN_LEAST_US: u64 = 50;
/// A client whose turn took longer than this, in microseconds, waits for those whose did not: more
/// than a window of ordinary requests takes, less than an edit of many voxels.
pub(crate) const HEAVY_US: u64 = 100;
/// Bytes read at once.
pub(crate) const READ_BYTES: usize = 64 << 10;
/// A beginning of a message that is no longer than this is put in front of what is read next, so
/// that the message can be handled where it was received.
pub(crate) const HEADROOM_BYTES: usize = 4 << 10;
/// Unsent bytes over which no further frame is handled. This is the back-pressure: a client that
/// does not read its replies is not read either.
pub(crate) const OUTPUT_BYTES_HIGH: usize = 256 << 10;
/// What a worker has written is not copied from this length on: below, a copy is cheaper than
/// sending it by itself.
pub(crate) const SEGMENT_BYTES: usize = 64 << 10;
/// Bytes that are sent to a client in one turn. One that reads as fast as it is sent to would
/// otherwise be sent all of a long reply at once.
pub(crate) const SEND_BYTES_PER_TURN: usize = 256 << 10;
/// Received bytes over which no more is received of a client that waits for its turn.
pub(crate) const INPUT_BYTES_HIGH: usize = 64 << 10;
/// Messages longer than this are handed to the service to keep: they hold what is for a worker.
pub(crate) const LARGE_FRAME_BYTES: usize = 64 << 10;
/// The loop's own output buffer is given back when it grew over this.
pub(crate) const OUTPUT_BYTES_KEPT: usize = 1 << 20;
/// Bytes of unfinished messages over 64 KiB, of all connections together. A few of the longest
/// messages at once are ordinary; hundreds are an attack.
pub const LARGE_BYTES_MAX: usize = 1 << 30;
/// Bytes of the arena. Past it, buffers come from the allocator.
pub(crate) const ARENA_BYTES_MAX: usize = 256 << 20;
/// New connections that are taken in before others have their turn, at the most: each takes some
/// ten microseconds.
pub(crate) const ACCEPTS_PER_WAKE: usize = 16;
/// How long accepting pauses after it failed for want of descriptors, in milliseconds, if no
/// client leaves before.
pub(crate) const ACCEPT_PAUSE_MS: u64 = 500;
/// How long a stop waits for what is under way, in milliseconds.
pub(crate) const DRAIN_MS: u64 = 1800;
/// Connections that may wait to be accepted. The kernel cuts it to its own limit.
pub(crate) const BACKLOG: i32 = 4096;
