//! [`Scripts`]: the workers that are there, and what they take.
//!
//! None is started before the first script. One that is done with a script is kept for the next, and ended when none
//! has come for a while: by a thread that is there as long as it has one to end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use goxel_proto::json::Writer;
use goxel_proto::worker::{Ready, ToDaemon};
use goxel_proto::{ErrorCode, RpcError};

use super::Order;
use super::formats::{Format, Formats, Owner};
use super::process::Worker;
use super::talk::{ENDED, Talk, Watch, nonsense};
use crate::fault::{Fault, Result};
use crate::memory::{self, Reserved};

/// What the program is called that workers run.
const PROGRAM: &str = "goxel-script";
/// How long a worker is kept without a script: longer than a person thinks about the next one.
const IDLE: Duration = Duration::from_secs(60);
/// How long a worker may take to be ready. It takes a few milliseconds where the machine is idle.
const START: Duration = Duration::from_secs(10);
/// How long the end of the daemon waits for scripts to be ended: several times what that takes.
const END: Duration = Duration::from_millis(200);
/// Bytes that a worker without a script counts for.
const WARM_BYTES: u64 = 16 << 20;
/// Bytes that it may have in memory: what has more is ended, as it would not give them back.
const WARM_BYTES_MAX: u64 = 64 << 20;

/// Addresses that the program takes besides: code, stacks, and what allocators keep.
const OWN_BYTES: u64 = 512 << 20;

/// What a script's own values may take, and of the daemon's ceiling this part: all threads for scripts together
/// take no more than three eighths of it.
const HEAP_MAX: u64 = 256 << 20;
const HEAP_SHARE: u64 = 32;
/// The same of its voxels: a hundred million of one colour, or ten million of noise.
const VOXELS_MAX: u64 = 1 << 30;
const VOXELS_SHARE: u64 = 16;
/// What either is at the least: a script of a page runs with that.
const BYTES_MIN: u64 = 16 << 20;

/// All workers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scripts(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The program, where it was said.
    program: Option<PathBuf>,
    pool: Mutex<Pool>,
    formats: Mutex<Formats>,
    /// Told when a worker is kept, and when the daemon ends.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    /// The one that had a script last is the last.
    idle: Vec<Kept>,
    running: usize,
    started: u64,
    failed: u64,
    /// What holds back the one that was started last.
    ready: Option<Ready>,
    /// Whether a thread ends those that nobody needs.
    is_kept: bool,
    /// Whether the daemon ends.
    closed: bool,
}

/// A worker without a script.
#[derive(Debug)]
struct Kept {
    worker: Worker,
    since: Instant,
    /// What it counts for.
    _reserved: Reserved,
}

/// A worker with a script. It is ended with this, unless it is kept.
#[derive(Debug)]
pub(super) struct Lease {
    /// Always there, until it is kept or has ended.
    worker: Option<Worker>,
    scripts: Scripts,
    /// What it counts for.
    reserved: Option<Reserved>,
    pub(super) bounds: Bounds,
}

/// What a script may take, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) heap_max: u64,
    pub(super) voxels_max: u64,
}

impl Bounds {
    fn now() -> Self {
        let share = |most: u64, share: u64| most.min(memory::max() / share).max(BYTES_MIN);
        Self { heap_max: share(HEAP_MAX, HEAP_SHARE), voxels_max: share(VOXELS_MAX, VOXELS_SHARE) }
    }
}

impl Scripts {
    /// Workers of this program; of the one beside the daemon's own where that is not said, else of that in `PATH`.
    pub(crate) fn of(program: Option<PathBuf>) -> Self {
        Self(Arc::new(Shared { program, ..Shared::default() }))
    }

    /// A worker that is ready for a script; `look` says whether to go on waiting for it.
    ///
    /// # Errors
    /// Where there is no memory for it, or none can be started.
    pub(super) fn lease(&self, look: &dyn Fn() -> Result) -> Result<Lease> {
        let warm = self.take_warm();
        let bounds = Bounds::now();
        let needs = bounds.heap_max + bounds.voxels_max;
        let reserved = match memory::reserve(needs) {
            Ok(reserved) => reserved,
            Err(_) => {
                // Those that only wait make room for one that runs.
                drop(std::mem::take(&mut self.lock().idle));
                memory::reserve(needs)?
            }
        };
        self.lock().running += 1;
        let mut lease =
            Lease { worker: warm, scripts: self.clone(), reserved: Some(reserved), bounds };
        if lease.worker.is_none() {
            lease.worker = Some(self.start(look)?);
        }
        Ok(lease)
    }

