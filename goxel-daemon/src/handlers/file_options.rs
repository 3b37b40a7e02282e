//! How files are read and written, from a call to the crate of formats, and what comes back.

use std::io::{Read, Write};
use std::path::Path;

use goxel_core::Work;
use goxel_formats::{
    Beside, Direction, Document, Draw, Format, Neighbours, Picture, ReadOptions, Report, Warning,
    WriteOptions,
};
use goxel_proto::Args;
use goxel_proto::calls::{ReadSettings, WriteSettings};
use goxel_proto::json::Writer;
use goxel_proto::types::Word as _;

use crate::door::{Companions, Place};
use crate::fault::{Fault, Result};
use crate::stoppable::Stoppable;

/// How a file is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    pub(super) format: Option<Format>,
    pub(super) options: ReadOptions<'static>,
}

impl Reading {
    /// As the call has it; `unknown` says that there is no such format to read.
    pub(super) fn of(
        args: &Args<'_>,
        unknown: impl FnOnce(goxel_formats::Error) -> Fault,
    ) -> Result<Self> {
        let ReadSettings { format, resolution, voxel_size, fill, height, strict } =
            ReadSettings::read(args)?;
        let format = format.map(|name| Format::from_name(&name, Direction::Read));
        let format = format.transpose().map_err(unknown)?;
        let plain = ReadOptions::default();
        let options = ReadOptions { strict, resolution, voxel_size, fill, height, ..plain };
        Ok(Self { format, options })
    }

    /// The same; where what is written of it may lose nothing, it is read whole, too.
    pub(super) fn for_writing(mut self, writing: &Writing) -> Self {
        self.options.strict |= writing.settings.strict;
        self
    }

    /// The content of a file.
    pub(super) fn read(&self, place: &Place, work: &Work<'_>) -> goxel_formats::Result<Document> {
        let near = Near(place);
        let options = ReadOptions { neighbours: Some(&near), ..self.options };
        goxel_formats::load(place.open()?, place.named(), self.format, &options, work)
    }
}

/// Files beside one that is read. One that cannot be opened is as good as none: the reader tells it.
struct Near<'a>(&'a Place);

impl Neighbours for Near<'_> {
    fn open(&self, path: &str) -> Option<Box<dyn Read + '_>> {
        Some(Box::new(self.0.open_near(path).ok()?))
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writing {
    settings: WriteSettings,
}

impl Writing {
    /// As the call has it.
    pub(super) fn of(args: &Args<'_>) -> Result<Self> {
        Ok(Self { settings: WriteSettings::read(args)? })
    }

    /// For a writer of a file of this path.
    pub(super) fn options<'a>(
        &self,
        path: &'a Path,
        draw: &'a Draw<'a>,
        beside: &'a CompanionFiles<'a>,
    ) -> WriteOptions<'a> {
        let WriteSettings { strict, alpha_min, mesh, size, camera } = self.settings;
        WriteOptions {
            draw: Some(draw),
            work: Some(beside.work),
            stem: path.file_stem().and_then(|stem| stem.to_str()),
            beside: Some(beside),
            strict,
            alpha_min,
            mesh,
            picture: Picture { size: size.unwrap_or(Picture::default().size), camera },
        }
    }
}

/// Files beside one that is written, until somebody stops that.
pub(super) struct CompanionFiles<'a> {
    pub(super) files: &'a Companions<'a>,
    pub(super) work: &'a Work<'a>,
}

impl Beside for CompanionFiles<'_> {
    fn create(&self, name: &str) -> goxel_formats::Result<Box<dyn Write + '_>> {
        Ok(Box::new(Stoppable::new(self.files.create(name)?, self.work)))
    }
}

/// A member of a reply: what was lost, where something was.
pub(super) fn write_warnings(warnings: &[Warning], w: &mut Writer<'_>) {
    if warnings.is_empty() {
        return;
    }
    w.key("warnings").array(|w| {
        for warning in warnings {
            w.item().object(|w| {
                w.member("code", warning.code.name());
                w.member("what", &warning.what);
                w.member("count", warning.count);
            });
        }
    });
}

/// Members of a reply: what there is to say of a file that was written.
pub(super) fn write_report(report: &Report, w: &mut Writer<'_>) {
    write_warnings(&report.warnings, w);
    if let Some(up) = report.up {
        w.member("up", up.name());
    }
    if let Some(unit) = report.unit {
        w.member("unit", unit.name());
    }
    if !report.beside.is_empty() {
        w.key("beside").array(|w| report.beside.iter().for_each(|name| w.element(name)));
    }
}
