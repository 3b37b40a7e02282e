//! The program itself, with a daemon that is played by the tests: it runs scripts, it comes through whatever they
//! do, and it is held back from everything but computing.

mod bad_scripts;
mod harness;
mod life;
mod locks;
