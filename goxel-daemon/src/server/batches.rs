//! Batches: an array of requests, answered by an array of replies in their order. One that has to
//! wait, or whose turn is over, stops the batch, which goes on later where it stopped.

use std::collections::VecDeque;

use goxel_io::{Output, Verdict};
use goxel_proto::json::Value;
use goxel_proto::limits::BATCH_LEN_MAX;
use goxel_proto::{ErrorCode, RpcError};

use super::{Server, line, refuse};
use crate::dispatch::Done;
use crate::fault::Fault;
use crate::memory;
use crate::reply::Style;
use crate::session::{Batch, Session};
use crate::text::Element;

/// The requests of an array.
///
/// # Errors
/// Where there are none, or too many.
pub(super) fn elements(value: Value<'_>) -> Result<Vec<&[u8]>, RpcError> {
    let elements: Vec<_> =
        value.elements().take(BATCH_LEN_MAX + 1).map(|element| element.raw()).collect();
    if elements.is_empty() || elements.len() > BATCH_LEN_MAX {
        let what = format_args!("Invalid request: a batch holds 1 to {BATCH_LEN_MAX} requests");
        return Err(RpcError::new(ErrorCode::InvalidRequest, what));
    }
    Ok(elements)
}

impl Server {
    /// Answers an array of requests with an array of replies.
    pub(super) fn batch(
        &mut self,
        session: &mut Session,
        value: Value<'_>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let elements = match elements(value) {
            Ok(elements) => elements,
            Err(error) => return line(out, |out| refuse(out, Style::NULL, error)),
        };
        session.in_batch = true;
        let mut batch = Batch { rest: VecDeque::new(), answered: false };
        let mut elements = elements.into_iter();
        while let Some(element) = elements.next() {
            let verdict = self.element(session, &mut batch, out, |server, session, out| {
                server.request(session, element, None, out)
            });
            if !matches!(verdict, Verdict::Answered) {
                // What is left of it has to wait.
                batch.rest = elements.map(|element| Element::Own(element.to_vec())).collect();
                session.batch = Some(batch);
                return verdict;
            }
        }
        end_batch(session, &batch, out)
    }

    /// Begins with a batch of a large frame of so many bytes.
    pub(super) fn begin_batch(
        &mut self,
        session: &mut Session,
        bytes: usize,
        rest: VecDeque<Element>,
        out: &mut Output,
    ) -> Verdict<Done> {
        // Its replies take about as much.
        if let Err(full) = memory::room_for(bytes as u64) {
            let error = Fault::from(full).into_rpc(ErrorCode::Internal);
            return line(out, |out| refuse(out, Style::NULL, error));
        }
        session.in_batch = true;
        self.go_on(session, Batch { rest, answered: false }, out)
    }

    /// Goes on with what was not answered at once, alone or in a batch.
    pub(super) fn go_on_with(
        &mut self,
        session: &mut Session,
        out: &mut Output,
        answer: impl FnOnce(&mut Self, &mut Session, &mut Output) -> Verdict<Done>,
    ) -> Verdict<Done> {
        let Some(mut batch) = session.batch.take() else {
            return line(out, |out| answer(self, session, out));
        };
        match self.element(session, &mut batch, out, answer) {
            Verdict::Answered => self.go_on(session, batch, out),
            verdict => {
                session.batch = Some(batch);
                verdict
            }
        }
    }

    /// Goes on with the rest of a batch.
    pub(super) fn go_on(
        &mut self,
        session: &mut Session,
        mut batch: Batch,
        out: &mut Output,
    ) -> Verdict<Done> {
        while let Some(element) = batch.rest.pop_front() {
            let verdict =
                self.element(session, &mut batch, out, |server, session, out| match element {
                    Element::Own(text) => server.request(session, &text, None, out),
                    Element::Shared(piece) => server.piece(session, piece, out),
                });
            if !matches!(verdict, Verdict::Answered) {
                session.batch = Some(batch);
                return verdict;
            }
        }
        end_batch(session, &batch, out)
    }

    /// Writes one reply of a batch, with what separates it from the one before. Where others must
    /// have their turn before the next one, that is the verdict.
    fn element(
        &mut self,
        session: &mut Session,
        batch: &mut Batch,
        out: &mut Output,
        write: impl FnOnce(&mut Self, &mut Session, &mut Output) -> Verdict<Done>,
    ) -> Verdict<Done> {
        let start = out.len();
        out.extend_from_slice(if batch.answered { b", " } else { b"[ " });
        let body = out.len();
        let verdict = write(self, session, out);
        if out.len() == body {
            out.truncate(start);
        } else {
            batch.answered = true;
        }
        match verdict {
            Verdict::Answered if out.must_yield() => Verdict::Yield,
            verdict => verdict,
        }
    }
}

fn end_batch(session: &mut Session, batch: &Batch, out: &mut Output) -> Verdict<Done> {
    session.in_batch = false;
    if batch.answered {
        out.extend_from_slice(b" ]\n");
    }
    Verdict::Answered
}
