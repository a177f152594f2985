//! The members of a native record by name: which are texts, which are lists, and which nobody asks for.
//!
//! Not here: reading them.

use crate::evidence::names::fold_key;
use std::borrow::Cow;

/// Writes the enumeration of texts and the table of their names.
macro_rules! slots {
    ($($slot:ident => $name:literal,)*) => {
        /// The texts that are kept of a row until all of it is known; those of nested objects among them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Slot {
            $(#[doc = concat!("The member `", $name, "`.")] $slot,)*
        }

        /// Every text with its name; a name with a full stop is that of a member of a member.
        const SLOTS: &[(&str, Slot)] = &[$(($name, Slot::$slot),)*];
    };
}

slots! {
    ActorContextId => "ActorContextId",
    ActorIp => "ActorIP",
    ActorIpAddress => "ActorIpAddress",
    ActorInfoString => "ActorInfoString",
    AppId => "AppId",
    ApplicationDisplayName => "ApplicationDisplayName",
    ApplicationId => "ApplicationId",
    ClientAppId => "ClientAppId",
    ClientInfoString => "ClientInfoString",
    ClientIp => "ClientIP",
    ClientIpAddress => "ClientIPAddress",
    CorrelationId => "CorrelationId",
    CreationTime => "CreationTime",
    DestMailboxOwnerUpn => "DestMailboxOwnerUPN",
    ErrorNumber => "ErrorNumber",
    ExternalAccess => "ExternalAccess",
    ExternalUserTenantId => "ExternalUserTenantId",
    HostAppId => "HostAppId",
    Id => "Id",
    InterSystemsId => "InterSystemsId",
    LogonError => "LogonError",
    LogonType => "LogonType",
    LogonUserSid => "LogonUserSid",
    MailboxGuid => "MailboxGuid",
    MailboxOwnerSid => "MailboxOwnerSid",
    MailboxOwnerUpn => "MailboxOwnerUPN",
    ObjectId => "ObjectId",
    Operation => "Operation",
    OperationCount => "OperationCount",
    OrganizationId => "OrganizationId",
    RecordType => "RecordType",
    ResultStatus => "ResultStatus",
    SendAsUserMailboxGuid => "SendAsUserMailboxGuid",
    SendAsUserSmtp => "SendAsUserSmtp",
    SendOnBehalfOfUserMailboxGuid => "SendOnBehalfOfUserMailboxGuid",
    SendOnBehalfOfUserSmtp => "SendOnBehalfOfUserSmtp",
    SessionId => "SessionId",
    TokenObjectId => "TokenObjectId",
    TokenTenantId => "TokenTenantId",
    UniqueTokenId => "UniqueTokenId",
    UserAgent => "UserAgent",
    UserId => "UserId",
    UserKey => "UserKey",
    UserType => "UserType",
    Workload => "Workload",
    ContextClient => "AppAccessContext.ClientAppId",
    ContextName => "AppAccessContext.ClientAppName",
    ContextSession => "AppAccessContext.AADSessionId",
    ContextToken => "AppAccessContext.UniqueTokenId",
    DeviceSession => "DeviceProperties.SessionId",
    FolderPath => "Folder.Path",
    FolderName => "Folder.Name",
    FolderUpn => "Folder.MemberUpn",
    FolderSid => "Folder.MemberSid",
    FolderRights => "Folder.MemberRights",
}

/// Number of texts.
pub(super) const COUNT: usize = SLOTS.len();

/// A nested value that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Actor,
    AffectedItems,
    AppAccessContext,
    DeviceProperties,
    ExtendedProperties,
    Folder,
    Folders,
    Item,
    Messages,
    ModifiedProperties,
    OperationProperties,
    Parameters,
    Target,
}

/// Every nested value with its name.
const LISTS: &[(&str, List)] = &[
    ("Actor", List::Actor),
    ("AffectedItems", List::AffectedItems),
    ("AppAccessContext", List::AppAccessContext),
    ("DeviceProperties", List::DeviceProperties),
    ("ExtendedProperties", List::ExtendedProperties),
    ("Folder", List::Folder),
    ("Folders", List::Folders),
    ("Item", List::Item),
    ("Messages", List::Messages),
    ("ModifiedProperties", List::ModifiedProperties),
    ("OperationProperties", List::OperationProperties),
    ("Parameters", List::Parameters),
    ("Target", List::Target),
];

/// Members that most records have and nobody asks for: a name that is not here costs a search.
const IGNORED: &[&str] = &[
    "AppPoolName",
    "AzureActiveDirectoryEventType",
    "ClientProcessName",
    "ClientVersion",
    "CrossMailboxOperation",
    "DestFolder",
    "InternalLogonType",
    "IntraSystemId",
    "LogonUserDisplayName",
    "MailboxOwnerMasterAccountSid",
    "OrganizationName",
    "OriginatingServer",
    "QuerySource",
    "QueryText",
    "RequestId",
    "SaveToSentItems",
    "ScenarioName",
    "SupportTicketId",
    "TargetContextId",
    "Version",
    "recipientCount",
    "recipientList",
];

