//! The page of formats, made from their table.

use std::fmt::Write as _;

use crate::{ALPHA_MIN, Direction, Format};

/// All formats as a page.
#[must_use]
pub fn markdown() -> String {
    let mut page = "# Formats\n\nMade from the table in `goxel-formats/src/format.rs` by `cargo xtask docs`.\n".to_owned();
    let _ = write!(
        page,
        "\nThe first bytes of a file tell its format where they can, else its extension does. Names and extensions may be \
         in large letters; calls take the other names too. Formats that do not keep alpha leave out voxels with an alpha below {ALPHA_MIN} and write the others as solid; \
         `alpha_min` says where that begins. Whatever a written file does not have of its project is told as a warning.\n\n"
    );
    page.push_str("| Name | Other names | Extensions | Read | Written | Layers | Keeps | |\n");
    page.push_str("|---|---|---|---|---|---|---|---|\n");
    for &format in Format::ALL {
        let yes = |direction| if format.can(direction) { "yes" } else { "-" };
        let _ = writeln!(
            page,
            "| `{format}` | {} | {} | {} | {} | {} | {} | {} |",
            list(format.aliases().iter().map(|alias| format!("`{alias}`"))),
            list(format.extensions().iter().map(|extension| format!("`.{extension}`"))),
            yes(Direction::Read),
            yes(Direction::Write),
            format.layers().words(),
            list(format.keeps().iter().map(|kept| kept.words())),
            format.about(),
        );
    }
    page.push_str(FIDELITY);
    page
}

/// What the table has no column for.
const FIDELITY: &str = "
## What comes back

A `.vox` file that is read and written again has all of its chunks again: groups, instances, layers, frames, cameras, settings
of the renderer, notes, and what this program does not know. Only what was changed is another: a layer gets a model of its own
when its voxels are no longer those of the model that it came from, new layers are added at the end, layers that are gone are
taken out. Each frame of an animation is a layer, named `NAME, frame F`, of which the first is visible; whether the others are
is not written. Voxels of a colour that stands twice in the palette keep their index where they are not changed. Models that are
packed (`TDCZ`) are written as others are. The `.vox` files of SLAB6, which begin with no name, are told apart by their length, and
read.

What a colour is made of (`MATL`) is a material of the project that the colour has, whichever layer it is in. `_emit` is how strong
it glows in terms of its own colour, times one more than `_flux`. What of `MATL` a material has no place for stays as it was. A
material of a layer is given to its colours where all layers that have them agree.

A `.gox` file has all chunks and keys again that this program does not know. Layers that were made of others or of shapes become
voxels. What it keeps for other formats, and what Goxel does not know - a palette, transmission, media - stands in chunks and keys
that Goxel passes over. It has a preview where it is written by the daemon.

What `.vox` and `.gox` files have for their own programs alone - cameras and settings of MagicaVoxel's renderer, notes, what this
program does not know - is told as `foreign_data` where such a project goes to another format.

## What is read of meshes

`.obj`, `.gltf`, `.glb`, `.ply` and `.stl` become voxels of the colours that their surface has. The files that they name are looked
for in their folder and further down, nowhere else: `.mtl` materials (`Kd`, `d`, `map_Kd`), buffers of `.gltf`, textures in PNG
or JPEG. Corners of an `.obj` with colours of their own go before its materials; a texture goes in the place of the colour. What is
passed over is told, as by a file that is written: files that are not there, textures in other formats, points, lines,
animations. Metal, roughness and light have no place in voxels.

`.npy` holds indices where colours are asked to stand in a palette (`colors`: `palette`), which is then `NAME_palette.npy` beside it:
256 rows of red, green, blue, alpha. It is looked for when the file is read.
";

fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_format_has_its_line() {
        let page = super::markdown();
        for format in super::Format::ALL {
            assert!(page.contains(&format!("\n| `{format}` |")), "{format}");
        }
    }
}
