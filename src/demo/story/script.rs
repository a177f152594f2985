//! What a scenario file says: the abuse, what looks like it, who plays in each, where, and the steps.
//!
//! Read as it stands; names inside (of the cast, of places, of grants) are looked up when a part is staged. Not here: what the steps
//! come to (`stage`), which people play (`cast`).

use super::amount::{Clock, Count, Span};
use super::verb::Verb;
use super::word::{Named, Words};
use crate::demo::client::Client;
use crate::demo::event::{Folder, Resource};
use crate::demo::label::{Difficulty, Mark, Technique};
use crate::demo::place::Network;
use crate::demo::tenant::{Publisher, Purpose, Role};
use crate::hunt::model::{Road, Severity};
use serde::Deserialize;

/// A scenario file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Script {
    /// Its name on the command line; also that of the file.
    pub name: String,
    /// What it is, in a few words.
    pub title: String,
    /// ATT&CK objects that it serves.
    pub attack: Vec<Named<Technique>>,
    /// How hard it is to find.
    pub difficulty: Difficulty,
    /// Help for those who look for it, from vague to plain.
    pub hints: Vec<String>,
    /// What in the records proves it.
    pub proof: String,
    /// What it takes.
    pub needs: Needs,
    /// The abuse itself.
    pub abuse: Part,
    /// The same operations, innocent.
    pub look_alike: Vec<Part>,
}

/// What a story takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Needs {
    /// Least people of the tenant.
    pub users: u32,
    /// Least days of the log before it.
    pub days: u32,
}

/// The abuse, or one look-alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// What it is, in a few words; the abuse has the title of its file.
    #[serde(default)]
    pub title: String,
    /// What happened; for a look-alike also why it is fine. May hold placeholders.
    pub story: String,
    /// The band that a hunt must at least give the abuse, and at most a look-alike.
    pub severity: Severity,
    /// On which days it may begin.
    #[serde(default = "any_day")]
    pub begins: Named<DayKind>,
    /// Those who play.
    pub cast: Vec<Casting>,
    /// Places away from where people usually are.
    #[serde(default)]
    pub places: Vec<Away>,
    /// The grants it is about.
    #[serde(default)]
    pub grants: Vec<Given>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

fn any_day() -> Named<DayKind> {
    Named(DayKind::Any)
}

/// Kinds of days on which a part may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayKind {
    /// Every day will do.
    Any,
    /// A day on which the head office works.
    Working,
    /// A Saturday or Sunday.
    Weekend,
    /// A Sunday, the quietest day.
    Sunday,
    /// A Friday, the day before two quiet ones.
    Friday,
}

impl Words for DayKind {
    const WHAT: &'static str = "kind of day";
    const TABLE: &'static [(&'static str, Self)] = &[
        ("any", Self::Any),
        ("working", Self::Working),
        ("weekend", Self::Weekend),
        ("sunday", Self::Sunday),
        ("friday", Self::Friday),
    ];
}

/// Somebody or something that plays; exactly one of `role`, `assisted-by`, `shared`, `application` and `new` says what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Casting {
    /// The name by which steps call it.
    #[serde(rename = "as")]
    pub name: String,
    /// A person of one of these roles.
    pub role: Option<Vec<Named<Role>>>,
    /// How many at most; steps then name them through `repeat` alone.
    pub count: Option<u8>,
    /// How many at least, where a small tenant will do with fewer.
    pub least: Option<u8>,
    /// The person whom this one of the cast assists.
    pub assisted_by: Option<String>,
    /// A shared mailbox whose alias has one of these words in it, or any if there is none.
    pub shared: Option<Vec<String>>,
    /// An application that the tenant has.
    pub application: Option<Vec<Named<Purpose>>>,
    /// Something made for the story.
    pub new: Option<New>,
    /// Names of which a new one gets one.
    #[serde(default)]
    pub names: Vec<String>,
    /// Domain of a guest or of a partner's technician.
    pub domain: Option<String>,
    /// Countries of which a new one is from one; the head office's where there is none.
    #[serde(default)]
    pub country: Vec<String>,
    /// Where a new application comes from.
    pub publisher: Option<Named<Publisher>>,
    /// Application permissions that a new application has held since before the log.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Delegated scopes that a new application asks for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether the company approved a new application.
    #[serde(default)]
    pub approved: bool,
}

/// Kinds of what stories make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum New {
    /// An application with its service principal.
    Application,
    /// Somebody of another organisation, invited.
    Guest,
    /// A technician of a partner.
    Partner,
    /// An account of the tenant.
    User,
}

/// A place away from where people usually are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Away {
    /// The name by which steps call it.
    #[serde(rename = "as")]
    pub name: String,
    /// Countries of which it is in one; never one in which the tenant has a site.
    pub country: Vec<String>,
    /// The network there.
    pub network: Named<Network>,
}