    /// The worker that had a script last, of those that are there still.
    fn take_warm(&self) -> Option<Worker> {
        loop {
            let mut kept = self.lock().idle.pop()?;
            if kept.worker.is_alive() {
                return Some(kept.worker);
            }
        }
    }

    fn start(&self, look: &dyn Fn() -> Result) -> Result<Worker> {
        let began = Instant::now();
        let program = self.program()?;
        let bounds = Bounds::now();
        // What it gives back is there twice, as voxels and as bytes.
        let space = OWN_BYTES + bounds.heap_max + 2 * bounds.voxels_max;
        let started = Worker::start(&program, space);
        let worker = started.map_err(|error| not_started(&program, &error))?;
        let look = || match began.elapsed() < START {
            true => look(),
            false => Err(not_started(&program, &"it does not say that it is ready")),
        };
        let watch = Watch::new(&look);
        let heard = Talk::new(&worker, &watch, 0).hear();
        let ready = match heard {
            Ok(ToDaemon::Ready(ready)) => ready,
            Ok(_) => return Err(nonsense("it does not begin with what it is")),
            Err(Fault::Rpc(error)) if error.message == ENDED => {
                return Err(not_started(&program, &worker.end()));
            }
            Err(fault) => return Err(fault),
        };
        let mut pool = self.lock();
        pool.started += 1;
        pool.ready = Some(ready);
        Ok(worker)
    }

