//! Tables and colours for people.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use goxel_proto::json::Value;
use goxel_proto::types::Rgba;

/// Columns under their heads, two spaces apart. A head that begins with `>` is of a column of
/// numbers, which end at the same place.
pub(super) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heads.iter().map(|head| head.trim_start_matches('>')));
    table.add_rows(rows);
    for (column, head) in table.column_iter_mut().zip(heads) {
        column.set_padding((0, 2));
        if head.starts_with('>') {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A table of the things in the member `name` of a result.
pub(super) fn list(
    result: &Value<'_>,
    name: &str,
    heads: &[&str],
    row: fn(Value<'_>) -> Vec<String>,
) -> String {
    let items = result.get(name);
    let rows: Vec<_> = items.iter().flat_map(Value::elements).map(row).collect();
    if rows.is_empty() { format!("no {name}") } else { table(heads, rows) }
}

/// Two cells of this colour and a space, where there are colours.
pub(crate) fn swatch(Rgba([r, g, b, _]): Rgba, colour: bool) -> String {
    if colour { format!("\x1b[48;2;{r};{g};{b}m  \x1b[0m ") } else { String::new() }
}

/// A bar of up to `width` characters, in eighths.
pub(super) fn bar(part: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (part.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        let rows = [vec!["ä".to_owned(), "1".to_owned()], vec!["bcd".to_owned(), "23".to_owned()]];
        assert_eq!(table(&["name", ">n"], rows), "name   n\nä      1\nbcd   23");
    }

    #[test]
    fn bars() {
        assert_eq!(bar(0.0, 4), "");
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(2.0, 4), "████");
        assert_eq!(bar(0.375, 4), "█▌");
    }

    #[test]
    fn swatches() {
        assert_eq!(swatch(Rgba([1, 2, 3, 4]), true), "\x1b[48;2;1;2;3m  \x1b[0m ");
        assert_eq!(swatch(Rgba([1, 2, 3, 4]), false), "");
    }
}
