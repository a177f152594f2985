//! The truth about a tenant: which records are abuse, which only look like it, and what should be said of them.
//!
//! Not here: how the truth comes about (`story`).

mod answers;

use super::event::Second;
use super::tenant::Tenant;
use crate::hunt::model::{Road, Severity, State};
use crate::time;
use serde::{Deserialize, Serialize, Serializer};

/// The truth about a tenant.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Labels {
    /// What is abuse, in the order of the scenarios.
    pub stories: Vec<Telling>,
    /// What only looks like it.
    pub look_alikes: Vec<Telling>,
}

/// An ATT&CK object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Technique {
    /// Its id: of a technique, an analytic (`AN`) or a detection strategy (`DET`).
    pub id: &'static str,
    /// The name it has in ATT&CK.
    pub name: &'static str,
}

/// How hard a story is to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difficulty {
    /// One record shows it.
    Easy,
    /// Two kinds of records have to be joined.
    Medium,
    /// Nothing in it stands out by itself.
    Hard,
}

impl Difficulty {
    /// Its word in files and listings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }
}

/// The band that a hunt should give which has the tenant's inventories and knows its approved applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// Abuse: this one or a higher one.
    AtLeast(Severity),
    /// A look-alike: this one or a lower one.
    AtMost(Severity),
}

/// A story or a look-alike, told.
#[derive(Debug, Clone, Serialize)]
pub struct Telling {
    /// Name of its scenario.
    pub scenario: String,
    /// What it is, in a few words.
    pub title: String,
    /// ATT&CK objects that it serves; a look-alike is nobody's technique but has those it looks like.
    pub attack: Vec<Technique>,
    /// How hard it is to find, or to tell apart.
    pub difficulty: Difficulty,
    /// The band that a hunt should give.
    pub severity: Band,
    /// What happened; of a look-alike also why it is fine.
    pub story: String,
    /// Help, from vague to plain; empty for look-alikes.
    pub hints: Vec<String>,
    /// What in the records proves it; empty for look-alikes.
    pub proof: String,
    /// The grants it is about.
    pub grants: Vec<LabelledGrant>,
    /// Records that prepare a grant.
    pub precursors: Vec<String>,
    /// Records that hide what was done.
    pub cover_ups: Vec<String>,
    /// Records of attempts at a grant that failed.
    pub attempts: Vec<String>,
    /// First access that a grant made possible and that left a record.
    pub first_access: Option<Moment>,
    /// Mailboxes reached, by address, those without a record of it included.
    pub mailboxes: Vec<String>,
    /// What was exposed.
    pub exposure: Exposure,
    /// Every labelled record once, in order of time, for the trainer's key.
    #[serde(skip)]
    pub records: Vec<LabelledRecord>,
}

/// A moment, written as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Second);

impl std::fmt::Display for Moment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let instant = time::from_micros(self.0.saturating_mul(1_000_000));
        formatter.write_str(&time::rfc3339(instant))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Somebody or something that a grant is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Party {
    /// Name to show.
    pub name: String,
    /// User principal name, address of a mailbox, or object id of a service principal; `Default` and `all` stand for themselves.
    pub id: String,
    /// Its other ids under which a record may name it: alias, object id and mailbox GUID of a person, application (client) id.
    pub also: Vec<String>,
}

/// A grant as the one who planted it knows it.
#[derive(Debug, Clone, Serialize)]
pub struct LabelledGrant {
    /// Ids of the records that make it.
    #[serde(rename = "record_ids")]
    pub records: Vec<String>,
    /// When its first record was made.
    pub time: Moment,
    /// By which road, in the words of the hunt.
    pub road: Road,
    /// Operation of its first record.
    pub operation: String,
    /// Who made it.
    pub actor: Party,
    /// Who or what gets it.
    pub grantee: Party,
    /// On whose mailbox.
    pub target: Party,
    /// What it allows, in the words of the log.
    pub rights: Vec<String>,
    /// Whether it is in force at the end of the log.
    pub state: State,
    /// When it was taken away.
    pub revoked_at: Option<Moment>,
    /// Ids of the records that take it away.
    #[serde(rename = "revocation_ids")]
    pub revocations: Vec<String>,
    /// What it made possible, by mailbox and operation.
    pub accesses: Vec<AccessGroup>,
}

/// Accesses to one mailbox by one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessGroup {
    /// Address of the mailbox.
    pub mailbox: String,
    /// Operation as the log spells it; of mail reading with its type.
    pub operation: String,
    /// When it was first done.
    pub first: Moment,
    /// When it was last done.
    pub last: Moment,
    /// Ids of the records, in order of time.
    #[serde(rename = "record_ids")]
    pub records: Vec<String>,
}

/// What was exposed, counted as the hunt counts it, over the labelled accesses alone. An application that also works ordinarily, and
/// a delegate who also reads by another right, add to what a hunt counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Exposure {
    /// Messages that Bind records name; one read twice counts twice.
    pub proven: u64,
    /// Synchronisations of whole folders.
    pub presumed: u64,
    /// Mailboxes that could be read without any record of it.
    pub unknowable: u64,
}

/// What a record is to the one who hunts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// It makes the grant.
    Grant,
    /// The grant made it possible.
    Access,
    /// It prepares the grant.
    Precursor,
    /// It hides what was done.
    CoverUp,
    /// It takes the grant away.
    Revocation,
    /// It failed to make a grant.
    Attempt,
}

impl Mark {
    /// Its word in the trainer's key.
    pub fn word(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Access => "access",
            Self::Precursor => "precursor",
            Self::CoverUp => "cover-up",
            Self::Revocation => "revocation",
            Self::Attempt => "attempt",
        }
    }
}

/// A labelled record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledRecord {
    /// The id of the record.
    pub id: String,
    /// When it was made.
    pub time: Moment,
    /// What it is.
    pub mark: Mark,
    /// Its operation as the log spells it.
    pub operation: String,
    /// Who acts, as the one who planted it knows.
    pub actor: String,
    /// On what: a mailbox, an object; empty for sign-ins.
    pub on: String,
}

/// Facts of the tenant that go with its labels.
#[derive(Serialize)]
struct Document<'a> {
    seed: u64,
    organization: &'a str,
    domain: &'a str,
    organization_id: String,
    #[serde(flatten)]
    labels: &'a Labels,
}

impl Labels {
    /// Ids of all labelled records.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let tellings = self.stories.iter().chain(&self.look_alikes);
        let records = tellings.flat_map(|telling| &telling.records);
        records.map(|record| record.id.as_str())
    }

    /// The truth as one JSON document.
    pub fn json(&self, tenant: &Tenant) -> String {
        let document = Document {
            seed: tenant.seed,
            organization: &tenant.name,
            domain: &tenant.domain,
            organization_id: tenant.id.to_string(),
            labels: self,
        };
        // A document of texts, numbers and lists has no key that JSON cannot write.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// The trainer's key, as Markdown.
    pub fn answers(&self, tenant: &Tenant) -> String {
        answers::write(self, tenant)
    }
}
