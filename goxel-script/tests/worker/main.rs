//! The program itself, with a daemon that is played by the tests: it runs scripts, it comes through whatever they
//! do, and it is held back from everything but computing.

// Helpers of tests fail by panicking, as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_scripts;
mod harness;
mod life;
mod locks;
mod tiles;
