//! [`Ring`]: the submission and completion queues, and the buffers that the kernel receives into.
//!
//! Everything that hands memory to the kernel is here. The buffers belong to the kernel from
//! [`Ring::give`] until a completion names them, and to us from then until they are given again.
//!
//! ```text
//! a buffer: | headroom, ours | what the kernel receives |
//! ```
#![allow(unsafe_code)]

use std::io;
use std::ops::Range;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use io_uring::types::{BufRingEntry, Fd, SubmitArgs, Timespec};
use io_uring::{IoUring, cqueue, opcode, squeue};
use memmap2::{MmapMut, MmapOptions};

use crate::limits::{HEADROOM_BYTES, SEND_BYTES_PER_TURN};

/// Submissions that are gathered before they are handed over.
const SUBMISSIONS: u32 = 256;
/// Completions that may wait: several for each submission.
const COMPLETIONS: u32 = 2048;
/// Buffers that receive; a power of two, as the kernel wants it. When all are full, receiving
/// pauses until the next wait.
const BUFFERS: u16 = 32;
/// Bytes that one of them receives.
const BUFFER_BYTES: usize = 8 << 10;
/// From one buffer to the next.
const STRIDE: usize = HEADROOM_BYTES + BUFFER_BYTES;
/// The name of the buffers for the kernel.
pub(super) const GROUP: u16 = 0;
/// Bytes that can be on their way at once in one submission.
const OUTBOX_BYTES: usize = 256 << 10;
/// So that it holds whatever is sent to one client at once.
const _: () = assert!(SEND_BYTES_PER_TURN <= OUTBOX_BYTES);

/// The queues and the memory that the kernel works on.
pub(super) struct Ring {
    // Dropped first: the kernel lets go of the memory below.
    ring: IoUring,
    entries: MmapMut,
    buffers: MmapMut,
    /// What is to be sent. It is not moved while a submission speaks of it.
    outbox: MmapMut,
    outbox_used: usize,
    tail: u16,
}

impl Ring {
    pub(super) fn new() -> io::Result<Self> {
        let ring = IoUring::builder()
            .setup_cqsize(COMPLETIONS)
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_taskrun_flag()
            .build(SUBMISSIONS)?;
        let map = |len| MmapOptions::new().len(len).map_anon();
        let entries = map(usize::from(BUFFERS) * size_of::<BufRingEntry>())?;
        let buffers = map(usize::from(BUFFERS) * STRIDE)?;
        let outbox = map(OUTBOX_BYTES)?;
        let mut ring = Self { ring, entries, buffers, outbox, outbox_used: 0, tail: 0 };
        let address = ring.entries.as_ptr() as u64;
        // SAFETY: the entries are page-aligned, as many as said, and live as long as the ring,
        // which is dropped before them.
        unsafe { ring.ring.submitter().register_buf_ring_with_flags(address, BUFFERS, GROUP, 0)? };
        (0..BUFFERS).for_each(|buffer| ring.give(buffer));
        Ok(ring)
    }

    /// Lets the kernel have a buffer, which must be ours.
    pub(super) fn give(&mut self, buffer: u16) {
        let slot = usize::from(self.tail & (BUFFERS - 1));
        let first = self.entries.as_mut_ptr().cast::<BufRingEntry>();
        let start = usize::from(buffer % BUFFERS) * STRIDE + HEADROOM_BYTES;
        // SAFETY: the slot is within the entries, which the kernel does not read past the tail.
        // The address is that of a buffer's receiving part, `BUFFER_BYTES` long.
        unsafe {
            let entry = &mut *first.add(slot);
            entry.set_addr(self.buffers.as_mut_ptr().add(start) as u64);
            entry.set_len(BUFFER_BYTES as u32);
            entry.set_bid(buffer);
        }
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the tail lies in the first entry, aligned for its type, and the kernel reads it
        // as it is written here: with release order after the entry.
        unsafe {
            let tail = BufRingEntry::tail(first).cast::<AtomicU16>();
            (*tail).store(self.tail, Ordering::Release);
        }
    }

    /// What was received into a buffer of ours, with `front` before it.
    pub(super) fn received(&mut self, buffer: u16, len: usize, front: &[u8]) -> &[u8] {
        let end = HEADROOM_BYTES + len.min(BUFFER_BYTES);
        let start = HEADROOM_BYTES - front.len();
        // SAFETY: the range is within the mapping, and the kernel has no business in this buffer
        // until it is given again, for which the slice must have ended.
        let bytes = unsafe {
            let buffer = self.buffers.as_mut_ptr().add(usize::from(buffer % BUFFERS) * STRIDE);
            std::slice::from_raw_parts_mut(buffer.add(start), end - start)
        };
        bytes[..front.len()].copy_from_slice(front);
        bytes
    }

