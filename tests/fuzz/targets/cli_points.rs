//! Point files of the command line: they are the same however the bytes come, and a line that is no
//! point is named.
#![no_main]

use std::io::{self, Read};

use goxel_fuzz::Input;
use goxel_proto::types::Rgba;
use libfuzzer_sys::fuzz_target;

#[allow(
    dead_code,
    unused_imports,
    reason = "the command line's own, of which not all is needed here"
)]
#[path = "../../../goxel-cli/src/parse/mod.rs"]
mod parse;
#[allow(dead_code, reason = "the command line's own, of which not all is needed here")]
#[path = "../../../goxel-cli/src/points/source.rs"]
mod source;

/// What the command line's modules find beside them.
mod error {
    pub(crate) use crate::words::*;
}
mod lines {
    pub(crate) const STDIN: &str = "-";
}
mod words {
    /// An error that says where it is.
    #[derive(Debug)]
    pub(crate) struct Located(pub(crate) String);

    /// What may have been meant: nothing.
    pub(crate) fn suggestion<'a>(_: &str, _: impl IntoIterator<Item = &'a str>) -> &'static str {
        ""
    }

    impl std::fmt::Display for Located {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl std::error::Error for Located {}
}

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let (piece, chunk) = (1 + usize::from(input.byte()), 1 + usize::from(input.byte()));
    let whole = read(input.0, input.0.len().max(1), 1 << 15);
    let parts = read(input.0, piece, chunk);
    assert_eq!(parts, whole);
    if let Some(error) = whole.1 {
        assert!(error.starts_with("f:") && error.len() > 6, "{error}");
    }
});

/// The records of all points, and what was wrong with the line behind them.
fn read(bytes: &[u8], piece: usize, chunk: usize) -> (Vec<u8>, Option<String>) {
    let mut source = source::Source::new("f", Drip(bytes, piece));
    let (mut all, mut records) = (Vec::new(), Vec::new());
    loop {
        let filled = source.fill(&mut records, chunk, Rgba::WHITE);
        assert!(records.len().is_multiple_of(16) && records.len() <= 16 * chunk);
        all.extend_from_slice(&records);
        match filled {
            Err(error) => return (all, Some(error.to_string())),
            Ok(()) if records.is_empty() => {
                assert_eq!(source.bytes_read(), bytes.len() as u64);
                return (all, None);
            }
            Ok(()) => {}
        }
    }
}

/// Gives a few bytes at a time.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        let (bytes, rest) = self.0.split_at(count);
        buffer[..count].copy_from_slice(bytes);
        self.0 = rest;
        Ok(count)
    }
}
