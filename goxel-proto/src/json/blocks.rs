//! [`Rest`]: checks the rest of a long array or object, 64 bytes at a time.
//!
//! A mask of 64 bits says of a block where each kind of byte is; what may stand behind what is then
//! a matter of shifts, for all 64 at once:
//!
//! ```text
//! behind                                            may stand
//! [  :  a comma in an array                         a value's beginning
//! {  a comma in an object                           a name's opening quote
//! a name's closing quote                            :
//! a value's end                                     a comma, a closing bracket
//! an opening bracket                                its closing one
//! ```
//!
//! Only brackets are gone through one by one, and what is rare: escapes, fractions, words.
//!
//! It says only that all is well. What is wrong, and where, the plain way in `check` finds, which
//! is also what tests compare this with.

use super::levels::Levels;
use super::lexer;
use crate::kernels::{BLOCK_BYTES, Block, Task, escaped, inside};

/// What is left to check: the bytes of a text from `start` on, which stands behind a comma in the
/// innermost of some open brackets. Gives the place behind the last of these.
#[derive(Clone)]
pub(super) struct Rest<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) start: usize,
    pub(super) levels: Levels,
}

impl Task for Rest<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<B: Block>(self) -> Option<usize> {
        let mut scan = Scan::new(self.bytes, self.start, self.levels);
        let (blocks, rest) = self.bytes[self.start..].as_chunks::<BLOCK_BYTES>();
        let mut base = self.start;
        for block in blocks {
            if let Some(end) = scan.block(B::load(block), base, BLOCK_BYTES)? {
                return scan.finish(end);
            }
            base += BLOCK_BYTES;
        }
        // The end of brackets is no space, so it is not found where there is nothing.
        let mut last = [b' '; BLOCK_BYTES];
        last[..rest.len()].copy_from_slice(rest);
        let end = scan.block(B::load(&last), base, rest.len())??;
        scan.finish(end)
    }
}

/// What is remembered from block to block. A flag that ends in `_behind` is about the first byte
/// of the next one: whether it follows such a thing, with white space between them or not.
struct Scan<'a> {
    bytes: &'a [u8],
    start: usize,
    levels: Levels,
    /// Up to where escapes and scalars were looked at one by one.
    passed: usize,
    ascii: bool,
    in_string: bool,
    in_name: bool,
    escaped: bool,
    value_behind: bool,
    name_behind: bool,
    colon_behind: bool,
    end_behind: bool,
    open_behind: bool,
    /// The block ends in a number or a word; with a minus; with a leading zero: bits, not flags, for
    /// they are shifted in.
    scalar: u64,
    minus: u64,
    zero: u64,
}

/// The bytes of a block by what they are.
struct Kinds {
    /// Opening and closing quotes.
    quotes: u64,
    /// From opening quotes up to before closing ones.
    inside: u64,
    /// Backslashes that begin an escape.
    escapes: u64,
    /// Curly brackets, and square ones, that open.
    curly: u64,
    square: u64,
    closes: u64,
    /// Curly ones among them.
    closes_curly: u64,
    comma: u64,
    colon: u64,
    white: u64,
    digits: u64,
    /// Numbers and words.
    scalar: u64,
}

impl<'a> Scan<'a> {
    #[inline(always)]
    fn new(bytes: &'a [u8], start: usize, levels: Levels) -> Self {
        let in_object = levels.in_object();
        Self {
            bytes,
            start,
            levels,
            passed: start,
            ascii: true,
            in_string: false,
            in_name: false,
            escaped: false,
            value_behind: !in_object,
            name_behind: in_object,
            colon_behind: false,
            end_behind: false,
            open_behind: false,
            scalar: 0,
            minus: 0,
            zero: 0,
        }
    }

