//! [`Renders`]: the register of pictures that were made without a path of the client's.
//!
//! They are in a directory of the daemon's own, under names that it makes up, and go when they are
//! old, when all of them are too large, or when the daemon ends. A file is only ever removed if it
//! is in the register, so no client can have another one removed. What the time is, the register
//! is told.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use goxel_core::Work;
use goxel_proto::json::Writer;
use goxel_proto::types::{PictureFormat, Word as _};

use crate::door::{FileId, PrivateDir};
use crate::stoppable::Stoppable;

/// Where pictures go when nothing says otherwise, as clients of older daemons expect. Where it is
/// somebody else's, the user's number is put behind it.
const FALLBACK_DIR: &str = "/tmp/goxel_renders";
/// How long a picture stays when nothing says otherwise: an hour.
const FALLBACK_TTL_SECONDS: u64 = 3600;
/// Bytes of all pictures when nothing says otherwise: a gibibyte.
const FALLBACK_BYTES_MAX: u64 = 1 << 30;
/// Odd, so that no two counts give the same token.
const SPREAD: u32 = 0x9e37_79b9;

/// Where pictures go and how long they stay.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The first of these that is the daemon's own, or can be.
    pub(crate) dirs: Vec<PathBuf>,
    pub(crate) ttl_seconds: u64,
    pub(crate) bytes_max: u64,
}

impl Settings {
    /// What the environment says. What is no positive number counts as not said.
    pub(crate) fn from_environment() -> Self {
        // Paths go over the wire, so only text will do, and it must not depend on where one stands.
        let dir = std::env::var("GOXEL_RENDER_DIR").ok();
        let dir = dir.and_then(|dir| std::path::absolute(dir).ok());
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
        let positive = |name, fallback| number(name).filter(|&n| n > 0).unwrap_or(fallback);
        Self {
            dirs: dir.map_or_else(fallback_dirs, |dir| vec![dir]),
            ttl_seconds: positive("GOXEL_RENDER_TTL", FALLBACK_TTL_SECONDS),
            bytes_max: positive("GOXEL_RENDER_MAX_SIZE", FALLBACK_BYTES_MAX),
        }
    }
}

fn fallback_dirs() -> Vec<PathBuf> {
    let user = rustix::process::geteuid();
    vec![FALLBACK_DIR.into(), format!("{FALLBACK_DIR}-{user}").into()]
}

/// What is known of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Render {
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) format: PictureFormat,
    pub(crate) checksum: u32,
    pub(crate) created_at: u64,
    pub(crate) expires_at: u64,
}

impl Render {
    /// Writes it as an object. Older daemons tell the session only when asked about a file.
    pub(crate) fn write(&self, w: &mut Writer<'_>, with_session: bool) {
        w.object(|w| {
            w.member("path", &self.path);
            w.member("size", self.size);
            w.member("format", self.format.name());
            w.key("dimensions").object(|w| {
                w.member("width", self.width);
                w.member("height", self.height);
            });
            w.member("checksum", format!("{:08x}", self.checksum));
            w.member("created_at", self.created_at);
            w.member("expires_at", self.expires_at);
            if with_session {
                w.member("session_id", format!("auto{}", self.created_at));
            }
        });
    }
}

/// Why a picture was not written.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no directory, and none can be made.
    Directory,
    /// The file could not be written.
    File(io::Error),
}

/// The directory of all pictures, once there are any.
#[derive(Debug)]
struct Home {
    dirs: Vec<PathBuf>,
    open: Mutex<Option<Arc<PrivateDir>>>,
}

impl Home {
    /// The directory, which is made where it is not there, or no more.
    fn dir(&self) -> io::Result<Arc<PrivateDir>> {
        let mut last = io::ErrorKind::NotFound.into();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for path in &self.dirs {
            match PrivateDir::open(path) {
                // One handle is enough for all pictures.
                Ok(dir) if open.as_ref().is_some_and(|open| open.id() == dir.id()) => {}
                Ok(dir) => *open = Some(Arc::new(dir)),
                Err(error) => {
                    last = error;
                    continue;
                }
            }
            return open.clone().ok_or(last);
        }
        Err(last)
    }

    /// Where the pictures are, or will be if nothing stands in the way.
    fn path(&self) -> String {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let path =
            open.as_ref().map(|open| open.path()).or(self.dirs.first().map(PathBuf::as_path));
        path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// A name that no other picture has, and what a worker needs to fill it.
#[derive(Debug)]
pub(crate) struct Place {
    home: Arc<Home>,
    name: String,
    format: PictureFormat,
    created_at: u64,
    expires_at: u64,
}

impl Place {
    /// Sees that there is a directory.
    pub(crate) fn prepare(&self) -> Result<(), Failure> {
        self.dir().map(|_| ())
    }

    fn dir(&self) -> Result<Arc<PrivateDir>, Failure> {
        self.home.dir().map_err(|error| {
            tracing::error!(%error, "no directory for renders");
            Failure::Directory
        })
    }

    /// Writes the file, as far as `work` lets it.
    pub(crate) fn fill(
        self,
        bytes: &[u8],
        (width, height): (u32, u32),
        work: &Work<'_>,
    ) -> Result<Fresh, Failure> {
        let dir = self.dir()?;
        let (mut file, id) = dir.create(&self.name).map_err(Failure::File)?;
        let path = dir.path().join(&self.name);
        // From here on the file goes if this fails.
        let file_kept = Kept { dir, name: self.name, id };
        let render = Render {
            path: path.to_string_lossy().into_owned(),
            size: bytes.len() as u64,
            width,
            height,
            format: self.format,
            checksum: checksum(bytes),
            created_at: self.created_at,
            expires_at: self.expires_at,
        };
        let fresh = Fresh(Some(Entry { render, file: file_kept }));
        Stoppable::new(&mut file, work).write_all(bytes).map_err(Failure::File)?;
        Ok(fresh)
    }
}

/// The file of a picture.
#[derive(Debug)]
struct Kept {
    dir: Arc<PrivateDir>,
    name: String,
    id: FileId,
}

/// A picture and its file.
#[derive(Debug)]
struct Entry {
    render: Render,
    file: Kept,
}

impl Entry {
    /// Removes the file, as long as it is the one that was made.
    fn unlink(&self) -> io::Result<()> {
        self.file.dir.remove(&self.file.name, self.file.id)
    }
}

/// A picture that is written, and not in the register yet: its file goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Fresh(Option<Entry>);

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(entry) = &self.0 {
            let _ = entry.unlink();
        }
    }
}

