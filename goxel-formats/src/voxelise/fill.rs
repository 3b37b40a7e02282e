//! [`volume`]: crossings become voxels.

use goxel_core::{Volume, Work};
use goxel_proto::types::{Fill, Pos, Rgba};

use super::cross::{Crossing, crossings, others};
use super::mesh::Mesh;
use crate::budget::Budget;
use crate::plot::Plot;
use crate::{Error, Result};

/// The voxels of a mesh whose unit is a voxel.
pub(super) fn volume(
    mesh: &Mesh,
    fill: Fill,
    work: &Work<'_>,
    budget: &mut Budget<'_>,
) -> Result<Volume> {
    let along = [
        crossings(mesh, 0, work, budget)?,
        crossings(mesh, 1, work, budget)?,
        crossings(mesh, 2, work, budget)?,
    ];
    let mut plot = Plot::new(budget);
    if fill == Fill::Solid {
        for line in along[2].chunk_by(|a, b| a.line == b.line) {
            inside(line, &mut plot)?;
        }
    }
    // What lies at the surface has its colour, over the one that was taken for the inside.
    for (axis, crossings) in along.iter().enumerate() {
        for line in crossings.chunk_by(|a, b| a.line == b.line) {
            for (crossing, leaves) in line.iter().zip(Sides::of(line)) {
                let voxel = whole(behind(crossing.at, leaves))?;
                plot.set(position(axis, crossing.line, voxel), solid(crossing.colour))?;
            }
        }
    }
    plot.finish()
}

/// Says of each crossing of a line in turn whether it leaves the inside.
struct Sides<'a> {
    line: &'a [Crossing],
    /// Whether the faces say it. In some files they look anywhere: there every second one leaves.
    faced: bool,
    at: usize,
}

impl<'a> Sides<'a> {
    fn of(line: &'a [Crossing]) -> Self {
        let mut depth = 0i64;
        let nested = line.iter().all(|crossing| {
            depth += if crossing.ahead { -1 } else { 1 };
            depth >= 0
        });
        let faced = nested && depth == 0 || line.len() % 2 == 1;
        Self { line, faced, at: 0 }
    }
}

impl Iterator for Sides<'_> {
    type Item = bool;

    fn next(&mut self) -> Option<bool> {
        let crossing = self.line.get(self.at)?;
        self.at += 1;
        Some(if self.faced { crossing.ahead } else { self.at.is_multiple_of(2) })
    }
}

/// The voxel at the surface that is inside, where that lies between two.
fn behind(at: f64, leaves: bool) -> f64 {
    if leaves { at.ceil() - 1.0 } else { at.floor() }
}

/// Fills what is inside between two crossings, in the colour of the first. Where a line enters more often
/// than it leaves the mesh is not closed, and nothing is filled behind.
fn inside(line: &[Crossing], plot: &mut Plot<'_, '_>) -> Result<()> {
    let mut depth = 0i64;
    for (pair, leaves) in line.windows(2).zip(Sides::of(line)) {
        depth += if leaves { -1 } else { 1 };
        if depth <= 0 {
            continue;
        }
        let [from, to] = pair else { continue };
        // From the first voxel whose middle lies behind to the last before.
        let first = whole((from.at - 0.5).ceil())?;
        let last = whole((to.at - 0.5).ceil() - 1.0)?;
        for z in first..=last {
            plot.set(position(2, from.line, z), solid(from.colour))?;
        }
    }
    Ok(())
}

fn position(axis: usize, line: [i32; 2], at: i32) -> Pos {
    let mut pos = [0; 3];
    let [u, v] = others(axis);
    (pos[axis], pos[u], pos[v]) = (at, line[0], line[1]);
    Pos::from(pos)
}

/// A surface is there, however clear it is.
fn solid(colour: Rgba) -> Rgba {
    let [r, g, b, a] = colour.0;
    Rgba::new(r, g, b, a.max(1))
}

fn whole(number: f64) -> Result<i32> {
    let fits = f64::from(i32::MIN)..=f64::from(i32::MAX);
    if fits.contains(&number) {
        return Ok(number as i32);
    }
    Err(Error::TooLarge("a mesh that leaves the range of positions".to_owned()))
}
