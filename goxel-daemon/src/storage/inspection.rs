//! What is done to a data directory that no daemon uses: it is checked, or repaired.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use goxel_core::{Identity, Project};
use goxel_store::check::Report;
use goxel_store::disk::{Disk, RealDisk};
use goxel_store::log::Found;
use goxel_store::repair::{Meaning, Salvaged};

use super::replay::{memory_left, replay};
use super::written::begins;

/// Checks every byte of the data directory at `path`, and whether all records lead on from each other. Gives
/// what is to be told, and whether a daemon can go on with all of it.
///
/// # Errors
/// Where it cannot be read, or a daemon uses it.
pub fn check(path: &Path) -> Result<(String, bool)> {
    let disk = open(path)?;
    let report = check_disk(&*disk)?;
    let mut text = String::new();
    for finding in &report.findings {
        // Text takes all that is written.
        let _ = writeln!(text, "{finding}");
    }
    let sound = report.is_sound();
    let verdict = if sound { "sound" } else { "damaged" };
    let (projects, files, records) = (report.projects, report.files, report.records);
    let _ = write!(
        text,
        "{}: {verdict}: {projects} projects, {files} files, {records} records in the journal",
        path.display()
    );
    if report.format != 0 {
        let _ = write!(text, ", format {}", report.format);
    }
    Ok((text, sound))
}

/// Checks every byte of a data directory, and whether all records lead on from each other.
pub(crate) fn check_disk(disk: &dyn Disk) -> Result<Report> {
    Ok(goxel_store::check::check(disk, memory_left(), &begins)?)
}

/// Keeps what can be kept of the data directory at `path`, and moves aside what cannot. Gives what is to be
/// told, and whether nothing was lost.
///
/// # Errors
/// Where it cannot be read or written, or a daemon uses it.
pub fn repair(path: &Path) -> Result<(String, bool)> {
    let disk = open(path)?;
    let replay = |project: &mut Project, found: &Found| replay(project, found, &mut Vec::new());
    let meaning = Meaning { begins: &begins, replay: &replay };
    let repaired = goxel_store::repair::repair(&disk, memory_left(), &meaning)?;
    let mut text = String::new();
    for (name, aside) in &repaired.moved {
        let _ = writeln!(text, "{name} is damaged, and is called {aside} now");
    }
    for (number, salvaged) in &repaired.salvaged {
        let Salvaged { name, damaged, version, lost } = salvaged;
        let _ = writeln!(
            text,
            "project {} (\"{name}\"): what is whole of version {damaged} is version {version} now",
            Identity::of(*number)
        );
        for loss in lost {
            let _ = writeln!(text, "  lost: {loss}");
        }
    }
    let is_told = |number: &u64| repaired.salvaged.contains_key(number);
    for (number, version) in repaired.lost.iter().filter(|(number, _)| !is_told(number)) {
        let project = Identity::of(*number);
        let _ = match version {
            Some(version) => writeln!(text, "project {project}: version {version} is left"),
            None => writeln!(text, "project {project}: nothing is left"),
        };
    }
    if repaired.records_left > 0 {
        let records = repaired.records_left;
        let _ = writeln!(text, "{records} records lead on from what is missing, and were left out");
    }
    let is_whole = repaired.moved.is_empty() && repaired.lost.is_empty();
    let verdict = if is_whole { "nothing is damaged" } else { "repaired" };
    let _ = write!(text, "{}: {verdict}", path.display());
    Ok((text, repaired.lost.is_empty()))
}

/// The directory, for nobody else to use meanwhile.
fn open(path: &Path) -> Result<Arc<dyn Disk>> {
    // Opening makes what is missing, and a misspelt name is no data directory.
    std::fs::metadata(path).with_context(|| format!("data directory {}", path.display()))?;
    let disk = RealDisk::open(path)?;
    disk.lock()?;
    Ok(Arc::new(disk))
}
