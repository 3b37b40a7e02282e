//! Letters of voxels, in the font of 5 by 7 cells that pictures have their labels in.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use goxel_proto::types::font::{ADVANCE, GLYPH_HEIGHT, is_inked};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::Request;
use super::edit::{Editing, LOOK};
use super::grid;
use super::params::{self, CELL, COLOR, LAYER, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

/// Letters of one call: a screen of text, and more than any model has.
const LETTERS_MAX: usize = 2000;
/// From one line to the next, in cells of the font: one stays free.
const LINE_ADVANCE: i32 = GLYPH_HEIGHT as i32 + 1;
/// Voxels along the edge of a cell, and how deep letters are, at the most: as large as a house.
const EDGE_MAX: i64 = 64;

/// The sides that a text can be read from: where the reader's right, up and away from it point.
const FACINGS: [(&str, [[i32; 3]; 3]); 5] = [
    ("front", [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
    ("back", [[-1, 0, 0], [0, 0, 1], [0, -1, 0]]),
    ("left", [[0, -1, 0], [0, 0, 1], [1, 0, 0]]),
    ("right", [[0, 1, 0], [0, 0, 1], [-1, 0, 0]]),
    ("top", [[1, 0, 0], [0, 1, 0], [0, 0, -1]]),
];

pub(super) const DRAW: Spec = Spec {
    name: "draw_text",
    title: "Write text of voxels",
    about: "Sets letters of 5 by 7 voxels (6 from one to the next, 8 from line to line) that are read from a \
            side. ASCII; \\n begins a line below.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        Field::needed("text", Kind::Text, "What is written."),
        Field::needed("at", CELL, "[x,y,z]: lower left of the first line, as read."),
        Field::absent(
            "facing",
            Kind::AnyOf(&[
                Kind::Exactly("front"),
                Kind::Exactly("back"),
                Kind::Exactly("left"),
                Kind::Exactly("right"),
                Kind::Exactly("top"),
            ]),
            "Read from. Default: front.",
        ),
        Field::absent("scale", Kind::Integer { min: 1, max: EDGE_MAX }, "Default: 1."),
        Field::absent("depth", Kind::Integer { min: 1, max: EDGE_MAX }, "Default: 1."),
        COLOR,
        LAYER,
        LOOK,
    ],
    examples: &[r#"{"project_id":"p1","text":"INN","at":[10,13,8],"color":"gold"}"#],
    gives: &[Field::absent("placed", Kind::COUNT, "")],
    does: Does::Edits(draw),
};

fn draw(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let layer = editing.layer(args.get("layer"))?;
    let text = args.text("text").unwrap_or_default();
    let letters = text.chars().count();
    if letters > LETTERS_MAX {
        return Err(Refused::new(format!(
            "text has {letters} letters: {LETTERS_MAX} at the most in one call."
        )));
    }
    let edge =
        |name: &str| args.integer(name).and_then(|edge| i32::try_from(edge).ok()).unwrap_or(1);
    let style = Style {
        at: args.cells("at").unwrap_or_default(),
        scale: edge("scale"),
        depth: edge("depth"),
    };
    let facing =
        args.text("facing").and_then(|said| FACINGS.iter().find(|(name, _)| *name == said));
    let (_, axes) = facing.unwrap_or(&FACINGS[0]);
    let boxes: Option<Vec<[i32; 6]>> = cells(text).map(|cell| style.solid(cell, axes)).collect();
    let Some(boxes) = boxes else {
        return Err(Refused::new(
            "at: the text would leave the range of positions, which are 32 bits.",
        ));
    };
    let Some(around) = boxes.iter().copied().reduce(grid::around) else {
        return Err(Refused::new("text has nothing to be seen: say letters, digits or signs."));
    };
    editing.spend(boxes.iter().map(|corners| params::volume(*corners)).sum())?;
    let request = Request::new(Method::AddVoxels)
        .with("boxes", boxes.iter().map(|corners| json!(corners)).collect::<Vec<Value>>())
        .maybe("color", args.take("color"))
        .maybe("layer_id", layer);
    let told = editing.ask(request)?;
    Ok(members(json!({"placed": told["added"], "box": around})))
}

/// Inked cells in a row: from the left, and down from the upper edge of the first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cells {
    left: i32,
    right: i32,
    down: i32,
}

/// The inked cells of a text, as few rows as there can be.
fn cells(text: &str) -> impl Iterator<Item = Cells> {
    text.split('\n').enumerate().flat_map(|(line, letters)| {
        // A letter that the font does not have is one question mark, however many bytes it has.
        let letters: Vec<u8> =
            letters.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect();
        let top = i32::try_from(line).unwrap_or(i32::MAX).saturating_mul(LINE_ADVANCE);
        (0..GLYPH_HEIGHT as i32).flat_map(move |row| rows(&letters, row, top + row))
    })
}

fn rows(letters: &[u8], row: i32, down: i32) -> Vec<Cells> {
    let width = i32::try_from(letters.len()).unwrap_or(i32::MAX).saturating_mul(ADVANCE as i32);
    let mut found: Vec<Cells> = Vec::new();
    for at in (0..width).filter(|at| is_inked(letters, i64::from(*at), i64::from(row))) {
        match found.last_mut() {
            Some(cells) if cells.right + 1 == at => cells.right = at,
            _ => found.push(Cells { left: at, right: at, down }),
        }
    }
    found
}

/// Where a text is and how large.
struct Style {
    at: [i32; 3],
    scale: i32,
    depth: i32,
}

impl Style {
    /// The box of some cells; `None` where it is beyond what positions can say.
    fn solid(&self, cells: Cells, [right, up, away]: &[[i32; 3]; 3]) -> Option<[i32; 6]> {
        let bottom = GLYPH_HEIGHT as i32 - 1 - cells.down;
        let place = |across: i32, along: i32, deep: i32| -> Option<[i32; 3]> {
            let mut place = self.at;
            for (axis, place) in place.iter_mut().enumerate() {
                let step = right[axis] * across + up[axis] * along + away[axis] * deep;
                *place = place.checked_add(step)?;
            }
            Some(place)
        };
        let low = place(cells.left * self.scale, bottom * self.scale, 0)?;
        let high = place(
            (cells.right + 1) * self.scale - 1,
            (bottom + 1) * self.scale - 1,
            self.depth - 1,
        )?;
        let edges = [low[0], low[1], low[2], high[0], high[1], high[2]];
        Some(grid::sorted(edges))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(text: &str, style: &Style, facing: usize) -> Vec<[i32; 6]> {
        cells(text).map(|cells| style.solid(cells, &FACINGS[facing].1).unwrap()).collect()
    }

    #[test]
    fn a_letter_is_five_by_seven() {
        let style = Style { at: [10, 20, 30], scale: 1, depth: 1 };
        let all = boxes("H", &style, 0).into_iter().reduce(grid::around).unwrap();
        assert_eq!(all, [10, 20, 30, 14, 20, 36]);
        // Two posts and a bar across the middle.
        let voxels: u64 = boxes("H", &style, 0).into_iter().map(params::volume).sum();
        assert_eq!(voxels, 7 + 7 + 3);
    }

    #[test]
    fn a_text_is_read_from_its_side() {
        let style = Style { at: [0; 3], scale: 2, depth: 3 };
        let all = |facing| boxes("-", &style, facing).into_iter().reduce(grid::around).unwrap();
        assert_eq!(all(0), [0, 0, 6, 9, 2, 7]);
        assert_eq!(all(1), [-9, -2, 6, 0, 0, 7]);
        assert_eq!(all(2), [0, -9, 6, 2, 0, 7]);
        assert_eq!(all(3), [-2, 0, 6, 0, 9, 7]);
        assert_eq!(all(4), [0, 6, -2, 9, 7, 0]);
    }

    #[test]
    fn lines_stand_below_each_other_and_foreign_letters_are_question_marks() {
        let style = Style { at: [0; 3], scale: 1, depth: 1 };
        let all = boxes("-\n-", &style, 0).into_iter().reduce(grid::around).unwrap();
        assert_eq!(all, [0, 0, 3 - 8, 4, 0, 3]);
        assert_eq!(boxes("\u{1f600}", &style, 0), boxes("?", &style, 0));
        assert!(boxes(" \n", &style, 0).is_empty());
        let far = Style { at: [i32::MAX; 3], scale: 1, depth: 1 };
        assert_eq!(cells("-").next().unwrap(), Cells { left: 0, right: 4, down: 3 });
        assert_eq!(far.solid(Cells { left: 0, right: 4, down: 3 }, &FACINGS[0].1), None);
    }
}
