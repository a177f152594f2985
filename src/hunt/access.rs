//! Accesses: what happened inside mailboxes, and which of it a grant made possible.
//!
//! The tie between a grant and an access is a query ([`query`]), so that the index answers it and the analyst can see it. An
//! application with rights of its own is logged as the owner: it is recognised by its id, never by the user. Not here: how much was
//! exposed beyond what one listing counts (Microsoft's rules are in [`Summary`]).

use super::catalog::{Power, folder_names};
use super::model::{Exposure, Grant, Listing, Party, PrincipalKind, Road, Scope};
use super::power::{strongest, unlisted};
use crate::query::{Expr, Field, Term};
use crate::record::Record;
use crate::store::{Row, Touch};
use crate::text::fold;
use crate::time::{self, Instant};
use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::ops::Bound;

/// Operations inside a mailbox, in mailbox audit records. Source: mailbox auditing actions, Microsoft Purview documentation.
pub(super) const OPERATIONS: [&str; 21] = [
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

/// The accesses of a grant: what they have in common with those of others like it, and since when they are its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Tied {
    /// What they are, at any time.
    pub what: Expr,
    /// When the grant was made.
    pub from: Instant,
    /// When it ended; `None` while it stands.
    pub to: Option<Instant>,
}

impl Tied {
    /// The query for them.
    pub fn query(self) -> Expr {
        let time = Expr::Term(Term::Time {
            low: Bound::Included(self.from),
            high: self.to.map_or(Bound::Unbounded, Bound::Included),
        });
        self.what.and(time)
    }
}

/// The tie of a grant, and the query for its accesses; no query when nothing can be tied.
pub fn query(grant: &Grant) -> (Tie, Option<Expr>) {
    let (tie, tied) = tied(grant);
    (tie, tied.map(Tied::query))
}

