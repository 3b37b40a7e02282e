//! What a log promises: whatever is cut off, what is found again is what was appended, from the
//! beginning on, and no less than was durable.

mod flips;
mod histories;

use std::sync::Arc;

use super::{Appender, Chunk, Concerns, Damage, Record, Sink, survey};
use crate::disk::{Disk, SimulatedDisk};

/// A record as tests know it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    project: u64,
    version: u64,
    kind: u8,
    payload: Vec<u8>,
}

/// What is found on a disk.
#[derive(Debug)]
struct Told {
    entries: Vec<Entry>,
    damages: Vec<Damage>,
    warnings: Vec<String>,
}

/// A log that is appended to and written in small segments.
struct Log {
    appender: Appender,
    sink: Sink,
    chunks: Vec<Chunk>,
}

const SEGMENT_BYTES: u64 = 1024;
const STEP_BYTES: u64 = 256;

impl Log {
    /// Opens the log of a disk and reads it.
    fn open(disk: &SimulatedDisk) -> Result<(Self, Told), String> {
        let disk: Arc<dyn Disk> = Arc::new(disk.clone());
        let survey = survey(&disk, &|_| None).map_err(|error| error.to_string())?;
        let mut entries = Vec::new();
        for found in survey.records {
            let found = found.map_err(|error| error.to_string())?;
            let (project, version, kind) = (found.project, found.version, found.kind);
            entries.push(Entry { project, version, kind, payload: found.payload });
        }
        let sizes = (SEGMENT_BYTES, STEP_BYTES);
        let appender = Appender::new(Arc::clone(&disk), survey.last, survey.usage, sizes);
        let log = Self { appender, sink: Sink::new(disk), chunks: Vec::new() };
        Ok((log, Told { entries, damages: survey.damages, warnings: survey.warnings }))
    }

    fn append(&mut self, entry: &Entry) -> Result<(), String> {
        let (half, rest) = entry.payload.split_at(entry.payload.len() / 2);
        let (project, version, kind) = (entry.project, entry.version, entry.kind);
        let record = Record { project, version, kind, payload: &[half, rest] };
        self.appender.append(&record).map_err(|error| format!("{error:?}"))
    }

