//! A file system that loses what was not synced when its power is cut.
//!
//! It is the disk that the daemon's own parts are tried on, [`SimulatedDisk`], behind the kernel's FUSE: so the
//! daemon comes to it by all the calls that it makes to a real one.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{
    BackgroundSession, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use goxel_store::disk::{Disk as _, DiskFile, SimulatedDisk};
use serde_json::json;

use super::{EDITS_MAX, Random, Trial, number, tell_starts};
use crate::world::World;

/// Power cuts in an ordinary run.
const POWER_CUTS: u64 = 2;
/// Nothing is remembered by the kernel: what was lost would be found there.
const TTL: Duration = Duration::ZERO;

/// The files that are known by a number.
#[derive(Default)]
struct Files {
    numbers: BTreeMap<String, u64>,
    open: BTreeMap<u64, Box<dyn DiskFile>>,
}

/// A flat directory.
struct Mounted {
    disk: SimulatedDisk,
    files: Mutex<Files>,
}

fn errno(error: &std::io::Error) -> Errno {
    match error.kind() {
        std::io::ErrorKind::NotFound => Errno::ENOENT,
        std::io::ErrorKind::AlreadyExists => Errno::EEXIST,
        _ => Errno::EIO,
    }
}

/// As it is for a file of so many bytes; for the directory, where it is none.
fn attributes(number: u64, bytes: Option<u64>) -> FileAttr {
    let (kind, perm) = match bytes {
        Some(_) => (FileType::RegularFile, 0o600),
        None => (FileType::Directory, 0o700),
    };
    let size = bytes.unwrap_or(0);
    let [atime, mtime, ctime, crtime] = [UNIX_EPOCH; 4];
    FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime,
        mtime,
        ctime,
        crtime,
        kind,
        perm,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}

impl Mounted {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap()
    }

    /// The number of the file of a name.
    fn number(&self, name: &str) -> std::io::Result<u64> {
        let mut files = self.files();
        if let Some(number) = files.numbers.get(name) {
            return Ok(*number);
        }
        let file = self.disk.open(name)?;
        Ok(files.add(name, file))
    }

    fn attributes_of(&self, number: u64) -> std::io::Result<FileAttr> {
        if number == INodeNo::ROOT.0 {
            return Ok(attributes(number, None));
        }
        self.with(number, |file| Ok(attributes(number, Some(file.len()?))))
    }

    fn with<T>(
        &self,
        number: u64,
        act: impl FnOnce(&dyn DiskFile) -> std::io::Result<T>,
    ) -> std::io::Result<T> {
        match self.files().open.get(&number) {
            Some(file) => act(&**file),
            None => Err(std::io::ErrorKind::NotFound.into()),
        }
    }
}

impl Files {
    fn add(&mut self, name: &str, file: Box<dyn DiskFile>) -> u64 {
        let number = INodeNo::ROOT.0 + 1 + self.open.len() as u64;
        self.numbers.insert(name.to_owned(), number);
        self.open.insert(number, file);
        number
    }
}

fn text(name: &OsStr) -> &str {
    name.to_str().unwrap_or("")
}

fn ended(result: std::io::Result<()>, reply: ReplyEmpty) {
    match result {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(errno(&error)),
    }
}

