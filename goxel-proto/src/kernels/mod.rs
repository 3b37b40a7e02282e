//! Sixty-four bytes at a time: what is asked of a [`Block`] is written once, as a [`Task`], and
//! done by the best means of the machine: AVX2 where it has it, SSE2 on any other x86-64, 64-bit
//! words elsewhere.

#![allow(unsafe_code)] // Registers of one processor are only to be had so.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

/// Bytes that are looked at together: one bit each in a `u64`, the first byte lowest.
pub(crate) const BLOCK_BYTES: usize = 64;

/// Whether blocks are looked at by instructions made for it. Questions of a dozen kinds are answered
/// faster byte by byte without them.
pub(crate) const HAS_VECTORS: bool = cfg!(target_arch = "x86_64");

/// Sixty-four bytes that can be compared all at once.
pub(crate) trait Block: Copy {
    /// Takes the bytes.
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self;
    /// The bytes with their sixth bit set, which makes `[` into `{` and `]` into `}`.
    fn folded(self) -> Self;
    /// The bytes that are `byte`.
    fn matches(self, byte: u8) -> u64;
    /// The bytes from `low` to `high`, both of them too.
    fn between(self, low: u8, high: u8) -> u64;
    /// The bytes that are no ASCII.
    fn beyond_ascii(self) -> u64;
}

/// What is done with blocks of any kind. `run` must be inlined, and all that it calls with blocks:
/// only so is it compiled for the processor that it runs on.
pub(crate) trait Task {
    type Output;
    fn run<B: Block>(self) -> Self::Output;
}

/// Does a task by the best means of this machine.
#[cfg(target_arch = "x86_64")]
pub(crate) fn run<T: Task>(task: T) -> T::Output {
    use std::arch::is_x86_feature_detected as has;
    if has!("avx2") && has!("bmi1") && has!("popcnt") {
        // SAFETY: the processor was just found to have all three.
        return unsafe { x86::run_avx2(task) };
    }
    task.run::<x86::Sse2>()
}

/// Does a task by the best means of this machine.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn run<T: Task>(task: T) -> T::Output {
    task.run::<portable::Words>()
}

/// Does a task in every way that this machine has, for tests to compare.
#[cfg(test)]
pub(crate) fn run_all<T: Task + Clone>(task: &T) -> Vec<(&'static str, T::Output)> {
    let mut done =
        vec![("chosen", run(task.clone())), ("portable", task.clone().run::<portable::Words>())];
    #[cfg(target_arch = "x86_64")]
    done.push(("sse2", task.clone().run::<x86::Sse2>()));
    done
}

/// The bytes that stand behind a backslash that is itself not escaped, in a block of which `length`
/// bytes count. `carry` is whether the first byte does, and becomes whether the one behind does.
#[inline(always)]
pub(crate) fn escaped(mut slashes: u64, carry: &mut bool, length: usize) -> u64 {
    let mut escaped = u64::from(*carry);
    slashes &= !escaped;
    let mut behind = false;
    while slashes != 0 {
        let bit = slashes & slashes.wrapping_neg();
        escaped |= bit << 1;
        behind = bit.trailing_zeros() as usize + 1 == length;
        slashes &= !(bit | bit << 1);
    }
    *carry = behind;
    escaped
}

/// The bytes from each opening quote up to before its closing one. `carry` is whether the block
/// begins in a string, and becomes whether it ends in one.
#[inline(always)]
pub(crate) fn inside(quotes: u64, carry: &mut bool) -> u64 {
    let mut mask = quotes;
    for shift in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << shift;
    }
    mask ^= 0u64.wrapping_sub(u64::from(*carry));
    *carry = mask >> 63 == 1;
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All answers about a block of bytes around `byte`.
    #[derive(Clone)]
    struct Answers([u8; BLOCK_BYTES], u8);

    impl Task for Answers {
        type Output = [u64; 4];

        fn run<B: Block>(self) -> [u64; 4] {
            let (block, byte) = (B::load(&self.0), self.1);
            let range = block.between(byte, byte.saturating_add(1));
            [block.matches(byte), block.folded().matches(byte), range, block.beyond_ascii()]
        }
    }

    #[test]
    fn every_byte_is_told_from_every_other() {
        for byte in 0..=255u8 {
            let bytes: [u8; BLOCK_BYTES] =
                std::array::from_fn(|index| byte.wrapping_add(index as u8 % 3));
            let mask = |is: &dyn Fn(u8) -> bool| {
                (0..BLOCK_BYTES)
                    .fold(0u64, |mask, index| mask | u64::from(is(bytes[index])) << index)
            };
            let expected = [
                mask(&|b| b == byte),
                mask(&|b| b | 0x20 == byte),
                mask(&|b| (byte..=byte.saturating_add(1)).contains(&b)),
                mask(&|b| !b.is_ascii()),
            ];
            for (name, answers) in run_all(&Answers(bytes, byte)) {
                assert_eq!(answers, expected, "{name}: {byte}");
            }
        }
    }
}
