//! The daemon itself.

use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::Project;
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method, docs};

use crate::fault::Result;
use crate::handler::Entry;
use crate::handler::Handler::{Alone, System};
use crate::memory;
use crate::process::{self, VERSION};
use crate::session::Session;
use crate::state::State;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::Echo, Alone(echo)),
    (Method::Version, Alone(version)),
    (Method::Ping, System(ping)),
    (Method::ListMethods, Alone(list_methods)),
    (Method::Discover, Alone(discover)),
    (Method::GetStats, System(stats)),
    (Method::Status, System(status)),
    (Method::Confine, System(confine)),
    (Method::Shutdown, System(shutdown)),
];

fn echo(args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    match args.raw() {
        // They were read when they were sorted, so they are JSON.
        Some(params) => w.raw(&respaced(params.raw())),
        None => w.object(|_| ()),
    }
    Ok(())
}

/// JSON on one line, spaced as all replies are, however it came.
pub(super) fn respaced(json: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(json.len() + json.len() / 4);
    let (mut in_string, mut escaped) = (false, false);
    for &byte in json {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            out.push(byte);
            continue;
        }
        let opened = matches!(out.last(), Some(b'{' | b'['));
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b',' | b':' => out.extend([byte, b' ']),
            b'}' | b']' if opened => out.push(byte),
            b'}' | b']' => out.extend([b' ', byte]),
            _ => {
                out.extend(opened.then_some(b' '));
                out.push(byte);
                in_string = byte == b'"';
            }
        }
    }
    out
}

fn version(_: &Args<'_>, w: &mut Writer<'_>) -> Result {
    w.object(|w| {
        w.member("version", VERSION);
        w.member("type", "daemon");
        w.member("protocol", "JSON-RPC 2.0");
    });
    Ok(())
}

fn ping(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    w.object(|w| {
        w.member("pong", true);
        w.member("timestamp", now.as_secs());
        w.member("pid", std::process::id());
        w.member("uptime_seconds", state.started.elapsed().as_secs());
    });
    Ok(())
}

fn status(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
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

fn stats(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let projects: Vec<_> = state.projects.all().into_iter().map(|(_, p)| p).collect();
    let total = |count: fn(&Project) -> usize| projects.iter().map(|p| count(p)).sum::<usize>();
    w.object(|w| {
        w.member("uptime_seconds", state.started.elapsed().as_secs());
        w.member("calls", state.calls);
        w.key("memory").object(|w| {
            w.member("resident_bytes", process::resident_bytes());
            w.member("used_bytes", goxel_io::bytes_in_use());
            w.member("max_bytes", memory::max());
            w.member("voxel_bytes", total(Project::voxel_bytes));
            w.member("undo_bytes", total(Project::undo_bytes));
            w.member("redo_bytes", total(Project::redo_bytes));
        });
        w.member("projects", projects.len());
        w.member("layers", total(|project| project.layers().len()));
        w.member("voxels", projects.iter().map(|project| project.count()).sum::<u64>());
    });
    Ok(())
}

fn list_methods(_: &Args<'_>, w: &mut Writer<'_>) -> Result {
    w.object(|w| {
        w.member("count", Method::ALL.len());
        w.key("methods").array(|w| {
            for info in Method::ALL.iter().map(|method| method.info()) {
                w.item().object(|w| {
                    w.member("method", info.name);
                    w.member("description", info.title);
                });
            }
        });
    });
    Ok(())
}

fn discover(_: &Args<'_>, w: &mut Writer<'_>) -> Result {
    docs::openrpc(VERSION, w);
    Ok(())
}

fn confine(_: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let roots: Option<Vec<String>> = args.get("roots")?;
    session.rights.narrow(roots.as_deref(), args.need("read_only")?)?;
    let rights = &session.rights;
    w.object(|w| {
        w.member("success", true);
        w.member("read_only", rights.forbid_edits());
        if let Some(roots) = rights.roots() {
            w.key("roots").array(|w| roots.for_each(|root| w.element(root)));
        }
    });
    Ok(())
}

fn shutdown(state: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    if !args.need::<bool>("discard")? {
        state.projects.all_saved()?;
    }
    state.stopping = true;
    w.object(|w| w.member("success", true));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_echoed_is_spaced_like_any_reply() {
        for (sent, expected) in [
            ("{}", "{}"),
            ("[ ]", "[]"),
            ("[1,-2.5e3,null,true]", "[ 1, -2.5e3, null, true ]"),
            (
                "{\n \"a\" : [ [ ] , { } ],\r\n\t\"b\":{\"c\":\"x\"}}",
                "{ \"a\": [ [], {} ], \"b\": { \"c\": \"x\" } }",
            ),
            (r#"["a, b: [c] \"{","\\"]"#, r#"[ "a, b: [c] \"{", "\\" ]"#),
        ] {
            assert_eq!(respaced(sent.as_bytes()), expected.as_bytes(), "{sent}");
        }
    }
}
