//! A grant in one sentence, for people.
//!
//! Not here: what makes it stand out (`signal`).

use crate::hunt::model::{Grant, Listing, Party};

/// One sentence that says what was granted.
pub fn sentence(grant: &Grant) -> String {
    let somebody = |party: &Party| {
        if party.is_nobody() {
            "somebody".to_owned()
        } else {
            party.name.clone()
        }
    };
    let rights = if grant.rights.is_empty() {
        grant.road.word().to_owned()
    } else {
        grant.rights.join(", ")
    };
    let verb = grant.act.verb();
    let folder = if grant.folder.is_empty() {
        String::new()
    } else {
        format!(" in {}", grant.folder)
    };
    if grant.listing == Listing::WithoutRecord {
        let [grantee, target] = [&grant.grantee, &grant.target].map(somebody);
        let listed = &grant.operation;
        return format!("{grantee} has {rights} on {target}{folder}, as {listed} lists");
    }
    format!(
        "{} {verb} {} {rights} on {}{folder} by {}",
        somebody(&grant.actor),
        somebody(&grant.grantee),
        somebody(&grant.target),
        grant.operation
    )
}
