//! [`work`]: the life of a worker. It puts on what holds it back, says that it is ready, and runs one script after
//! another until the daemon closes the socket, which is the standard input.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::thread;

use goxel_proto::worker::{Failed, Run, ToDaemon, ToWorker};
use goxel_store::state::{self, StateError};

use crate::ending::Ending;
use crate::engine;
use crate::link::{self, Link};
use crate::outside::Outside;
use crate::probe::Probe;
use crate::remote::Remote;
use crate::{sandbox, sys};

/// How a worker is started.
#[derive(Debug, Default)]
pub struct Settings {
    /// Bytes of addresses that the process may have, with all that it links and the stacks; 0 where nothing limits
    /// them.
    pub address_space: u64,
    /// Something forbidden that is tried in the place of scripts.
    probe: Option<Probe>,
}

impl Settings {
    /// Reads `--address-space BYTES`, and for tests `--probe NAME`.
    ///
    /// # Errors
    /// Where there is anything else.
    pub fn from_args(mut args: impl Iterator<Item = OsString>) -> io::Result<Self> {
        let mut settings = Self::default();
        while let Some(name) = args.next() {
            let value = args.next().unwrap_or_default();
            let value = value.to_str();
            let known = match name.to_str() {
                Some("--address-space") => value
                    .and_then(|value| value.parse().ok())
                    .map(|bytes| settings.address_space = bytes),
                Some("--probe") => {
                    value.and_then(Probe::named).map(|probe| settings.probe = Some(probe))
                }
                _ => None,
            };
            known.ok_or_else(|| misused(&name))?;
        }
        Ok(settings)
    }
}

fn misused(name: &OsStr) -> io::Error {
    let message = format!(
        "`{}` is not understood: goxel-daemon starts this program, with --address-space BYTES and a socket as its \
         standard input",
        name.display(),
    );
    io::Error::new(ErrorKind::InvalidInput, message)
}

/// Runs scripts until the daemon closes the socket.
///
/// # Errors
/// Where the socket fails, or what comes over it is no message.
pub fn work(settings: &Settings) -> io::Result<()> {
    // First, since it needs a descriptor, and what comes next allows no more.
    let landlock = sys::lock_files();
    let early = settings.probe.filter(|probe| probe.is_early()).map(Probe::attempt);
    let address_space = sandbox::limit(settings.address_space);
    let socket = rustix::stdio::stdin();
    watch(socket)?;
    let stack_bytes = sandbox::script_stack_bytes();
    let ready = sandbox::lock(address_space, landlock);
    let mut link = Link::new(socket);
    link.send(&ToDaemon::Ready(ready))?;
    if let Some(probe) = settings.probe {
        return link.send(&ToDaemon::Print(early.unwrap_or_else(|| probe.attempt())));
    }
    let served = serve(&Rc::new(RefCell::new(link)), stack_bytes);
    served.or_else(|error| if is_left(&error) { Ok(()) } else { Err(error) })
}

/// Ends the process when the daemon has gone: a native call that takes for ever looks at nothing.
fn watch(socket: BorrowedFd<'static>) -> io::Result<()> {
    let started = Arc::new(Barrier::new(2));
    let starting = started.clone();
    thread::Builder::new().name("watch".to_owned()).spawn(move || {
        starting.wait();
        link::wait_for_end(socket);
        std::process::exit(0);
    })?;
    // To start, a thread needs system calls that are soon refused.
    started.wait();
    Ok(())
}

/// Runs scripts until an error ends that, be it that the daemon has gone.
fn serve(link: &Rc<RefCell<Link>>, stack_bytes: usize) -> io::Result<()> {
    loop {
        let message = link.borrow_mut().receive();
        match message {
            Ok(ToWorker::Run(run)) => {
                let last = one(link, &run, stack_bytes);
                link.borrow_mut().send(&last)?;
                drop(last);
                // What the script had is free by now, and this worker may be idle for long.
                sys::give_memory_back();
            }
            // It crossed the last word of the script that it was meant for.
            Ok(ToWorker::Stop(_)) => {}
            Ok(_) => {
                return Err(io::Error::new(
                    ErrorKind::InvalidData,
                    "an answer that nobody waits for",
                ));
            }
            Err(error) => return Err(error),
        }
    }
}

/// A daemon that closes the socket is no failure, whenever it does so.
fn is_left(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

/// Runs a script, and gives its last word.
fn one(link: &Rc<RefCell<Link>>, run: &Run, stack_bytes: usize) -> ToDaemon {
    let skeleton = match state::decode(&run.state) {
        Ok(skeleton) => skeleton,
        Err(error) => return ToDaemon::Failed(unfit(&error)),
    };
    let ending = Ending::default();
    let remote = Remote::new(link.clone(), ending.clone(), skeleton.snapshot(), run.voxels_max);
    let outside = Outside {
        told: Rc::new(RefCell::new(remote.clone())),
        source: Box::new(remote),
        ending,
        stack_bytes,
    };
    match engine::run(run, skeleton, outside) {
        Ok(done) => ToDaemon::Done(done),
        Err(failed) => ToDaemon::Failed(failed),
    }
}

fn unfit(error: &StateError) -> Failed {
    let message =
        format!("the project cannot be taken: {error}; daemon and worker must be of one version");
    Failed { name: "InternalError".to_owned(), message, ..Failed::default() }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn settings(args: &[&str]) -> std::io::Result<Settings> {
        Settings::from_args(args.iter().map(|arg| (*arg).into()))
    }

    #[test]
    fn the_limit_of_addresses_is_read() {
        assert_eq!(settings(&["--address-space", "1000"]).unwrap().address_space, 1000);
        assert_eq!(settings(&[]).unwrap().address_space, 0);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for args in
            [&["run"][..], &["--address-space"], &["--address-space", "much"], &["--probe", "x"]]
        {
            let error = settings(args).unwrap_err().to_string();
            assert!(error.contains(&format!("`{}` is not understood", args[0])), "{error}");
        }
    }
}
