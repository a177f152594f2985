//! The members of a native record by name: which are texts, which are lists, and which nobody asks for.
//!
//! Not here: reading them.

use super::keys::Keys;
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

/// Most names that are kept in mind, with those that are known from the beginning, and the longest of them.
const ROOM: usize = 256;
const LONGEST: usize = 64;

/// Members by name.
#[derive(Debug)]
pub(super) struct Members {
    /// Those known from the beginning, and behind them those that nobody asks for.
    pub keys: Keys<Member>,
    /// How many are known from the beginning.
    pub known: usize,
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
        let mut keys = Keys::new(ROOM, Member::Ignored);
        for (name, member) in all {
            keys.insert(Cow::Borrowed(name), member);
        }
        let known = keys.len();
        Self { keys, known }
    }
}

/// What a member of a name is that was not met; nothing when it is a name in another case, or one by which another format knows its rows. It is
/// kept in mind, if nobody asks for it, nor for one that differs in case only.
#[cold]
pub(super) fn learn(keys: &mut Keys<Member>, known: usize, name: &[u8]) -> Option<Member> {
    let name = str::from_utf8(name).ok()?;
    let is_asked = (keys.names().take(known))
        .chain(OTHERS.iter().copied())
        .any(|own| own.eq_ignore_ascii_case(name));
    if is_asked || !is_plain(name) {
        return None;
    }
    if name.len() <= LONGEST {
        keys.insert(Cow::Owned(name.to_owned()), Member::Ignored);
    }
    Some(Member::Ignored)
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
