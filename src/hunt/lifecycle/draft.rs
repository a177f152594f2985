//! A grant on its way: what one change of one record gives, with the names of those who take part resolved.
//!
//! Not here: whether it is a grant of its own (`giving`).

use super::EVERY_MAILBOX;
use super::deed::Said;
use super::roles::Roles;
use crate::hunt::catalog::Noise;
use crate::hunt::grant::{Effect, PermissionChange, kind_of, system_reason};
use crate::hunt::identity::Identities;
use crate::hunt::model::{
    Act, Class, Grant, Listing, Party, Place, PrincipalKind, Road, Scope, State,
};
use crate::net;
use crate::record::{Located, Outcome, Record, RecordId, UserType};
use crate::text::fold;
use sha2::{Digest, Sha256};

/// Most ids kept of a grant's other records, from which the ids of its parts are made.
const OTHERS: usize = 8;

/// A grant on its way, with what only the lifecycle needs.
#[derive(Clone)]
pub(super) struct Draft {
    /// The grant as far as it is known.
    pub(super) grant: Grant,
    /// Id of the grant as it was made, before partial removals split it.
    pub(super) origin: String,
    /// What `origin` would be if some of its records were missing.
    pub(super) others: Vec<String>,
    /// Name by which a removal may refer to it; empty when there is none.
    pub(super) handle: String,
    /// Correlation id of its record; empty when there is none.
    pub(super) correlation: String,
    /// Its rights as each record words them, where several records tell of it.
    pub(super) wordings: Vec<Vec<String>>,
    /// The grant that it comes from, if it comes from another.
    pub(super) via: Option<Via>,
    /// Whether it is kept back: the grantee, or somebody it comes through, can act no more and may come back.
    pub(super) hidden: bool,
    /// Whether the grantee itself is why.
    pub(super) asleep: bool,
}

/// Where a grant comes from that no record gives by itself.
#[derive(Clone)]
pub(super) struct Via {
    /// Number of the draft that it comes from.
    pub(super) from: usize,
    /// Origin of the grant that a record gave.
    pub(super) root: String,
    /// The group whose member has it; `None` for a role that a role group got later.
    pub(super) group: Option<Party>,
}

impl Draft {
    /// A draft with an id that it has as made, and what that would be with other records.
    pub(super) fn new(mut grant: Grant, ids: Vec<String>) -> Self {
        let mut ids = ids.into_iter();
        grant.id = ids.next().unwrap_or_default();
        grant.also_ids = ids.filter(|id| *id != grant.id).collect();
        let others = grant.also_ids.iter().take(OTHERS).cloned().collect();
        Self {
            origin: grant.id.clone(),
            others,
            grant,
            handle: String::new(),
            correlation: String::new(),
            wordings: Vec::new(),
            via: None,
            hidden: false,
            asleep: false,
        }
    }

    /// Origin of the grant that a record gave: its own, or that of the grant it comes from.
    pub(super) fn root(&self) -> &str {
        self.via.as_ref().map_or(&self.origin, |via| &via.root)
    }

    /// Whether nothing ended it yet.
    pub(super) fn stands(&self) -> bool {
        self.grant.state == State::Standing
    }

    /// Ids of a grant that comes from this one by some records: the first is its own, the rest are what it would have if others told.
    pub(super) fn ids_by<'r>(
        &self,
        records: &(impl Iterator<Item = &'r RecordId> + Clone),
        more: &str,
    ) -> Vec<String> {
        let origins = std::iter::once(&self.origin).chain(&self.others);
        let pairs = origins.flat_map(|origin| records.clone().map(move |record| (origin, record)));
        let ids = pairs.map(|(origin, record)| match more {
            "" => digest(&[origin, &fold(&record.0)]),
            more => digest(&[origin, &fold(&record.0), more]),
        });
        ids.collect()
    }

