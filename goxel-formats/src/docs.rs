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
    page
}

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
