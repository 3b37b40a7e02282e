//! What is allowed. Whoever needs another arrow changes a row here, with the reason in the commit.

use super::workspace::Kind;

/// A crate of ours: which other ones it may depend on, and which modules of theirs it may name.
pub(super) struct CrateRow {
    /// The package's name.
    pub(super) name: &'static str,
    /// What it may depend on.
    ships: &'static [&'static str],
    /// What its tests may use besides.
    tests: &'static [&'static str],
    /// Where it may not use all of a crate: that crate, and the modules that it may use.
    pub(super) modules: &'static [(&'static str, &'static [&'static str])],
}

const PROTO: &str = "goxel-proto";
const CORE: &str = "goxel-core";
const IO: &str = "goxel-io";
const FORMATS: &str = "goxel-formats";
const RENDER: &str = "goxel-render";
const STORE: &str = "goxel-store";
const DAEMON: &str = "goxel-daemon";
const CLIENT: &str = "goxel-client";
const CLI: &str = "goxel-cli";
const MCP: &str = "goxel-mcp";
const SCRIPT: &str = "goxel-script";
const TESTS: &str = "goxel-tests";
const BENCHES: &str = "goxel-benches";
const XTASK: &str = "xtask";

/// The model shares plain data with the wire, and nothing else of it.
const TYPES_ONLY: &[(&str, &[&str])] = &[(PROTO, &["types"])];

/// Every crate of ours. A crate may only use ones that stand above it.
#[rustfmt::skip]
pub(super) const CRATES: &[CrateRow] = &[
    CrateRow { name: PROTO, ships: &[], tests: &[], modules: &[] },
    CrateRow { name: CORE, ships: &[PROTO], tests: &[], modules: TYPES_ONLY },
    CrateRow { name: IO, ships: &[PROTO, CORE], tests: &[],
               modules: &[(PROTO, &["frame"]), (CORE, &["client"])] },
    CrateRow { name: FORMATS, ships: &[PROTO, CORE], tests: &[], modules: TYPES_ONLY },
    CrateRow { name: RENDER, ships: &[PROTO, CORE], tests: &[], modules: TYPES_ONLY },
    CrateRow { name: STORE, ships: &[PROTO, CORE], tests: &[], modules: TYPES_ONLY },
    CrateRow { name: DAEMON, ships: &[PROTO, CORE, IO, FORMATS, RENDER, STORE], tests: &[],
               modules: &[] },
    CrateRow { name: CLIENT, ships: &[PROTO], tests: &[], modules: &[] },
    CrateRow { name: CLI, ships: &[PROTO, CLIENT], tests: &[], modules: &[] },
    CrateRow { name: MCP, ships: &[PROTO, CLIENT], tests: &[], modules: &[] },
    CrateRow { name: SCRIPT, ships: &[PROTO, CORE, STORE], tests: &[],
               modules: &[(PROTO, &["suggest", "types", "worker"])] },
    CrateRow { name: TESTS, ships: &[], tests: &[PROTO, CORE, FORMATS, RENDER, STORE, DAEMON, CLIENT, MCP],
               modules: &[] },
    CrateRow { name: BENCHES, ships: &[PROTO, CORE, IO, FORMATS, RENDER, DAEMON, CLIENT, CLI],
               tests: &[], modules: &[] },
    CrateRow { name: XTASK, ships: &[], tests: &[], modules: &[] },
];

/// Where a package of somebody else may be used.
pub(super) enum Place {
    /// In any crate: small, and brings nothing that a layer must not have.
    Anywhere,
    /// In any crate's tests, and in what these crates ship.
    AnyTests(&'static [&'static str]),
    /// In these crates alone, tests or not.
    Only(&'static [&'static str]),
}

