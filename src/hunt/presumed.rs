//! Which application a consent is presumably for, when its record names that only by an object id.
//!
//! Whoever gives an application mail first asks for it in its registration: a request by the same actor shortly before names it.
//! Two that fit leave it open: what is presumed is shown as such, and never held against anybody. Not here: what follows for accesses
//! (`access`).

use super::identity::{Identities, is_opaque};
use super::model::{Act, Grant, Party, PrincipalKind, Road};
use crate::text::fold;
use crate::time::{Instant, length};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};

/// How long before a consent a request for its rights counts.
const HOURS: i64 = 24;

/// A request for rights, and for which application.
struct Request {
    time: Instant,
    road: Road,
    rights: Vec<String>,
    application: Party,
    app_ids: Vec<String>,
}

/// Presumes applications of consents that name none, where the requests of their actors leave no choice.
pub fn presume(grants: &mut [Grant], identities: &Identities) {
    let mut asked: BTreeMap<String, Vec<Request>> = BTreeMap::new();
    for grant in grants.iter().filter(|grant| grant.act == Act::Requested) {
        if let Some(request) = request(grant) {
            asked
                .entry(grant.actor.key.clone())
                .or_default()
                .push(request);
        }
    }
    for grant in grants.iter_mut().filter(|grant| is_unnamed(grant)) {
        let requests = asked.get(&grant.actor.key).map_or(&[][..], Vec::as_slice);
        let Some((request, rights, before)) = only(grant, requests) else {
            continue;
        };
        let Some(apps) = apps(request, identities) else {
            continue;
        };
        let name = &request.application.name;
        grant.grantee.candidates = vec![name.clone()];
        grant.presumed_app_ids = apps;
        grant.presumed_reason = format!(
            "presumably {name}, for which the same actor asked for {} {} before",
            rights.join(", "),
            length(before)
        );
    }
}

/// What a grant asks for; `None` when it does not tell by whom, when or for whom.
fn request(grant: &Grant) -> Option<Request> {
    let is_told = !grant.actor.is_nobody() && !grant.grantee.is_nobody();
    let time = grant.time.filter(|_| is_told)?;
    Some(Request {
        time,
        road: grant.road,
        rights: grant.rights.clone(),
        application: grant.grantee.clone(),
        app_ids: grant.app_ids.clone(),
    })
}

/// Whether a grant gave an application something of which nothing but an object id is known.
fn is_unnamed(grant: &Grant) -> bool {
    let grantee = &grant.grantee;
    let is_application = matches!(
        grantee.kind,
        PrincipalKind::ServicePrincipal | PrincipalKind::ManagedIdentity
    );
    let is_unknown = grant.app_ids.is_empty() && grantee.label.is_empty();
    grant.act == Act::Given
        && matches!(grant.road, Road::Consent | Road::AppPermission)
        && is_application
        && is_unknown
        && grantee.candidates.is_empty()
        && !grantee.is_nobody()
        && is_opaque(&grantee.name)
}

/// The last request that fits a grant, the rights that both have, and how long before it was; none when requests for two fit.
fn only<'r>(
    grant: &Grant,
    requests: &'r [Request],
) -> Option<(&'r Request, Vec<String>, TimeDelta)> {
    let time = grant.time?;
    let fitting = requests.iter().filter_map(|request| {
        let before = time - request.time;
        let in_time = (TimeDelta::zero()..=TimeDelta::hours(HOURS)).contains(&before);
        let rights = shared(&grant.rights, &request.rights);
        let fits = in_time && request.road == grant.road && !rights.is_empty();
        fits.then_some((request, rights, before))
    });
    let fitting: Vec<_> = fitting.collect();
    let keys: BTreeSet<&str> = fitting
        .iter()
        .map(|(request, ..)| request.application.key.as_str())
        .collect();
    let last = fitting
        .into_iter()
        .min_by(|(_, rights, before), (_, others, later)| (before, rights).cmp(&(later, others)));
    last.filter(|_| keys.len() == 1)
}

fn shared(given: &[String], asked: &[String]) -> Vec<String> {
    let is_asked = |right: &&String| asked.iter().any(|other| fold(other) == fold(right));
    given.iter().filter(is_asked).cloned().collect()
}