    /// Checks a block that begins at `base` and of which `length` bytes count. Gives the place
    /// behind the last bracket where that is in it; `None` where something is wrong.
    #[inline(always)]
    fn block<B: Block>(&mut self, block: B, base: usize, length: usize) -> Option<Option<usize>> {
        let (kinds, mut wrong) = self.kinds(block, length);
        let (object, live) = self.brackets(&kinds)?;
        wrong |= self.order(&kinds, object);
        let rare = self.numbers(block, &kinds, &mut wrong) & live;
        if wrong & live != 0 {
            return None;
        }
        self.ascii &= block.beyond_ascii() & live == 0;
        let escapes = kinds.escapes & live;
        if escapes | rare != 0 {
            self.rare(escapes, rare, base)?;
        }
        let ends = self.levels.is_empty();
        Some(ends.then(|| base + (u64::BITS - live.leading_zeros()) as usize))
    }

    /// What each byte is, and which cannot be.
    #[inline(always)]
    fn kinds<B: Block>(&mut self, block: B, length: usize) -> (Kinds, u64) {
        let slashes = block.matches(b'\\');
        let escaped = escaped(slashes, &mut self.escaped, length);
        let quotes = block.matches(b'"') & !escaped;
        let inside = inside(quotes, &mut self.in_string);
        let outside = !(inside | quotes);
        let low = block.between(0, b' ');
        let odd = low & !block.matches(b' ');
        let mut wrong = 0;
        if odd != 0 {
            let breaks = block.matches(b'\n') | block.matches(b'\r') | block.matches(b'\t');
            wrong = odd & !(breaks & outside);
        }
        // Not by a closure: what is not inlined is not compiled for the processor.
        let (curly, closes_curly) = (block.matches(b'{') & outside, block.matches(b'}') & outside);
        let (square, closes_square) =
            (block.matches(b'[') & outside, block.matches(b']') & outside);
        let (comma, colon) = (block.matches(b',') & outside, block.matches(b':') & outside);
        let closes = closes_curly | closes_square;
        let white = low & outside;
        let scalar = outside & !(curly | square | closes | comma | colon | white);
        let digits = block.between(b'0', b'9') & outside;
        let escapes = slashes & inside & !escaped;
        let kinds = Kinds {
            quotes,
            inside,
            escapes,
            curly,
            square,
            closes,
            closes_curly,
            comma,
            colon,
            white,
            digits,
            scalar,
        };
        (kinds, wrong)
    }

    /// Which bytes stand in an object rather than in an array, and which belong to the value: those
    /// up to the last bracket. `None` where brackets do not match or are too many.
    #[inline(always)]
    fn brackets(&mut self, kinds: &Kinds) -> Option<(u64, u64)> {
        let mut object = if self.levels.in_object() { u64::MAX } else { 0 };
        let curly = kinds.curly | kinds.closes_curly;
        let mut rest = curly | kinds.square | kinds.closes;
        while rest != 0 {
            let bit = rest & rest.wrapping_neg();
            rest ^= bit;
            let (was, is_curly) = (self.levels.in_object(), curly & bit != 0);
            if kinds.closes & bit == 0 {
                self.levels.open(is_curly).then_some(())?;
            } else if was == is_curly {
                self.levels.close();
                if self.levels.is_empty() {
                    return Some((object, bit | (bit - 1)));
                }
            } else {
                return None;
            }
            // All that is behind the bracket.
            let behind = (bit << 1).wrapping_neg();
            object ^= if self.levels.in_object() == was { 0 } else { behind };
        }
        Some((object, u64::MAX))
    }

