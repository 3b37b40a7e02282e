//! [`Pipeline`]: requests that are gathered, sent together, and answered while more are gathered.
//!
//! ```text
//! written -> gathered (sent when there are enough) -> in flight (up to a bound) -> answered
//! ```
//!
//! While the daemon answers some requests the next are on their way. Writing cannot block for ever
//! while the daemon waits for the client to read, since the replies to all that is in flight fit
//! the buffers of a socket.

use std::collections::VecDeque;

use goxel_proto::json::Value;

use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::requests::Requests;

/// How much a [`Pipeline`] gathers and has in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Requests that are sent together.
    pub gathered: usize,
    /// Bytes of requests after which they are sent, however few they are.
    pub gathered_bytes: usize,
    /// Requests that may be in flight.
    pub in_flight: usize,
}

impl Bounds {
    /// For requests whose replies have some 200 bytes: 512 of them are half of what a socket
    /// holds.
    pub const SHORT_REPLIES: Self =
        Self { gathered: 128, gathered_bytes: 1 << 20, in_flight: 4 * 128 };
}

/// Requests on their way, each with a tag that says what its reply is for.
#[derive(Debug)]
pub struct Pipeline<T> {
    bounds: Bounds,
    requests: Requests,
    gathered: VecDeque<T>,
    in_flight: VecDeque<T>,
}

impl<T> Pipeline<T> {
    /// An empty one; its calls name `project` where they may.
    #[must_use]
    pub fn new(bounds: Bounds, client: &Client, project: Option<&str>) -> Self {
        Self {
            bounds,
            requests: Requests::new(client.next_id(), project),
            gathered: VecDeque::new(),
            in_flight: VecDeque::new(),
        }
    }

    /// Where the next request is written. Each one that is gets a tag by [`Pipeline::push`].
    pub fn requests(&mut self) -> &mut Requests {
        &mut self.requests
    }

    /// Tags the request that was written last.
    pub fn push(&mut self, tag: T) {
        self.gathered.push_back(tag);
        debug_assert_eq!(self.gathered.len() as u64, self.requests.len());
    }

    /// Whether what is gathered is enough to be sent.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.gathered.len() >= self.bounds.gathered
            || self.requests.bytes().len() >= self.bounds.gathered_bytes
    }

    /// Whether nothing is gathered.
    #[must_use]
    pub fn has_sent_all(&self) -> bool {
        self.gathered.is_empty()
    }

    /// Sends what is gathered.
    ///
    /// # Errors
    /// Where the connection breaks. Then [`Pipeline::in_flight`] has what was being sent too, as
    /// some of it may have arrived.
    pub fn send(&mut self, client: &mut Client) -> Result<(), Error> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        self.in_flight.append(&mut self.gathered);
        client.send(&self.requests)?;
        self.requests.clear(client.next_id());
        Ok(())
    }

    /// Goes on after others have used the connection.
    pub fn resume(&mut self, client: &Client) {
        debug_assert!(self.gathered.is_empty());
        self.requests.clear(client.next_id());
    }

    /// What was sent and is not answered, in its order.
    pub fn in_flight(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.in_flight.iter()
    }

    /// The next reply, unless there is room for what is gathered next: nothing is waited for that
    /// need not be.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn reply_for_room<'c>(
        &mut self,
        client: &'c mut Client,
    ) -> Result<Option<Reply<'c, T>>, Error> {
        let rest = self.bounds.in_flight - self.bounds.gathered;
        self.reply_above(rest, client)
    }

    /// The next reply, until all that was sent is answered.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn reply<'c>(&mut self, client: &'c mut Client) -> Result<Option<Reply<'c, T>>, Error> {
        self.reply_above(0, client)
    }

    fn reply_above<'c>(
        &mut self,
        rest: usize,
        client: &'c mut Client,
    ) -> Result<Option<Reply<'c, T>>, Error> {
        if self.in_flight.len() <= rest {
            return Ok(None);
        }
        // A request whose reply cannot be read is still in flight, for whoever tells of it.
        let reply = client.reply()?;
        Ok(self.in_flight.pop_front().map(|tag| (tag, reply)))
    }
}

/// The tag of a request, and what the daemon answered to it.
type Reply<'c, T> = (T, Result<Value<'c>, Refusal>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use goxel_proto::Method;

    const BOUNDS: Bounds = Bounds { gathered: 2, gathered_bytes: 1 << 20, in_flight: 4 };

    #[test]
    fn replies_come_with_their_tags() {
        let (mut client, _) = testing::daemon(|seen, _, _| match seen {
            3 => Err("third"),
            _ => Ok(seen.to_string()),
        });
        let mut pipeline = Pipeline::new(BOUNDS, &client, None);
        let mut answers = Vec::new();
        for number in 1..=7 {
            pipeline.requests().call(Method::Ping, |_| ());
            pipeline.push(number);
            if pipeline.is_full() {
                pipeline.send(&mut client).unwrap();
                while let Some((tag, reply)) = pipeline.reply_for_room(&mut client).unwrap() {
                    answers.push((tag, reply.is_ok()));
                }
                assert!(pipeline.in_flight().len() <= 2);
            }
        }
        pipeline.send(&mut client).unwrap();
        assert!(pipeline.has_sent_all());
        while let Some((tag, reply)) = pipeline.reply(&mut client).unwrap() {
            answers.push((tag, reply.is_ok()));
        }
        assert_eq!(answers, (1..=7).map(|tag| (tag, tag != 3)).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_in_flight_when_the_daemon_went_away() {
        let (mut client, _) = testing::daemon(|seen, _, _| match seen {
            1 => Ok("1".to_owned()),
            _ => Err(""),
        });
        let mut pipeline = Pipeline::new(Bounds::SHORT_REPLIES, &client, None);
        for number in 1..=3 {
            pipeline.requests().call(Method::Ping, |_| ());
            pipeline.push(number);
        }
        pipeline.send(&mut client).unwrap();
        assert!(matches!(pipeline.reply(&mut client), Ok(Some((1, Ok(_))))));
        assert!(matches!(pipeline.reply(&mut client), Err(Error::Closed)));
        assert!(pipeline.in_flight().eq(&[2, 3]));
    }

    #[test]
    fn long_requests_are_sent_sooner() {
        let (client, _) = testing::daemon(|_, _, _| Ok("1".to_owned()));
        let bounds = Bounds { gathered_bytes: 10, ..BOUNDS };
        let mut pipeline = Pipeline::new(bounds, &client, None);
        assert!(!pipeline.is_full());
        pipeline.requests().call(Method::Ping, |_| ());
        pipeline.push(());
        assert!(pipeline.is_full());
    }
}
