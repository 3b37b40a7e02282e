//! The daemon itself.

use super::super::kind::{Field, Kind, may, needs};
use super::super::row::{Arguments, Example, Row, Runs};
use super::rows;
use super::shared::{DISCARD, SUCCESS};

const SECONDS: Kind = Kind::COUNT;

/// What `goxel.get_status` tells of scripts.
pub(super) const WORKERS: Field = may(
    "scripts",
    Kind::Object(&[
        needs("workers", Kind::COUNT, "Processes that are there."),
        needs("running", Kind::COUNT, "Those of them that run a script or begin to."),
        needs("started", Kind::COUNT, "How many were ever started."),
        needs(
            "failed",
            Kind::COUNT,
            "How many did not live until they were not needed: they failed, were killed, \
            or were ended with their script.",
        ),
        needs(
            "reserved_bytes",
            Kind::COUNT,
            "What they count for in the daemon's limit of memory.",
        )
        .in_unit("bytes"),
        may(
            "sandbox",
            Kind::Object(&[
                needs("seccomp", Kind::Bool, "Whether a filter of system calls is in force."),
                needs("landlock", Kind::Bool, "Whether files are out of reach."),
                needs(
                    "address_space",
                    Kind::COUNT,
                    "What addresses a process may have; 0 where nothing holds it.",
                )
                .in_unit("bytes"),
            ]),
            "What holds the process that was started last back from everything but computing.",
        ),
    ]),
    "The processes that run scripts; not told before the first script.",
);

