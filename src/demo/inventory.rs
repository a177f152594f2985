//! Inventories of an invented tenant as it is at the end of its log: what cmdlets and Graph would list then.
//!
//! Not here: the shapes they are written in (`shape`).

use super::event::Event;
use super::tenant::Tenant;
use serde_json::Value;

/// The state of a tenant, kept up with what happens.
#[derive(Debug, Default)]
pub struct Inventories {}

impl Inventories {
    /// As it is before the log begins.
    pub fn new(_tenant: &Tenant) -> Self {
        Self::default()
    }

    /// Takes note of what happens.
    pub fn see(&mut self, _tenant: &Tenant, _event: &Event) {}

    /// The entries of a kind (one of `record::inventory::KINDS`), as the tool that lists them gives them.
    pub fn entries(&self, _tenant: &Tenant, _kind: &str) -> Vec<Value> {
        Vec::new()
    }
}

/// The approved list: what the company knows of and allows, as settings.
pub fn approved(_tenant: &Tenant) -> String {
    String::new()
}
