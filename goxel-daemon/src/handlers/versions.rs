//! Older versions of projects. They are found on workers: that reads the data directory.

use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::diff::{self, Extent, Fate, LayerDiff, Part, ProjectDiff, Property, VoxelDiff};
use goxel_core::{Parts, Project};
use goxel_proto::calls::{Restore, VersionName};
use goxel_proto::json::Writer;
use goxel_proto::types::Aabb;
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use super::projects::write_identity;
use crate::door::Rights;
use crate::fault::{Fault, Result};
use crate::handler::Handler::{Past as OfPast, Restore as Restores};
use crate::handler::{Entry, LateEdit, Opened, PastFn, Reply, Restoring};
use crate::storage::{By, Entry as Listed, Past, When, time};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::ListVersions, OfPast(list)),
    (Method::Restore, Restores(restore)),
    (Method::Diff, OfPast(differ)),
    (Method::Tag, OfPast(tag)),
];

/// Boxes that a difference is told in, at the most: as many as people look at, and an order of magnitude more.
const BOXES_MAX: usize = 64;

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What a name of a version means.
pub(super) fn when(name: VersionName) -> When {
    let text = match name {
        VersionName::Number(version) => return When::Version(version),
        VersionName::Text(text) => text,
    };
    let number = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (number, time::parse(&text, now_ms())) {
        (Some(version), _) => When::Version(version),
        (None, Some(ms)) => When::Time(ms),
        (None, None) => When::Tag(text),
    }
}

/// What a parameter means that says a version.
fn version(args: &Args<'_>, name: &str) -> Result<Option<When>> {
    Ok(VersionName::read(args, name)?.map(when))
}

fn list(_: &Rights, args: &Args<'_>) -> Result<PastFn> {
    let limit = args.need::<u32>("limit")? as usize;
    let before = args.get("before")?.unwrap_or(u64::MAX);
    let tagged: bool = args.need("tagged")?;
    Ok(Box::new(move |mut past, work| {
        let (entries, more) = match tagged {
            true => past.list_tags(limit, before)?,
            false => past.list(limit, before, work)?,
        };
        let (name, identity) = (past.name().to_owned(), past.identity().to_string());
        Ok(Box::new(move |w| {
            w.object(|w| {
                w.member("name", name);
                w.member("project_id", identity);
                w.member("count", entries.len());
                w.member("more", more);
                w.key("versions").array(|w| {
                    entries.iter().for_each(|entry| write_entry(entry, w));
                });
            });
        }))
    }))
}

fn write_entry(entry: &Listed, w: &mut Writer<'_>) {
    w.item().object(|w| {
        w.member("version", entry.version);
        if entry.time_ms > 0 {
            w.member("time", time::text(entry.time_ms));
        }
        match entry.by {
            By::Method(method) => w.member("method", method.info().name),
            By::Opened => w.member("opened", true),
            By::Unknown => {}
        }
        w.member("edits", entry.edits);
        if let Some(voxels) = entry.voxels {
            w.member("voxels", voxels);
        }
        if !entry.tags.is_empty() {
            w.key("tags").array(|w| entry.tags.iter().for_each(|tag| w.element(tag)));
        }
    });
}

fn restore(rights: &Rights, args: &Args<'_>) -> Result<Restoring> {
    let Restore { version, said_by, name, in_place, replace } = Restore::read(args)?;
    let place = format!("params.{said_by}");
    let when = match (said_by, version) {
        ("tag", VersionName::Text(tag)) => When::Tag(tag),
        ("time", VersionName::Number(ms)) => When::Time(ms),
        ("time", VersionName::Text(text)) => match time::parse(&text, now_ms()) {
            Some(ms) => When::Time(ms),
            None => return Err(args.must_be("time").into()),
        },
        (_, version) => when(version),
    };
    if in_place {
        rights.admit_edit("goxel.restore with in_place")?;
        return Ok(Restoring::Edit(Box::new(move |mut past, work| {
            Ok(go_back(past.read(&when, &place, work)?))
        })));
    }
    Ok(Restoring::Open(Box::new(move |mut past, work| {
        let project = past.read(&when, &place, work)?;
        open(&project, name, replace, &past)
    })))
}

/// Makes a project what it was.
fn go_back(older: Project) -> LateEdit {
    Box::new(move |project, w| {
        let (work, before) = (project.work(), project.version());
        project.go_back_to(&older, work)?;
        write_restored(project, older.version(), true, w);
        if project.version() == before {
            w.more(|w| w.member("unchanged", true));
        }
        Ok(())
    })
}

/// An older version as a project of its own.
fn open(older: &Project, name: Option<String>, replaces: bool, past: &Past) -> Result<Opened> {
    let version = older.version();
    let name = name.unwrap_or_else(|| format!("{}@{version}", past.name()));
    let parts = Parts { name, scene: Some(older.scene().clone()), ..older.parts() };
    let project = Project::restored(parts).map_err(|why| {
        let what = format_args!("Internal error: version {version} makes no project: {why}");
        Fault::from(RpcError::new(ErrorCode::Internal, what))
    })?;
    let reply = Box::new(move |project: &Project, w: &mut Writer<'_>| {
        write_restored(project, version, false, w);
    });
    Ok(Opened { project: Box::new(project), replaces, reply })
}

