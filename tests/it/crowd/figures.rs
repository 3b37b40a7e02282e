//! [`Figures`]: what the daemon holds, by its own word and the system's.

use serde_json::json;

use crate::world::Client;

/// What may be resident beyond the start when all is closed.
const RESIDENT_SLACK: u64 = 32 << 20;

/// What the daemon holds.
#[derive(Debug)]
pub(super) struct Figures {
    connections: u64,
    jobs: u64,
    clients: usize,
    descriptors: usize,
    resident: u64,
}

impl Figures {
    pub(super) fn of(pid: u32, control: &mut Client) -> Self {
        let engine = control.call("goxel.get_status", &json!([])).unwrap()["engine"].take();
        let jobs = control.call("goxel.list_jobs", &json!([])).unwrap();
        let clients = control.call("goxel.list_clients", &json!([])).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let resident: u64 = resident.trim().trim_end_matches(" kB").trim().parse().unwrap();
        Self {
            connections: engine["connections"].as_u64().unwrap(),
            jobs: engine["jobs"].as_u64().unwrap() + jobs["count"].as_u64().unwrap(),
            clients: clients["clients"].as_array().unwrap().len(),
            descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
            resident: resident << 10,
        }
    }

    /// Whether nobody and nothing is left of what came after the start.
    pub(super) fn are_as(&self, start: &Self) -> bool {
        let counts = |of: &Self| (of.connections, of.jobs, of.clients, of.descriptors);
        counts(self) == counts(start)
    }

    /// Whether the memory that it took since the start went back to the system, too.
    pub(super) fn gave_back(&self, start: &Self) -> bool {
        self.resident <= start.resident + RESIDENT_SLACK
    }
}
