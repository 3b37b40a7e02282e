//! `goxel.get_voxels`: voxels in the forms that `goxel.add_voxels` takes, of a layer or of what shows of all.

use goxel_core::analysis::{Near, Query};
use goxel_core::{Layer, Project, Work};
use goxel_proto::calls::{GetVoxels, VoxelSet, write_record};
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, Encoding, LayerId, LayerScope, Voxel};
use goxel_proto::{Args, Method};

use crate::fault::Result;
use crate::handler::Handler::LongRead;
use crate::handler::{self, Entry};

pub(super) const HANDLERS: &[Entry] = &[(Method::GetVoxels, LongRead(get_many))];

fn get_many(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = GetVoxels::read(args)?;
    Ok(Box::new(move |project, work, w| answer(&call, project, work, w)))
}

fn answer(call: &GetVoxels, project: &Project, work: &Work<'_>, w: &mut Writer<'_>) -> Result {
    let (volume, id) = match call.scope {
        LayerScope::One(layer) => {
            let layer = project.layer(layer)?;
            (layer.volume.clone(), Some(layer.id.0))
        }
        LayerScope::All => (project.visible_within(work)?, None),
    };
    // Queries are of layers; a clone shares its voxels.
    let layer = &Layer { volume, ..Layer::new(LayerId(1), "") };
    let mut page = Page { skip: call.offset, limit: call.limit, voxels: Vec::new(), more: false };
    match &call.set {
        None => page.read_box(layer, Aabb::EVERYTHING, work)?,
        Some(set) => page.take(layer, set, work)?,
    }
    w.object(|w| {
        write_voxels(call.encoding, &page.voxels, w);
        w.member("count", page.voxels.len());
        w.member("truncated", page.more);
        if let Some(id) = id {
            w.member("layer_id", id);
        }
    });
    Ok(())
}

/// The part of what is asked for that the reply holds.
struct Page {
    skip: u64,
    limit: usize,
    voxels: Vec<Voxel>,
    more: bool,
}

impl Page {
    /// The voxels in the boxes, one box after the other, then each point, be it empty or not.
    fn take(&mut self, layer: &Layer, set: &VoxelSet, work: &Work<'_>) -> Result {
        for (aabb, _) in &set.boxes {
            self.read_box(layer, *aabb, work)?;
        }
        let skipped = self.skip.min(set.points.len() as u64);
        self.skip -= skipped;
        for Voxel { pos, .. } in &set.points[skipped as usize..] {
            if self.voxels.len() == self.limit {
                self.more = true;
                break;
            }
            self.voxels.push(Voxel { pos: *pos, rgba: layer.volume.get(*pos) });
        }
        Ok(())
    }

    /// The voxels of a box, by z, then y, then x.
    fn read_box(&mut self, layer: &Layer, aabb: Aabb, work: &Work<'_>) -> Result {
        if self.more {
            return Ok(());
        }
        let limit = self.limit - self.voxels.len();
        let query = Query { aabb, near: Near::ANY, offset: self.skip, limit };
        let extract = query.run(std::slice::from_ref(layer), work)?;
        self.skip -= extract.skipped;
        self.more = extract.truncated;
        self.voxels.extend(extract.found.iter().map(|found| found.voxel));
        Ok(())
    }
}

fn write_voxels(encoding: Encoding, voxels: &[Voxel], w: &mut Writer<'_>) {
    match encoding {
        Encoding::Points => w.key("voxels").array(|w| {
            for Voxel { pos, rgba } in voxels {
                w.item().array(|w| {
                    pos.to_array().iter().for_each(|axis| w.element(axis));
                    rgba.0.iter().for_each(|part| w.element(part));
                });
            }
        }),
        Encoding::Runs => w.key("runs").array(|w| {
            for run in voxels.chunk_by(goes_on) {
                let Voxel { pos, rgba } = run[0];
                w.item().array(|w| {
                    pos.to_array().iter().for_each(|axis| w.element(axis));
                    w.element(run.len());
                    rgba.0.iter().for_each(|part| w.element(part));
                });
            }
        }),
        Encoding::Base64 => {
            let mut bytes = Vec::with_capacity(size_of_val(voxels));
            voxels.iter().for_each(|voxel| write_record(voxel, &mut bytes));
            w.key("data").base64(&bytes);
        }
    }
}

/// Whether the second stands right behind the first, in the same colour.
fn goes_on(a: &Voxel, b: &Voxel) -> bool {
    let next = a.pos.x.checked_add(1);
    a.rgba == b.rgba && next == Some(b.pos.x) && [a.pos.y, a.pos.z] == [b.pos.y, b.pos.z]
}
