//! Founds a tenant: who works where, with which mailboxes and applications.
//!
//! Not here: what they do (`life`).

mod applications;
mod company;
mod mailboxes;
mod names;
mod people;

use super::Tenant;
use crate::demo::chance::{Dice, Domain};
use crate::demo::id::{Guid, PlaceId};

pub(super) use people::DEPARTMENTS;

impl Tenant {
    /// The tenant of a seed with so many people (at least [`super::LEAST_USERS`]) and its head office at a place.
    pub fn new(seed: u64, users: u32, head_office: PlaceId) -> Self {
        let mut tenant = company::found(seed, head_office);
        people::hire(&mut tenant, users.max(super::LEAST_USERS));
        mailboxes::open(&mut tenant);
        tenant.applications = applications::install(&tenant);
        tenant
    }
}

/// The GUID of the `which`th thing of a kind.
fn guid(seed: u64, kind: &'static str, which: usize) -> Guid {
    let which = u64::try_from(which).unwrap_or(u64::MAX);
    Guid::of(Dice::of(seed, Domain(kind), &[which]).number(), seed)
}

/// PUID and last part of the SID of the `which`th account: both grow with it, as accounts are made one after another.
fn account(seed: u64, which: usize) -> (u64, u32) {
    let which = u64::try_from(which).unwrap_or(u64::MAX);
    let mut dice = Dice::of(seed, Domain("account"), &[which]);
    let base = Dice::of(seed, Domain("accounts"), &[]).below(1 << 36);
    let puid = 0x1003_2000_0000_0000 + base + which * 8192 + dice.below(8192);
    let rid = 1_100_000 + which * 37 + dice.below(37);
    (puid, u32::try_from(rid).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