    /// Adds a further record of the same act. The earlier record keeps the id, at one moment the one with the smaller record id.
    pub(super) fn merge(&mut self, new: &Self) {
        if self.wordings.is_empty() && self.grant.rights != new.grant.rights {
            self.wordings.push(self.grant.rights.clone());
        }
        if self.grant.rights != new.grant.rights && !self.wordings.contains(&new.grant.rights) {
            self.wordings.push(new.grant.rights.clone());
        }
        if self.others.len() < OTHERS && new.origin != self.origin {
            self.others.push(new.origin.clone());
        }
        if self.correlation.is_empty() {
            self.correlation.clone_from(&new.correlation);
        }
        super::giving::merge(&mut self.grant, new.grant.clone());
    }
}

pub(super) fn is_assigned(grant: &Grant) -> bool {
    matches!(
        grant.road,
        Road::ImpersonationRole | Road::RbacForApplications
    )
}

/// Whether the rights of a road are names of management roles.
pub(super) fn gives_roles(road: Road) -> bool {
    matches!(
        road,
        Road::ImpersonationRole | Road::RbacForApplications | Road::RoleGroup
    )
}

/// What one change of one record gives.
pub(super) fn draft(
    located: &Located,
    change: &PermissionChange,
    (identities, noise): (&Identities, &Noise),
    roles: &Roles,
) -> Draft {
    let record = &located.record;
    let (grantee, known_apps) = grantee(change, identities);
    let mut grant = opened_by(located, identities);
    grant.road = change.road;
    grant.grantee = grantee;
    grant.target = target(change, identities);
    grant.scope = change.scope;
    grant.rights = roles.rights(change, record.time);
    grant.act = act_of(record, change);
    if grant.act != Act::Given {
        grant.state = State::Unknown;
    }
    if let Some(reason) = system_reason(record, change, noise) {
        grant.class = Class::System;
        reason.clone_into(&mut grant.class_reason);
    }
    grant.app_ids = app_ids(change, known_apps);
    grant.folder.clone_from(&change.folder);
    Draft {
        handle: change.handle.clone(),
        correlation: record.correlation.clone(),
        ..Draft::new(grant, vec![id(&record.id, change)])
    }
}

/// A grant with nothing but what its record says of the act itself.
pub(super) fn opened_by(located: &Located, identities: &Identities) -> Grant {
    let record = &located.record;
    Grant {
        id: String::new(),
        also_ids: Vec::new(),
        time: record.time,
        road: Road::MailboxPermission,
        operation: record.operation.to_string(),
        actor: actor(record, identities),
        grantee: Party::default(),
        target: Party::default(),
        scope: Scope::Mailbox,
        rights: Vec::new(),
        act: Act::Given,
        class: Class::Candidate,
        class_reason: String::new(),
        state: if record.time.is_none() {
            State::Unknown
        } else {
            State::Standing
        },
        revoked_at: None,
        ended_by: String::new(),
        listing: Listing::Unknown,
        listing_reason: String::new(),
        record_ids: vec![record.id.clone()],
        revocation_ids: Vec::new(),
        provenance: vec![located.provenance],
        place: place(record),
        app_ids: Vec::new(),
        presumed_app_ids: Vec::new(),
        presumed_reason: String::new(),
        folder: String::new(),
        degraded: record.degraded.clone(),
    }
}

/// A grant as another opens it anew: to whom, where and what stay, the act is that of the records.
pub(super) fn anew<'s>(
    old: &Grant,
    told: impl Iterator<Item = &'s Said<'s>>,
    identities: &Identities,
) -> Grant {
    let mut opened = told.map(|said| opened_by(said.located, identities));
    let Some(mut act) = opened.next() else {
        return old.clone();
    };
    for again in opened {
        super::giving::merge(&mut act, again);
    }
    Grant {
        road: old.road,
        grantee: old.grantee.clone(),
        target: old.target.clone(),
        scope: old.scope,
        rights: old.rights.clone(),
        app_ids: old.app_ids.clone(),
        folder: old.folder.clone(),
        class: old.class,
        class_reason: old.class_reason.clone(),
        ..act
    }
}

