//! What this process has used, as the kernel says.

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};

/// Processor time so far, user and system, in seconds.
pub fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Resident memory now, in bytes.
pub fn resident_bytes() -> anyhow::Result<f64> {
    status("VmRSS:")
}

/// The most that ever was resident, in bytes.
pub fn peak_resident_bytes() -> anyhow::Result<f64> {
    status("VmHWM:")
}

fn status(key: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let kibibytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    Ok(kibibytes.with_context(|| format!("/proc/self/status has no {key}"))? * 1024.0)
}