/// The application ids of a requested application, itself or by its name: empty when several have the name. `None` when the evidence
/// knows the service principal of that name, which then is another than the unnamed one.
fn apps(request: &Request, identities: &Identities) -> Option<Vec<String>> {
    let application = &request.application;
    let labels = [&application.name, &application.label];
    let labels = labels.into_iter().filter(|label| !label.is_empty());
    let labelled = || labels.clone().flat_map(|label| identities.labelled(label));
    let spellings = || labelled().flat_map(|principal| &principal.spellings);
    let own = application.spellings.iter().cloned();
    let mut all = own.chain(spellings().map(|spelling| fold(&spelling.written)));
    if all.any(|spelling| spelling.starts_with("serviceprincipal_")) {
        return None;
    }
    let known = labelled().flat_map(|principal| principal.apps.iter().cloned());
    let apps: BTreeSet<String> = request.app_ids.iter().cloned().chain(known).collect();
    Some(
        Some(apps)
            .filter(|apps| apps.len() == 1)
            .into_iter()
            .flatten()
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::access::{Tie, query};
    use crate::hunt::identity::fact::{Fact, LocatedFact};
    use crate::hunt::model::Scope;
    use crate::hunt::tests::build::{after, grant};
    use crate::record::Provenance;

    const OBJECT: &str = "0a1b7ab4-e3c2-4e75-93ad-6ea6d16cffbf";
    const APP: &str = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";
    const OTHER: &str = "11111111-703e-4189-9752-6b827ef9107d";

    fn consent() -> Grant {
        Grant {
            road: Road::Consent,
            scope: Scope::Tenant,
            rights: vec!["Mail.ReadWrite".to_owned(), "User.Read".to_owned()],
            grantee: Party::new(OBJECT, PrincipalKind::ServicePrincipal),
            ..grant()
        }
    }

    fn asked(seconds: i64, application: &str) -> Grant {
        Grant {
            act: Act::Requested,
            time: Some(after(seconds)),
            rights: vec!["mail.readwrite".to_owned()],
            grantee: Party::new(application, PrincipalKind::ServicePrincipal),
            ..consent()
        }
    }

    fn application(ids: &[&str], label: &str, app: &str) -> LocatedFact {
        LocatedFact {
            fact: Fact {
                ids: ids.iter().map(|id| (*id).to_owned()).collect(),
                label: label.to_owned(),
                app: app.to_owned(),
                kind: Some(PrincipalKind::ServicePrincipal),
                ..Fact::default()
            },
            at: Provenance::default(),
        }
    }

    /// The consent after presuming, among requests and known applications.
    fn presumed(consent: Grant, requests: &[Grant], known: &[LocatedFact]) -> Grant {
        let mut grants = vec![consent];
        grants.extend(requests.iter().cloned());
        presume(&mut grants, &Identities::of(known));
        grants.remove(0)
    }

    #[test]
    fn one_request_names_the_application_and_two_leave_it_open() {
        let (day, hour) = (86_400, 3_600);
        let by_another = Grant {
            actor: Party::new("mallory@example.com", PrincipalKind::User),
            ..asked(-60, "Mail Sync")
        };
        let for_other_rights = Grant {
            rights: vec!["Files.Read".to_owned()],
            ..asked(-60, "Mail Sync")
        };
        let of_the_other_road = Grant {
            road: Road::AppPermission,
            ..asked(-60, "Mail Sync")
        };
        for (requests, name) in [
            (vec![], None),
            (vec![asked(-128, "Mail Sync")], Some("Mail Sync")),
            (vec![asked(-day, "Mail Sync")], Some("Mail Sync")),
            (vec![asked(-day - 1, "Mail Sync")], None),
            (vec![asked(1, "Mail Sync")], None),
            (vec![by_another], None),
            (vec![for_other_rights], None),
            (vec![of_the_other_road], None),
            (
                vec![asked(-hour, "Mail Sync"), asked(-60, "mail sync")],
                Some("mail sync"),
            ),
            (vec![asked(-hour, "Mail Sync"), asked(-60, "Backup")], None),
            (
                vec![asked(-day - 1, "Mail Sync"), asked(-60, "Backup")],
                Some("Backup"),
            ),
        ] {
            let grant = presumed(consent(), &requests, &[]);
            let candidates = grant.grantee.candidates;
            assert_eq!(candidates.first().map(String::as_str), name);
            assert!(candidates.len() < 2 && grant.presumed_app_ids.is_empty());
        }
    }

    #[test]
    fn only_the_unnamed_are_presumed() {
        let requests = [asked(-60, "Mail Sync")];
        let with_app = Grant {
            app_ids: vec![APP.to_owned()],
            ..consent()
        };
        let mut labelled = consent();
        labelled.grantee.label = "Backup".to_owned();
        let mut named = consent();
        named.grantee = Party::new("Backup", PrincipalKind::ServicePrincipal);
        let mut person = consent();
        person.grantee.kind = PrincipalKind::User;
        let failed = Grant {
            act: Act::Failed,
            ..consent()
        };
        let undated = Grant {
            time: None,
            ..consent()
        };
        for consent in [with_app, labelled, named, person, failed, undated] {
            assert_eq!(presumed(consent.clone(), &requests, &[]), consent);
        }
    }

    #[test]
    fn one_application_id_alone_is_presumed() {
        let requests = [asked(-128, "Mail Sync")];
        let registration = application(&[OTHER], "Mail Sync", "");
        let client = application(&[APP], "Mail Sync", APP);
        let second = application(&[OTHER], "mail sync", OTHER);
        let principal = application(
            &[&format!("ServicePrincipal_{OTHER}"), APP],
            "Mail Sync",
            APP,
        );
        for (known, candidates, apps) in [
            (vec![registration.clone(), client.clone()], 1, &[APP][..]),
            (vec![registration], 1, &[]),
            (vec![client, second], 1, &[]),
            (vec![principal], 0, &[]),
        ] {
            let grant = presumed(consent(), &requests, &known);
            assert_eq!(grant.grantee.candidates.len(), candidates);
            assert_eq!(grant.presumed_app_ids, apps);
        }
    }

    #[test]
    fn what_is_presumed_is_said_and_asked_for() {
        let known = [application(&[APP], "Mail Sync", APP)];
        let grant = presumed(consent(), &[asked(-128, "Mail Sync")], &known);
        let (tie, query) = query(&grant);
        let expected = format!(
            "the evidence names {OBJECT} only by its object id; presumably Mail Sync, for which the same actor asked for Mail.ReadWrite \
             2 min before"
        );
        assert_eq!(tie, Tie::Possible(expected));
        let query = query.unwrap().to_string();
        assert!(
            query.contains(APP) && !query.contains("third-party"),
            "{query}"
        );
    }
}
