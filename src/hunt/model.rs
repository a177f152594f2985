//! The nouns of the hunt: grants, who takes part in them, how they are classed, scored and what followed.
//!
//! Plain data, filled by the other modules of `hunt` and read by screens, commands and exports. Not here: any judgement.

use crate::record::{Provenance, RecordId};
use crate::time::Instant;

/// Declares an enum with the word each value has in queries, exports and on screens, so that both directions come from one table.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $value,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$value,)+];

            /// The word in queries, exports and on screens.
            pub fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// The value of a word, without case.
            pub fn read(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word().eq_ignore_ascii_case(word.trim()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A way to a mailbox.
    Road {
        /// A management role that impersonates any user (`ApplicationImpersonation`) or reads mailboxes in bulk.
        ImpersonationRole = "impersonation-role",
        /// Membership of a role group.
        RoleGroup = "role-group",
        /// An Exchange role assigned to an application.
        RbacForApplications = "rbac-for-applications",
        /// An application permission of Graph or Exchange Online.
        AppPermission = "app-permission",
        /// Delegated scopes consented to, for one user or all.
        Consent = "consent",
        /// A right on a whole mailbox.
        MailboxPermission = "mailbox-permission",
        /// The right to send as the mailbox.
        SendAs = "send-as",
        /// The right to send on behalf of the mailbox.
        SendOnBehalf = "send-on-behalf",
        /// A right on one folder.
        FolderPermission = "folder-permission",
        /// A right on the directory object of a mailbox, on premises (Send-As, Receive-As, impersonation).
        AdPermission = "ad-permission",
        /// A delegate of a calendar, who may also act on meeting requests.
        CalendarDelegation = "calendar-delegation",
        /// A policy that kept an application to some mailboxes was removed or widened.
        AccessPolicy = "access-policy",
        /// A directory role whose holder can give himself mailboxes.
        DirectoryRole = "directory-role",
    }
}

words! {
    /// How far a grant reaches.
    Scope {
        /// Every mailbox of the organisation, or those of a management scope.
        Tenant = "tenant",
        /// One mailbox as a whole.
        Mailbox = "mailbox",
        /// One folder of one mailbox.
        Folder = "folder",
    }
}

words! {
    /// What kind of principal somebody is.
    PrincipalKind {
        /// A person of the organisation.
        User = "user",
        /// A guest of the organisation.
        Guest = "guest",
        /// An account of another organisation.
        External = "external",
        /// An application's identity.
        ServicePrincipal = "service-principal",
        /// An identity managed by the platform.
        ManagedIdentity = "managed-identity",
        /// A group other than a role group.
        Group = "group",
        /// An Exchange role group.
        RoleGroup = "role-group",
        /// Microsoft's own service.
        System = "system",
        /// The `Default` entry of a folder: every authenticated user.
        Default = "default",
        /// The `Anonymous` entry of a folder.
        Anonymous = "anonymous",
        /// Not to be told from the evidence.
        Unknown = "unknown",
    }
}

words! {
    /// Severity of a grant, a band of its score.
    Severity {
        /// Nothing stands out.
        Info = "info",
        /// Little stands out.
        Low = "low",
        /// Worth a look.
        Medium = "medium",
        /// Look at it today.
        High = "high",
        /// Look at it now.
        Critical = "critical",
    }
}

words! {
    /// What a grant is to the hunt.
    Class {
        /// To be judged by a person.
        Candidate = "candidate",
        /// Made by Microsoft's own service: folded away, counted.
        System = "system",
        /// Covered by an approval: lowered, marked, never hidden.
        Sanctioned = "sanctioned",
    }
}

words! {
    /// What became of an act.
    Act {
        /// It gave the right.
        Given = "grant",
        /// It failed: nothing was given.
        Failed = "attempt",
        /// The registration of an application asks for it: nothing was given yet.
        Requested = "request",
    }
}

impl Act {
    /// What somebody did with a right, in a sentence.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Given => "gave",
            Self::Failed => "tried to give",
            Self::Requested => "asked to give",
        }
    }
}

words! {
    /// How a grant compares with the permission listings in the evidence.
    Listing {
        /// No listing tells of it.
        Unknown = "unknown",
        /// A listing has it.
        Confirmed = "confirmed",
        /// A listing has it, and no record in the log made it.
        WithoutRecord = "without-record",
        /// The log has no removal, and a listing that would have it has not.
        Vanished = "vanished",
    }
}

words! {
    /// Whether a grant is in force at the end of the log.
    State {
        /// No removal is logged.
        Standing = "standing",
        /// A removal is logged.
        Revoked = "revoked",
        /// The log cannot tell (an attempt, or a record without a time).
        Unknown = "unknown",
    }
}

words! {
    /// What an analyst decided about a grant. Kept apart from severity.
    Verdict {
        /// The grant is abuse.
        TruePositive = "true-positive",
        /// The detection is wrong.
        FalsePositive = "false-positive",
        /// The detection is right and the act was legitimate.
        BenignTruePositive = "benign-true-positive",
        /// Nothing is decided yet.
        Unknown = "unknown",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the enum is written by a macro that has no place for an attribute of one value"
)]
impl Default for PrincipalKind {
    fn default() -> Self {
        Self::Unknown
    }
}

