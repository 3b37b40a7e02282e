//! Writes schematics. A volume is walked through twice: which blocks there are comes first.

use goxel_core::{Volume, Work};
use goxel_proto::types::Rgba;

use super::nbt::Writer;
use super::pick::{DOWN, ORDER, Picks};
use super::read::bits_for;
use crate::lines::Lines;
use crate::{Out, Result};

/// The version of Minecraft whose names these are: 1.20.
const DATA_VERSION: i32 = 3463;
/// The longest edges of files that have 16 bits for them.
const SPONGE_EDGE: u64 = u16::MAX as u64;
/// The longest edges of files whose numbers have a sign.
const NUMBERED_EDGE: u64 = i16::MAX as u64;
/// The longest edges of a region.
const REGION_EDGE: u64 = i32::MAX as u64;

/// What all kinds need to know of a volume.
struct Build<'a> {
    lines: Lines<'a>,
    picks: Picks,
    /// Where the lowest corner is, in blocks.
    corner: [i32; 3],
    /// Along x, y and z, in blocks.
    size: [u32; 3],
}

impl<'a> Build<'a> {
    fn new(
        volume: &'a Volume,
        edge: u64,
        format: &str,
        work: &Work<'_>,
        out: &mut Out<'_>,
    ) -> Result<Self> {
        let lines = Lines::new(volume, [edge; 3], format, work)?;
        let picks = Picks::new(&lines, format == "schematic", work)?;
        picks.lose(out);
        let [x, _, z] = lines.bounds.min;
        let corner = [x, -lines.bounds.max[1], z];
        // The lowest y of all is one step out of range here.
        let corner =
            [corner[0], corner[2], corner[1]].map(|c| i32::try_from(c).unwrap_or(i32::MAX));
        let [w, d, h] = lines.size();
        Ok(Self { lines, picks, corner, size: [w, h, d] })
    }

    /// How many blocks there are with the air between.
    fn blocks(&self) -> u64 {
        self.size.iter().map(|&edge| u64::from(edge)).product()
    }

    /// Calls `f` with the number of each block in order.
    fn for_each(&self, work: &Work<'_>, mut f: impl FnMut(u32) -> Result<()>) -> Result<()> {
        let mut last = (Rgba::EMPTY, 0);
        self.lines.for_each(ORDER, DOWN, work, |_, line| {
            for &rgba in line {
                if rgba != last.0 {
                    last = (rgba, self.picks.number(rgba));
                }
                f(last.1)?;
            }
            Ok(())
        })
    }

    fn size_of_16_bits<W: std::io::Write>(&self, nbt: &mut Writer<W>) -> Result<()> {
        for (name, edge) in ["Width", "Height", "Length"].into_iter().zip(self.size) {
            nbt.short(name, edge as u16)?;
        }
        Ok(())
    }
}

/// Writes a `.schem`, of version 2, which all programs read.
pub(crate) fn sponge(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let build = Build::new(volume, SPONGE_EDGE, "schem", work, out)?;
    let mut nbt = Writer::new(&mut *out, "Schematic")?;
    nbt.int("Version", 2)?;
    nbt.int("DataVersion", DATA_VERSION)?;
    build.size_of_16_bits(&mut nbt)?;
    nbt.ints("Offset", &build.corner)?;
    let used = &build.picks.used;
    nbt.int("PaletteMax", used.len() as i32 + 1)?;
    nbt.compound("Palette")?;
    nbt.int("minecraft:air", 0)?;
    for (number, block) in (1..).zip(used) {
        nbt.int(&format!("minecraft:{}", block.name), number)?;
    }
    nbt.end()?;
    // From 128 on a number takes two bytes; there are fewer blocks than three bytes are for.
    let long = build.picks.count_each().iter().skip(127).sum::<u64>();
    nbt.bytes("BlockData", build.blocks() + long)?;
    build.for_each(work, |number| {
        if number < 0x80 {
            nbt.raw(&[number as u8])
        } else {
            nbt.raw(&[number as u8 | 0x80, (number >> 7) as u8])
        }
    })?;
    nbt.compounds("BlockEntities", 0)?;
    nbt.finish()
}

/// Writes a `.schematic`.
pub(crate) fn schematic(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let build = Build::new(volume, NUMBERED_EDGE, "schematic", work, out)?;
    let mut nbt = Writer::new(&mut *out, "Schematic")?;
    build.size_of_16_bits(&mut nbt)?;
    nbt.string("Materials", "Alpha")?;
    for (name, c) in ["WEOffsetX", "WEOffsetY", "WEOffsetZ"].into_iter().zip(build.corner) {
        nbt.int(name, c)?;
    }
    for (at, name) in ["Blocks", "Data"].into_iter().enumerate() {
        nbt.bytes(name, build.blocks())?;
        build.for_each(work, |number| {
            let block = (number as usize).checked_sub(1).map(|at| build.picks.used[at].number);
            nbt.raw(&[block.unwrap_or_default()[at]])
        })?;
    }
    nbt.compounds("Entities", 0)?;
    nbt.compounds("TileEntities", 0)?;
    nbt.finish()
}

/// Writes a `.litematic` of one region.
pub(crate) fn litematic(
    name: &str,
    volume: &Volume,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let build = Build::new(volume, REGION_EDGE, "litematic", work, out)?;
    let size = build.size.map(|edge| edge as i32);
    let blocks = build.blocks();
    let total = i32::try_from(blocks).unwrap_or(i32::MAX);
    let mut nbt = Writer::new(&mut *out, "")?;
    nbt.int("MinecraftDataVersion", DATA_VERSION)?;
    nbt.int("Version", 6)?;
    nbt.int("SubVersion", 1)?;
    nbt.compound("Metadata")?;
    nbt.string("Name", name)?;
    nbt.string("Author", "")?;
    nbt.string("Description", "")?;
    nbt.int("RegionCount", 1)?;
    nbt.int("TotalBlocks", i32::try_from(volume.count()).unwrap_or(i32::MAX))?;
    nbt.int("TotalVolume", total)?;
    // The same project makes the same file.
    nbt.long("TimeCreated", 0)?;
    nbt.long("TimeModified", 0)?;
    nbt.vector("EnclosingSize", size)?;
    nbt.end()?;
    nbt.compound("Regions")?;
    nbt.compound(name)?;
    nbt.vector("Position", build.corner)?;
    nbt.vector("Size", size)?;
    let used = &build.picks.used;
    nbt.compounds("BlockStatePalette", used.len() as u32 + 1)?;
    for name in std::iter::once("air").chain(used.iter().map(|block| block.name)) {
        nbt.string("Name", &format!("minecraft:{name}"))?;
        nbt.end()?;
    }
    let bits = bits_for(used.len() + 1);
    nbt.longs("BlockStates", (blocks * u64::from(bits)).div_ceil(64))?;
    let (mut word, mut filled) = (0u64, 0);
    build.for_each(work, |number| {
        word |= u64::from(number) << filled;
        filled += bits;
        if filled >= u64::BITS {
            nbt.raw(&word.to_be_bytes())?;
            filled -= u64::BITS;
            word = u64::from(number) >> (bits - filled);
        }
        Ok(())
    })?;
    if filled > 0 {
        nbt.raw(&word.to_be_bytes())?;
    }
    for list in ["Entities", "TileEntities", "PendingBlockTicks", "PendingFluidTicks"] {
        nbt.compounds(list, 0)?;
    }
    nbt.end()?;
    nbt.end()?;
    nbt.finish()
}
