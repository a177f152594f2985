//! Accesses: what happened inside mailboxes, and which of it a grant made possible.
//!
//! The tie between a grant and an access is a query ([`query`]), so that the index answers it and the analyst can see it. An
//! application with rights of its own is logged as the owner: it is recognised by its id, never by the user. Not here: how much was
//! exposed beyond what one listing counts (Microsoft's rules are in [`Summary`]).

use super::catalog::Power;
use super::model::{Exposure, Grant, Party, PrincipalKind, Road, Scope};
use super::power::{strongest, unlisted};
use crate::query::{Expr, Field, Term};
use crate::record::{Record, folder_name};
use crate::store::Row;
use crate::text::fold;
use crate::time::Instant;
use std::collections::BTreeSet;
use std::ops::Bound;

/// Operations inside a mailbox, in mailbox audit records. Source: mailbox auditing actions, Microsoft Purview documentation.
const OPERATIONS: [&str; 21] = [
    "MailItemsAccessed",
    "SendAs",
    "SendOnBehalf",
    "Send",
    "MailboxLogin",
    "FolderBind",
    "MessageBind",
    "AttachmentAccess",
    "Create",
    "Update",
    "Copy",
    "Move",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "RecordDelete",
    "SearchQueryInitiatedExchange",
    "UpdateInboxRules",
    "UpdateCalendarDelegation",
    "ApplyRecord",
    "PreviewItemDownloaded",
];

/// Whether a record happened inside a mailbox.
pub fn is_access(record: &Record) -> bool {
    record.operation.is_any(&OPERATIONS)
}

/// How sure the tie between a grant and its accesses is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tie {
    /// The evidence names the grantee as the one who acted.
    Named(String),
    /// The evidence does not name the grantee, but what happened fits nobody else known.
    Possible(String),
    /// The evidence cannot tie any access to this grant.
    None(String),
}

impl Tie {
    /// Why, in one sentence.
    pub fn reason(&self) -> &str {
        match self {
            Self::Named(reason) | Self::Possible(reason) | Self::None(reason) => reason,
        }
    }
}

/// The tie of a grant, and the query for its accesses; no query when nothing can be tied.
pub fn query(grant: &Grant) -> (Tie, Option<Expr>) {
    if grant.attempt {
        let reason = "the attempt failed: it gave nothing";
        return (Tie::None(reason.to_owned()), None);
    }
    let acts = match acts(grant) {
        Ok(acts) => acts,
        Err(reason) => return (Tie::None(reason), None),
    };
    let (tie, who) = who(grant);
    let Some(who) = who else {
        return (tie, None);
    };
    let Some(made) = grant.time else {
        let reason = "the record lost its time: nothing can be said to come after it";
        return (Tie::None(reason.to_owned()), None);
    };
    let mut all = vec![keyword(Field::Is, "access"), who];
    all.extend(acts);
    all.extend(mailboxes(grant));
    all.push(Expr::Term(Term::Time {
        low: Bound::Included(made),
        high: grant.revoked_at.map_or(Bound::Unbounded, Bound::Included),
    }));
    (tie, Some(Expr::And(all)))
}

/// What a right lets its holder do inside a mailbox: everything when no operation is named. The reason, when accesses cannot come from
/// it at all.
fn acts(grant: &Grant) -> Result<Option<Expr>, String> {
    let sending = |operations: &[&str]| {
        let operations = operations.iter();
        Ok(Some(Expr::Or(
            operations
                .map(|name| keyword(Field::Operation, name))
                .collect(),
        )))
    };
    match (grant.road, strongest(grant)) {
        (Road::SendAs, _) => sending(&["SendAs"]),
        (Road::SendOnBehalf, _) => sending(&["SendOnBehalf"]),
        (_, Power::Read | Power::Escalate | Power::Full) => Ok(None),
        (_, Power::Send) => sending(&["Send", "SendAs", "SendOnBehalf"]),
        // What is not known can be anything.
        (_, Power::None) if grant.rights.is_empty() || unlisted(grant).is_some() => Ok(None),
        (_, power) => Err(format!(
            "the right opens {}: what happened in mailboxes came by another",
            power.meaning()
        )),
    }
}

/// Who must have acted for an access to be tied to the grant.
fn who(grant: &Grant) -> (Tie, Option<Expr>) {
    let grantee = &grant.grantee;
    match grantee.kind {
        PrincipalKind::ServicePrincipal | PrincipalKind::ManagedIdentity => application(grant),
        PrincipalKind::Default | PrincipalKind::Anonymous => {
            let tie = Tie::Possible(format!(
                "any delegate counts: the right is given to {}",
                grantee.name
            ));
            (tie, Some(keyword(Field::Is, "delegate")))
        }
        PrincipalKind::Group | PrincipalKind::RoleGroup => (
            Tie::None(format!(
                "the evidence does not list the members of {}",
                grantee.name
            )),
            None,
        ),
        _ if grantee.is_nobody() => (
            Tie::None("the record does not name the grantee".to_owned()),
            None,
        ),
        PrincipalKind::Unknown if !grant.app_ids.is_empty() => application(grant),
        _ => (
            Tie::Named(format!("{} acted", grantee.name)),
            Some(in_person(grantee)),
        ),
    }
}