/// Somebody who takes part in a grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Party {
    /// Name to show: the best spelling known. Empty when the record names nobody.
    pub name: String,
    /// Folded identity under which this party is compared.
    pub key: String,
    /// What kind of principal this is.
    pub kind: PrincipalKind,
    /// Every folded spelling known for this party, `key` included, sorted. Records are matched against these.
    pub spellings: Vec<String>,
    /// Display name, where it differs from `name`; empty otherwise.
    pub label: String,
    /// Names of the principals that it may be, sorted, when the evidence allows several; empty when it is one.
    pub candidates: Vec<String>,
    /// The known name that its own imitates (`rnicrosoft`); empty when it imitates none.
    pub resembles: String,
}

impl Party {
    /// A party known by one spelling.
    pub fn new(name: &str, kind: PrincipalKind) -> Self {
        let key = crate::text::fold(name);
        Self {
            name: name.trim().to_owned(),
            spellings: if key.is_empty() {
                Vec::new()
            } else {
                vec![key.clone()]
            },
            key,
            kind,
            ..Self::default()
        }
    }

    /// Whether the record named nobody.
    pub fn is_nobody(&self) -> bool {
        self.key.is_empty()
    }
}

/// A grant of access to a mailbox, or a failed attempt at one.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Stable id: same evidence, same id, whatever the order of files. `g` and 12 hex digits.
    pub id: String,
    /// The ids that it would have if some of its records were missing, sorted. A mark hung on one of them belongs to this grant.
    pub also_ids: Vec<String>,
    /// When it was made; `None` when the record lost its time.
    pub time: Option<Instant>,
    /// By which road.
    pub road: Road,
    /// Operation of the (first) record.
    pub operation: String,
    /// Who made the grant.
    pub actor: Party,
    /// Who may now reach the mailbox.
    pub grantee: Party,
    /// Whose mailbox; for tenant-wide grants the party named `all mailboxes`.
    pub target: Party,
    /// How far it reaches.
    pub scope: Scope,
    /// Rights in the words of the source, sorted.
    pub rights: Vec<String>,
    /// Whether it gave the right, failed, or only asks for it.
    pub act: Act,
    /// What it is to the hunt.
    pub class: Class,
    /// Why the class is not `candidate`; empty when it is.
    pub class_reason: String,
    /// State at the end of the log.
    pub state: State,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// What ended it, in a few words (`Remove-MailboxPermission`, `the grantee was deleted`); empty while it stands.
    pub ended_by: String,
    /// How it compares with the permission listings in the evidence.
    pub listing: Listing,
    /// Why, in one sentence; empty when no listing tells of it.
    pub listing_reason: String,
    /// Ids of the records that made it, sorted.
    pub record_ids: Vec<RecordId>,
    /// Ids of the records that revoked it, sorted.
    pub revocation_ids: Vec<RecordId>,
    /// Where those that made it stand in the evidence, in the same order as `record_ids`.
    pub provenance: Vec<Provenance>,
    /// Where it was made from.
    pub place: Place,
    /// For an application: the ids under which it shows as the caller of an access. Empty when the evidence does not tell.
    pub app_ids: Vec<String>,
    /// Application ids that it presumably has, where the evidence shows none. Never held against anybody.
    pub presumed_app_ids: Vec<String>,
    /// Who the grantee presumably is and why, in one clause; empty when nothing is presumed.
    pub presumed_reason: String,
    /// Folder of a folder permission, empty otherwise.
    pub folder: String,
    /// What its record lost on the way into the export; empty when it is whole.
    pub degraded: String,
}

impl Grant {
    /// Whether nothing was given: the act failed, or only asks.
    pub fn gave_nothing(&self) -> bool {
        self.act != Act::Given
    }

    /// Every id that the grant has or would have with less evidence, its own first. A mark on any of them is a mark on it.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.id)
            .chain(&self.also_ids)
            .map(String::as_str)
    }
}

/// Where an act came from, as far as its record tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Client address, empty when there is none.
    pub ip: String,
    /// Country code, empty when unknown.
    pub country: String,
    /// Whether the address is one of Microsoft's own, which says nothing about the person.
    pub microsoft: bool,
    /// Sign-in session, empty when unknown.
    pub session: String,
    /// User agent, empty when unknown.
    pub agent: String,
    /// How the country is known when the record itself does not tell it; empty when it does.
    pub inferred: String,
}

/// A reason for a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Stable name, a row of the signal table.
    pub name: &'static str,
    /// Weight in bits; negative only for what holds a score back and says so.
    pub bits: f64,
    /// One plain sentence with its numbers.
    pub detail: String,
    /// Records behind it, when they are not the grant's own.
    pub record_ids: Vec<RecordId>,
}

/// What was reached through a grant, by Microsoft's own rules of reading `MailItemsAccessed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exposure {
    /// Messages that Bind records name.
    pub proven: u64,
    /// Folders that were synchronised whole: all their messages are to be presumed read.
    pub presumed: u64,
    /// Mailboxes in reach of which the log holds no mail access at all: not unread, unknowable.
    pub unknowable: u64,
}

/// A grant with its judgement and what followed it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredGrant {
    /// The grant that is judged.
    pub grant: Grant,
    /// Sum of the signals in bits; higher is more suspicious.
    pub score: f64,
    /// Band of the score.
    pub severity: Severity,
    /// The reasons, strongest first.
    pub signals: Vec<Signal>,
    /// What could not be judged for want of data, one sentence each.
    pub unknowns: Vec<String>,
    /// First access after the grant.
    pub first_access: Option<Instant>,
    /// Accesses after the grant.
    pub accesses: u64,
    /// Distinct mailboxes accessed.
    pub mailboxes: u64,
    /// What was reached through it.
    pub exposure: Exposure,
}
