//! Spans that grow and shrink over the tiers, beside a plain vector.

use super::*;
use proptest::prelude::*;

fn in_use(pool: &BufferPool) -> [usize; 4] {
    pool.usage().buffers
}

#[test]
fn a_span_moves_up_through_the_tiers_and_gives_all_back() {
    let mut pool = BufferPool::default();
    let mut span = BufferSpan::EMPTY;
    let mut check = |len: usize, expected: [usize; 4]| {
        let bytes = vec![7; len - span.len()];
        pool.append(&mut span, &bytes);
        assert_eq!((span.len(), in_use(&pool)), (len, expected));
        assert!(pool.view(span).iter().all(|&byte| byte == 7));
    };
    check(1, [1, 0, 0, 0]);
    check(512, [1, 0, 0, 0]);
    check(513, [0, 1, 0, 0]);
    check(4096, [0, 1, 0, 0]);
    check(4097, [0, 0, 1, 0]);
    check(65536, [0, 0, 1, 0]);
    check(65537, [0, 0, 0, 1]);
    check(1 << 20, [0, 0, 0, 1]);
    assert!(pool.large_bytes() >= 1 << 20);
    pool.consume(&mut span, 100);
    assert_eq!(span.len(), (1 << 20) - 100);
    pool.consume(&mut span, (1 << 20) - 100);
    drop(pool.take_returned());
    assert_eq!((span, in_use(&pool), pool.large_bytes()), (BufferSpan::EMPTY, [0; 4], 0));
}

#[test]
fn buffers_are_used_again() {
    let mut pool = BufferPool::default();
    for _ in 0..10_000 {
        let buffers = [1, 4096, 65536].map(|len| pool.take(len));
        buffers.into_iter().for_each(|buffer| pool.give(buffer));
    }
    assert_eq!((in_use(&pool), pool.usage().arena_bytes), ([0; 4], 2 << 20));
}

#[test]
fn a_message_is_taken_out_and_what_follows_stays() {
    for len in [100, 3000, 70_000, 1 << 20] {
        let mut pool = BufferPool::default();
        let mut span = BufferSpan::EMPTY;
        pool.append(&mut span, b"before");
        pool.append(&mut span, &vec![7; len]);
        pool.append(&mut span, b"behind");
        pool.consume(&mut span, 4);
        let frame = pool.take_frame(&mut span, 2..2 + len);
        assert!(*frame == vec![7; len]);
        assert_eq!(pool.view(span), b"behind");
        drop((frame, pool.take_returned()));
        assert_eq!(pool.large_bytes(), 0);
    }
}

proptest! {
    #[test]
    fn spans_hold_what_vectors_hold(
        steps in proptest::collection::vec((0..3usize, any::<bool>(), 0..9000usize), 1..60)
    ) {
        let mut pool = BufferPool::default();
        let mut spans = [BufferSpan::EMPTY; 3];
        let mut plain: [Vec<u8>; 3] = Default::default();
        for (step, (which, grow, len)) in steps.into_iter().enumerate() {
            if grow {
                let bytes = vec![step as u8; len];
                pool.append(&mut spans[which], &bytes);
                plain[which].extend(bytes);
            } else {
                let len = len.min(plain[which].len());
                pool.consume(&mut spans[which], len);
                plain[which].drain(..len);
            }
            for (span, plain) in spans.iter().zip(&plain) {
                prop_assert_eq!(pool.view(*span), plain.as_slice());
            }
        }
        spans.iter_mut().for_each(|span| pool.release(span));
        prop_assert_eq!(in_use(&pool), [0; 4]);
    }
}
