//! [`Load`]: clients that keep so many requests in flight, as cheaply as they can.
#![allow(dead_code, reason = "benches share it, and none uses all of it")]
//!
//! All on one thread. A client sends a block of requests in one write, counts line breaks until
//! all are answered, and sends the next block. One client alone needs no epoll, and uses none.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use goxel_benches::Histogram;
use rustix::buffer::spare_capacity;
use rustix::event::epoll;

/// Bytes read at once: the replies of a block.
const READ_BYTES: usize = 64 << 10;

/// How the requests come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) clients: usize,
    pub(crate) in_flight: usize,
}

/// Clients of one server.
pub(crate) struct Load {
    clients: Vec<Client>,
    poll: std::os::fd::OwnedFd,
    buffer: Box<[u8]>,
    in_flight: usize,
    took: Histogram,
}

struct Client {
    stream: UnixStream,
    block: Vec<u8>,
    /// Requests that are not answered yet.
    open: usize,
    sent: Instant,
}

impl Load {
    /// Connects. `request` makes the text of a request, with its line break, from its number.
    pub(crate) fn connect(
        socket: &Path,
        shape: Shape,
        request: impl Fn(usize) -> String,
    ) -> io::Result<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut clients = Vec::new();
        for index in 0..shape.clients {
            let stream = UnixStream::connect(socket)?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&poll, &stream, data, epoll::EventFlags::IN)?;
            let block = (0..shape.in_flight).map(|n| request(index * shape.in_flight + n));
            let block = block.collect::<String>().into();
            clients.push(Client { stream, block, open: 0, sent: Instant::now() });
        }
        let buffer = vec![0; READ_BYTES].into_boxed_slice();
        let took = Histogram::default();
        Ok(Self { clients, poll, buffer, in_flight: shape.in_flight, took })
    }

    /// A block of each client, of which nothing is kept.
    pub(crate) fn warm_up(&mut self) -> io::Result<()> {
        self.rate(Duration::ZERO)?;
        self.took = Histogram::default();
        Ok(())
    }

    /// How long the blocks of all calls of [`Load::rate`] took.
    pub(crate) fn took(&self) -> &Histogram {
        &self.took
    }

    /// Requests a second that are answered, over about this time: a block of each client at least.
    pub(crate) fn rate(&mut self, time: Duration) -> io::Result<f64> {
        let began = Instant::now();
        let answered =
            if self.clients.len() == 1 { self.alone(began, time) } else { self.many(began, time) }?;
        Ok(answered as f64 / began.elapsed().as_secs_f64())
    }

    fn alone(&mut self, began: Instant, time: Duration) -> io::Result<usize> {
        let mut answered = 0;
        loop {
            let client = &mut self.clients[0];
            client.send(self.in_flight)?;
            while client.open > 0 {
                client.receive(&mut self.buffer)?;
            }
            self.took.add(client.sent.elapsed());
            answered += self.in_flight;
            if began.elapsed() >= time {
                return Ok(answered);
            }
        }
    }

    fn many(&mut self, began: Instant, time: Duration) -> io::Result<usize> {
        for client in &mut self.clients {
            client.send(self.in_flight)?;
        }
        let (mut answered, mut busy) = (0, self.clients.len());
        let mut events = Vec::with_capacity(64);
        while busy > 0 {
            let over = began.elapsed() >= time;
            epoll::wait(&self.poll, spare_capacity(&mut events), None)?;
            for event in events.drain(..) {
                let client = &mut self.clients[event.data.u64() as usize];
                client.receive(&mut self.buffer)?;
                if client.open == 0 {
                    self.took.add(client.sent.elapsed());
                    answered += self.in_flight;
                    if over {
                        busy -= 1;
                    } else {
                        client.send(self.in_flight)?;
                    }
                }
            }
        }
        Ok(answered)
    }

    /// One block after another, with pauses in between.
    pub(crate) fn paced(&mut self, pause: Duration, time: Duration) -> io::Result<()> {
        let began = Instant::now();
        let mut none = Vec::with_capacity(1);
        let pause = rustix::event::Timespec::try_from(pause).map_err(io::Error::other)?;
        while began.elapsed() < time {
            let client = &mut self.clients[0];
            client.send(self.in_flight)?;
            while client.open > 0 {
                client.receive(&mut self.buffer)?;
            }
            // Nobody sends anything, so this is the pause.
            epoll::wait(&self.poll, spare_capacity(&mut none), Some(&pause))?;
        }
        Ok(())
    }

    /// How long each request took, one at a time, in nanoseconds, sorted.
    pub(crate) fn latencies(&mut self, time: Duration) -> io::Result<Vec<u64>> {
        let began = Instant::now();
        let mut took = Vec::new();
        while began.elapsed() < time {
            let sent = Instant::now();
            let client = &mut self.clients[0];
            client.send(self.in_flight)?;
            while client.open > 0 {
                client.receive(&mut self.buffer)?;
            }
            took.push(sent.elapsed().as_nanos() as u64);
        }
        took.sort_unstable();
        Ok(took)
    }
}

impl Client {
    fn send(&mut self, count: usize) -> io::Result<()> {
        self.sent = Instant::now();
        self.stream.write_all(&self.block)?;
        self.open = count;
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let count = self.stream.read(buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.open -= memchr::memchr_iter(b'\n', &buffer[..count]).count();
        Ok(())
    }
}