/// What the register has seen so far.
#[derive(Debug, Default)]
struct Counts {
    places: u32,
    renders: u64,
    removed: u64,
    bytes_removed: u64,
}

/// The pictures that are there, oldest first.
#[derive(Debug)]
pub(crate) struct Renders {
    settings: Settings,
    home: Arc<Home>,
    seed: u32,
    entries: Vec<Entry>,
    counts: Counts,
}

impl Renders {
    pub(crate) fn new(settings: Settings) -> Self {
        let seed = RandomState::new().hash_one(std::process::id()) as u32;
        let home = Home { dirs: settings.dirs.clone(), open: Mutex::default() };
        let home = Arc::new(home);
        Self { settings, home, seed, entries: Vec::new(), counts: Counts::default() }
    }

    /// A place for a picture that is about to be made.
    pub(crate) fn place(&mut self, format: PictureFormat, now: u64) -> Place {
        self.sweep(now);
        self.counts.places = self.counts.places.wrapping_add(1);
        let token = self.seed ^ self.counts.places.wrapping_mul(SPREAD);
        Place {
            home: Arc::clone(&self.home),
            name: format!("render_{now}_auto{now}_{token:08x}.{}", format.extension()),
            format,
            created_at: now,
            expires_at: now.saturating_add(self.settings.ttl_seconds),
        }
    }

    /// Takes a picture in.
    pub(crate) fn keep(&mut self, mut fresh: Fresh) -> Option<&Render> {
        self.counts.renders += 1;
        let new = fresh.0.take()?;
        // Workers may come back in another order than they were sent in.
        let made_before = |entry: &Entry| entry.render.created_at <= new.render.created_at;
        let at = self.entries.partition_point(made_before);
        self.entries.insert(at, new);
        self.entries.get(at).map(|entry| &entry.render)
    }

    /// All pictures.
    pub(crate) fn list(&mut self, now: u64) -> impl ExactSizeIterator<Item = &Render> {
        self.sweep(now);
        self.entries.iter().map(|entry| &entry.render)
    }

    /// The picture at this path.
    pub(crate) fn get(&mut self, path: &str, now: u64) -> Option<&Render> {
        self.list(now).find(|render| render.path == path)
    }

    /// Removes the picture at this path; false where there is none.
    ///
    /// # Errors
    /// Where the file cannot be removed. It stays in the register.
    pub(crate) fn remove(&mut self, path: &str, now: u64) -> io::Result<bool> {
        self.sweep(now);
        let Some(at) = self.entries.iter().position(|entry| entry.render.path == path) else {
            return Ok(false);
        };
        self.entries[at].unlink()?;
        let gone = self.entries.remove(at).render;
        self.counts.removed += 1;
        self.counts.bytes_removed += gone.size;
        Ok(true)
    }

    /// Writes how many there are and were.
    pub(crate) fn stats(&mut self, now: u64, w: &mut Writer<'_>) {
        self.sweep(now);
        let bytes = self.bytes();
        w.object(|w| {
            w.member("active_renders", self.entries.len());
            w.member("total_renders", self.counts.renders);
            w.member("total_cleanups", self.counts.removed);
            w.member("current_cache_size", bytes);
            w.member("max_cache_size", self.settings.bytes_max);
            let percent = bytes as f64 * 100.0 / self.settings.bytes_max.max(1) as f64;
            w.member("cache_usage_percent", percent);
            w.member("files_cleaned", self.counts.removed);
            w.member("bytes_freed", self.counts.bytes_removed);
            w.member("ttl_seconds", self.settings.ttl_seconds);
            w.member("render_dir", self.home.path());
        });
    }

    fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.render.size).sum()
    }

    /// Removes what has expired, and the oldest ones while all of them are too large.
    fn sweep(&mut self, now: u64) {
        let (mut bytes, bytes_max) = (self.bytes(), self.settings.bytes_max);
        let counts = &mut self.counts;
        self.entries.retain(|kept| {
            let entry = &kept.render;
            if entry.expires_at > now && bytes <= bytes_max {
                return true;
            }
            bytes -= entry.size;
            counts.removed += 1;
            counts.bytes_removed += entry.size;
            if let Err(error) = kept.unlink() {
                tracing::warn!(path = %entry.path, %error, "a render could not be removed");
            }
            false
        });
    }
}

impl Drop for Renders {
    fn drop(&mut self) {
        for entry in &self.entries {
            let _ = entry.unlink();
        }
    }
}

/// The checksum that older clients compute: turned by one bit, and the next byte on top.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum: u32, &byte| sum.rotate_left(1) ^ u32::from(byte))
}

#[cfg(test)]
mod tests;
