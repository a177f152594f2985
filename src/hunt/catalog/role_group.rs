//! Role groups that Exchange brings along, with the roles that each holds from the start.
//!
//! Not here: what a role or a group opens (the parent module), and which assignments of a listing are defaults (`snapshot`).

use super::table::rows;
use crate::text::fold;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const ROLE_GROUPS: &str = include_str!("../../../assets/catalog/role-groups.csv");

/// Folded roles by the folded name of their group.
static GROUPS: LazyLock<HashMap<String, HashSet<String>>> = LazyLock::new(|| {
    rows(ROLE_GROUPS)
        .filter_map(|row| {
            let roles = row
                .get(1)?
                .split(';')
                .map(fold)
                .filter(|role| !role.is_empty());
            Some((fold(row.first()?), roles.collect()))
        })
        .collect()
});

/// Whether Exchange brings a role group along.
pub fn is_built_in_group(name: &str) -> bool {
    GROUPS.contains_key(&fold(name))
}

/// Whether a role group holds a role from the start.
pub fn holds_by_default(group: &str, role: &str) -> bool {
    let roles = GROUPS.get(&fold(group));
    roles.is_some_and(|roles| roles.contains(&fold(role)))
}

#[cfg(test)]
mod tests {
    use super::super::{role_power, table};
    use super::*;

    #[test]
    fn every_line_names_a_group_and_roles_of_the_catalogue() {
        for line in table::lines(ROLE_GROUPS) {
            let fields = line.unwrap().fields;
            let [group, roles, source] = fields.as_slice() else {
                panic!("{fields:?}");
            };
            assert!(is_built_in_group(&group.1) && !source.1.is_empty());
            for role in roles.1.split(';').filter(|role| !role.is_empty()) {
                assert!(role_power(role).is_some(), "{role}");
                assert!(holds_by_default(&group.1, role), "{role}");
            }
        }
        assert!(!holds_by_default("Organization Management", ""));
        assert!(!holds_by_default("Server Management", "Mailbox Search"));
    }
}
