//! [`check`]: whether a data directory is as it was written, to the last bit. It changes nothing.
//!
//! Read are all records of the log and what should be zeros behind them, and all files of checkpoints,
//! with the projects that they lead to. What the records say is bytes here; that they follow each other is
//! looked at as far as [`Begins`] tells.

mod followed;

use std::fmt;

pub(crate) use self::followed::{Followed, Verdict};
use crate::checkpoint::{CheckpointError, Name, TagName, verify, verify_tags};
use crate::disk::{Disk, failed};
use crate::format::{self, FormatError};
use crate::log::{
    Bad, Found, LogError, Seen, UNREPAIRED, Why, indexed_number, inspect, is_unfinished_index,
    kind, name_of, number_of, wrong_indexes,
};

/// The file that is locked while a daemon uses the directory. It is empty.
const LOCK_NAME: &str = "lock";
/// What the names of files begin with that were moved aside, since they are damaged.
pub(crate) const ASIDE: &str = "damaged-";

/// What has to be there before a record can be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// Nothing: it makes the project.
    Anew,
    /// The project, at this version or a later one.
    After(u64),
    /// The project, and it is not known at which version.
    Somewhere,
    /// It is no edit.
    Nowhere,
}

/// What was found in a data directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is not as it should be, by file.
    pub findings: Vec<Finding>,
    /// Files that were read.
    pub files: u64,
    /// Projects that are there.
    pub projects: u64,
    /// Records of the log that are whole.
    pub records: u64,
    /// The version of the directory's format; 0 where that cannot be told.
    pub format: u32,
}

impl Report {
    /// Whether the daemon can start with all that was durable.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.mend == Mend::Start)
    }
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub name: String,
    /// Where in it, in bytes from the beginning.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
    /// What mends it.
    pub mend: Mend,
}

/// How a finding is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// The daemon does it when it starts.
    Start,
    /// What can be kept is kept.
    Repair,
    /// With another version of Goxel.
    Version,
    /// It is for a person to find out.
    Look,
}

impl fmt::Display for Mend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Start => "the daemon puts it right when it starts",
            Self::Repair => "run `goxel-cli repair`, which keeps what can be kept",
            Self::Version => "use the version of Goxel that wrote it",
            Self::Look => "look at the file, the disk and the memory that there is",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, offset, what, mend } = self;
        write!(out, "{name}, byte {offset}: {what}; {mend}")
    }
}

/// Checks a data directory that no daemon uses meanwhile. A project that is read may take so many bytes of
/// memory. `begins` says what a record needs before it.
///
/// # Errors
/// Where the directory cannot be listed.
pub fn check(
    disk: &dyn Disk,
    memory: u64,
    begins: &dyn Fn(&Found) -> Begins,
) -> Result<Report, LogError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let mut report = Report { files: names.len() as u64, ..Report::default() };
    names.iter().for_each(|name| report.take_name(disk, name));
    report.take_format(disk);
    let verified = verify(disk, &names, memory);
    let mut followed = Followed::new(&verified);
    for (name, error) in verified.into_iter().flat_map(|project| project.errors) {
        report.take_checkpoint(name.to_string(), error);
    }
    for (name, error) in verify_tags(disk, &names, memory) {
        report.take_checkpoint(name, error);
    }
    for name in wrong_indexes(disk)? {
        let what = "it is not what its segment holds".to_owned();
        report.add(name, 0, what, Mend::Start);
    }
    let mut missing: Vec<(u64, Finding)> = Vec::new();
    inspect(disk, &mut |seen| match seen {
        Seen::Record(found) => {
            report.records += 1;
            if found.kind == kind::DELETED {
                // The log forgets what it has of it from the front, so its beginning may be gone before.
                missing.retain(|(project, _)| *project != found.project);
            }
            if let Verdict::Missing(what) = followed.take(&found, begins(&found)) {
                let (name, offset) = (name_of(found.place.segment), found.place.offset);
                let finding = Finding { name, offset, what, mend: Mend::Repair };
                missing.push((found.project, finding));
            }
        }
        Seen::Bad(bad) => {
            followed.lose(&bad.why);
            report.take_segment(bad);
        }
    })?;
    report.findings.extend(missing.into_iter().map(|(_, finding)| finding));
    report.projects = followed.count();
    report.findings.sort_by(|a, b| (&a.name, a.offset).cmp(&(&b.name, b.offset)));
    Ok(report)
}

impl Report {
    fn add(&mut self, name: String, offset: u64, what: String, mend: Mend) {
        self.findings.push(Finding { name, offset, what, mend });
    }

    /// Files that should not be there.
    fn take_name(&mut self, disk: &dyn Disk, name: &str) {
        let is_known = Name::parse(name).is_some()
            || TagName::parse(name).is_some()
            || number_of(name).or(indexed_number(name)).is_some();
        if is_known || name.starts_with(ASIDE) || name == format::NAME {
            return;
        }
        let is_unfinished = Name::parse_unfinished(name).is_some()
            || TagName::is_unfinished(name)
            || is_unfinished_index(name)
            || name == format::UNFINISHED;
        let (what, mend) = if is_unfinished {
            ("it was being written when the daemon stopped, and nothing needs it", Mend::Start)
        } else if name.starts_with(UNREPAIRED) {
            ("a repair was not finished", Mend::Repair)
        } else if name != LOCK_NAME {
            ("no file of a data directory is called that", Mend::Look)
        } else if disk.open(name).and_then(|file| file.is_empty()).unwrap_or(false) {
            return;
        } else {
            ("it should be an empty file", Mend::Look)
        };
        self.add(name.to_owned(), 0, what.to_owned(), mend);
    }

    fn take_format(&mut self, disk: &dyn Disk) {
        let (what, mend) = match format::version(disk) {
            Ok(version) => return self.format = version,
            Err(FormatError::Damaged { .. }) => {
                ("it does not say which format the directory has".to_owned(), Mend::Repair)
            }
            Err(error @ FormatError::Newer { .. }) => (error.to_string(), Mend::Version),
            Err(error) => (error.to_string(), Mend::Look),
        };
        self.add(format::NAME.to_owned(), 0, what, mend);
    }

    fn take_checkpoint(&mut self, name: String, error: CheckpointError) {
        match error {
            CheckpointError::Damaged { flaw, .. } => {
                self.add(flaw.name, flaw.offset, flaw.what, Mend::Repair);
            }
            CheckpointError::Newer { source, .. } => {
                self.add(name, 0, source.to_string(), Mend::Version);
            }
            other => self.add(name, 0, other.to_string(), Mend::Look),
        }
    }

    fn take_segment(&mut self, bad: Bad) {
        let Bad { name, offset, bytes, why } = bad;
        let (what, mend) = match why {
            Why::Damaged(concerns) => {
                (format!("{bytes} bytes are damaged, {concerns}"), Mend::Repair)
            }
            Why::Header => ("its header is damaged".to_owned(), Mend::Repair),
            Why::Torn => {
                let what = "were being written when the daemon or the machine stopped";
                (format!("{bytes} bytes {what}, or have changed since"), Mend::Start)
            }
            Why::NotZero => (format!("{bytes} bytes behind its end should be zeros"), Mend::Repair),
            Why::Format { found, ours } => {
                (format!("version {found} of the format, this program reads {ours}"), Mend::Version)
            }
            Why::Unreadable(error) => (error.to_string(), Mend::Look),
        };
        self.add(name, offset, what, mend);
    }
}

#[cfg(test)]
pub(crate) mod tests;
