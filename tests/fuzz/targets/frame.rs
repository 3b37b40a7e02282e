//! Frames: the same however the bytes come, in order, and none is lost.

#![no_main]

use goxel_proto::frame::FrameScanner;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = frames(bytes, bytes.len().max(1));
    assert_eq!(frames(bytes, usize::from(piece).max(1)), whole);
    assert!(whole.is_sorted() && whole.iter().all(|(start, end)| start < end));
});

/// Where the frames are when the bytes come in pieces.
fn frames(bytes: &[u8], piece: usize) -> Vec<(usize, usize)> {
    let (mut scanner, mut start, mut end) = (FrameScanner::default(), 0, 0);
    let mut found = Vec::new();
    while end < bytes.len() {
        end = (end + piece).min(bytes.len());
        while let Some(frame) = scanner.next_frame(&bytes[start..end]) {
            found.push((start + frame.start, start + frame.end));
            start += frame.end;
        }
    }
    found
}
