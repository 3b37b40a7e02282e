//! Blocks by the numbers that they had up to Minecraft 1.12, as `.schematic` stores them.

use goxel_proto::types::Rgba;

use super::blocks;

/// The sixteen colours in the order of their numbers.
const COLOURS: [&str; 16] = [
    "white",
    "orange",
    "magenta",
    "light_blue",
    "yellow",
    "lime",
    "pink",
    "gray",
    "light_gray",
    "cyan",
    "purple",
    "blue",
    "brown",
    "green",
    "red",
    "black",
];
/// Sorts of wood in the order of their numbers.
const WOODS: [&str; 6] = ["oak", "spruce", "birch", "jungle", "acacia", "dark_oak"];

/// A block's number, the lower half of its data where that matters, and its name of today.
type Number = (u16, u8, &'static str);

/// Any data.
const ANY: u8 = 16;

/// Blocks that are looked up and, where they are whole, written.
#[rustfmt::skip]
const NUMBERS: &[Number] = &[
    (1, 0, "stone"), (1, 1, "granite"), (1, 3, "diorite"), (1, 5, "andesite"), (1, ANY, "stone"),
    (2, ANY, "grass_block"), (3, 2, "podzol"), (3, ANY, "dirt"), (4, ANY, "cobblestone"),
    (7, ANY, "bedrock"), (8, ANY, "water"), (9, ANY, "water"), (10, ANY, "lava"), (11, ANY, "lava"),
    (12, 1, "red_sand"), (12, ANY, "sand"), (13, ANY, "gravel"), (14, ANY, "gold_ore"),
    (15, ANY, "iron_ore"), (16, ANY, "coal_ore"), (19, ANY, "sponge"), (20, ANY, "glass"),
    (21, ANY, "lapis_ore"), (22, ANY, "lapis_block"), (23, ANY, "dispenser"), (24, ANY, "sandstone"),
    (26, ANY, "bed"), (27, ANY, "rail"), (28, ANY, "rail"), (29, ANY, "piston"), (30, ANY, "cobweb"),
    (31, ANY, "short_grass"), (32, ANY, "dead_bush"), (33, ANY, "piston"), (37, ANY, "dandelion"),
    (38, ANY, "poppy"), (41, ANY, "gold_block"), (42, ANY, "iron_block"), (43, ANY, "smooth_stone"),
    (44, ANY, "smooth_stone"), (45, ANY, "bricks"), (46, ANY, "tnt"), (47, ANY, "bookshelf"),
    (48, ANY, "mossy_cobblestone"), (49, ANY, "obsidian"), (50, ANY, "torch"), (51, ANY, "fire"),
    (53, ANY, "oak_planks"), (54, ANY, "chest"), (55, ANY, "redstone_wire"), (56, ANY, "diamond_ore"),
    (57, ANY, "diamond_block"), (58, ANY, "crafting_table"), (59, ANY, "wheat"), (60, ANY, "farmland"),
    (61, ANY, "furnace"), (62, ANY, "furnace"), (64, ANY, "oak_planks"), (65, ANY, "ladder"),
    (66, ANY, "rail"), (67, ANY, "cobblestone"), (73, ANY, "redstone_ore"), (78, ANY, "snow"),
    (79, ANY, "ice"), (80, ANY, "snow_block"), (81, ANY, "cactus"), (82, ANY, "clay"),
    (83, ANY, "sugar_cane"), (85, ANY, "oak_planks"), (86, ANY, "pumpkin"), (87, ANY, "netherrack"),
    (88, ANY, "soul_sand"), (89, ANY, "glowstone"), (91, ANY, "jack_o_lantern"), (96, ANY, "oak_planks"),
    (98, ANY, "stone_bricks"), (99, ANY, "brown_mushroom_block"), (100, ANY, "red_mushroom_block"),
    (101, ANY, "iron_bars"), (102, ANY, "glass"), (103, ANY, "melon"), (106, ANY, "vine"),
    (108, ANY, "bricks"), (109, ANY, "stone_bricks"), (110, ANY, "mycelium"), (111, ANY, "lily_pad"),
    (112, ANY, "nether_bricks"), (113, ANY, "nether_bricks"), (114, ANY, "nether_bricks"),
    (118, ANY, "cauldron"), (121, ANY, "end_stone"), (128, ANY, "sandstone"), (129, ANY, "emerald_ore"),
    (133, ANY, "emerald_block"), (134, ANY, "spruce_planks"), (135, ANY, "birch_planks"),
    (136, ANY, "jungle_planks"), (139, ANY, "cobblestone"), (145, ANY, "anvil"),
    (152, ANY, "redstone_block"), (153, ANY, "quartz"), (154, ANY, "hopper"), (155, ANY, "quartz_block"),
    (156, ANY, "quartz_block"), (163, ANY, "acacia_planks"), (164, ANY, "dark_oak_planks"),
    (165, ANY, "slime_block"), (168, 1, "prismarine_bricks"), (168, 2, "dark_prismarine"),
    (168, ANY, "prismarine"), (169, ANY, "sea_lantern"), (170, ANY, "hay_block"), (172, ANY, "terracotta"),
    (173, ANY, "coal_block"), (174, ANY, "packed_ice"), (179, ANY, "red_sandstone"),
    (201, ANY, "purpur_block"), (206, ANY, "end_stone"), (213, ANY, "magma_block"),
    (214, ANY, "nether_wart_block"), (215, ANY, "red_nether_bricks"), (216, ANY, "bone_block"),
];

/// Families of blocks: their number, and what the name of each ends with.
const COLOURED: [(u16, &str); 7] = [
    (35, "wool"),
    (95, "stained_glass"),
    (159, "terracotta"),
    (160, "stained_glass_pane"),
    (171, "carpet"),
    (251, "concrete"),
    (252, "concrete_powder"),
];

/// The name of a block.
fn name(id: u16, data: u8) -> Option<String> {
    if let Some((_, kind)) = COLOURED.iter().find(|(family, _)| *family == id) {
        return Some(format!("{}_{kind}", COLOURS[usize::from(data)]));
    }
    let wood = |from: usize, sorts: usize, kind: &str| {
        let sort = WOODS[(from + usize::from(data) % sorts).min(WOODS.len() - 1)];
        Some(format!("{sort}_{kind}"))
    };
    match id {
        5 => wood(0, 8, "planks"),
        17 => wood(0, 4, "log"),
        18 => wood(0, 4, "leaves"),
        161 => wood(4, 4, "leaves"),
        162 => wood(4, 4, "log"),
        _ => {
            let known = |(number, low, _): &&Number| *number == id && (*low == ANY || *low == data);
            NUMBERS.iter().find(known).map(|(.., name)| (*name).to_owned())
        }
    }
}

/// What a block looks like; one that is not known, like stone.
pub(super) fn look(id: u16, data: u8) -> Rgba {
    match id {
        // Air, and what holds a block that a piston moves.
        0 | 36 | 166 | 217 => Rgba::EMPTY,
        _ => blocks::look(name(id, data).as_deref().unwrap_or("stone")),
    }
}

/// The numbers of all blocks that a name of today is written as.
pub(super) fn numbers() -> impl Iterator<Item = (String, [u8; 2])> {
    let families = COLOURED.iter().map(|(id, _)| *id).chain([5, 17, 162]);
    let families = families.flat_map(|id| (0..16).map(move |data| (id, data)));
    let single = NUMBERS.iter().map(|&(id, data, _)| (id, if data == ANY { 0 } else { data }));
    families
        .chain(single)
        .filter_map(|(id, data)| Some((name(id, data)?, [u8::try_from(id).ok()?, data])))
}
