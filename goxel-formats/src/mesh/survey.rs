//! [`Survey`]: what is known of the surface of a part before it is written, found in one pass over it.

use goxel_core::Work;
use goxel_proto::types::Rgba;

use super::model::{Look, Looks, Model, Part};
use super::quad::Quad;
use super::sample::Sample;
use super::slab;
use crate::{Error, Result};

/// Rectangles of a part whose mesh is kept: with its corners it takes some 100 MB. Tests go both ways with
/// small meshes.
const KEPT_QUADS_MAX: usize = if cfg!(test) { 100 } else { 1 << 19 };
/// Rectangles of a mesh that is looked at as a whole: each takes some 200 bytes, and its corners have
/// numbers of 32 bits.
const WHOLE_QUADS_MAX: usize = 1 << 28;

/// What is known of a surface.
#[derive(Default)]
pub(super) struct Survey {
    /// All of it, where it is small or has to be looked at as a whole.
    pub(super) quads: Option<Vec<Quad>>,
    /// The looks of its faces, and how many have each.
    pub(super) looks: Vec<(Look, Tally)>,
    /// The colours of its faces, where the format has a texture.
    pub(super) colours: foldhash::HashSet<Rgba>,
    pub(super) sample: Sample,
}

/// How many rectangles there are, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) quads: u64,
    /// The lowest and the highest corner.
    pub(super) bounds: [[i64; 3]; 2],
}

impl Tally {
    pub(super) const NONE: Self = Self { quads: 0, bounds: [[i64::MAX; 3], [i64::MIN; 3]] };

    fn add(&mut self, quad: &Quad) {
        let [low, _, high, _] = quad.corners();
        *self = self.with(&Self { quads: 1, bounds: [low, high] });
    }

    /// Both together.
    pub(super) fn with(&self, other: &Self) -> Self {
        let [low, high] = [0, 1].map(|end| (self.bounds[end], other.bounds[end]));
        let axes = [0, 1, 2];
        let bounds = [
            axes.map(|axis| low.0[axis].min(low.1[axis])),
            axes.map(|axis| high.0[axis].max(high.1[axis])),
        ];
        Self { quads: self.quads + other.quads, bounds }
    }
}

/// The surface of a plane.
struct Seen {
    quads: Vec<Quad>,
    looks: Vec<(Look, Tally)>,
    colours: foldhash::HashSet<Rgba>,
}

impl Model {
    /// Goes over the surface of a part once.
    pub(super) fn survey(&self, part: usize, work: &Work<'_>) -> Result<Survey> {
        let part = &self.parts[part];
        let kept_max = if self.wanted().whole() { WHOLE_QUADS_MAX } else { KEPT_QUADS_MAX };
        let mut survey = Survey { quads: Some(Vec::new()), ..Survey::default() };
        let map = |quads: Vec<Quad>| Ok(self.see(part, quads));
        slab::for_each(&self.solids(part), self.greedy(), work, map, |planes| {
            for Seen { quads, looks, colours } in planes {
                looks.iter().for_each(|(look, tally)| add(&mut survey.looks, *look, tally));
                survey.colours.extend(colours);
                survey.sample.add(&quads, self.demand.share);
                match &mut survey.quads {
                    Some(kept) if kept.len() + quads.len() <= kept_max => kept.extend(quads),
                    kept => *kept = None,
                }
            }
            Ok(())
        })?;
        if survey.looks.is_empty() {
            survey.looks.push((self.look(part, Rgba::WHITE), Tally::NONE));
        }
        if survey.quads.is_none() && self.wanted().whole() {
            let what = "the surface has too many faces to be closed, free of T-junctions or without cavities";
            return Err(Error::TooLarge(what.to_owned()));
        }
        Ok(survey)
    }

    fn see(&self, part: &Part, quads: Vec<Quad>) -> Seen {
        let mut seen = Seen { quads, looks: Vec::new(), colours: Default::default() };
        let differs = self.demand.looks != Looks::None;
        // Neighbours mostly have one colour.
        for same in seen.quads.chunk_by(|a, b| a.rgba == b.rgba) {
            let rgba = same[0].rgba;
            if self.demand.texture {
                seen.colours.insert(rgba);
            }
            let mut tally = Tally::NONE;
            same.iter().for_each(|quad| tally.add(quad));
            let look = if differs { self.look(part, rgba) } else { Look::PLAIN };
            add(&mut seen.looks, look, &tally);
        }
        seen
    }
}

/// Adds rectangles to those of their look.
fn add(looks: &mut Vec<(Look, Tally)>, look: Look, tally: &Tally) {
    match looks.iter_mut().find(|(known, _)| *known == look) {
        Some((_, known)) => *known = known.with(tally),
        None => looks.push((look, *tally)),
    }
}