/// Other spellings that are met.
const SPELLINGS: &[(&str, Slot)] = &[("CorrelationID", Slot::CorrelationId)];

/// Names without which no format that stands before native records takes a row that has `Operation` and `CreationTime`. Names with a blank are not here,
/// for the fast reader takes none.
const OTHERS: &[&str] = &[
    "_raw",
    "lastrow",
    "preview",
    "auditLogRecordType",
    "AuditData",
    "properties",
    "ActionType",
    "ErrorCode",
    "InitiatedBy",
    "TargetResources",
];

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Text(Slot),
    List(List),
    Ignored,
}

/// Places of the index: a power of two, so many more than names that few share one.
const PLACES: usize = 1024;

/// Most names that are kept in mind, of those that nobody asks for, and the longest of them.
const LEARNT: usize = 200;
const LONGEST: usize = 64;

/// Members by name.
#[derive(Debug)]
pub(super) struct Members {
    all: Vec<(Cow<'static, str>, Member)>,
    /// How many of them are known from the beginning.
    known: usize,
    /// One more than the number in `all`, at the place of its name or behind.
    places: Box<[u16; PLACES]>,
}

impl Default for Members {
    fn default() -> Self {
        let slots = SLOTS.iter().chain(SPELLINGS);
        let texts = slots.filter(|(name, _)| !name.contains('.'));
        let all = texts
            .map(|(name, slot)| (*name, Member::Text(*slot)))
            .chain(
                LISTS
                    .iter()
                    .map(|(name, list)| (*name, Member::List(*list))),
            )
            .chain(IGNORED.iter().map(|name| (*name, Member::Ignored)));
        let mut members = Self {
            all: Vec::new(),
            known: 0,
            places: Box::new([0; PLACES]),
        };
        for (name, member) in all {
            members.insert(Cow::Borrowed(name), member);
        }
        members.known = members.all.len();
        members
    }
}

impl Members {
    /// What a member of this name is; nothing when it is a name in another case, or one by which another format knows its rows.
    pub(super) fn get(&mut self, name: &[u8]) -> Option<Member> {
        match self.find(name) {
            Ok(member) => Some(member),
            Err(_) => self.learn(name),
        }
    }

    /// What a member of this name is, or the place where it would be.
    fn find(&self, name: &[u8]) -> Result<Member, usize> {
        let mut at = place(name);
        loop {
            let number = usize::from(self.places[at]);
            match number.checked_sub(1).and_then(|at| self.all.get(at)) {
                Some((own, member)) if own.as_bytes() == name => return Ok(*member),
                Some(_) => at = (at + 1) % PLACES,
                None => return Err(at),
            }
        }
    }

    fn insert(&mut self, name: Cow<'static, str>, member: Member) {
        if let Err(at) = self.find(name.as_bytes()) {
            self.all.push((name, member));
            self.places[at] = u16::try_from(self.all.len()).unwrap_or(0);
        }
    }

    /// Keeps a name in mind if nobody asks for it, nor for one that differs in case only.
    #[cold]
    fn learn(&mut self, name: &[u8]) -> Option<Member> {
        let name = str::from_utf8(name).ok()?;
        let known = self.all.iter().take(self.known);
        let mut asked = known.map(|(own, _)| &**own).chain(OTHERS.iter().copied());
        if !is_plain(name) || asked.any(|own| own.eq_ignore_ascii_case(name)) {
            return None;
        }
        if self.all.len() < self.known + LEARNT && name.len() <= LONGEST {
            self.insert(Cow::Owned(name.to_owned()), Member::Ignored);
        }
        Some(Member::Ignored)
    }
}

/// The text of a top-level member.
pub(super) fn slot(name: &str) -> Option<Slot> {
    let mut slots = SLOTS.iter();
    slots.find(|(own, _)| *own == name).map(|(_, slot)| *slot)
}

/// Whether a name is one word of ASCII that is compared as it is written, but for its case, and is no field that Splunk made of a list.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_graphic())
        && !name.contains("{}")
        && fold_key(name).len() == name.len()
}

/// Where to look for a name.
fn place(name: &[u8]) -> usize {
    // Odd, with its bits well mixed, so that each bit of the name reaches the upper ones.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let ends = name.first_chunk().zip(name.last_chunk());
    let (head, tail) = ends.map_or_else(
        || (short(name), 0),
        |(head, tail)| (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
    );
    let mixed = (head ^ tail.rotate_left(23) ^ name.len() as u64).wrapping_mul(SPREAD);
    usize::try_from(mixed >> 54).unwrap_or(0)
}

/// The bytes of a name of less than eight.
fn short(name: &[u8]) -> u64 {
    name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}
