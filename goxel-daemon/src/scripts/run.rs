//! [`run`]: one script, from its order to its outcome, on a thread that has nothing else to do.

use std::time::{Duration, Instant};

use goxel_core::{Control, Error, Parts, Project, Work};
use goxel_proto::json::Value;
use goxel_proto::types::{LayerId, LayerRef};
use goxel_proto::worker::{Ask, Done, Failed, Run, ToDaemon, ToWorker};
use goxel_proto::{ErrorCode, RpcError};
use goxel_store::state;

use super::outcome::Output;
use super::pool::{Bounds, Lease};
use super::talk::{ENDED, Talk, Watch, nonsense};
use super::tiles::{Tiles, skeleton};
use super::{Order, Outcome, Scripts};
use crate::fault::{Fault, Result};

/// Whom a script speaks to while it runs.
pub(crate) trait Listener {
    /// It calls a method, of a project that it has begun with; what it gives may take so many bytes. `work` ends
    /// with the script's time.
    ///
    /// # Errors
    /// Where the script is to end.
    fn asked(
        &self,
        ask: &Ask,
        project: &Project,
        memory: u64,
        work: &Work<'_>,
    ) -> Result<Result<String, String>>;

    /// It has printed this.
    fn printed(&self, text: &str);

    /// It is so far, of so much.
    ///
    /// # Errors
    /// Where it is to end.
    fn is_at(&self, done: u64, of: u64) -> Result;
}

/// Runs a script on a project as it was.
///
/// # Errors
/// Where it was stopped, or its worker has failed: what the script itself did wrong is an outcome.
pub(crate) fn run(
    scripts: &Scripts,
    order: &Order,
    before: &Project,
    listener: &dyn Listener,
    work: &Work<'_>,
) -> Result<Outcome> {
    let code = match order.code() {
        Ok(code) => code,
        Err(why) => return Ok(Outcome::failed(why)),
    };
    let begun = begin_with(before, order.layer)?;
    let began = Instant::now();
    let look = || {
        work.check()?;
        if scripts.is_closed() {
            return Err(Error::Cancelled.into());
        }
        if began.elapsed() >= order.timeout {
            // Older clients know these words.
            return Err(RpcError::new(ErrorCode::Internal, "Script execution timeout").into());
        }
        Ok(())
    };
    let mut lease = scripts.lease(&look)?;
    let bounds = lease.bounds;
    let state = skeleton(&begun).map_err(nonsense)?;
    let order = Run {
        source: code,
        name: order.name.clone(),
        action: order.action.clone(),
        args: order.args.clone(),
        seed: order.seed,
        heap_max: bounds.heap_max,
        voxels_max: bounds.voxels_max,
        state,
    };
    let watch = Watch::new(&look);
    let time = Time { look: &look, work };
    let within = Work::new(u64::MAX, &time, work.executor());
    let heard = converse(&lease, order, &begun, listener, &watch, &within);
    let (ended, output) = match heard {
        Ok(heard) => heard,
        Err(fault) if watch.is_at_rest() => {
            lease.keep();
            return Err(fault);
        }
        Err(fault) => return Err(with_reason(fault, &mut lease)),
    };
    lease.keep();
    let (ended, after) = match ended {
        Ok(done) => {
            let after = changed(before, &begun, &done, bounds)?;
            (Ok(done), after)
        }
        Err(failed) => (Err(failed), None),
    };
    Ok(Outcome { ended, after, output })
}

/// The time of a script, for what others do for it meanwhile.
struct Time<'a> {
    look: &'a (dyn Fn() -> Result + Sync),
    work: &'a Work<'a>,
}

impl Control for Time<'_> {
    fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
        (self.look)().map_err(|_| Error::Late)
    }

    fn elapsed(&self) -> Option<Duration> {
        self.work.elapsed()
    }
}

/// The project as the script finds it: another layer may be the active one.
fn begin_with(before: &Project, layer: LayerRef) -> Result<Project> {
    let active = before.layer(layer)?.id;
    with_active(before, active)
}

fn with_active(project: &Project, active: LayerId) -> Result<Project> {
    let mut other = project.snapshot();
    if active != project.active() {
        other.put(Parts { active, ..project.parts() }).map_err(nonsense)?;
    }
    Ok(other)
}

/// What a script has made of the project; none where it has changed nothing.
fn changed(
    before: &Project,
    begun: &Project,
    done: &Done,
    bounds: Bounds,
) -> Result<Option<Project>> {
    if done.change.is_empty() {
        return Ok(None);
    }
    let mut after = begun.snapshot();
    state::apply_within(&mut after, &done.change, bounds.voxels_max).map_err(nonsense)?;
    // Where it was told another layer, that is no change.
    if after.active() == begun.active() {
        after = with_active(&after, before.active()).unwrap_or(after);
    }
    Ok(Some(after))
}

type Ended = Result<Done, Failed>;

/// Runs it, and answers until it has ended.
fn converse(
    lease: &Lease,
    order: Run,
    project: &Project,
    listener: &dyn Listener,
    watch: &Watch<'_>,
    work: &Work<'_>,
) -> Result<(Ended, Output)> {
    let Some(worker) = lease.worker() else { return Err(nonsense(ENDED)) };
    let bounds = lease.bounds;
    let mut talk = Talk::new(worker, watch, bounds.voxels_max);
    let tiles = Tiles::of(project).map_err(nonsense)?;
    let mut output = Output::default();
    talk.say(&ToWorker::Run(Box::new(order)))?;
    loop {
        match talk.hear()? {
            ToDaemon::Tiles(layer, places) => {
                let told = tiles.at(layer, &places).map_err(nonsense)?;
                talk.say(&ToWorker::Tiles(told))?;
            }
            ToDaemon::Places(layer) => {
                let told = tiles.places(layer).map_err(nonsense)?;
                talk.say(&ToWorker::Places(told))?;
            }
            ToDaemon::Ask(ask) => {
                let answered = listener.asked(&ask, project, bounds.voxels_max, work);
                // It may have taken what time there was: then that is why.
                watch.look()?;
                talk.say(&match answered? {
                    Ok(result) => ToWorker::Result(result),
                    Err(error) => ToWorker::Error(error),
                })?;
            }
            ToDaemon::Print(text) => listener.printed(output.put(&text)),
            ToDaemon::Progress(done, of) => listener.is_at(done, of)?,
            ToDaemon::Done(done) => {
                if !done.value.is_empty() {
                    Value::parse(done.value.as_bytes()).map_err(nonsense)?;
                }
                return Ok((Ok(done), output));
            }
            ToDaemon::Failed(failed) => return Ok((Err(failed), output)),
            ToDaemon::Ready(_) => return Err(nonsense("it says twice what it is")),
        }
    }
}

/// The same fault; of a worker that has ended, with how it did.
fn with_reason(fault: Fault, lease: &mut Lease) -> Fault {
    match fault {
        Fault::Rpc(error) if error.message == ENDED => {
            let how = lease.how_it_ended();
            let what =
                format_args!("{ENDED}: {how}. Nothing was changed; the next script gets another");
            RpcError::new(error.code, what).into()
        }
        other => other,
    }
}
