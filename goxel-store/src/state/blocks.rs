//! Blocks of bounded size, deflated where that makes them smaller.
//!
//! ```text
//! method    0: as they are | 1: deflated, without a head
//! length    of what was put in
//! bytes
//! ```

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::StateError;
use super::bytes::{Put, Taker};
use super::tile::TILE_BYTES_MAX;

/// Bytes at which a block is full. What deflate looks back at is a 32nd of it, so larger ones would be
/// no smaller in all; and whoever writes or reads one holds no more than this.
pub(super) const BLOCK_BYTES: usize = 1 << 20;
/// Bytes of a block at the most: the last tile that was put in may go over.
const BLOCK_BYTES_MAX: usize = BLOCK_BYTES + TILE_BYTES_MAX;

/// Bytes from which it is guessed whether deflating a block is worth while: a tile of noise.
const SAMPLE_BYTES: usize = 16 << 10;
/// Of each byte of the sample so many 64ths have to go.
const SAMPLE_GAIN: usize = 2;

const STORED: u8 = 0;
const DEFLATED: u8 = 1;

/// Appends a block of these bytes, which are no more than [`BLOCK_BYTES_MAX`].
pub(super) fn put_block(raw: &[u8], out: &mut Vec<u8>) {
    let sample = &raw[..raw.len().min(SAMPLE_BYTES)];
    let is_worth_it = sample.len() < SAMPLE_BYTES
        || deflated(sample)
            .is_some_and(|short| short.len() < sample.len() / 64 * (64 - SAMPLE_GAIN));
    let short = if is_worth_it { deflated(raw) } else { None };
    let short = short.filter(|short| short.len() < raw.len());
    out.put_u8(if short.is_some() { DEFLATED } else { STORED });
    out.put_varint(raw.len() as u64);
    out.put(short.as_deref().unwrap_or(raw));
}

fn deflated(raw: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(raw.len() / 2), Compression::fast());
    encoder.write_all(raw).ok()?;
    encoder.finish().ok()
}

/// The bytes of a block.
pub(super) fn take_block(from: &mut Taker<'_>) -> Result<Vec<u8>, StateError> {
    let method = from.u8()?;
    let length = from.count(BLOCK_BYTES_MAX)?;
    let bytes = from.take(from.left())?;
    match method {
        STORED if bytes.len() == length => Ok(bytes.to_vec()),
        DEFLATED => inflated(bytes, length)
            .ok_or_else(|| from.damaged("a block that cannot be inflated to its length")),
        STORED => Err(from.damaged("a block that has another length than it says")),
        _ => Err(from.damaged("a block of a method that nobody knows")),
    }
}

fn inflated(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut raw = Vec::with_capacity(length + 1);
    let mut decoder = DeflateDecoder::new(bytes);
    // One byte more than there should be tells whether there are more.
    decoder.by_ref().take(length as u64 + 1).read_to_end(&mut raw).ok()?;
    (raw.len() == length && decoder.total_in() == bytes.len() as u64).then_some(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(raw: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_block(raw, &mut bytes);
        bytes
    }

    #[test]
    fn blocks_are_read_as_they_were_written() {
        let noise: Vec<u8> =
            (0..100_000_u32).map(|at| (at.wrapping_mul(0x9e37_79b1) >> 13) as u8).collect();
        for raw in [&[][..], &[1, 2, 3], &[7; 100_000], &noise, &vec![9; BLOCK_BYTES_MAX]] {
            let bytes = block(raw);
            assert!(bytes.len() <= raw.len() + 4);
            assert_eq!(take_block(&mut Taker::new("T", 0, &bytes)).as_deref(), Ok(raw));
        }
        assert!(block(&[7; 100_000]).len() < 1000);
    }

    #[test]
    fn what_is_no_block_is_refused() {
        let good = block(&[7; 100_000]);
        let with = |change: fn(&mut Vec<u8>)| {
            let mut bytes = good.clone();
            change(&mut bytes);
            take_block(&mut Taker::new("T", 0, &bytes))
        };
        assert!(with(|_| ()).is_ok());
        assert!(with(|bytes| bytes[0] = 2).is_err());
        assert!(with(|bytes| bytes[0] = 0).is_err());
        assert!(with(|bytes| bytes[1] ^= 1).is_err(), "a byte more or less");
        assert!(with(|bytes| bytes.push(0)).is_err(), "more than was deflated");
        assert!(with(|bytes| bytes.truncate(40)).is_err());
        let mut long = vec![STORED];
        long.put_varint(BLOCK_BYTES_MAX as u64 + 1);
        long.resize(BLOCK_BYTES_MAX + 1 + long.len(), 0);
        assert!(take_block(&mut Taker::new("T", 0, &long)).is_err());
    }
}