/// Every package of somebody else.
#[rustfmt::skip]
pub(super) const PLACES: &[(&str, Place)] = &[
    // Plain tools for data.
    ("base64", Place::AnyTests(&[PROTO])),
    ("bytemuck", Place::Anywhere),
    ("foldhash", Place::Anywhere),
    ("hashbrown", Place::Anywhere),
    ("itoa", Place::Anywhere),
    ("memchr", Place::Anywhere),
    ("thiserror", Place::Anywhere),
    // Reference counts without a weak half: whether a tile is shared is asked at every write.
    ("triomphe", Place::Only(&[CORE])),
    ("glam", Place::Only(&[FORMATS, RENDER])),

    // The kernel: only the engine room talks to it at length. Programs need a signal (the command
    // line: Ctrl-C, and how large the terminal is), a descriptor, a detached child.
    ("mio", Place::Only(&[IO])),
    ("io-uring", Place::Only(&[IO])),
    ("libmimalloc-sys", Place::Only(&[IO])),
    ("memmap2", Place::Only(&[IO, FORMATS])),
    ("rustix", Place::AnyTests(&[IO, STORE, DAEMON, CLIENT, CLI, MCP, SCRIPT])),
    ("libc", Place::AnyTests(&[IO, DAEMON, SCRIPT])),
    ("signal-hook", Place::Only(&[IO, DAEMON, CLI])),
    // Users by their names, and a second process: only a daemon needs them.
    ("nix", Place::Only(&[DAEMON])),
    ("listenfd", Place::Only(&[DAEMON])),
    ("sd-notify", Place::Only(&[DAEMON])),
    // Backups are archives that everybody can unpack.
    ("tar", Place::Only(&[DAEMON])),

    // Connections, queues and threads: the model has none.
    ("slab", Place::Only(&[IO, DAEMON])),
    ("crossbeam-queue", Place::AnyTests(&[IO, DAEMON])),
    // Rows of pictures, and tiles of what is looked at, which the daemon hands out.
    ("rayon", Place::Only(&[RENDER, DAEMON, BENCHES])),
    ("once_cell", Place::Only(&[IO, RENDER, DAEMON])),

    // Files and pictures.
    ("crc32fast", Place::AnyTests(&[STORE])),
    ("flate2", Place::AnyTests(&[FORMATS, RENDER, STORE])),
    ("png", Place::AnyTests(&[FORMATS, RENDER])),
    // Pictures as others want them: what a browser shows, with and without loss, and moving.
    ("color_quant", Place::Only(&[RENDER])),
    // What PNG packs rows with: three times as fast as zlib at its fastest, and smaller.
    ("fdeflate", Place::Only(&[RENDER])),
    ("gif", Place::Only(&[RENDER])),
    ("image-webp", Place::Only(&[RENDER])),
    ("jpeg-encoder", Place::Only(&[RENDER])),
    ("dot_vox", Place::AnyTests(&[FORMATS])),
    // Textures of meshes that are read.
    ("zune-jpeg", Place::Only(&[FORMATS])),
    // A yardstick.
    ("block-mesh", Place::Only(&[BENCHES])),
    // Files that are archives: .3mf.
    ("zip", Place::AnyTests(&[FORMATS])),
    // Minecraft's tree of tags.
    ("fastnbt", Place::Only(&[FORMATS])),

    // JSON and its kin: the wire, the formats that are JSON, the daemon's configuration.
    // And the reports of the benches.
    ("serde", Place::AnyTests(&[PROTO, FORMATS, DAEMON, MCP, XTASK])),
    ("serde_json", Place::AnyTests(&[PROTO, FORMATS, DAEMON, MCP, BENCHES, XTASK])),
    ("simd-json", Place::AnyTests(&[PROTO, FORMATS])),
    ("sonic-rs", Place::AnyTests(&[])),
    ("toml", Place::Only(&[DAEMON])),

    // The local time, as the state of the daemon tells it.
    ("jiff", Place::Only(&[DAEMON])),

    // Programs: arguments, logs, errors for people.
    ("anyhow", Place::AnyTests(&[DAEMON, CLI, MCP, XTASK])),
    ("clap", Place::Only(&[DAEMON, CLI, MCP, XTASK])),
    ("shlex", Place::Only(&[CLI])),

    // The command line for people: completions and man pages from its grammar, tables, progress,
    // and a shell with a history.
    ("clap_complete", Place::Only(&[CLI])),
    ("clap_mangen", Place::Only(&[CLI])),
    ("comfy-table", Place::Only(&[CLI])),
    ("glob", Place::Only(&[CLI])),
    ("indicatif", Place::Only(&[CLI])),
    ("reedline", Place::Only(&[CLI])),

    // The Model Context Protocol by its own people, and the runtime and HTTP that it stands on: in a
    // program of its own, so that the daemon has one loop and no HTTP.
    ("rmcp", Place::Only(&[MCP])),
    ("tokio", Place::Only(&[MCP])),
    ("tokio-util", Place::Only(&[MCP])),
    ("hyper", Place::Only(&[MCP])),
    ("hyper-util", Place::Only(&[MCP])),
    ("http-body-util", Place::Only(&[MCP])),

    // JavaScript: in a process of its own, since no engine is worth the daemon.
    ("rquickjs", Place::Only(&[SCRIPT])),
    // What holds it back: files out of reach, and system calls.
    ("landlock", Place::Only(&[SCRIPT])),
    ("seccompiler", Place::Only(&[SCRIPT])),

    ("tracing", Place::Only(&[IO, DAEMON])),
    ("tracing-subscriber", Place::Only(&[DAEMON])),

    // Tests and chores.
    // A validator of JSON Schema that is not ours judges ours.
    ("boon", Place::AnyTests(&[])),
    ("cargo_metadata", Place::Only(&[XTASK])),
    // A file system that loses what was not synced.
    ("fuser", Place::AnyTests(&[])),
    ("proptest", Place::AnyTests(&[])),
    ("tempfile", Place::AnyTests(&[XTASK])),
];

/// How long a Rust file may be. What grows past it does more than one thing.
pub(super) const LINES_MAX: usize = 500;

/// Files that may be longer, because they are tables: one row after another, each read alone.
pub(super) const LONG_TABLES: &[&str] = &[];

/// Files that may sleep. A sleep hides a race, so each needs a reason beside it.
pub(super) const SLEEPERS: &[&str] = &[
    // These look on at set times: when a ping or an edit is due, what a daemon does with nothing to do, and how
    // much of it is resident.
    "benches/isolation/pings.rs",
    "benches/isolation/main.rs",
    "benches/events.rs",
    "benches/ceiling.rs",
];

impl CrateRow {
    /// What a dependency of this kind may be.
    pub(super) fn allowed(&self, kind: Kind) -> Vec<&'static str> {
        match kind {
            Kind::Ships => self.ships.to_vec(),
            Kind::Tests => [self.ships, self.tests].concat(),
        }
    }
}

/// The row of a crate of ours.
pub(super) fn crate_row(name: &str) -> Option<&'static CrateRow> {
    CRATES.iter().find(|row| row.name == name)
}

/// Where the package `name` may be used.
pub(super) fn place(name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|(package, _)| *package == name).map(|(_, place)| place)
}