fn application(grant: &Grant) -> (Tie, Option<Expr>) {
    let mut ids = grant.app_ids.clone();
    ids.extend(grant.grantee.spellings.iter().cloned());
    if !grant.app_ids.is_empty() {
        return (
            Tie::Named(format!("application {} acted", grant.grantee.name)),
            Some(Expr::Or(vec![
                any(Field::App, &ids),
                any(Field::User, &ids),
            ])),
        );
    }
    let unnamed = if grant.grantee.is_nobody() {
        "the record does not name the application".to_owned()
    } else {
        format!(
            "the evidence names {} only by its object id",
            grant.grantee.name
        )
    };
    let reason = format!("{unnamed}; mail read by applications that are not Microsoft's is listed");
    let client = keyword(Field::Is, "third-party");
    (
        Tie::Possible(reason),
        Some(Expr::Or(vec![
            client,
            any(Field::User, &grant.grantee.spellings),
        ])),
    )
}

/// Which mailboxes and folders the grant reaches. A tenant-wide grant to a person does not count what the person does at home, nor what
/// names no mailbox.
fn mailboxes(grant: &Grant) -> Option<Expr> {
    let home = || any(Field::Mailbox, &grant.grantee.spellings);
    match grant.scope {
        Scope::Mailbox => Some(any(Field::Mailbox, &grant.target.spellings)),
        Scope::Folder => Some(Expr::And(vec![
            any(Field::Mailbox, &grant.target.spellings),
            keyword(Field::Folder, folder_name(&grant.folder)),
        ])),
        Scope::Tenant if grant.grantee.kind == PrincipalKind::ServicePrincipal => None,
        Scope::Tenant => Some(Expr::And(vec![
            Expr::Term(Term::Present(Field::Mailbox)),
            Expr::Not(Box::new(home())),
        ])),
    }
}

/// What a person did: reads by an application with rights of its own are logged under the owner's name and are not the owner's.
fn in_person(party: &Party) -> Expr {
    Expr::And(vec![
        any(Field::User, &party.spellings),
        Expr::Not(Box::new(keyword(Field::Is, "app-only"))),
    ])
}

fn keyword(field: Field, value: &str) -> Expr {
    Expr::exact(field, value)
}

/// Any of the values; nothing when there are none.
pub(super) fn any(field: Field, values: &[String]) -> Expr {
    Expr::Or(values.iter().map(|value| keyword(field, value)).collect())
}

/// The query for everything a party did: in person, or as an application under any of its ids. A sign-in that failed is not theirs:
/// whoever tries passwords from abroad would teach a baseline that the party is at home there.
pub fn doings(party: &Party, apps: &[String]) -> Expr {
    if apps.is_empty() && party.kind != PrincipalKind::ServicePrincipal {
        let failed = keyword(Field::Operation, "UserLoginFailed");
        return Expr::And(vec![in_person(party), Expr::Not(Box::new(failed))]);
    }
    let by_name = any(Field::User, &party.spellings);
    Expr::Or(vec![by_name, any(Field::App, apps)])
}

/// What the accesses after a grant add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Earliest access; `None` when none has a time.
    pub first: Option<Instant>,
    /// How many accesses there are.
    pub accesses: u64,
    /// Distinct mailboxes, folded.
    pub mailboxes: BTreeSet<String>,
    /// Message reads that Bind records name; a message read twice counts twice.
    pub bound: u64,
    /// Synchronisations of whole folders; a folder synchronised twice counts twice.
    pub synchronised: u64,
}

impl Summary {
    /// What rows add up to.
    pub fn of(rows: &[Row]) -> Self {
        let mut summary = Self::default();
        summary.add(rows);
        summary
    }

    /// Adds further rows.
    pub fn add(&mut self, rows: &[Row]) {
        for row in rows {
            self.accesses += 1;
            self.first = [self.first, row.time].into_iter().flatten().min();
            let mailbox = Some(fold(&row.mailbox));
            self.mailboxes
                .extend(mailbox.filter(|mailbox| !mailbox.is_empty()));
            let reads = row.operation.eq_ignore_ascii_case("MailItemsAccessed");
            match row.access.to_ascii_lowercase().as_str() {
                "sync" if reads => self.synchronised += 1,
                "bind" if reads => self.bound += row.items,
                _ => {}
            }
        }
    }

    /// Exposure by Microsoft's rules. `dark` counts the mailboxes in reach of which the log has no `MailItemsAccessed` at all.
    pub fn exposure(&self, dark: u64) -> Exposure {
        Exposure {
            proven: self.bound,
            presumed: self.synchronised,
            unknowable: dark,
        }
    }
}
