//! The daemon itself.

use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::Project;
use goxel_proto::json::{Kind, Value, Writer};
use goxel_proto::{Args, Method, RpcError, docs};

use super::VERSION;
use crate::process;
use crate::state::{Result, Session, State};

pub(crate) fn echo(_: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    match args.raw() {
        Some(params) => rewrite(&params.check().map_err(RpcError::parse)?, w),
        None => w.object(|_| ()),
    }
    Ok(())
}

/// Writes a value anew, in one line however it came. The reader bounds how deep it is.
fn rewrite(value: &Value<'_>, w: &mut Writer<'_>) {
    match value.kind() {
        Kind::Object => w.object(|w| {
            value.members().for_each(|(name, member)| rewrite(&member, w.key(&name.decode())));
        }),
        Kind::Array => w.array(|w| value.elements().for_each(|item| rewrite(&item, w.item()))),
        Kind::String(text) => w.value(&*text.decode()),
        _ => w.raw(value.raw()),
    }
}

pub(crate) fn version(_: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    w.object(|w| {
        w.member("version", VERSION);
        w.member("type", "daemon");
        w.member("protocol", "JSON-RPC 2.0");
    });
    Ok(())
}

pub(crate) fn ping(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    w.object(|w| {
        w.member("pong", true);
        w.member("timestamp", now.as_secs());
        w.member("pid", std::process::id());
        w.member("uptime_seconds", state.started.elapsed().as_secs());
    });
    Ok(())
}

pub(crate) fn status(
    state: &mut State,
    _: &mut Session,
    _: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    w.object(|w| {
        w.member("status", "running");
        w.member("pid", std::process::id());
        w.member("current_time", process::local_time());
        w.member("hostname", process::hostname());
        w.member("goxel_initialized", true);
        w.member("methods_available", Method::ALL.len());
        w.member("memory_allocated", process::resident_bytes());
        w.member("uptime_seconds", state.started.elapsed().as_secs());
    });
    Ok(())
}

pub(crate) fn stats(
    state: &mut State,
    _: &mut Session,
    _: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    let projects: Vec<_> = state.context.projects().into_iter().map(|(_, p)| p).collect();
    let total = |count: fn(&Project) -> usize| projects.iter().map(|p| count(p)).sum::<usize>();
    w.object(|w| {
        w.member("uptime_seconds", state.started.elapsed().as_secs());
        w.member("calls", state.calls);
        w.key("memory").object(|w| {
            w.member("resident_bytes", process::resident_bytes());
            w.member("voxel_bytes", total(Project::heap_bytes));
            w.member("undo_bytes", total(Project::undo_bytes));
        });
        w.member("projects", projects.len());
        w.member("layers", total(|project| project.layers().len()));
        w.member("voxels", projects.iter().map(|project| project.count()).sum::<u64>());
    });
    Ok(())
}

pub(crate) fn list_methods(
    _: &mut State,
    _: &mut Session,
    _: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    w.object(|w| {
        w.member("count", Method::ALL.len());
        w.key("methods").array(|w| {
            for info in Method::ALL.iter().map(|method| method.info()) {
                w.item().object(|w| {
                    w.member("method", info.name);
                    w.member("description", info.summary);
                });
            }
        });
    });
    Ok(())
}

pub(crate) fn discover(_: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    docs::openrpc(VERSION, w);
    Ok(())
}

pub(crate) fn shutdown(
    state: &mut State,
    _: &mut Session,
    _: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    state.stopping = true;
    w.object(|w| w.member("success", true));
    Ok(())
}
