//! The machine that figures were taken on, in one line, with how busy it was.
//!
//! Not here: versions of other programs, and the figures.

use std::fs;
use std::process::Command;

/// The machine, as it was when measuring began.
pub struct Machine {
    load: String,
}

impl Machine {
    /// Takes note of how busy it is.
    pub fn before() -> Self {
        Self { load: load() }
    }

    /// Processors, model, memory, system, compiler, load average at the beginning and now.
    pub fn line(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let model = told("/proc/cpuinfo", "model name");
        let model = model.unwrap_or_else(|| "processor unknown".to_owned());
        let system = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let build = if cfg!(debug_assertions) {
            "; **a debug build: of no account**"
        } else {
            ""
        };
        format!(
            "Machine: {cores} cores, {model}, {}, {} {}, {}, load average {} at the start and {} at the end{build}.",
            memory(),
            std::env::consts::OS,
            system.trim(),
            compiler(),
            self.load,
            load(),
        )
    }
}

fn memory() -> String {
    let told = told("/proc/meminfo", "MemTotal");
    let kilobytes = told.and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map_or_else(
        || "memory unknown".to_owned(),
        |kilobytes| format!("{} GB", kilobytes / 1_000_000),
    )
}

/// The load average of the last minute.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.unwrap_or("unknown").to_owned()
}

fn compiler() -> String {
    let said = Command::new("rustc").arg("--version").output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    said.unwrap_or_else(|_| "rustc unknown".to_owned())
}

/// The value of a name in a file of the system.
fn told(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().trim_start_matches(':').trim().to_owned())
}
