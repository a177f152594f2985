//! Servers of Exchange Online as records name them.
//!
//! Not here: addresses (`address`).

use crate::demo::chance::mixed;
use crate::demo::event::Second;
use crate::demo::json::{digits, hex};
use crate::demo::tenant::Tenant;

/// Beginnings of names of servers by region, the first for all other regions.
const REGIONS: [(&str, [&str; 6]); 3] = [
    ("EUR", ["AM9P", "DB9P", "VI1P", "PAXP", "AS8P", "DU0P"]),
    ("NAM", ["MWHP", "SJ0P", "BL0P", "DM6P", "CH2P", "BYAP"]),
    ("APC", ["TYZP", "PSAP", "KL1P", "SEYP", "TY0P", "SG2P"]),
];

/// Servers that a tenant's records are written by.
const SERVERS: u64 = 60;

/// Appends the name of a server: `PAXPR07MB8154`.
fn push_name(tenant: &Tenant, which: u64, out: &mut Vec<u8>) {
    let which = mixed(tenant.seed ^ (which % SERVERS));
    let [first, ..] = &REGIONS;
    let region = REGIONS
        .iter()
        .find(|(name, _)| tenant.forest.starts_with(name));
    let (_, names) = region.unwrap_or(first);
    let at = usize::try_from(which % 6).unwrap_or(0);
    out.extend_from_slice(names.get(at).copied().unwrap_or_default().as_bytes());
    out.push(b'R');
    out.extend_from_slice(pod(tenant).as_bytes());
    out.extend_from_slice(b"MB");
    digits(1000 + (which >> 8) % 9000, 4, out);
}

/// The two digits of the forest that its servers have in their names: `07` of `EURPR07A004`.
fn pod(tenant: &Tenant) -> &str {
    tenant.forest.get(5..7).unwrap_or("07")
}

/// Appends `OriginatingServer` without its end: name and version of the server that wrote a record.
pub(super) fn push(tenant: &Tenant, which: u64, time: Second, out: &mut Vec<u8>) {
    push_name(tenant, which, out);
    // Exchange Online has another build about every week.
    let week = u64::try_from((time - 1_767_225_600).div_euclid(604_800)).unwrap_or(0);
    out.extend_from_slice(b" (15.20.");
    digits(9478 + week * 21, 4, out);
    out.push(b'.');
    digits(mixed((which % SERVERS) ^ week) % 30, 3, out);
    out.push(b')');
}

/// Appends the id of a message that was sent by Exchange Online, without brackets.
pub(super) fn push_message_id(tenant: &Tenant, which: u64, random: u64, out: &mut Vec<u8>) {
    push_name(tenant, which, out);
    hex(which >> 8, 12, out);
    hex(random, 8, out);
    out.push(b'@');
    push_name(tenant, which, out);
    out.push(b'.');
    let region = tenant.forest.get(..3).unwrap_or("EUR");
    out.extend(region.bytes().map(|byte| byte.to_ascii_lowercase()));
    out.extend_from_slice(b"prd");
    out.extend_from_slice(pod(tenant).as_bytes());
    out.extend_from_slice(b".prod.outlook.com");
}
