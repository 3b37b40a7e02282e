//! One daemon that follows another.

use super::super::kind::{Kind, may, needs};
use super::super::row::{Example, Row};
use super::rows;
use super::shared::SUCCESS;

const RUN: &str =
    "Tells the run of the leader that it is from: versions of another run are not comparable.";

/// What a follower has of a project.
const HAS: Kind = Kind::Object(&[
    needs("project_id", Kind::Text, "The project."),
    needs("version", Kind::COUNT, "Its version there."),
    may("run", Kind::Text, RUN),
]);

rows! {
    after super::watch::END;

    Follow: Row::system("goxel.follow").once().governs()
        .about(
            "Follow the daemon",
            "Has the daemon send everything that it writes into its data directory over this connection, \
             which is for nothing else then: first whole projects that differ from what the caller has, then \
             each edit. What comes behind the reply is no JSON: docs/STORAGE.md has its bytes. This is what \
             goxel-daemon --follow calls.",
        )
        .params(&[
            needs("format", Kind::COUNT, "The format of the stream that the caller reads: 1."),
            needs("meaning", Kind::COUNT, "The version of what commands mean that the caller knows."),
            may("projects", Kind::list(&HAS), "The projects that the caller has."),
        ])
        .gives(&[
            needs("run", Kind::Text, RUN),
            needs("waits", Kind::Bool, "Whether edits wait until the caller has said that they are durable."),
        ])
        .examples(&[Example::of(r#"{"format": 1, "meaning": 1}"#, r#"{"run": "187ba2d8f0f2c000", "waits": false}"#).shortened()]);

    Followed: Row::system("goxel.followed")
        .about(
            "Tell what a follower has",
            "Tells how many messages of the stream are durable with the caller, which follows this daemon.",
        )
        .params(&[needs("through", Kind::COUNT, "Messages, counted from the first; signs of life are not.")])
        .gives(&[needs("success", Kind::Bool, "Whether the caller follows, and was sent so many.")])
        .examples(&[Example::of(r#"{"through": 5}"#, r#"{"success": false}"#)]);

    Promote: Row::system("goxel.promote").once().governs()
        .about(
            "Have a follower go on by itself",
            "Has a daemon that was started with --follow follow nobody any more: from then on it is edited \
             like any other. Transactions that were open on the leader are rolled back. The leader is told \
             nothing, so make sure that nobody edits there.",
        )
        .gives(&[SUCCESS, may("projects", Kind::COUNT, "Projects that it has.")])
        .examples(&[Example::of("{}", r#"{"success": true, "projects": 2}"#)]);
}