/// A grant, as the one who planted it knows it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The name by which steps call it.
    #[serde(rename = "as")]
    pub name: String,
    /// By which road.
    pub road: Road,
    /// To whom: one of the cast, or `Default`.
    pub grantee: String,
    /// On whose mailbox: one of the cast, or `all`.
    pub target: String,
    /// What it allows, in the words of the log.
    pub rights: Vec<String>,
}

/// An inbox rule, as JSON texts of the log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Name of the rule.
    pub name: String,
    /// Which messages it takes.
    pub condition: String,
    /// What it does with them.
    pub action: String,
}

/// Writes the steps' fields, and which of them a step has.
macro_rules! fields {
    ($($(#[$text:meta])* $field:ident $word:literal: $kind:ty,)*) => {
        /// One step: its verb, what every step may say, and what only some verbs take.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Step {
            /// What is done.
            #[serde(rename = "do")]
            pub verb: Named<Verb>,
            /// Day of the part, from 0; stays in force for the steps behind it.
            pub day: Option<u16>,
            /// Local time of day.
            pub clock: Option<Clock>,
            /// Whose clock it is: one of the cast or of the places; else the actor's.
            pub zone: Option<String>,
            /// How long after the step before.
            pub after: Option<Span>,
            /// What it is to the one who hunts.
            pub label: Option<Mark>,
            /// Which grant it makes, uses or takes away; needed where there are several.
            pub of: Option<String>,
            $($(#[$text])* #[serde(rename = $word)] pub $field: Option<$kind>,)*
        }

        impl Step {
            /// The words of the fields, of those that only some verbs take, that this step has.
            pub fn present(&self) -> Vec<&'static str> {
                [$(self.$field.is_some().then_some($word),)*].into_iter().flatten().collect()
            }
        }
    };
}

fields! {
    /// Who does it.
    by "by": String,
    /// From where: one of the places, `home`, or where they usually are.
    from "from": String,
    /// With which program.
    with "with": Named<Client>,
    /// In whose name an application does it.
    on_behalf "on-behalf": String,
    /// What a sign-in is for, or of which API a permission is.
    resource "resource": Named<Resource>,
    /// Entra's error code of a sign-in.
    error "error": u32,
    /// Whether a program renewed a token, and nobody typed anything.
    silent "silent": bool,
    /// Name of a credential inside the story.
    key "key": String,
    /// Cmdlet, or operation on an account.
    operation "operation": String,
    /// `ObjectId` of a cmdlet.
    object "object": String,
    /// Parameters of a cmdlet, in order.
    parameters "parameters": Vec<(String, String)>,
    /// Whether it failed.
    failed "failed": bool,
    /// An application of the cast.
    application "application": String,
    /// An application permission.
    permission "permission": String,
    /// Whether something is taken away and not given.
    removal "removal": bool,
    /// Name of a credential as the log shows it.
    name "name": String,
    /// Delegated scopes afterwards.
    scopes "scopes": String,
    /// Delegated scopes before.
    before "before": String,
    /// Whether the consent is for everybody.
    everybody "everybody": bool,
    /// To whom a role or a right is given.
    member "member": String,
    /// A directory role.
    role "role": String,
    /// The person an act is about.
    person "person": String,
    /// In whose mailbox.
    mailbox "mailbox": String,
    /// In which folder.
    folder "folder": Named<Folder>,
    /// How many messages.
    messages "messages": Count,
    /// Whether the newest messages are meant; else those before the ones that the part took last.
    newest "newest": bool,
    /// Subject of the message.
    subject "subject": String,
    /// Recipients of the message.
    recipients "recipients": Vec<String>,
    /// Where messages go.
    destination "destination": Named<Folder>,
    /// Rights after the change of a folder permission.
    rights "rights": String,
    /// An inbox rule.
    rule "rule": Rule,
    /// What is searched for.
    query "query": String,
    /// Times of a repetition.
    times "times": Count,
    /// How far apart the times are.
    every "every": Span,
    /// Days of a repetition.
    days "days": u16,
    /// Whether only days on which the head office works count.
    working "working": bool,
    /// Several of the cast, one after another.
    over "over": String,
    /// What is repeated.
    steps "steps": Vec<Step>,
}

impl Script {
    /// Reads a scenario file; the fault says where it is.
    pub fn read(file: &str, text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| place(text, span.start));
            let message = error.message().replace('\n', "; ");
            format!("{file}:{line}:{column}: {message}")
        })
    }

    /// The abuse and its look-alikes, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.abuse).chain(&self.look_alike)
    }
}

/// Line and column of an offset, from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let begun = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(begun..).map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}