fn write_restored(project: &Project, version: u64, in_place: bool, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member("name", project.name());
        write_identity(project, w);
        w.member("version", version);
        w.member("in_place", in_place);
    });
}

fn differ(_: &Rights, args: &Args<'_>) -> Result<PastFn> {
    let Some(from) = version(args, "from")? else { return Err(args.must_be("from").into()) };
    let to = version(args, "to")?.unwrap_or(When::Now);
    Ok(Box::new(move |mut past, work| {
        let before = past.read(&from, "params.from", work)?;
        let after = past.read(&to, "params.to", work)?;
        let found = diff::between(&before, &after, work)?;
        let boxes = diff::boxes(&before, &after, BOXES_MAX, work)?;
        let versions = (before.version(), after.version());
        Ok(Box::new(move |w| write_diff(versions, &found, &boxes, w)))
    }))
}

fn write_diff(versions: (u64, u64), diff: &ProjectDiff, boxes: &[Aabb], w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("from", versions.0);
        w.member("to", versions.1);
        write_voxels(&diff.voxels, w);
        w.key("boxes").array(|w| {
            boxes.iter().for_each(|aabb| w.item().object(|w| write_corners(aabb, w)));
        });
        write_beside_voxels(diff, w);
    });
}

/// The members that tell what differs beside the voxels of all layers together.
fn write_beside_voxels(diff: &ProjectDiff, w: &mut Writer<'_>) {
    w.key("layers").array(|w| {
        diff.layers.iter().for_each(|layer| w.item().object(|w| write_layer(layer, w)));
    });
    w.member("reordered", diff.reordered);
    w.key("changed").array(|w| {
        diff.parts.iter().for_each(|part| w.element(part_name(*part)));
    });
}

/// What differs, as an object.
pub(super) fn write_changes(diff: &ProjectDiff, w: &mut Writer<'_>) {
    w.object(|w| {
        write_voxels(&diff.voxels, w);
        write_beside_voxels(diff, w);
    });
}

fn write_layer(layer: &LayerDiff, w: &mut Writer<'_>) {
    w.member("id", layer.id.0);
    w.member("name", &layer.name);
    let (fate, changed) = match &layer.fate {
        Fate::Added => ("added", &[][..]),
        Fate::Removed => ("removed", &[][..]),
        Fate::Kept(changed) => ("changed", &changed[..]),
    };
    w.member("fate", fate);
    w.key("changed").array(|w| {
        changed.iter().for_each(|property| w.element(property_name(*property)));
    });
    write_voxels(&layer.voxels, w);
}

fn write_voxels(diff: &VoxelDiff, w: &mut Writer<'_>) {
    let all = [diff.added, diff.removed, diff.recoloured];
    for (name, extent) in ["added", "removed", "recoloured"].into_iter().zip(all) {
        w.member(name, extent.voxels);
    }
    let bounds = all.iter().filter_map(|extent: &Extent| extent.bounds);
    if let Some(bounds) = bounds.reduce(|a, b| a.union(&b)) {
        w.key("box").object(|w| write_corners(&bounds, w));
    }
}

/// Both corners belong to the box.
fn write_corners(aabb: &Aabb, w: &mut Writer<'_>) {
    if let Some((low, high)) = aabb.corners() {
        w.member("min", low);
        w.member("max", high);
    }
}

fn property_name(property: Property) -> &'static str {
    match property {
        Property::Name => "name",
        Property::Visible => "visible",
        Property::Mode => "mode",
        Property::Material => "material",
        Property::Transform => "transform",
        Property::Bounds => "bounds",
        Property::Picture => "picture",
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Name => "name",
        Part::ImageBox => "image_box",
        Part::ActiveLayer => "active_layer",
        Part::Materials => "materials",
        Part::Cameras => "cameras",
        Part::Light => "light",
        Part::Palette => "palette",
    }
}

fn tag(rights: &Rights, args: &Args<'_>) -> Result<PastFn> {
    let name: String = args.need("name")?;
    let version = version(args, "version")?;
    let remove: bool = args.need("remove")?;
    rights.admit_edit("goxel.tag")?;
    if remove && version.is_some() {
        return Err(args.wrong("version", "is not said of a tag that is removed").into());
    }
    Ok(Box::new(move |mut past, work| {
        let tag = match remove {
            true => past.remove_tag(&name)?,
            false => past.set_tag(&name, &version.unwrap_or(When::Now), work)?,
        };
        let reply: Reply = Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("tag", tag.name);
                w.member("version", tag.version);
            });
        });
        Ok(reply)
    }))
}
