//! [`EventKind`] and [`Happening`]: the words of what connections are told beside their replies.

use super::word::words;

words! {
    /// What an event is about.
    EventKind, "kind of event" {
        /// Voxels of a project changed.
        Change: "change",
        /// A project was opened, closed, renamed, deleted, or another took its place.
        Project: "project",
        /// Layers of a project came, went, moved or have other settings, or another one is active.
        Layers: "layers",
        /// The materials, the cameras, the light or the palette of a project changed.
        Scene: "scene",
        /// A project went back or forth in its history, or to an older version.
        History: "history",
        /// A call that a worker carries out, or an edit that waits, went on or ended.
        Job: "job",
    }
}

words! {
    /// What happened, where the kind of an event does not say it all.
    Happening, "happening" {
        /// The project was made, loaded, or read in from the data directory.
        Opened: "opened",
        /// Another one has taken the project's place, as a later version of it.
        Replaced: "replaced",
        /// The project goes by another name.
        Renamed: "renamed",
        /// The project is not open any more.
        Closed: "closed",
        /// The project is gone.
        Deleted: "deleted",
        /// An edit was taken back.
        Undo: "undo",
        /// An edit that was taken back was made again.
        Redo: "redo",
        /// The project was made what an older version of it is.
        Restore: "restore",
        /// The job waits for its turn.
        Waits: "waits",
        /// The job is being carried out.
        Runs: "runs",
        /// The job has come to a result.
        Done: "done",
        /// The job has come to an error, or was stopped.
        Failed: "failed",
    }
}