    fn write(&mut self) -> Result<(), String> {
        self.appender.take(&mut self.chunks, &mut Vec::new());
        for mut chunk in self.chunks.drain(..) {
            self.sink.write(&mut chunk).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), String> {
        self.sink.sync().map_err(|error| error.to_string())?;
        self.appender.set_durable(self.sink.durable());
        Ok(())
    }

    /// Ends the log in order.
    fn close(mut self) -> Result<(), String> {
        self.write()?;
        self.sync()?;
        self.appender.put_end();
        self.write()?;
        self.sink.finish().map_err(|error| error.to_string())
    }
}

fn entry(project: u64, version: u64, payload_bytes: usize) -> Entry {
    let payload = (0..payload_bytes).map(|index| (index as u64 * 31 + version) as u8).collect();
    Entry { project, version, kind: 2, payload }
}

#[test]
fn a_closed_log_is_read_again() {
    let disk = SimulatedDisk::new(1);
    let entries: Vec<Entry> =
        (0..100).map(|version| entry(version % 3, version, version as usize * 7 % 300)).collect();
    for part in entries.chunks(40) {
        let (mut log, _) = Log::open(&disk).unwrap();
        part.iter().for_each(|entry| log.append(entry).unwrap());
        log.close().unwrap();
    }
    let (_, told) = Log::open(&disk).unwrap();
    assert_eq!(told.entries, entries);
    assert_eq!(told.warnings, Vec::<String>::new());
    assert!(disk.names().unwrap().len() > 3, "several segments");
}

#[test]
fn a_record_larger_than_a_segment_has_one_of_its_own() {
    let disk = SimulatedDisk::new(2);
    let entries = [entry(1, 1, 10), entry(1, 2, 5000), entry(1, 3, 10)];
    let (mut log, _) = Log::open(&disk).unwrap();
    entries.iter().for_each(|entry| log.append(entry).unwrap());
    log.close().unwrap();
    assert_eq!(Log::open(&disk).unwrap().1.entries, entries);
}

#[test]
fn a_log_of_another_version_is_refused_in_words() {
    let disk = SimulatedDisk::new(3);
    let file = disk.create("log-0000000000000001").unwrap();
    let mut header = super::segment::Header { number: 1, previous: 0, previous_end: 0 }.bytes();
    header[8] = 9;
    let mut sum = crc32fast::Hasher::new();
    sum.update(&header[..12]);
    sum.update(&header[16..]);
    header[12..16].copy_from_slice(&sum.finalize().to_le_bytes());
    file.write_all_at(&header, 0).unwrap();
    let error = Log::open(&disk).err().unwrap();
    assert!(error.contains("log-0000000000000001 has version 9 of the format"), "{error}");
}

#[test]
fn what_nobody_needs_is_forgotten() {
    let disk = SimulatedDisk::new(4);
    let (mut log, _) = Log::open(&disk).unwrap();
    // Segments: 1 has projects 1 and 2, 2 has project 1, 3 has project 2, 4 is the last.
    for (project, version, bytes) in
        [(1, 1, 300), (2, 1, 300), (1, 2, 900), (2, 2, 900), (1, 3, 900)]
    {
        log.append(&entry(project, version, bytes)).unwrap();
    }
    log.write().unwrap();
    let usage = &mut log.appender.usage;
    assert_eq!(usage.bytes_since_checkpoint(2), 300 + 900 + 2 * 36);
    assert_eq!(usage.holding_oldest(|_| None), [(1, 336), (2, 336)]);
    usage.checkpointed(2, 336);
    assert_eq!(usage.bytes_since_checkpoint(2), 936);
    assert_eq!(usage.forget(|_| Some(0), 0), Vec::<u64>::new());
    let gone = usage.forget(|project| (project == 1).then_some(2), 0);
    assert_eq!(gone, [2]);
    // Project 2 is deleted, but segment 1 stays for project 1, and with it an edit of project 2:
    // so the record that deletes it stays as well.
    let gone = usage.forget(|project| if project == 2 { Some(u64::MAX) } else { Some(0) }, 0);
    assert_eq!(gone, Vec::<u64>::new());
    let gone = usage.forget(|project| if project == 2 { Some(u64::MAX) } else { Some(3) }, 0);
    assert_eq!(gone, [1, 3], "the last one stays");
}

#[test]
fn a_torn_tail_stays_cut_where_the_segment_behind_it_is_forgotten() {
    let disk = SimulatedDisk::new(6);
    let (mut log, _) = Log::open(&disk).unwrap();
    let first = entry(1, 1, 50);
    log.append(&first).unwrap();
    log.write().unwrap();
    let torn = disk.open("log-0000000000000001").unwrap();
    torn.write_all_at(&[7; 30], 40 + 88).unwrap();
    drop(log);
    let (mut log, told) = Log::open(&disk).unwrap();
    assert_eq!(
        told.warnings,
        [
            "log-0000000000000001 ends with 30 bytes, from byte 128 on, that were being written when \
          the daemon or the machine stopped: they were cut, and the edits in them are lost"
        ]
    );
    let (second, third) = (entry(2, 1, 900), entry(1, 2, 900));
    log.append(&second).unwrap();
    log.append(&third).unwrap();
    log.write().unwrap();
    assert_eq!(log.appender.usage.forget(|project| (project == 2).then_some(1), 0), [2]);
    disk.remove("log-0000000000000002").unwrap();
    log.close().unwrap();
    let (_, told) = Log::open(&disk).unwrap();
    assert_eq!((told.entries, told.warnings), (vec![first, third], vec![]));
}

/// One bad place that reaches from one project's record into another's.
#[test]
fn damage_is_told_of_each_project_that_it_may_concern() {
    let disk = SimulatedDisk::new(7);
    let (mut log, _) = Log::open(&disk).unwrap();
    let entries: Vec<Entry> = (1..5).map(|project| entry(project, 1, 80)).collect();
    entries.iter().for_each(|entry| log.append(entry).unwrap());
    log.close().unwrap();
    let record = 32 + 80;
    let file = disk.open("log-0000000000000001").unwrap();
    file.write_all_at(&[7; 100], 40 + record + 60).unwrap();
    let (_, told) = Log::open(&disk).unwrap();
    assert_eq!(told.entries, [entries[0].clone(), entries[3].clone()]);
    let damage = |offset, concerns| Damage {
        name: "log-0000000000000001".to_owned(),
        offset,
        bytes: record,
        concerns,
    };
    let second = damage(40 + record, Concerns::Project(2));
    assert_eq!(told.damages, [second, damage(40 + 2 * record, Concerns::Unknown)]);
}

#[test]
fn a_full_disk_refuses_records_and_keeps_those_before() {
    for capacity in (0..3000).step_by(7) {
        let disk = SimulatedDisk::new(capacity);
        disk.set_capacity(Some(capacity));
        let (mut log, _) = Log::open(&disk).unwrap();
        let mut kept = Vec::new();
        for version in 0.. {
            let entry = entry(1, version, version as usize * 13 % 200);
            if let Err(error) = log.append(&entry) {
                assert!(error.contains("StorageFull"), "{error}");
                break;
            }
            kept.push(entry);
        }
        log.write().unwrap();
        log.sync().unwrap();
        disk.set_capacity(None);
        let entry = entry(1, 99, 500);
        log.append(&entry).unwrap();
        kept.push(entry);
        log.close().unwrap();
        let (_, told) = Log::open(&disk.crash()).unwrap();
        assert_eq!(told.entries, kept, "{capacity} bytes");
        assert_eq!(told.warnings, Vec::<String>::new(), "{capacity} bytes");
    }
}
