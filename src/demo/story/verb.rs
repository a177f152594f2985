//! The verbs of steps: one table of what each does, what it needs, and what it may say.
//!
//! Not here: how they are done (`stage` and its parts).

use super::word::Words;
use crate::demo::event::MailOperation;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Signs in somewhere.
    SignIn,
    /// Runs a cmdlet.
    Cmdlet,
    /// Registers an application here.
    Register,
    /// Adds a credential to an application, or takes it away.
    Credential,
    /// Consents to an application.
    Consent,
    /// Gives an application permission, or takes it away.
    AppRole,
    /// Gives a directory role, or takes it away.
    Role,
    /// Makes somebody an owner of an application.
    Owner,
    /// Does something to an account.
    Account,
    /// Does something in a mailbox.
    Mail(MailOperation),
    /// Reads a mailbox without a record of it.
    Unlogged,
    /// Does other steps several times.
    Repeat,
}

/// The fields that a verb takes beside those that every step may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Takes {
    /// Those it cannot do without.
    pub needs: &'static [&'static str],
    /// Those it may have.
    pub may: &'static [&'static str],
}

/// Writes the table of the verbs that are not operations in mailboxes.
macro_rules! verbs {
    ($($word:literal $verb:ident: $needs:expr, $may:expr;)*) => {
        /// The verbs, those in mailboxes left out.
        const VERBS: &[(&str, Verb)] = &[$(($word, Verb::$verb),)*];

        impl Verb {
            /// The fields it takes.
            pub fn takes(self) -> Takes {
                match self {
                    $(Self::$verb => Takes { needs: $needs, may: $may },)*
                    Self::Mail(operation) => in_mailbox(operation),
                }
            }
        }
    };
}

verbs! {
    "sign-in" SignIn: &["by"], &["from", "with", "resource", "error", "silent", "key", "on-behalf"];
    "cmdlet" Cmdlet: &["by", "operation", "object", "parameters"], &["from", "with", "failed"];
    "register" Register: &["by", "application"], &["from", "with"];
    "credential" Credential: &["by", "application", "name", "key"], &["from", "with", "removal"];
    "consent" Consent: &["by", "application", "scopes"], &["from", "with", "before", "everybody"];
    "app-role" AppRole: &["by", "application", "resource", "permission"], &["from", "with", "removal"];
    "role" Role: &["by", "member", "role"], &["from", "with", "removal"];
    "owner" Owner: &["by", "application", "person"], &["from", "with"];
    "account" Account: &["by", "person", "operation"], &["from", "with"];
    "unlogged" Unlogged: &["by", "mailbox"], &[];
    "repeat" Repeat: &["steps"], &["times", "every", "days", "working", "over"];
}

/// Fields of operations in mailboxes: all have an actor and a mailbox, and what is theirs alone.
fn in_mailbox(operation: MailOperation) -> Takes {
    const BASIC: &[&str] = &[
        "from",
        "with",
        "on-behalf",
        "folder",
        "messages",
        "newest",
        "failed",
    ];
    match operation {
        MailOperation::Send
        | MailOperation::SendAs
        | MailOperation::SendOnBehalf
        | MailOperation::Create
        | MailOperation::Update => Takes {
            needs: &["by", "mailbox"],
            may: &[
                "from",
                "with",
                "on-behalf",
                "folder",
                "messages",
                "newest",
                "failed",
                "subject",
                "recipients",
            ],
        },
        MailOperation::Move => Takes {
            needs: &["by", "mailbox", "destination"],
            may: BASIC,
        },
        MailOperation::Search => Takes {
            needs: &["by", "mailbox", "query"],
            may: BASIC,
        },
        MailOperation::UpdateInboxRules => Takes {
            needs: &["by", "mailbox", "rule"],
            may: BASIC,
        },
        MailOperation::AddFolderPermissions
        | MailOperation::ModifyFolderPermissions
        | MailOperation::RemoveFolderPermissions
        | MailOperation::UpdateFolderPermissions
        | MailOperation::UpdateCalendarDelegation => Takes {
            needs: &["by", "mailbox", "member", "rights"],
            may: BASIC,
        },
        _ => Takes {
            needs: &["by", "mailbox"],
            may: BASIC,
        },
    }
}

impl Words for Verb {
    const WHAT: &'static str = "verb";
    const TABLE: &'static [(&'static str, Self)] = VERBS;

    fn read(word: &str) -> Result<Self, String> {
        let found = VERBS.iter().find(|(known, _)| *known == word);
        found
            .map(|(_, verb)| *verb)
            .or_else(|| MailOperation::read(word).ok().map(Self::Mail))
            .ok_or_else(|| {
                let own = VERBS.iter().map(|(word, _)| *word);
                let mail = MailOperation::TABLE.iter().map(|(word, _)| *word);
                let known: Vec<_> = own.chain(mail).collect();
                format!("there is no verb `{word}`; known are {}", known.join(", "))
            })
    }

    fn word(self) -> &'static str {
        if let Self::Mail(operation) = self {
            return operation.word();
        }
        let found = VERBS.iter().find(|(_, verb)| *verb == self);
        found.map_or("verb", |(word, _)| word)
    }
}
