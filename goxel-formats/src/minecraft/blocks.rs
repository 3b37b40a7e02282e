//! What blocks look like: the table by which schematics become voxels and voxels schematics.
//!
//! A colour is about the mean of the block as one sees it from the side. Whole, opaque blocks stand in
//! [`BLOCKS`], which voxels become; what is cut, clear or grows stands in [`OTHERS`] and is only read.
//! A name that is in neither is looked up by its words: `oak_stairs` are of oak, `red_bed` is
//! red. Blocks of Luanti have other names for the same things.

use goxel_proto::types::{Loss, Rgba};

use crate::Document;

/// A block's name without its namespace, and its colour.
type Look = (&'static str, [u8; 3]);

/// What a block looks like that nobody knows.
const UNKNOWN: [u8; 3] = [128, 128, 128];

/// Names of what is not seen.
const NOTHING: [&str; 9] = [
    "air",
    "cave_air",
    "void_air",
    "structure_void",
    "barrier",
    "light",
    "ignore",
    "airlike",
    "singlenode",
];

/// Whole, opaque blocks that stay where they are put.
#[rustfmt::skip]
pub(super) const BLOCKS: &[Look] = &[
    ("white_concrete", [207, 213, 214]), ("orange_concrete", [224, 97, 1]),
    ("magenta_concrete", [169, 48, 159]), ("light_blue_concrete", [36, 137, 199]),
    ("yellow_concrete", [241, 175, 21]), ("lime_concrete", [94, 169, 25]),
    ("pink_concrete", [214, 101, 143]), ("gray_concrete", [55, 58, 62]),
    ("light_gray_concrete", [125, 125, 115]), ("cyan_concrete", [21, 119, 136]),
    ("purple_concrete", [100, 32, 156]), ("blue_concrete", [45, 47, 143]),
    ("brown_concrete", [96, 60, 32]), ("green_concrete", [73, 91, 36]),
    ("red_concrete", [142, 33, 33]), ("black_concrete", [8, 10, 15]),
    ("white_wool", [234, 236, 237]), ("orange_wool", [241, 118, 20]),
    ("magenta_wool", [190, 69, 180]), ("light_blue_wool", [58, 175, 217]),
    ("yellow_wool", [249, 198, 40]), ("lime_wool", [112, 185, 26]),
    ("pink_wool", [238, 141, 172]), ("gray_wool", [63, 68, 72]),
    ("light_gray_wool", [142, 142, 135]), ("cyan_wool", [21, 138, 145]),
    ("purple_wool", [122, 42, 173]), ("blue_wool", [53, 57, 157]),
    ("brown_wool", [114, 72, 41]), ("green_wool", [85, 110, 28]),
    ("red_wool", [161, 39, 35]), ("black_wool", [21, 21, 26]),
    ("terracotta", [152, 94, 68]), ("white_terracotta", [210, 178, 161]),
    ("orange_terracotta", [162, 84, 38]), ("magenta_terracotta", [150, 88, 109]),
    ("light_blue_terracotta", [113, 109, 138]), ("yellow_terracotta", [186, 133, 36]),
    ("lime_terracotta", [104, 118, 53]), ("pink_terracotta", [162, 78, 79]),
    ("gray_terracotta", [58, 42, 36]), ("light_gray_terracotta", [135, 107, 98]),
    ("cyan_terracotta", [87, 91, 91]), ("purple_terracotta", [118, 70, 86]),
    ("blue_terracotta", [74, 60, 91]), ("brown_terracotta", [77, 51, 36]),
    ("green_terracotta", [76, 83, 42]), ("red_terracotta", [143, 61, 47]),
    ("black_terracotta", [37, 23, 16]),
    ("stone", [126, 126, 126]), ("granite", [149, 103, 86]), ("diorite", [189, 188, 189]),
    ("andesite", [136, 136, 137]), ("deepslate", [80, 80, 83]), ("cobblestone", [128, 127, 128]),
    ("mossy_cobblestone", [110, 118, 95]), ("stone_bricks", [122, 122, 122]),
    ("smooth_stone", [159, 159, 159]), ("bedrock", [85, 85, 85]), ("obsidian", [15, 11, 25]),
    ("calcite", [223, 224, 221]), ("tuff", [108, 109, 103]), ("blackstone", [42, 36, 41]),
    ("basalt", [81, 81, 86]), ("dripstone_block", [134, 108, 92]), ("end_stone", [220, 223, 158]),
    ("dirt", [134, 96, 67]), ("grass_block", [105, 140, 62]), ("podzol", [92, 63, 24]),
    ("mud", [60, 57, 61]), ("packed_mud", [142, 107, 80]), ("clay", [160, 166, 179]),
    ("moss_block", [89, 110, 45]), ("mycelium", [111, 99, 101]), ("soul_soil", [75, 57, 46]),
    ("sandstone", [216, 203, 155]), ("red_sandstone", [186, 99, 29]), ("snow_block", [249, 254, 254]),
    ("packed_ice", [141, 180, 250]), ("blue_ice", [116, 167, 253]), ("netherrack", [97, 38, 38]),
    ("nether_bricks", [44, 21, 26]), ("red_nether_bricks", [69, 7, 9]), ("magma_block", [142, 63, 31]),
    ("crimson_nylium", [130, 31, 31]), ("warped_nylium", [43, 114, 101]),
    ("nether_wart_block", [114, 2, 2]), ("warped_wart_block", [22, 119, 121]),
    ("shroomlight", [240, 146, 70]), ("glowstone", [171, 131, 84]), ("sea_lantern", [172, 199, 190]),
    ("oak_planks", [162, 130, 78]), ("spruce_planks", [114, 84, 48]), ("birch_planks", [192, 175, 121]),
    ("jungle_planks", [160, 115, 80]), ("acacia_planks", [168, 90, 50]),
    ("dark_oak_planks", [66, 43, 20]), ("mangrove_planks", [117, 54, 48]),
    ("cherry_planks", [226, 178, 172]), ("bamboo_planks", [193, 173, 80]),
    ("crimson_planks", [101, 48, 70]), ("warped_planks", [43, 104, 99]),
    ("oak_log", [109, 85, 50]), ("spruce_log", [58, 37, 16]), ("birch_log", [216, 215, 210]),
    ("jungle_log", [85, 67, 25]), ("acacia_log", [103, 96, 86]), ("dark_oak_log", [60, 46, 26]),
    ("mangrove_log", [84, 67, 41]), ("cherry_log", [54, 33, 44]), ("crimson_stem", [92, 25, 29]),
    ("warped_stem", [58, 58, 77]), ("stripped_oak_log", [177, 144, 86]),
    ("stripped_spruce_log", [115, 89, 52]), ("stripped_birch_log", [196, 176, 118]),
    ("bookshelf", [117, 94, 59]), ("hay_block", [166, 136, 38]), ("bricks", [150, 97, 83]),
    ("mud_bricks", [137, 103, 79]), ("bone_block", [229, 225, 207]), ("melon", [114, 146, 30]),
    ("pumpkin", [195, 114, 24]), ("jack_o_lantern", [214, 152, 52]), ("dried_kelp_block", [38, 48, 29]),
    ("honeycomb_block", [229, 148, 29]), ("sponge", [195, 192, 74]), ("mushroom_stem", [203, 196, 185]),
    ("red_mushroom_block", [200, 46, 45]), ("brown_mushroom_block", [149, 111, 81]),
    ("coal_block", [16, 15, 15]), ("iron_block", [220, 220, 220]), ("gold_block", [246, 208, 61]),
    ("diamond_block", [98, 237, 228]), ("emerald_block", [42, 203, 87]), ("lapis_block", [30, 67, 140]),
    ("redstone_block", [175, 24, 5]), ("copper_block", [192, 107, 79]),
    ("exposed_copper", [161, 125, 103]), ("weathered_copper", [108, 153, 110]),
    ("oxidized_copper", [82, 162, 132]), ("netherite_block", [66, 61, 63]),
    ("amethyst_block", [133, 97, 191]), ("quartz_block", [235, 229, 222]),
    ("purpur_block", [169, 125, 169]), ("prismarine", [99, 156, 151]),
    ("prismarine_bricks", [99, 171, 158]), ("dark_prismarine", [51, 91, 75]),
    ("raw_iron_block", [166, 135, 107]), ("raw_gold_block", [221, 169, 46]),
    ("raw_copper_block", [154, 105, 79]), ("sculk", [12, 29, 36]), ("slime_block", [111, 192, 91]),
];

/// What is read, and never written.
#[rustfmt::skip]
const OTHERS: &[Look] = &[
    ("water", [52, 95, 218]), ("lava", [212, 90, 18]), ("ice", [145, 183, 253]),
    ("glass", [176, 214, 219]), ("sand", [219, 207, 163]), ("red_sand", [190, 102, 33]),
    ("gravel", [131, 127, 126]), ("snow", [249, 254, 254]), ("soul_sand", [81, 62, 50]),
    ("farmland", [110, 72, 40]), ("dirt_path", [148, 121, 65]), ("leaves", [59, 94, 32]),
    ("cherry_leaves", [229, 172, 194]), ("azalea_leaves", [90, 114, 44]), ("vine", [60, 98, 34]),
    ("short_grass", [92, 139, 51]), ("tall_grass", [92, 139, 51]), ("grass", [92, 139, 51]),
    ("fern", [86, 128, 50]), ("dead_bush", [107, 78, 40]), ("cactus", [88, 124, 40]),
    ("sugar_cane", [148, 192, 101]), ("bamboo", [93, 144, 19]), ("wheat", [166, 151, 73]),
    ("carrots", [81, 125, 38]), ("potatoes", [84, 135, 47]), ("beetroots", [94, 92, 30]),
    ("sapling", [77, 106, 40]), ("lily_pad", [32, 128, 48]), ("poppy", [128, 64, 37]),
    ("dandelion", [147, 172, 43]), ("flower", [180, 120, 110]), ("tulip", [150, 110, 60]),
    ("torch", [138, 113, 64]), ("lantern", [106, 91, 83]), ("campfire", [110, 88, 54]),
    ("fire", [212, 140, 54]), ("redstone_wire", [146, 17, 7]), ("rail", [125, 111, 88]),
    ("ladder", [124, 96, 54]), ("chest", [155, 109, 44]), ("barrel", [134, 100, 58]),
    ("furnace", [110, 109, 109]), ("crafting_table", [119, 73, 42]), ("tnt", [182, 88, 84]),
    ("iron_bars", [136, 139, 135]), ("chain", [51, 57, 74]), ("anvil", [72, 72, 72]),
    ("hopper", [75, 74, 75]), ("cauldron", [73, 72, 74]), ("dispenser", [122, 121, 121]),
    ("piston", [110, 104, 96]), ("observer", [98, 97, 97]), ("cobweb", [228, 233, 234]),
    ("bed", [160, 40, 38]), ("banner", [160, 130, 80]), ("ore", [118, 116, 112]),
    ("coal_ore", [105, 105, 105]), ("iron_ore", [136, 129, 122]), ("gold_ore", [145, 133, 106]),
    ("diamond_ore", [121, 141, 140]), ("emerald_ore", [108, 136, 115]), ("lapis_ore", [107, 117, 141]),
    ("redstone_ore", [140, 109, 109]), ("copper_ore", [124, 125, 120]), ("quartz", [235, 229, 222]),
    ("brick", [150, 97, 83]), ("planks", [162, 130, 78]), ("log", [109, 85, 50]),
    ("wood", [109, 85, 50]), ("concrete", [125, 125, 115]), ("wool", [234, 236, 237]),
    ("copper", [192, 107, 79]), ("iron", [220, 220, 220]), ("gold", [246, 208, 61]),
    ("oak", [162, 130, 78]), ("spruce", [114, 84, 48]), ("birch", [192, 175, 121]),
    ("jungle", [160, 115, 80]), ("acacia", [168, 90, 50]), ("dark_oak", [66, 43, 20]),
    ("mangrove", [117, 54, 48]), ("cherry", [226, 178, 172]), ("crimson", [101, 48, 70]),
    ("warped", [43, 104, 99]), ("purpur", [169, 125, 169]), ("nether_brick", [44, 21, 26]),
    ("stone_brick", [122, 122, 122]), ("stonebrick", [122, 122, 122]),
    // The colours that things may have.
    ("white", [234, 236, 237]), ("orange", [241, 118, 20]), ("magenta", [190, 69, 180]),
    ("light_blue", [58, 175, 217]), ("yellow", [249, 198, 40]), ("lime", [112, 185, 26]),
    ("pink", [238, 141, 172]), ("gray", [63, 68, 72]), ("grey", [63, 68, 72]),
    ("light_gray", [142, 142, 135]), ("cyan", [21, 138, 145]), ("purple", [122, 42, 173]),
    ("blue", [53, 57, 157]), ("brown", [114, 72, 41]), ("green", [85, 110, 28]),
    ("red", [161, 39, 35]), ("black", [21, 21, 26]),
    // Names of Luanti.
    ("dirt_with_grass", [105, 140, 62]), ("cobble", [128, 127, 128]), ("mossycobble", [110, 118, 95]),
    ("desert_stone", [131, 80, 61]), ("desert_sand", [206, 166, 98]), ("silver_sand", [193, 191, 180]),
    ("water_source", [52, 95, 218]), ("lava_source", [212, 90, 18]), ("tree", [90, 70, 45]),
    ("jungletree", [85, 67, 25]), ("pine", [200, 165, 110]), ("aspen", [210, 200, 170]),
    ("snowblock", [249, 254, 254]), ("goldblock", [246, 208, 61]), ("steelblock", [200, 200, 200]),
];

/// What a block of this name looks like; grey where nobody knows it.
pub(crate) fn look(name: &str) -> Rgba {
    let [r, g, b] = UNKNOWN;
    find(name).unwrap_or(Rgba::opaque(r, g, b))
}

/// Tells how many of these names nobody knows.
pub(crate) fn tell_unknown<'a>(names: impl Iterator<Item = &'a str>, document: &mut Document) {
    let unknown = names.filter(|name| find(name).is_none()).count() as u64;
    document.lose(Loss::Colors, "kinds of blocks that are not in the table are grey", unknown);
}

