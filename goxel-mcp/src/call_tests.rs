//! Calls of tools that wait, fail, break and take too long, on connections to a daemon of the test's.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use goxel_proto::Method;
use rmcp::model::CallToolResult;
use serde_json::{Map, Value, json};

use super::{Asked, CALLS_MAX, CALLS_WAITING_MAX, Calls, Running};
use crate::audit::Audit;
use crate::pool::Pool;
use crate::testing::{Answer, FakeDaemon};
use crate::tool::{Call, Effect, Limits, Object, Outcome, Refused, Tool};

const LONG: Duration = Duration::from_secs(3600);

const fn tool(run: fn(&mut Call<'_>, Object) -> Result<Outcome, Refused>) -> Tool {
    let (input, output) = (Map::new as fn() -> Object, Map::new as fn() -> Object);
    let about = "For a test.";
    Tool {
        name: "test",
        title: "",
        about,
        effect: Effect::Reads,
        idempotent: true,
        input,
        output,
        run,
    }
}

/// Asks the daemon once, and says what it said.
static PING: Tool = tool(|call, _| match call.client.call(Method::Ping, None, |_| ()) {
    Ok(value) => {
        let text = String::from_utf8_lossy(value.raw()).into_owned();
        Ok(Outcome { structured: json!({"said": text}), ..Outcome::default() })
    }
    Err(error) => Err(Refused::new(format!("it said: {error}"))),
});

static PANIC: Tool = tool(|_, _| panic!("a tool that is at fault"));

struct World {
    daemon: FakeDaemon,
    calls: Arc<Calls>,
}

impl World {
    fn new(
        time: Duration,
        answer: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let daemon = FakeDaemon::new(answer);
        let pool = Arc::new(Pool::new(daemon.daemon(), daemon.confinement()));
        let calls = Arc::new(Calls::new(pool, Limits::default(), time, Audit::None));
        Self { daemon, calls }
    }

    async fn begin(&self, tool: &'static Tool) -> Result<Running, CallToolResult> {
        let asked = Asked { tool, arguments: Map::new(), client: "test".to_owned() };
        self.calls.begin(asked).await
    }

    async fn call(&self, tool: &'static Tool) -> (bool, String) {
        let mut running = self.begin(tool).await.unwrap();
        told(&running.done().await)
    }
}

/// Whether it is an error, and its words.
fn told(result: &CallToolResult) -> (bool, String) {
    let text = result.content[0].as_text().unwrap().text.clone();
    (result.is_error == Some(true), text)
}

fn run(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
}

#[test]
fn ten_calls_do_not_wait_for_each_other() {
    // Nobody is answered before all ten have asked.
    let barrier = Barrier::new(10);
    let world = World::new(LONG, move |_, _| {
        barrier.wait();
        Answer::Result(json!(1))
    });
    run(async {
        let mut running = Vec::new();
        for _ in 0..10 {
            running.push(world.begin(&PING).await.unwrap());
        }
        for mut one in running {
            assert!(!told(&one.done().await).0);
        }
    });
    assert_eq!(world.daemon.count("goxel.confine"), 10, "each connection is confined");
}

#[test]
fn a_connection_is_kept_after_a_call_that_went_well_and_closed_after_one_that_failed() {
    let first = Mutex::new(true);
    let world = World::new(LONG, move |_, _| {
        if std::mem::take(&mut *first.lock().unwrap()) {
            return Answer::Refusal(-32602, "no such thing");
        }
        Answer::Result(json!(1))
    });
    run(async {
        let (failed, words) = world.call(&PING).await;
        assert!(failed && words.contains("no such thing"), "{words}");
        for _ in 0..3 {
            assert_eq!(world.call(&PING).await, (false, "{\"said\":\"1\"}".to_owned()));
        }
    });
    assert_eq!(world.daemon.count("goxel.confine"), 2);
}

#[test]
fn a_daemon_that_goes_away_in_the_middle_fails_one_call() {
    let first = Mutex::new(true);
    let world = World::new(LONG, move |_, _| {
        if std::mem::take(&mut *first.lock().unwrap()) {
            Answer::Gone
        } else {
            Answer::Result(json!(1))
        }
    });
    run(async {
        let (failed, words) = world.call(&PING).await;
        assert!(failed && words.contains("closed the connection"), "{words}");
        assert!(!world.call(&PING).await.0);
    });
}

#[test]
fn a_daemon_that_is_not_there_is_told_in_words() {
    let world = World::new(LONG, |_, _| Answer::Gone);
    std::fs::remove_file(world.daemon.dir.path().join("s")).unwrap();
    run(async {
        let (failed, words) = world.call(&PING).await;
        assert!(failed && words.contains("goxel-daemon cannot be worked with"), "{words}");
    });
}

#[test]
fn a_tool_that_panics_fails_one_call() {
    let world = World::new(LONG, |_, _| Answer::Result(json!(1)));
    run(async {
        let (failed, words) = world.call(&PANIC).await;
        assert!(failed && words.contains("a fault of goxel-mcp"), "{words}");
        assert!(!world.call(&PING).await.0);
    });
}

#[test]
fn a_call_that_takes_too_long_says_so() {
    let world = World::new(Duration::ZERO, |_, _| Answer::Result(json!(1)));
    run(async {
        let (failed, words) = world.call(&PING).await;
        assert!(failed && words.contains("--timeout"), "{words}");
    });
}

#[test]
fn a_call_that_nobody_wants_any_more_ends_though_the_daemon_hangs() {
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (end, ends) = std::sync::mpsc::channel::<()>();
    let ends = Mutex::new(ends);
    let world = World::new(LONG, move |_, _| {
        let _ = begun.send(());
        let _ = ends.lock().unwrap().recv();
        Answer::Gone
    });
    run(async {
        let mut running = world.begin(&PING).await.unwrap();
        has_begun.recv().unwrap();
        running.stop();
        let (failed, words) = told(&running.done().await);
        assert!(failed && words.contains("given up"), "{words}");
    });
    drop(end);
}

#[test]
fn so_many_calls_wait_and_the_next_one_is_told() {
    let (end, ends) = std::sync::mpsc::channel::<()>();
    let ends = Mutex::new(ends);
    let world = World::new(LONG, move |_, _| {
        let _ = ends.lock().unwrap().recv();
        Answer::Result(json!(1))
    });
    run(async {
        let mut running = Vec::new();
        for _ in 0..CALLS_MAX {
            running.push(world.begin(&PING).await.unwrap());
        }
        let world = Arc::new(world);
        let waiting = (0..CALLS_WAITING_MAX).map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.call(&PING).await })
        });
        let waiting: Vec<_> = waiting.collect();
        while world.calls.waiting.load(Ordering::Relaxed) < CALLS_MAX + CALLS_WAITING_MAX {
            tokio::task::yield_now().await;
        }
        let refused = world.begin(&PING).await.err().unwrap();
        assert!(told(&refused).1.contains("under way or wait"), "{refused:?}");
        drop(end);
        for mut one in running {
            assert!(!told(&one.done().await).0);
        }
        for one in waiting {
            assert!(!one.await.unwrap().0);
        }
        assert!(!world.call(&PING).await.0, "there is room again");
    });
}