    /// Puts bytes where a submission can send them from. `None` where there is no room before the
    /// next submission.
    pub(super) fn stage(&mut self, bytes: &[u8]) -> Option<Range<usize>> {
        let range = self.outbox_used..self.outbox_used + bytes.len();
        self.outbox.get_mut(range.clone())?.copy_from_slice(bytes);
        self.outbox_used = range.end;
        Some(range)
    }

    /// What is staged.
    pub(super) fn staged(&self, range: Range<usize>) -> &[u8] {
        &self.outbox[range]
    }

    /// Queues the sending of staged bytes. It is done or has failed when the submission returns;
    /// there is no completion where all of it was sent.
    pub(super) fn send(&mut self, fd: RawFd, range: &Range<usize>, user_data: u64) {
        let address = self.outbox[range.clone()].as_ptr();
        let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT | libc::MSG_WAITALL;
        let send = opcode::Send::new(Fd(fd), address, range.len() as u32).flags(flags);
        self.push(&send.build().flags(squeue::Flags::SKIP_SUCCESS).user_data(user_data));
    }

    /// Queues an entry that speaks of no memory, or of the outbox only.
    pub(super) fn push(&mut self, entry: &squeue::Entry) {
        // SAFETY: what the entry speaks of outlives it: descriptors are checked by the kernel, and
        // the outbox is not written to before the submission has returned.
        while unsafe { self.ring.submission().push(entry) }.is_err() {
            // Only the queue is emptied; what it completes is looked at in its time.
            if self.ring.submit().is_err() {
                return;
            }
        }
    }

    /// Hands over what is queued, and waits where `timeout` is not zero. Completions are put
    /// behind those in `found`.
    pub(super) fn enter(
        &mut self,
        timeout: Option<Duration>,
        found: &mut Vec<cqueue::Entry>,
    ) -> io::Result<()> {
        let entered = match timeout {
            Some(Duration::ZERO) => self.ring.submit(),
            None => self.ring.submit_and_wait(1),
            Some(timeout) => {
                let timeout = Timespec::from(timeout);
                self.ring.submitter().submit_with_args(1, &SubmitArgs::new().timespec(&timeout))
            }
        };
        found.extend(self.ring.completion());
        match entered.as_ref().map_err(io::Error::raw_os_error) {
            // Interrupted, out of time, or too many completions wait, which are taken now.
            Err(Some(libc::EINTR | libc::ETIME | libc::EBUSY)) | Ok(_) => Ok(()),
            Err(_) => entered.map(|_| ()),
        }
    }

    /// Forgets what was staged. All of it must have been handed over.
    pub(super) fn clear_outbox(&mut self) {
        self.outbox_used = 0;
    }

    /// Whether entering would do something, without waiting.
    pub(super) fn has_work(&mut self) -> bool {
        let submission = self.ring.submission();
        !submission.is_empty() || submission.taskrun() || submission.cq_overflow() || {
            drop(submission);
            !self.ring.completion().is_empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::needs_uring;
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixStream;

    /// A ring, where the kernel has it.
    fn ring() -> Option<Ring> {
        needs_uring().then(|| Ring::new().unwrap())
    }

    #[test]
    fn buffers_go_round() {
        let Some(mut ring) = ring() else { return };
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let receive = opcode::RecvMulti::new(Fd(ours.as_raw_fd()), GROUP).build();
        ring.push(&receive);
        for round in 0..3 * u32::from(BUFFERS) {
            theirs.write_all(&round.to_le_bytes()).unwrap();
            let mut found = Vec::new();
            ring.enter(None, &mut found).unwrap();
            let [entry] = &found[..] else { panic!("{found:?}") };
            let buffer = cqueue::buffer_select(entry.flags()).unwrap();
            let bytes = ring.received(buffer, entry.result() as usize, b"front");
            assert_eq!(bytes, [b"front", &round.to_le_bytes()[..]].concat());
            ring.give(buffer);
        }
    }

    #[test]
    fn sending_completes_in_silence_and_fails_aloud() {
        let Some(mut ring) = ring() else { return };
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut send = |bytes: &[u8]| {
            let range = ring.stage(bytes).unwrap();
            ring.send(ours.as_raw_fd(), &range, 7);
            let mut found = Vec::new();
            ring.enter(Some(Duration::ZERO), &mut found).unwrap();
            ring.clear_outbox();
            found.iter().map(cqueue::Entry::result).collect::<Vec<_>>()
        };
        assert_eq!(send(b"hello"), []);
        let mut got = [0; 5];
        theirs.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"hello");
        let all = vec![1; OUTBOX_BYTES];
        let results: Vec<i32> = (0..64).flat_map(|_| send(&all)).collect();
        let partial = results.first().copied().unwrap();
        assert!(partial == -libc::EAGAIN || partial < OUTBOX_BYTES as i32, "{results:?}");
        drop(theirs);
        assert_eq!(send(b"x"), [-libc::EPIPE]);
    }
}
