//! The program: a worker that runs one script after another for a daemon, over its standard input and output.

#![forbid(unsafe_code)]

fn main() {}
