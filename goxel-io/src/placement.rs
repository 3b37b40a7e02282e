//! Placement: on which cores threads run, and on which memory node the buffers lie.
//!
//! What the machine has is read from the kernel, not configured. On a machine with one memory node
//! nothing is placed. Cores are only chosen where the owner asks for it (`pin`): the loop takes the
//! first core that this process may use, the workers the others of its node in turn.

use std::fs;

use crate::sys;

/// Where the kernel tells of its memory nodes.
const NODES: &str = "/sys/devices/system/node";

/// How many memory nodes the machine has.
pub(crate) fn memory_nodes() -> usize {
    online_nodes().len()
}

fn online_nodes() -> Vec<usize> {
    let online = fs::read_to_string(format!("{NODES}/online")).unwrap_or_default();
    Some(parse_list(&online)).filter(|nodes| !nodes.is_empty()).unwrap_or_else(|| vec![0])
}

/// The node that a core belongs to.
fn node_of(cpu: usize) -> Option<usize> {
    let holds = |node: &usize| {
        let list = fs::read_to_string(format!("{NODES}/node{node}/cpulist")).unwrap_or_default();
        parse_list(&list).contains(&cpu)
    };
    online_nodes().into_iter().find(holds)
}

/// `0-2,5` is 0, 1, 2, 5. What is not understood is left out.
fn parse_list(text: &str) -> Vec<usize> {
    let ranges = text.trim().split(',').filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

/// Has `memory` lie on the node of the core that runs this, where there is more than one.
pub(crate) fn keep_near(memory: &mut [u8]) {
    if memory_nodes() < 2 {
        return;
    }
    let node = sys::current_core().and_then(node_of);
    if let Some(Err(error)) = node.map(|node| sys::prefer_node(memory, node)) {
        tracing::warn!(%error, "buffers could not be placed near the loop");
    }
}

/// The cores that this process may use; those of the loop's node first.
fn cores() -> Vec<usize> {
    let mut cores = sys::allowed_cores();
    if memory_nodes() > 1
        && let Some(&first) = cores.first()
    {
        let home = node_of(first);
        cores.sort_by_key(|&cpu| node_of(cpu) != home);
    }
    cores
}

/// Which core each thread stays on.
#[derive(Clone, Debug)]
pub(crate) struct Affinity(Vec<usize>);

impl Affinity {
    /// As many cores as the process may use; none where `pin` is not wanted.
    pub(crate) fn new(pin: bool) -> Self {
        let cores = if pin { cores() } else { Vec::new() };
        if pin && cores.is_empty() {
            tracing::warn!("threads cannot be pinned to cores on this system");
        }
        Self(cores)
    }

    /// Puts the calling thread, the loop, on the first core.
    pub(crate) fn pin_loop(&self) {
        if let Some(&cpu) = self.0.first() {
            pin(cpu);
        }
    }

    /// Puts the calling thread, a worker, on one of the other cores.
    pub(crate) fn pin_worker(&self, index: usize) {
        if let [_, others @ ..] = &self.0[..]
            && !others.is_empty()
        {
            pin(others[index % others.len()]);
        }
    }
}

fn pin(cpu: usize) {
    if let Err(error) = sys::pin(cpu) {
        tracing::warn!(%error, cpu, "a thread could not be pinned");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let check = |text, expected: &[usize]| assert_eq!(parse_list(text), expected, "{text}");
        check("0-2,5\n", &[0, 1, 2, 5]);
        check("3", &[3]);
        check("", &[]);
        check("x-1,2", &[2]);
    }

    #[test]
    fn the_machine_has_nodes_and_cores() {
        assert!(memory_nodes() >= 1);
        let mut cores = cores();
        assert_eq!((Affinity::new(false).0, Affinity::new(true).0), (Vec::new(), cores.clone()));
        cores.sort_unstable();
        assert_eq!(cores, sys::allowed_cores());
    }
}
