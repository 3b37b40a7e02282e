//! What people who look after a daemon want to know: figures, slow calls, who is connected.

use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

use goxel_core::Project;
use goxel_io::{ClientInfo, Command};
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use crate::events::Listeners;
use crate::fault::Result;
use crate::handler::Entry;
use crate::handler::Handler::{Clients, System};
use crate::process;
use crate::session::Session;
use crate::state::State;
use crate::storage::{Followed, Followers};
use crate::watch::Text;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::Metrics, System(metrics)),
    (Method::SlowLog, System(slow_log)),
    (Method::ListClients, Clients(list_clients)),
    (Method::KillClient, Clients(kill_client)),
];

fn metrics(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let mut text = Text::default();
    let engine = &state.engine;
    let load = |counter: &std::sync::atomic::AtomicUsize| counter.load(Ordering::Relaxed);
    text.gauge("uptime_seconds", "How long the daemon runs.", state.started.elapsed().as_secs());
    text.gauge("memory_resident_bytes", "What is resident.", process::resident_bytes());
    text.gauge("memory_used_bytes", "What is in use, of the limit.", goxel_io::bytes_in_use());
    text.gauge("connections", "Clients that are connected.", load(&engine.connections));
    text.gauge("held_back", "Clients that are not read for now.", load(&engine.held_back));
    let accepted = engine.accepted.load(Ordering::Relaxed);
    text.counter("accepted_total", "Clients that ever were.", accepted);
    text.gauge("unread_bytes", "Replies that nobody has read yet.", load(&engine.unread_bytes));
    text.gauge("workers", "Threads for jobs.", load(&engine.workers));
    text.gauge("jobs", "Jobs that run or wait.", load(&engine.jobs));
    text.counter("slow_calls_total", "Calls that were slow.", state.watch.slow.total());
    let projects = state.projects.all();
    let each = |of: fn(&Project) -> u64| {
        projects.iter().map(move |(_, project)| (project.name().to_owned(), of(project)))
    };
    let label = "project";
    text.gauges("project_voxels", "Voxels, by project.", label, each(Project::count));
    text.gauges(
        "project_voxel_bytes",
        "What voxels take.",
        label,
        each(|p| p.voxel_bytes() as u64),
    );
    text.gauges("project_undo_bytes", "What undo keeps.", label, each(|p| p.undo_bytes() as u64));
    let followers: Vec<_> =
        state.projects.followers().into_iter().flat_map(Followers::list).collect();
    let label = "client";
    let each = |of: fn(&Followed) -> u64| {
        followers.iter().map(move |follower| (follower.client.number().to_string(), of(follower)))
    };
    text.gauge("followers", "Daemons that follow this one.", followers.len());
    let listeners = state.projects.listeners().map_or(0, Listeners::count);
    text.gauge("listeners", "Connections that are told of events.", listeners);
    text.gauges(
        "follower_behind",
        "Messages that are not durable there.",
        label,
        each(|f| f.behind),
    );
    text.gauges(
        "follower_backlog_bytes",
        "What waits to be sent to it.",
        label,
        each(|f| f.backlog_bytes),
    );
    text.calls(state.watch.methods());
    w.object(|w| {
        w.member("content_type", "text/plain; version=0.0.4");
        w.member("text", text.into_string().as_str());
    });
    Ok(())
}

fn slow_log(state: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let limit: u64 = args.need("limit")?;
    if let Some(ms) = args.get::<u64>("threshold_ms")? {
        state.watch.slow.after.set(ms);
    }
    let clears: bool = args.need("clear")?;
    let slow = &state.watch.slow;
    w.object(|w| {
        w.member("threshold_ms", slow.after.ms());
        w.member("total", slow.total());
        w.key("calls").array(|w| {
            for slow in slow.newest().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
                let at = slow.at.duration_since(UNIX_EPOCH).unwrap_or_default();
                w.item().object(|w| {
                    w.member("method", slow.call.method.info().name);
                    w.member("client", slow.call.client);
                    w.member("took_ms", slow.call.took.as_secs_f64() * 1e3);
                    w.member("ended_at", at.as_secs());
                    if let Some(code) = slow.call.error {
                        w.member("error", code as i32);
                    }
                });
            }
        });
    });
    if clears {
        state.watch.slow.clear();
    }
    Ok(())
}

fn list_clients(
    state: &mut State,
    clients: &[ClientInfo],
    _: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    w.object(|w| {
        w.member("count", clients.len());
        w.key("clients").array(|w| {
            for client in clients {
                w.item().object(|w| {
                    w.member("client", client.client.number());
                    w.member("pid", client.pid);
                    w.member("uid", client.uid);
                    w.member("connected_seconds", client.connected.as_secs_f64());
                    w.member("idle_seconds", client.idle.as_secs_f64());
                    w.member("requests", client.requests);
                    w.member("received_bytes", client.received);
                    w.member("sent_bytes", client.sent);
                    w.member("unread_bytes", client.unread);
                    w.member("waits", client.waits);
                    let mut followers =
                        state.projects.followers().into_iter().flat_map(Followers::list);
                    if followers.any(|follower| follower.client == client.client) {
                        w.member("follows", true);
                    }
                    let listeners = state.projects.listeners();
                    let subscriptions =
                        listeners.map_or(0, |listeners| listeners.subscriptions(client.client));
                    if subscriptions > 0 {
                        w.member("subscriptions", subscriptions);
                    }
                });
            }
        });
    });
    Ok(())
}

fn kill_client(
    state: &mut State,
    clients: &[ClientInfo],
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    let number: u64 = args.need("client")?;
    let is_there = clients.iter().any(|client| client.client.number() == number);
    if is_there {
        state.commands.push_back(Command::Close(number));
    }
    w.object(|w| w.member("success", is_there));
    Ok(())
}