rows! {
    after 0;

    Echo: Row::system("echo").aliases(&["goxel.echo"]).takes_anything()
        .about("Echo the parameters", "Gives its parameters back as they are, on one line.")
        .result(Kind::Any)
        .examples(&[Example::of(r#"{"hello": [1, 2]}"#, r#"{"hello": [1, 2]}"#)]);

    Version: Row::system("version")
        .tool("version", Arguments::Same).aliases(&["goxel.version", "goxel.get_version"]).lenient()
        .about("Daemon version", "Says which daemon this is.")
        .gives(&[
            needs("version", Kind::Text, "The daemon's version."),
            needs("type", Kind::Exactly("daemon"), "What it is."),
            needs("protocol", Kind::Exactly("JSON-RPC 2.0"), "What it speaks."),
        ])
        .examples(&[Example::of("{}", r#"{"version": "15.0.0-alpha.1", "type": "daemon", "protocol": "JSON-RPC 2.0"}"#)]);

    Status: Row::system("status").aliases(&["goxel.status", "goxel.get_daemon_status"]).lenient()
        .about("Daemon status", "Says how the daemon is.")
        .gives(&[
            needs("status", Kind::Exactly("running"), "What it does."),
            needs("pid", Kind::COUNT, "Its process."),
            needs("current_time", Kind::Text, "The local time."),
            needs("hostname", Kind::Text, "The machine's name."),
            needs("goxel_initialized", Kind::True, "That it is ready."),
            needs("methods_available", Kind::COUNT, "How many methods there are."),
            needs("memory_allocated", Kind::COUNT, "What is resident.").in_unit("bytes"),
            needs("uptime_seconds", SECONDS, "How long it runs.").in_unit("seconds"),
        ])
        .examples(&[Example::of("{}", r#"{"status": "running", "pid": 4711, "current_time": "2026-11-26 12:00:00",
                "hostname": "studio", "goxel_initialized": true, "methods_available": 82,
                "memory_allocated": 4669440, "uptime_seconds": 60}"#)]);

    Ping: Row::system("ping")
        .tool("ping", Arguments::Same).aliases(&["goxel.ping"]).lenient()
        .about("Check that the daemon lives", "Says that the daemon lives, and since when.")
        .gives(&[
            needs("pong", Kind::True, "That it lives."),
            needs("timestamp", SECONDS, "Seconds since 1970.").in_unit("seconds"),
            needs("pid", Kind::COUNT, "Its process."),
            needs("uptime_seconds", SECONDS, "How long it runs.").in_unit("seconds"),
        ])
        .examples(&[Example::of("{}", r#"{"pong": true, "timestamp": 1795694400, "pid": 4711, "uptime_seconds": 60}"#)]);

    ListMethods: Row::system("list_methods")
        .tool("list_methods", Arguments::Same).aliases(&["goxel.list_methods"]).lenient()
        .about(
            "List the methods",
            "Lists every method by its name and title; rpc.discover tells all about them.",
        )
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs(
                "methods",
                Kind::list(&Kind::Object(&[
                    needs("method", Kind::Text, "The name."),
                    needs("description", Kind::Text, "What it does, in a few words."),
                ])),
                "Each of them.",
            ),
        ])
        .examples(&[Example::of("{}", r#"{"count": 82, "methods": [{"method": "echo", "description": "Echo the parameters"}]}"#).shortened()]);

    Discover: Row::system("rpc.discover").runs(Runs::Worker)
        .about(
            "Describe every method",
            "Gives an OpenRPC document: every method with JSON Schemas of its parameters and its \
             result, and examples.",
        )
        .result(Kind::Object(&[
            needs("openrpc", Kind::Text, "The version of OpenRPC."),
            needs("info", Kind::Any, "What this is."),
            needs("methods", Kind::list(&Kind::Any), "The methods."),
        ]))
        .examples(&[Example::of("{}", r#"{"openrpc": "1.3.2", "info": {}, "methods": []}"#).shortened()]);

    GetStats: Row::system("goxel.get_stats")
        .about("Counters of the daemon", "Counts what the daemon did and holds, over all projects.")
        .gives(&[
            needs("uptime_seconds", SECONDS, "How long it runs.").in_unit("seconds"),
            needs("calls", Kind::COUNT, "Calls of methods so far."),
            needs(
                "memory",
                Kind::Object(&[
                    needs("resident_bytes", Kind::COUNT, "What is resident.").in_unit("bytes"),
                    needs("used_bytes", Kind::COUNT, "What the daemon has in use, by its own count.")
                        .in_unit("bytes"),
                    needs("max_bytes", Kind::COUNT, "What it may have in use.").in_unit("bytes"),
                    needs("voxel_bytes", Kind::COUNT, "What voxels take.").in_unit("bytes"),
                    needs("undo_bytes", Kind::COUNT, "What histories keep.").in_unit("bytes"),
                    needs("redo_bytes", Kind::COUNT, "What they keep of what was taken back.")
                        .in_unit("bytes"),
                ]),
                "Where the memory is.",
            ),
            needs("projects", Kind::COUNT, "Open projects."),
            needs("layers", Kind::COUNT, "Their layers."),
            needs("voxels", Kind::COUNT, "Their voxels, hidden ones too.").in_unit("voxels"),
        ])
        .examples(&[Example::of("{}", r#"{"uptime_seconds": 0, "calls": 104, "memory": {"resident_bytes": 11325440, "used_bytes": 4112384, "max_bytes": 12884901888, "voxel_bytes": 16440, "undo_bytes": 1145, "redo_bytes": 0}, "projects": 2, "layers": 3, "voxels": 81}"#)]);

    ListJobs: Row::system("goxel.list_jobs")
        .about(
            "List what runs and waits",
            "Lists every call that a worker carries out, and every edit that waits for a longer \
             one of its project, in the order in which they came.",
        )
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs("jobs", Kind::list(&Kind::Object(&[
                needs("job", Kind::COUNT, "Its number, never used again."),
                needs("done", Kind::COUNT, "How far it is."),
                needs("total", Kind::COUNT, "How far it goes; 0 where nobody knows."),
                needs("unit", Kind::Text, "What both are counted in, roughly."),
                needs("method", Kind::Text, "What was called."),
                needs("waits", Kind::Bool, "Whether it waits for its turn."),
                needs("client", Kind::COUNT, "Whose it is: the number of the connection."),
                needs("seconds", Kind::NUMBER, "How long ago it came.").in_unit("seconds"),
                may("project", Kind::Text, "In which project."),
            ])), "Each of them."),
        ])
        .examples(&[Example::of("{}", r#"{"count": 0, "jobs": []}"#)]);

    Cancel: Row::system("goxel.cancel").once().governs()
        .about(
            "Cancel a job",
            "Stops a call that a worker carries out, or an edit that waits, whichever connection it \
             came by. It is answered with an error, and has changed nothing.",
        )
        .params(&[needs("job", Kind::COUNT, "Its number, as goxel.list_jobs or goxel.progress tells it.")])
        .gives(&[needs("success", Kind::Bool, "Whether it ran or waited still.")])
        .examples(&[Example::of(r#"{"job": 1000000}"#, r#"{"success": false}"#)]);

    Confine: Row::system("goxel.confine")
        .about(
            "Narrow what this connection may do",
            "Takes from this connection, until it ends, what it does not need: with roots, paths of \
             files must stay beneath one of these directories (-1034 where they do not), and links \
             are followed no further; with read_only, nothing that others have is changed and no \
             file is written (-1033). What is taken is not given back: another call can only take \
             more. Gives what is left.",
        )
        .params(&[
            may("roots", Kind::list(&Kind::Path), "Directories; an empty list leaves no file at all."),
            may("read_only", Kind::Bool, "Whether nothing may be changed any more.").or("false"),
        ])
        .gives(&[
            SUCCESS,
            needs("read_only", Kind::Bool, "Whether nothing may be changed."),
            may("roots", Kind::list(&Kind::Path), "What paths must stay beneath, where they must."),
        ])
        .examples(&[Example::of("{}", r#"{"success": true, "read_only": false}"#)]);

    Shutdown: Row::system("goxel.shutdown").governs()
        .about(
            "Stop the daemon",
            "Stops the daemon, after what is under way. What was not saved is gone, unless discard \
             is false: then that is an error.",
        )
        .params(&[DISCARD])
        .gives(&[SUCCESS])
        .examples(&[Example::of("{}", r#"{"success": true}"#)]);
}

/// What the daemon obtained of the machine, in `goxel.get_status`.
pub(super) const ENGINE: Kind = Kind::Object(&[
    needs("os", Kind::Text, "The operating system."),
    needs("arch", Kind::Text, "The processor's architecture."),
    needs("facilities", Kind::list(&Kind::Text), "What the engine can use of the system."),
    needs("io", Kind::Text, "What drives the event loop: epoll, io_uring, kqueue."),
    needs("pages", Kind::Text, "What the arena of buffers lies on."),
    needs("memory_nodes", Kind::COUNT, "Nodes of memory that the machine has."),
    needs("connections", Kind::COUNT, "Clients that are connected."),
    needs("held_back", Kind::COUNT, "Clients that are not read, since they do not read replies."),
    needs("unread_bytes", Kind::COUNT, "Replies that their clients have not read yet.")
        .in_unit("bytes"),
    needs("accepted", Kind::COUNT, "Clients that ever were."),
    needs("workers", Kind::COUNT, "Threads for jobs."),
    needs("jobs", Kind::COUNT, "Jobs so far."),
    needs(
        "buffers",
        Kind::Object(&[
            needs("512", Kind::COUNT, "Buffers of 512 bytes in use."),
            needs("4096", Kind::COUNT, "Of 4 KiB."),
            needs("65536", Kind::COUNT, "Of 64 KiB."),
            needs("larger", Kind::COUNT, "With mappings of their own."),
        ]),
        "Buffers that hold unfinished messages.",
    ),
    needs("buffer_bytes_larger", Kind::COUNT, "What the larger ones take.").in_unit("bytes"),
    needs("arena_bytes", Kind::COUNT, "What the arena takes.").in_unit("bytes"),
    needs("spins_paid", Kind::COUNT, "How often looking before sleeping found a message."),
    needs("spins_missed", Kind::COUNT, "How often it did not."),
]);

/// The followers of a daemon, in `goxel.get_status`.
pub(super) const FOLLOWERS: Field = may(
    "followers",
    Kind::list(&Kind::Object(&[
        needs("client", Kind::COUNT, "The number of its connection."),
        needs("complete", Kind::Bool, "Whether it was sent every project."),
        needs("missing", Kind::COUNT, "Projects that it is still to be sent."),
        needs("behind", Kind::COUNT, "Messages that are not durable there."),
        needs("backlog_bytes", Kind::COUNT, "What waits here to be sent.").in_unit("bytes"),
    ])),
    "The daemons that follow this one, where it keeps projects.",
);

/// The daemon that one follows, in `goxel.get_status`.
pub(super) const FOLLOWS: Field = may(
    "follows",
    Kind::Object(&[
        needs("leader", Kind::Text, "How the daemon is reached that this one follows."),
        needs("connected", Kind::Bool, "Whether it is there."),
        needs("complete", Kind::Bool, "Whether all of its projects are here."),
        needs(
            "durable",
            Kind::COUNT,
            "Messages of it that are durable here, since it is connected.",
        ),
        may("error", Kind::Text, "Why it was lost last."),
    ]),
    "The daemon that this one follows, if any.",
);
