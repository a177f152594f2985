//! Inventories of an invented tenant as it is at the end of its log: what cmdlets and Graph would list then.
//!
//! What stood before the log begins is in the tenant; what the log changes of it is folded in, failures left out. Entries carry what
//! Exchange and Entra list beside what somebody gave: the defaults of every mailbox, folder and role group. Not here: the shapes they
//! are written in (`shape`).

mod access;
mod account;
mod application;
mod approved;
mod consent;
mod fold;
mod folder;
mod names;
mod role;
mod state;
mod summary;

pub use approved::approved;

use super::event::Event;
use super::tenant::Tenant;
use names::Names;
use serde_json::Value;
use state::State;

/// The state of a tenant, kept up with what happens.
#[derive(Debug, Default)]
pub struct Inventories {
    names: Names,
    state: State,
}

/// What entries are made of.
#[derive(Debug, Clone, Copy)]
struct View<'t> {
    tenant: &'t Tenant,
    state: &'t State,
}

/// Lists the entries of a kind, one by one.
type List = fn(View<'_>, &mut dyn FnMut(Value));

/// What lists each kind of `record::inventory::KINDS`.
const LISTS: &[(&str, List)] = &[
    ("service-principal", application::principals),
    ("app-role-assignment", consent::assignments),
    ("delegated-permission-grant", consent::grants),
    ("mailbox", account::mailboxes),
    ("user", account::users),
    ("mailbox-permission", access::mailbox_permissions),
    ("recipient-permission", access::recipient_permissions),
    ("mailbox-folder-permission", folder::permissions),
    ("mailbox-permission-summary", summary::summaries),
    ("management-role-assignment", role::assignments),
    ("role-group", role::groups),
    ("role-group-member", role::members),
    ("application-access-policy", application::policies),
    ("audit-bypass", account::bypasses),
    ("ad-permission", access::ad_permissions),
];

impl Inventories {
    /// As it is before the log begins.
    pub fn new(tenant: &Tenant) -> Self {
        Self {
            names: Names::new(tenant),
            state: State::new(tenant),
        }
    }

    /// Takes note of what happens.
    pub fn see(&mut self, tenant: &Tenant, event: &Event) {
        fold::see(tenant, &self.names, &mut self.state, event);
    }

    /// Gives the entries of a kind (one of `record::inventory::KINDS`) one by one, as the tool that lists them gives them. Where several
    /// tools list the same thing each in its own way, an entry has a member for each.
    pub fn each(&self, tenant: &Tenant, kind: &str, give: &mut dyn FnMut(Value)) {
        let state = &self.state;
        if let Some((_, list)) = LISTS.iter().find(|(own, _)| *own == kind) {
            list(View { tenant, state }, give);
        }
    }

    /// The same, all at once.
    pub fn entries(&self, tenant: &Tenant, kind: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        self.each(tenant, kind, &mut |entry| entries.push(entry));
        entries
    }
}

#[cfg(test)]
mod tests;