    fn program(&self) -> Result<PathBuf> {
        if let Some(program) = &self.0.program {
            return Ok(program.clone());
        }
        let own = std::env::current_exe().ok();
        let beside = own.as_deref().and_then(Path::parent).map(Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut dirs = beside.iter().cloned().chain(std::env::split_paths(&path));
        let found = dirs.find(|dir| dir.is_absolute() && dir.join(PROGRAM).is_file());
        found.map(|dir| dir.join(PROGRAM)).ok_or_else(|| {
            let what = format_args!(
                "Scripts cannot be run: {PROGRAM} is neither beside the daemon{} nor in PATH; install it there, or \
                 start the daemon with --script-program",
                beside.map_or(String::new(), |dir| format!(" in {}", dir.display()))
            );
            RpcError::new(ErrorCode::Internal, what).into()
        })
    }

    /// Whether the daemon ends, so that every script has to.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends all workers: those that run when their threads look next, which is soon.
    pub(crate) fn end(&self) {
        let mut pool = self.lock();
        pool.closed = true;
        let idle = std::mem::take(&mut pool.idle);
        drop(pool);
        self.0.changed.notify_all();
        drop(idle);
        let patience = Instant::now() + END;
        let mut pool = self.lock();
        while pool.running > 0 {
            let Some(left) = patience.checked_duration_since(Instant::now()) else { return };
            let woken = self.0.changed.wait_timeout(pool, left);
            pool = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether there was a script yet.
    pub(crate) fn are_used(&self) -> bool {
        let pool = self.lock();
        pool.running > 0 || pool.started > 0 || pool.failed > 0
    }

    /// Writes what there is of them, as one object.
    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        let pool = self.lock();
        w.object(|w| {
            w.member("workers", pool.running + pool.idle.len());
            w.member("running", pool.running);
            w.member("started", pool.started);
            w.member("failed", pool.failed);
            w.member("reserved_bytes", memory::reserved());
            if let Some(ready) = pool.ready {
                w.key("sandbox").object(|w| {
                    w.member("seccomp", ready.seccomp);
                    w.member("landlock", ready.landlock);
                    w.member("address_space", ready.address_space);
                });
            }
        });
    }

    fn formats(&self) -> MutexGuard<'_, Formats> {
        self.0.formats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.0.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a worker for the next script.
    fn keep(&self, worker: Worker) {
        let is_small = worker.resident_bytes().is_none_or(|bytes| bytes <= WARM_BYTES_MAX);
        let Some(reserved) = memory::reserve(WARM_BYTES).ok().filter(|_| is_small) else { return };
        let mut pool = self.lock();
        if pool.closed {
            return;
        }
        pool.idle.push(Kept { worker, since: Instant::now(), _reserved: reserved });
        if !pool.is_kept {
            let scripts = self.clone();
            let builder = std::thread::Builder::new().name("goxel-scripts".to_owned());
            // Without it they stay for longer, which harms nobody.
            pool.is_kept = builder.spawn(move || scripts.end_idle()).is_ok();
        }
    }

    /// Ends those that nobody has needed for a while, until there is none.
    fn end_idle(&self) {
        let mut pool = self.lock();
        loop {
            let now = Instant::now();
            // The one that waits longest is the first.
            let left =
                pool.idle.first().map(|kept| (kept.since + IDLE).saturating_duration_since(now));
            match left {
                Some(left) if !pool.closed && left > Duration::ZERO => {
                    let woken = self.0.changed.wait_timeout(pool, left);
                    pool = woken.unwrap_or_else(PoisonError::into_inner).0;
                }
                Some(_) if !pool.closed => {
                    let ended = pool.idle.remove(0);
                    drop(pool);
                    drop(ended);
                    pool = self.lock();
                }
                _ => {
                    pool.is_kept = false;
                    return;
                }
            }
        }
    }
}

/// Formats that scripts have registered.
impl Scripts {
    /// Takes in those that a script has registered, by names and extensions.
    pub(crate) fn register(&self, owner: &Owner, named: &[(String, Vec<String>)], order: &Order) {
        if let Some(order) = order.pinned() {
            self.formats().add(owner, named, &Arc::new(order));
        }
    }

    /// Whether there are any.
    pub(crate) fn has_formats(&self) -> bool {
        !self.formats().is_empty()
    }

    /// The one for this path, or of this name.
    pub(crate) fn format(
        &self,
        owner: &Owner,
        path: &str,
        named: Option<&str>,
    ) -> Option<Arc<Format>> {
        self.formats().find(owner, path, named)
    }

    /// Those of an owner.
    pub(crate) fn formats_of(&self, owner: &Owner) -> Vec<Arc<Format>> {
        self.formats().of(owner)
    }

    /// A connection has ended, and with it what was its alone.
    pub(crate) fn left(&self, client: u64) {
        self.formats().forget(&Owner::Client(client));
    }
}

impl Lease {
    /// The worker.
    pub(super) fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    /// It is done with its script and ready for the next.
    pub(super) fn keep(mut self) {
        // What it counts for without a script is less, and there is room for it once this is given back.
        drop(self.reserved.take());
        if let Some(worker) = self.worker.take() {
            self.scripts.keep(worker);
        }
    }

    /// It has ended by itself: says how.
    pub(super) fn how_it_ended(&mut self) -> String {
        self.worker.take().map_or(String::new(), Worker::end)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let is_lost = self.worker.take().is_some() || self.reserved.is_some();
        let mut pool = self.scripts.lock();
        pool.running -= 1;
        pool.failed += u64::from(is_lost);
        drop(pool);
        self.scripts.0.changed.notify_all();
    }
}

fn not_started(program: &Path, why: &dyn std::fmt::Display) -> Fault {
    let what = format_args!(
        "Scripts cannot be run: '{}' does not start: {why}; install it anew, or start the daemon with \
         --script-program",
        program.display()
    );
    RpcError::new(ErrorCode::Internal, what).into()
}

#[cfg(test)]
mod tests {
    use super::super::process::tests::{SILENT, make_executable};
    use super::*;

    fn refused(program: &str) -> String {
        let scripts = Scripts::of(Some(program.into()));
        let fault = scripts.lease(&|| Ok(())).expect_err("it is no worker");
        let pool = scripts.lock();
        assert_eq!((pool.running, pool.idle.len(), pool.failed), (0, 0, 1));
        fault.into_rpc(ErrorCode::Internal).message
    }

    #[test]
    fn a_program_that_is_no_worker_is_refused_in_words() {
        assert!(refused("/no/such/program").contains("No such file"), "it is not there");
        assert!(refused("/bin/false").contains("it ended with status 1"));
        let dir = tempfile::tempdir().expect("room");
        let silent = dir.path().join("silent");
        std::fs::write(&silent, SILENT).expect("room");
        make_executable(&silent);
        let scripts = Scripts::of(Some(silent));
        let stopped = || Err(goxel_core::Error::Cancelled.into());
        let fault = scripts.lease(&stopped).expect_err("it waits for ever");
        assert_eq!(fault.into_rpc(ErrorCode::Internal).code, ErrorCode::Stopped);
    }

    #[test]
    fn what_is_reserved_is_given_back() {
        let scripts = Scripts::of(Some("/bin/false".into()));
        assert!(scripts.lease(&|| Ok(())).is_err());
        let mut json = Vec::new();
        scripts.write(&mut Writer::new(&mut json));
        let text = String::from_utf8(json).expect("text");
        assert!(
            text.starts_with(r#"{ "workers": 0, "running": 0, "started": 0, "failed": 1"#),
            "{text}"
        );
        scripts.end();
        assert!(scripts.is_closed());
    }
}
