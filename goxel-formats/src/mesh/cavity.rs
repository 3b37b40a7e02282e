//! Meshes without the walls of cavities: of a closed surface, the parts that enclose emptiness.
//!
//! What holds a surface together are the corners that its rectangles share. The volume within a part
//! is above 0 where it is the outside of a body, and below where it is the wall of a cavity.

use goxel_core::{Volume, Work};

use super::piece::Share;
use super::quad::Quad;
use super::rims::{Rims, Wanted};
use crate::Result;

/// The rectangles that are no walls of cavities. They have to be all of a volume's surface.
pub(super) fn without(quads: Vec<Quad>, volume: &Volume, work: &Work<'_>) -> Result<Vec<Quad>> {
    let wanted = Wanted {
        share: Share::Place,
        junction_free: true,
        closed: true,
        smooth: false,
        cavities: true,
        by_colour: false,
    };
    let mut rims = Rims::new(&quads, volume, wanted);
    for quad in &quads {
        rims.add(quad, work)?;
    }
    let mut parts = Parts::new(rims.count());
    for at in 0..quads.len() {
        let numbers = rims.numbers(at);
        numbers[1..].iter().for_each(|number| parts.join(numbers[0], *number));
    }
    let mut volumes = vec![0_i128; rims.count()];
    for (at, quad) in quads.iter().enumerate().filter(|(_, quad)| quad.side.axis() == 2) {
        let sign = if quad.side.positive() { 1 } else { -1 };
        let [width, height] = quad.size();
        let part = parts.root(rims.numbers(at)[0]);
        volumes[part as usize] += sign * i128::from(quad.plane()) * i128::from(width * height);
    }
    let outside: Vec<bool> =
        (0..quads.len()).map(|at| volumes[parts.root(rims.numbers(at)[0]) as usize] > 0).collect();
    Ok(quads
        .into_iter()
        .zip(outside)
        .filter(|(_, outside)| *outside)
        .map(|(quad, _)| quad)
        .collect())
}

/// Which corners hang together: a forest, each tree a part.
struct Parts(Vec<u32>);

impl Parts {
    fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            let above = self.0[self.0[at as usize] as usize];
            self.0[at as usize] = above;
            at = above;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let [a, b] = [self.root(a), self.root(b)];
        self.0[a.max(b) as usize] = a.min(b);
    }
}