/// What a block of this name looks like, whatever its namespace and its state; empty for air.
fn find(name: &str) -> Option<Rgba> {
    let bare = name.split('[').next().unwrap_or(name);
    let bare = bare.rsplit(':').next().unwrap_or(bare).trim();
    if NOTHING.contains(&bare) {
        return Some(Rgba::EMPTY);
    }
    let all = || BLOCKS.iter().chain(OTHERS);
    let exact = all().find(|(known, _)| *known == bare);
    // The longest name that is a part of it, in whole words.
    let part =
        || all().filter(|(known, _)| has_words(bare, known)).max_by_key(|(known, _)| known.len());
    let (_, [r, g, b]) = exact.or_else(part)?;
    Some(Rgba::opaque(*r, *g, *b))
}

/// Whether `part` stands in `name` between underscores or ends.
fn has_words(name: &str, part: &str) -> bool {
    name.match_indices(part).any(|(start, _)| {
        let (before, after) = (&name[..start], &name[start + part.len()..]);
        (before.is_empty() || before.ends_with('_')) && (after.is_empty() || after.starts_with('_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_by_their_words() {
        let check = |name: &str, like: &str| assert_eq!(look(name), look(like), "{name}");
        check("minecraft:stone", "stone");
        check("minecraft:oak_log[axis=y]", "oak_log");
        check("oak_stairs", "oak_planks");
        check("dark_oak_fence", "dark_oak_planks");
        check("minecraft:light_blue_stained_glass", "light_blue_wool");
        check("nether_gold_ore", "gold_ore");
        check("default:dirt_with_grass", "grass_block");
        assert_eq!(look("stone"), Rgba::opaque(126, 126, 126));
        assert_eq!(look("mod:thingummy"), Rgba::opaque(128, 128, 128));
        for name in ["air", "minecraft:cave_air", "ignore", "minecraft:light[level=3]"] {
            assert!(look(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn every_block_stands_once() {
        let mut names: Vec<_> = BLOCKS.iter().chain(OTHERS).map(|(name, _)| name).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert!(BLOCKS.len() >= 150, "{}", BLOCKS.len());
    }
}
