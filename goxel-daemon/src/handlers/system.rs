//! The daemon itself.

use std::time::{SystemTime, UNIX_EPOCH};

use goxel_proto::json::Writer;
use goxel_proto::{Args, Method, docs};

use super::VERSION;
use crate::state::{Result, Session, State};

pub(crate) fn echo(_: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    w.raw(args.raw().map_or(b"{}", |params| params.raw()));
    Ok(())
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
        w.member("goxel_initialized", true);
        w.member("methods_available", Method::ALL.len());
        w.member("uptime_seconds", state.started.elapsed().as_secs());
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