/// What became of a change that gives something.
fn act_of(record: &Record, change: &PermissionChange) -> Act {
    match (record.outcome, change.effect) {
        (Outcome::Failed, _) => Act::Failed,
        (_, Effect::Requests) => Act::Requested,
        _ => Act::Given,
    }
}

/// The ids that the record gives of an application, and those known from others, each once.
fn app_ids(change: &PermissionChange, known: Vec<String>) -> Vec<String> {
    let written = change.app_ids.iter().map(|app| fold(app));
    let mut app_ids: Vec<String> = written.chain(known).collect();
    app_ids.sort();
    app_ids.dedup();
    app_ids
}

/// Who acted, as a record says.
pub(super) fn actor(record: &Record, identities: &Identities) -> Party {
    identities.party(&record.user, &[], actor_kind(record)).0
}

/// Who gets or loses something by a change, with the application ids he is known by.
pub(super) fn grantee(change: &PermissionChange, identities: &Identities) -> (Party, Vec<String>) {
    identities.party(
        &change.grantee,
        &change.grantee_aliases,
        change.grantee_kind,
    )
}

/// Whose mailbox a change is about.
pub(super) fn target(change: &PermissionChange, identities: &Identities) -> Party {
    if change.scope == Scope::Tenant {
        return Party {
            name: EVERY_MAILBOX.to_owned(),
            key: "*".to_owned(),
            ..Party::default()
        };
    }
    identities
        .party(
            &change.target,
            &change.target_aliases,
            PrincipalKind::Unknown,
        )
        .0
}

/// A principal in some spellings.
pub(super) fn spelled(spellings: &[String], identities: &Identities) -> Party {
    let (first, aliases) = spellings
        .split_first()
        .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    identities.party(first, aliases, PrincipalKind::Unknown).0
}

/// What the record says its actor is; a name alone is asked last.
fn actor_kind(record: &Record) -> PrincipalKind {
    match record.user_type {
        Some(UserType::Application | UserType::ServicePrincipal) => PrincipalKind::ServicePrincipal,
        Some(UserType::Guest) => PrincipalKind::Guest,
        Some(UserType::PartnerTechnician) => PrincipalKind::External,
        _ => kind_of(&record.user),
    }
}

fn place(record: &Record) -> Place {
    let ip = record.address.ip;
    Place {
        inferred: String::new(),
        ip: ip.map_or_else(|| record.address.written.clone(), |ip| ip.to_string()),
        country: record.country_code().to_owned(),
        microsoft: ip.is_some_and(|ip| net::class(ip) == net::Class::Microsoft),
        session: record.session.clone(),
        agent: record.agent.clone(),
    }
}

/// Stable id of what one record grants: it depends on nothing but the record.
fn id(record: &RecordId, change: &PermissionChange) -> String {
    digest(&[
        &fold(&record.0),
        change.road.word(),
        &fold(&change.grantee),
        &fold(&change.target),
        &fold(&change.folder),
    ])
}

/// `g` and 12 hex digits.
fn digest(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    let hex = crate::text::hex(&digest);
    format!("g{}", hex.get(..12).unwrap_or(&hex))
}

/// Whether grants of a road are made in the directory.
pub(super) fn is_directory(road: Road) -> bool {
    matches!(
        road,
        Road::Consent | Road::AppPermission | Road::DirectoryRole
    )
}

/// Whether two parties are one: they share a spelling. Nobody is not the same as nobody.
pub(super) fn same(left: &Party, right: &Party) -> bool {
    let either = (left.is_nobody(), right.is_nobody());
    (either == (false, false) && left.key == right.key)
        || left
            .spellings
            .iter()
            .any(|spelling| right.spellings.binary_search(spelling).is_ok())
}