    /// The bytes that stand behind what they may not.
    #[inline(always)]
    fn order(&mut self, kinds: &Kinds, object: u64) -> u64 {
        let Kinds { quotes, inside, curly, square, closes, comma, colon, white, scalar, .. } =
            *kinds;
        let before_value = square | colon | comma & !object;
        let may_be_value = behind(before_value, white, &mut self.value_behind);
        let may_be_name = behind(curly | comma & object, white, &mut self.name_behind);
        let names = quotes & inside & may_be_name;
        let name_ends = self.name_ends(names, inside) & quotes & !inside;

        let value_ends = quotes & !inside & !name_ends | scalar | closes;
        let may_be_colon = behind(name_ends, white, &mut self.colon_behind);
        let may_be_more = behind(value_ends, white, &mut self.end_behind);
        let may_be_empty = behind(curly | square, white, &mut self.open_behind);
        let begins = curly | square | self.scalar_begins(scalar) | quotes & inside & !names;
        begins & !may_be_value
            | colon & !may_be_colon
            | comma & !may_be_more
            | closes & !(may_be_more | may_be_empty)
    }

    /// The places behind the strings that begin at `names`: one is added at the beginning of a
    /// run of set bits, and so carried to its end. Other bits are left over.
    #[inline(always)]
    fn name_ends(&mut self, names: u64, inside: u64) -> u64 {
        let (sum, over) = inside.overflowing_add(names);
        let (sum, over_too) = sum.overflowing_add(u64::from(self.in_name));
        self.in_name = over | over_too;
        sum
    }

    #[inline(always)]
    fn scalar_begins(&self, scalar: u64) -> u64 {
        scalar & !(scalar << 1 | self.scalar)
    }

    /// Adds what is wrong with integers, and gives the bytes of scalars that are none.
    #[inline(always)]
    fn numbers<B: Block>(&mut self, block: B, kinds: &Kinds, wrong: &mut u64) -> u64 {
        let Kinds { digits, scalar, .. } = *kinds;
        let begins = self.scalar_begins(scalar);
        let minus = block.matches(b'-') & begins;
        let behind_minus = minus << 1 | self.minus;
        let zero = block.matches(b'0') & (begins | behind_minus & digits);
        let behind_zero = zero << 1 | self.zero;
        *wrong |= behind_minus & !digits | behind_zero & digits;
        [self.scalar, self.minus, self.zero] = [scalar, minus, zero].map(|mask| mask >> 63);
        scalar & !digits & !minus
    }

    /// Goes over the escapes and over the scalars of a block that are no integers, one by one in
    /// their order: an escape may be two, and a scalar many bytes.
    #[inline(never)]
    fn rare(&mut self, escapes: u64, scalars: u64, base: usize) -> Option<()> {
        let mut places = escapes | scalars;
        while places != 0 {
            let place = places.trailing_zeros();
            places &= places - 1;
            let at = base + place as usize;
            if at >= self.passed {
                self.passed = if escapes >> place & 1 == 1 {
                    lexer::escape(self.bytes, at).ok()?
                } else {
                    scalar_around(self.bytes, at)?
                };
            }
        }
        Some(())
    }

    /// The end, where all before it is text.
    fn finish(&self, end: usize) -> Option<usize> {
        let is_text = self.ascii || std::str::from_utf8(&self.bytes[self.start..end]).is_ok();
        is_text.then_some(end)
    }
}

/// The bytes that follow one of `these`, with white space between them or not.
#[inline(always)]
fn behind(these: u64, white: u64, carry: &mut bool) -> u64 {
    let next = these << 1 | u64::from(*carry);
    // One is added at the beginning of a run of white space, and so carried to what is behind it.
    let (sum, over) = white.overflowing_add(next & white);
    *carry = over | (these >> 63 == 1);
    (next | sum) & !white
}

/// Passes the number or word that a byte belongs to.
fn scalar_around(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes[..at].iter().rev().take_while(|byte| is_scalar(**byte)).count();
    let start = at - before;
    let end = match bytes.get(start).copied() {
        Some(b'-' | b'0'..=b'9') => lexer::number(bytes, start),
        first => lexer::literal(bytes, start, first),
    };
    end.ok().filter(|&end| !bytes.get(end).is_some_and(|byte| is_scalar(*byte)))
}

/// Whether a byte outside of strings belongs to a number or a word, or to nothing at all.
fn is_scalar(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'[' | b']' | b'{' | b'}' | b'"')
}