/// The tie of a grant, and its accesses; none when nothing can be tied.
pub fn tied(grant: &Grant) -> (Tie, Option<Tied>) {
    if grant.gave_nothing() {
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
    // A right that only a listing shows may be as old as the log.
    let is_listed = grant.listing == Listing::WithoutRecord;
    let undated = is_listed.then_some(chrono::DateTime::UNIX_EPOCH);
    let Some(from) = grant.time.or(undated) else {
        let reason = "the record lost its time: nothing can be said to come after it";
        return (Tie::None(reason.to_owned()), None);
    };
    let mut all = vec![keyword(Field::Is, "access"), who];
    all.extend(acts);
    all.extend(mailboxes(grant));
    let tied = Tied {
        what: Expr::And(all),
        from,
        to: grant.revoked_at,
    };
    (tie, Some(tied))
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
    let mut parts = vec![unnamed];
    if !grant.presumed_reason.is_empty() {
        parts.push(grant.presumed_reason.clone());
    }
    let client = if grant.presumed_app_ids.is_empty() {
        parts.push("mail read by applications that are not Microsoft's is listed".to_owned());
        keyword(Field::Is, "third-party")
    } else {
        ids.extend(grant.presumed_app_ids.iter().cloned());
        any(Field::App, &ids)
    };
    (
        Tie::Possible(parts.join("; ")),
        Some(Expr::Or(vec![client, any(Field::User, &ids)])),
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
            any(Field::Folder, &folder_names(&grant.folder)),
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
        for row in rows {
            let (bound, synchronised) = reads(&row.operation, &row.access, row.items);
            summary.accesses += 1;
            summary.first = [summary.first, row.time].into_iter().flatten().min();
            summary.mailboxes.extend(mailbox(row));
            summary.synchronised += synchronised;
            summary.bound += bound;
        }
        summary
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

/// The mailbox of a row, folded; `None` when it names none.
fn mailbox(row: &Row) -> Option<String> {
    Some(fold(&row.mailbox)).filter(|mailbox| !mailbox.is_empty())
}

/// The message reads that a record names, and the folders that it synchronised.
fn reads(operation: &str, access: &str, items: u64) -> (u64, u64) {
    let is = |kind: &str| access.eq_ignore_ascii_case(kind);
    match operation.eq_ignore_ascii_case("MailItemsAccessed") {
        true if is("sync") => (0, 1),
        true if is("bind") => (items, 0),
        _ => (0, 0),
    }
}

/// Accesses in the order of time, laid out so that what any stretch of them adds up to is found without a look at each: hundreds of
/// grants may share them.
#[derive(Debug, Default)]
pub struct Accesses {
    all: Vec<Added>,
    mailboxes: Mailboxes,
}

/// An access with what it and all before it add up to.
#[derive(Debug, Clone, Copy, Default)]
struct Added {
    /// Microseconds since 1970.
    time: i64,
    /// Reads of messages.
    bound: u64,
    /// Folders that were synchronised.
    synchronised: u64,
    /// Number of the mailbox.
    mailbox: u32,
}

/// Mailboxes, folded, by the numbers of accesses to them.
#[derive(Debug, Default)]
struct Mailboxes {
    numbers: HashMap<String, u32>,
    /// Numbers of the accesses to each.
    accesses: Vec<Vec<u32>>,
}

impl Mailboxes {
    fn number(&mut self, mailbox: &str) -> u32 {
        if let Some(number) = self.numbers.get(mailbox) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(mailbox.to_owned(), number);
        self.accesses.push(Vec::new());
        number
    }
}

impl Accesses {
    /// Adds an access, in whatever order; [`Accesses::finish`] follows the last.
    pub fn add(&mut self, touch: &Touch<'_>) {
        let (bound, synchronised) = reads(touch.operation, touch.access, touch.items);
        self.all.push(Added {
            time: touch.time,
            bound,
            synchronised,
            mailbox: self.mailboxes.number(touch.mailbox),
        });
    }

    /// Brings the accesses in order, and adds them up.
    pub fn finish(&mut self) {
        if !self.all.is_sorted_by_key(|access| access.time) {
            self.all.sort_by_key(|access| access.time);
        }
        let mut before = Added::default();
        for (at, access) in (0..).zip(&mut self.all) {
            access.bound += before.bound;
            access.synchronised += before.synchronised;
            before = *access;
            if let Some(accesses) = self.mailboxes.accesses.get_mut(access.mailbox as usize) {
                accesses.push(at);
            }
        }
    }

    /// What the accesses from one moment to another add up to, both included.
    pub fn between(&self, from: Instant, to: Option<Instant>) -> Summary {
        let from = time::micros(from);
        let begin = self.all.partition_point(|access| access.time < from);
        let to = to.map(time::micros);
        let end = to.map_or(self.all.len(), |to| {
            self.all.partition_point(|access| access.time <= to)
        });
        if begin >= end {
            return Summary::default();
        }
        let upto = |at: usize| at.checked_sub(1).and_then(|last| self.all.get(last));
        let sums = |at| upto(at).copied().unwrap_or_default();
        let (after, before) = (sums(end), sums(begin));
        let touched = |mailbox: u32| {
            let accesses = self.mailboxes.accesses.get(mailbox as usize);
            accesses.is_some_and(|accesses| {
                let next = accesses.partition_point(|access| (*access as usize) < begin);
                accesses
                    .get(next)
                    .is_some_and(|access| (*access as usize) < end)
            })
        };
        let mailboxes = self.mailboxes.numbers.iter();
        let mailboxes = mailboxes.filter(|(name, number)| !name.is_empty() && touched(**number));
        Summary {
            first: self
                .all
                .get(begin)
                .map(|first| time::from_micros(first.time)),
            accesses: (end - begin) as u64,
            mailboxes: mailboxes.map(|(mailbox, _)| mailbox.clone()).collect(),
            bound: after.bound - before.bound,
            synchronised: after.synchronised - before.synchronised,
        }
    }
}
