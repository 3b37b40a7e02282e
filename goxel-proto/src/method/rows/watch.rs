//! What people who look after a daemon want to know.

use super::super::kind::{Kind, may, needs};
use super::super::row::{Example, Row};
use super::rows;

rows! {
    after super::reshape::END;

    Metrics: Row::system("goxel.metrics")
        .about(
            "Figures for Prometheus",
            "Gives all figures of the daemon in the text form that Prometheus reads: memory, clients, jobs, \
             projects, and how long the calls of each method took.",
        )
        .gives(&[
            needs("content_type", Kind::Text, "What the text is."),
            needs("text", Kind::Text, "The figures."),
        ])
        .examples(&[Example::of("{}", r##"{"content_type": "text/plain; version=0.0.4", "text": "# HELP goxel_uptime_seconds How long the daemon runs.\n# TYPE goxel_uptime_seconds gauge\ngoxel_uptime_seconds 60\n"}"##).shortened()]);

    SlowLog: Row::system("goxel.slow_log").governs()
        .about(
            "List slow calls",
            "Lists the newest calls that took longer than a threshold, with what they waited, the newest \
             first.",
        )
        .params(&[
            may("limit", Kind::COUNT, "How many at the most; the daemon keeps 128.").or("32"),
            may("threshold_ms", Kind::COUNT, "What counts as slow from now on; what the daemon was told, else 10, at first.").in_unit("milliseconds"),
            may("clear", Kind::Bool, "Whether those that were kept are forgotten.").or("false"),
        ])
        .gives(&[
            needs("threshold_ms", Kind::COUNT, "What counts as slow.").in_unit("milliseconds"),
            needs("total", Kind::COUNT, "How many there ever were."),
            needs("calls", Kind::list(&Kind::Object(&[
                needs("method", Kind::Text, "What was called."),
                needs("client", Kind::COUNT, "Who called: the number of the connection."),
                needs("took_ms", Kind::NUMBER, "How long it took.").in_unit("milliseconds"),
                needs("ended_at", Kind::COUNT, "Seconds since 1970.").in_unit("seconds"),
                may("error", Kind::INT, "The code of its error, where it failed."),
            ])), "Those that are kept."),
        ])
        .examples(&[Example::of(r#"{"limit": 8}"#, r#"{"threshold_ms": 10, "total": 1, "calls": [{"method": "goxel.render_scene", "client": 1, "took_ms": 21.5, "ended_at": 1795694400}]}"#).shortened()]);

    ListClients: Row::system("goxel.list_clients")
        .about("List who is connected", "Lists every connection, with what it sent and was sent.")
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs("clients", Kind::list(&Kind::Object(&[
                needs("client", Kind::COUNT, "Its number, never used again."),
                needs("pid", Kind::COUNT, "Its process; 0 where the system did not say."),
                needs("uid", Kind::COUNT, "Its user."),
                needs("connected_seconds", Kind::NUMBER, "Since when it is here.").in_unit("seconds"),
                needs("idle_seconds", Kind::NUMBER, "Since when it was not served.").in_unit("seconds"),
                needs("requests", Kind::COUNT, "Its requests so far."),
                needs("received_bytes", Kind::COUNT, "What it has sent.").in_unit("bytes"),
                needs("sent_bytes", Kind::COUNT, "What it was sent.").in_unit("bytes"),
                needs("unread_bytes", Kind::COUNT, "Replies that it has not read yet.").in_unit("bytes"),
                needs("waits", Kind::Bool, "Whether it waits for a job, or for its turn."),
                may("follows", Kind::Bool, "true where it is a daemon that follows this one."),
                may("subscriptions", Kind::COUNT, "Of how many projects it is told events, one more for all; not told where it is none."),
            ])), "Each of them."),
        ])
        .examples(&[Example::of("{}", r#"{"count": 1, "clients": [{"client": 1, "pid": 4712, "uid": 1000, "connected_seconds": 2.5, "idle_seconds": 0, "requests": 120, "received_bytes": 9000, "sent_bytes": 30000, "unread_bytes": 0, "waits": true}]}"#).shortened()]);

    KillClient: Row::system("goxel.kill_client").once().governs()
        .about(
            "Close a connection",
            "Closes another connection, or this one. Edits of it that are under way are carried out; \
             what was not looked at yet is not.",
        )
        .params(&[needs("client", Kind::COUNT, "Its number, as goxel.list_clients tells it.")])
        .gives(&[needs("success", Kind::Bool, "Whether there was such a connection.")])
        .examples(&[Example::of(r#"{"client": 1000000}"#, r#"{"success": false}"#)]);
}
