//! Threads that come, work and wait. What is held is let go by dropping its sender.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use super::*;

fn settings(workers_max: usize, queue_length_max: usize) -> Settings {
    Settings { workers_max, queue_length_max, ..Settings::new(1) }
}

/// Jobs that run until the sender is dropped.
fn held() -> (Sender<()>, impl Fn(Class) -> Job<&'static str>) {
    let (hold, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let job = move |class| {
        let held = Arc::clone(&held);
        Job::new(class, move || {
            assert!(held.lock().unwrap().recv().is_err());
            "held"
        })
    };
    (hold, job)
}

/// Workers, and what says that something is done.
fn workers<D: Send + 'static>(settings: &Settings) -> (Workers<u64, D>, Receiver<()>) {
    let (sender, woken) = mpsc::channel();
    (Workers::new(settings, move || sender.send(()).unwrap_or_default()), woken)
}

/// The next result, once there is one.
fn next<D: Send + 'static>(workers: &mut Workers<u64, D>, woken: &Receiver<()>) -> (u64, D) {
    woken.recv().unwrap();
    workers.take().unwrap()
}

#[test]
fn every_job_comes_back_and_none_starts_a_thread_before() {
    let (mut workers, woken) = workers(&settings(16, 1024));
    assert_eq!(workers.alive(), 0);
    let class = |token| [Class::Edit, Class::Read, Class::Free][token as usize % 3];
    for token in 0..100u64 {
        let job = Job::new(class(token), move || token * token);
        assert!(workers.submit(token, job).is_ok());
    }
    let mut results: Vec<_> = (0..100).map(|_| next(&mut workers, &woken)).collect();
    results.sort_unstable();
    assert!(results.iter().enumerate().all(|(i, &(t, d))| t == i as u64 && d == t * t));
    assert_eq!((workers.running(), workers.take()), (0, None));
}

#[test]
fn a_full_queue_refuses_and_a_long_one_brings_workers() {
    for (max, queue) in [(1, 1), (1, 4), (2, 100), (16, 100), (3, 1000)] {
        let (hold, job) = held();
        let (mut workers, _woken) = workers(&settings(max, queue));
        let taken = (0..).find(|token| workers.submit(*token, job(Class::Read)).is_err()).unwrap();
        drop(hold);
        let (taken, alive) = (taken as usize, workers.alive());
        assert!((queue..=queue + max).contains(&taken), "{taken} of {queue}");
        assert!(alive <= max && (queue < 100 || alive == max), "{alive} workers of {max}");
    }
}

#[test]
fn a_short_queue_brings_few() {
    let (hold, job) = held();
    let (mut workers, _woken) = workers(&settings(16, 1024));
    for token in 0..3 {
        assert!(workers.submit(token, job(Class::Read)).is_ok());
    }
    assert!((1..=WORKERS_KEPT).contains(&workers.alive()), "{}", workers.alive());
    drop(hold);
}

#[test]
fn an_edit_waits_for_no_read_and_no_freeing() {
    for max in [1, 16] {
        let (hold, job) = held();
        let (mut workers, woken) = workers(&settings(max, 100));
        for token in 0..90 {
            let class = if token % 2 == 0 { Class::Read } else { Class::Free };
            assert!(workers.submit(token, job(class)).is_ok());
        }
        assert!(workers.submit(100, Job::new(Class::Edit, || "edited")).is_ok());
        assert_eq!(next(&mut workers, &woken), (100, "edited"));
        assert_eq!(workers.running(), 90);
        drop(hold);
    }
}

#[test]
fn an_edit_waits_for_no_other_edit_while_there_are_threads() {
    let (hold, job) = held();
    let (mut workers, woken) = workers(&settings(4, 100));
    for token in 0..3 {
        assert!(workers.submit(token, job(Class::Edit)).is_ok());
    }
    assert!(workers.submit(3, Job::new(Class::Edit, || "edited")).is_ok());
    assert_eq!(next(&mut workers, &woken), (3, "edited"));
    drop(hold);
}

#[test]
fn freeing_keeps_nobody_waiting_and_takes_one_thread() {
    let (hold, job) = held();
    let (mut workers, woken) = workers(&settings(16, 100));
    for token in 0..50 {
        assert!(workers.submit(token, job(Class::Free)).is_ok());
    }
    assert!(workers.is_at_rest());
    assert_eq!((workers.alive(), workers.running()), (1, 50));
    assert!(workers.submit(50, job(Class::Read)).is_ok());
    assert!(!workers.is_at_rest());
    drop(hold);
    (0..51).for_each(|_| _ = next(&mut workers, &woken));
    assert!(workers.is_at_rest());
}
