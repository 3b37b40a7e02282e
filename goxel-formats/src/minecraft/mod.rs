//! Schematics of Minecraft, which are NBT in gzip: of Sponge (`.schem`), `MCEdit` (`.schematic`) and
//! Litematica (`.litematic`).
//!
//! ```text
//! .schem      Version 2: Width, Height, Length; Offset int[3]; Palette of names with numbers;
//!             BlockData, numbers of 7 bits a byte, the lowest first
//!             Version 3: the same in Schematic, with Palette and Data in Blocks
//! .schematic  Width, Height, Length; Blocks, a byte each; Data, the lower half of a byte each;
//!             AddBlocks, the higher bits of two blocks a byte; WEOffsetX, Y, Z
//! .litematic  Regions of names with Position, Size (towards lower places where it is negative),
//!             BlockStatePalette of Name and Properties, BlockStates: numbers of as many bits as the
//!             palette needs, two at the least, one after another in 64 bits, the lowest first
//! ```
//!
//! Blocks stand x fastest, then z, then y. Y points up and z south: a block at (x, y, z) is the voxel at
//! (x, -1 - z, y). Which block looks like what is in [`blocks`].

pub(crate) mod blocks;
mod ids;
mod length;
mod nbt;
mod pick;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::read;
pub(crate) use write::{litematic, schematic, sponge};

/// How gzip begins, in which all of these are.
pub(crate) const MAGIC: &[u8; 2] = b"\x1f\x8b";