impl Filesystem for Mounted {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        match self.number(text(name)).and_then(|number| self.attributes_of(number)) {
            Ok(attributes) => reply.entry(&TTL, &attributes, Generation(0)),
            Err(error) => reply.error(errno(&error)),
        }
    }

    fn getattr(&self, _: &Request, file: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.attributes_of(file.0) {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(error) => reply.error(errno(&error)),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        file: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let cut = size.map_or(Ok(()), |size| self.with(file.0, |file| file.set_len(size)));
        match cut.and_then(|()| self.attributes_of(file.0)) {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(error) => reply.error(errno(&error)),
        }
    }

    fn unlink(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.files().numbers.remove(text(name));
        ended(self.disk.remove(text(name)), reply);
    }

    fn rename(
        &self,
        _: &Request,
        _: INodeNo,
        name: &OsStr,
        _: INodeNo,
        new_name: &OsStr,
        _: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let mut files = self.files();
        if let Some(number) = files.numbers.remove(text(name)) {
            files.numbers.insert(text(new_name).to_owned(), number);
        }
        ended(self.disk.rename(text(name), text(new_name)), reply);
    }

    fn create(
        &self,
        _: &Request,
        _: INodeNo,
        name: &OsStr,
        _: u32,
        _: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        match self.disk.create(text(name)) {
            Ok(file) => {
                let number = self.files().add(text(name), file);
                let attributes = attributes(number, Some(0));
                let flags = FopenFlags::empty();
                reply.created(&TTL, &attributes, Generation(0), FileHandle(0), flags);
            }
            Err(error) => reply.error(errno(&error)),
        }
    }

    fn read(
        &self,
        _: &Request,
        file: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let mut bytes = vec![0; size as usize];
        match self.with(file.0, |file| file.read_at(&mut bytes, offset)) {
            Ok(count) => reply.data(&bytes[..count]),
            Err(error) => reply.error(errno(&error)),
        }
    }

    fn write(
        &self,
        _: &Request,
        file: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.with(file.0, |file| file.write_at(data, offset)) {
            Ok(count) => reply.written(count as u32),
            Err(error) => reply.error(errno(&error)),
        }
    }

    fn fallocate(
        &self,
        _: &Request,
        file: INodeNo,
        _: FileHandle,
        offset: u64,
        length: u64,
        _: i32,
        reply: ReplyEmpty,
    ) {
        ended(self.with(file.0, |file| file.allocate(offset + length)), reply);
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, file: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        ended(self.with(file.0, |file| file.sync_data()), reply);
    }

    fn fsyncdir(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        ended(self.disk.sync_dir(), reply);
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let names = self.disk.names().unwrap_or_default();
        for (at, name) in names.iter().enumerate().skip(offset as usize) {
            let Ok(number) = self.number(name) else { continue };
            if reply.add(INodeNo(number), at as u64 + 1, FileType::RegularFile, name) {
                break;
            }
        }
        reply.ok();
    }
}

/// Mounts a disk, where that can be done here.
fn mount(disk: &SimulatedDisk, at: &Path) -> std::io::Result<BackgroundSession> {
    let mounted = Mounted { disk: disk.clone(), files: Mutex::default() };
    let mut config = fuser::Config::default();
    config.mount_options = vec![MountOption::FSName("goxel-power".to_owned())];
    fuser::spawn_mount(mounted, at, &config)
}

/// A place for a daemon whose data directory is on a disk; nothing where none can be mounted here.
fn world_on(disk: &SimulatedDisk) -> Option<(World, PathBuf, BackgroundSession)> {
    let world = World::empty();
    let directory = world.path("data");
    std::fs::create_dir(&directory).unwrap();
    match mount(disk, &directory) {
        Ok(session) => Some((world, directory, session)),
        Err(error) => {
            println!("skipped: nothing can be mounted here: {error}");
            None
        }
    }
}

#[test]
fn each_edit_is_synced_before_it_is_answered() {
    let disk = SimulatedDisk::new(1);
    let Some((world, directory, session)) = world_on(&disk) else { return };
    let trial = Trial::new(world, directory);
    let mut client = trial.world.connect();
    for x in 0..200 {
        let before = disk.syncs();
        client.call("goxel.add_voxel", &json!([x, 0, 0, 1, 2, 3])).unwrap();
        assert!(disk.syncs() > before, "edit {x} was answered and not synced");
        let before = disk.syncs();
        client.call("goxel.get_voxel", &json!([x, 0, 0])).unwrap();
        assert_eq!(disk.syncs(), before, "reading needs no disk");
    }
    // The daemon first, which has files open.
    drop(trial);
    drop(session);
}

#[test]
fn no_edit_that_was_acknowledged_is_lost_when_the_power_is_cut() {
    let mut random = Random(number("GOXEL_KILLS_SEED", 0x9e37_79b9));
    let mut disk = SimulatedDisk::new(random.below(u64::MAX));
    let Some((world, directory, session)) = world_on(&disk) else { return };
    let mut session = Some(session);
    let mut trial = Trial::new(world, directory);
    let (mut starts, mut at_checkpoints) = (Vec::new(), 0);
    for cut in 0..number("GOXEL_POWER_CUTS", POWER_CUTS) {
        let load = trial.load(random.below(u64::MAX));
        let after = (cut % 2 == 0).then(|| random.below(EDITS_MAX));
        at_checkpoints += u64::from(trial.kill(after, load));
        session.take().map(BackgroundSession::umount_and_join).unwrap().unwrap();
        disk = disk.crash();
        session = Some(mount(&disk, &trial.directory).unwrap());
        starts.push(trial.start());
        trial.check();
    }
    let edits = trial.acknowledged();
    tell_starts("without power", starts, edits, at_checkpoints);
    drop(trial);
    drop(session);
}
