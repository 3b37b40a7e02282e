//! The parts alone: buffers and the queue, beside the allocator and a locked queue.

use std::collections::VecDeque;
use std::hint::black_box;
use std::io;
use std::sync::Mutex;

use crossbeam_queue::ArrayQueue;
use goxel_benches::{Figure, measure};
use goxel_io::BufferPool;

use crate::table::Table;

/// Buffers that are held while others come and go, so that free lists are not trivially short.
const HELD: usize = 100;

/// A buffer taken and given back.
const BUFFER_NS_MAX: f64 = 15.0;
/// An item put in and taken out, with nobody else about.
const QUEUE_NS_MAX: f64 = 50.0;

pub(crate) fn buffers(table: &mut Table) -> io::Result<()> {
    let mut pool = BufferPool::default();
    for len in [512, 4096, 65_536] {
        let _held: Vec<u32> = (0..HELD).map(|_| pool.take(len)).collect();
        let ours = measure(|| {
            let buffer = pool.take(black_box(len));
            pool.give(black_box(buffer));
        });
        let malloc = measure(|| black_box(Vec::<u8>::with_capacity(black_box(len))));
        let figure = Figure::ns(ours).target(BUFFER_NS_MAX).beside("allocator", malloc);
        table.line(&format!("memory_allocate/{len}"), &figure);
    }
    let first_use = measure(|| {
        let mut pool = BufferPool::default();
        let buffer = pool.take(512);
        pool.give(buffer);
        pool
    });
    table.line("memory_allocate/first_use", &Figure::ns(first_use));
    Ok(())
}

pub(crate) fn queue(table: &mut Table) -> io::Result<()> {
    let queue = ArrayQueue::new(1024);
    let locked = Mutex::new(VecDeque::with_capacity(1024));
    let ours = measure(|| {
        let _ = queue.push(black_box([1u64, 2]));
        queue.pop()
    });
    let theirs = measure(|| {
        let mut items = locked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        items.push_back(black_box([1u64, 2]));
        drop(items);
        locked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
    });
    let figure = Figure::ns(ours).target(QUEUE_NS_MAX).beside("Mutex<VecDeque>", theirs);
    table.line("queue_operations", &figure);
    Ok(())
}
