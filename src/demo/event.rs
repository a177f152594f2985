//! What can happen in an invented tenant, as facts: who, when, where from, with what, on what.
//!
//! One event is one record of the unified audit log, of the sign-in log, or of both; a directory change is also one of the directory
//! audit log. Everything that a record says follows from its event and the tenant. Not here: what makes them happen (`life`,
//! `story`), how a record spells them (`native`, `sign_in`, `directory`).

use super::client::Client;
use super::id::{ApplicationId, Guid, Key, MailboxId, PersonId, PlaceId};
use std::borrow::Cow;
use std::net::IpAddr;

/// A moment: seconds since 1970, UTC. The logs have no finer one.
pub type Second = i64;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it happened.
    pub time: Second,
    /// Which event it is.
    pub key: Key,
    /// What it is.
    pub act: Act,
}

impl Event {
    /// By this events are ordered: by time, those of one second by key.
    pub fn order(&self) -> (Second, Key) {
        (self.time, self.key)
    }

    /// Whether it stands in the unified audit log: all but sign-ins that are not an interactive one of a person.
    pub fn is_unified(&self) -> bool {
        match &self.act {
            Act::SignIn(sign_in) => sign_in.kind == SignInKind::Interactive,
            Act::Mail(_) | Act::Cmdlet(_) | Act::Change(_) => true,
        }
    }
}

/// What it was that happened.
#[derive(Debug, Clone)]
pub enum Act {
    /// Something in a mailbox: record types 2, 3, 50 and 101.
    Mail(Mail),
    /// A sign-in: the sign-in log, and record type 15 for interactive ones.
    SignIn(SignIn),
    /// A cmdlet of Exchange or of the compliance centre: record types 1 and 18.
    Cmdlet(Box<Cmdlet>),
    /// A change of the directory: record type 8, and the directory audit log.
    Change(Box<Change>),
}

impl Act {
    /// The hands that did it.
    pub fn hand(&self) -> &Hand {
        match self {
            Self::Mail(mail) => &mail.hand,
            Self::SignIn(sign_in) => &sign_in.hand,
            Self::Cmdlet(cmdlet) => &cmdlet.hand,
            Self::Change(change) => &change.hand,
        }
    }
}

/// Who it is that acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, or whoever has their password.
    Person(PersonId),
    /// An application by itself (app-only).
    Application(ApplicationId),
    /// An application in the name of a person (delegated).
    OnBehalf(ApplicationId, PersonId),
    /// Microsoft's own service.
    Service(Service),
}

/// Services of Microsoft that act in a tenant, as the log spells them (TELEMETRY §7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// `NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)`, three quarters of the time.
    ServiceHost,
    /// The same, spelt `Servicehost`.
    Servicehost,
    /// `NT AUTHORITY\SYSTEM (w3wp)`.
    WebProcess,
    /// `NT AUTHORITY\SYSTEM (MSExchangeMailboxAssistants)`.
    MailboxAssistants,
    /// `NT AUTHORITY\SYSTEM (Microsoft.Exchange.Management.ForwardSync)`.
    ForwardSync,
    /// `S-1-5-18`: configures group mailboxes.
    LocalSystem,
    /// `Client=REST;Client=RESTSystem;;` in the name of the owner: background reading.
    RestSystem,
    /// `Certificate`: adds service principals just in time.
    Certificate,
    /// The service `fim_password_service@support.onmicrosoft.com`.
    PasswordWriteBack,
}

/// Hands that do something: who, with what, from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hand {
    /// Whose hands they are.
    pub actor: Actor,
    /// With what program.
    pub client: Client,
    /// From which address. What a record shows may be another one: that of the front end.
    pub address: IpAddr,
    /// Where that is.
    pub place: PlaceId,
    /// Key of the sign-in session; 0 for none.
    pub session: u64,
}

/// As what the actor was logged on to a mailbox, as logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logon {
    /// As its owner; also what app-only access looks like.
    Owner = 0,
    /// As an administrator: content search, export.
    Admin = 1,
    /// As a delegate.
    Delegated = 2,
    /// The transport service.
    Transport = 3,
    /// A system service.
    System = 4,
}

/// Something done in a mailbox.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Who does it.
    pub hand: Hand,
    /// In which mailbox.
    pub mailbox: MailboxId,
    /// As what they are logged on.
    pub logon: Logon,
    /// What is done there.
    pub operation: MailOperation,
    /// In which folder.
    pub folder: Folder,
    /// The newest message touched, by its number in the folder; those before it follow. Message `n` of a folder has the same ids
    /// whoever touches it.
    pub message: u32,
    /// How many messages.
    pub count: u16,
    /// What only some operations have.
    pub detail: Option<Box<MailDetail>>,
}

/// Operations of mailbox audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MailOperation {
    /// `MailItemsAccessed`, messages read one by one.
    Bind,
    /// The same, the last before logging stops for a day (`IsThrottled`).
    BindThrottled,
    /// `MailItemsAccessed`, a whole folder synchronised.
    Sync,
    /// The operation `Send`.
    Send,
    /// The operation `SendAs`.
    SendAs,
    /// The operation `SendOnBehalf`.
    SendOnBehalf,
    /// The operation `Create`.
    Create,
    /// The operation `Update`.
    Update,
    /// The operation `Move`.
    Move,
    /// The operation `MoveToDeletedItems`.
    MoveToDeletedItems,
    /// The operation `SoftDelete`.
    SoftDelete,
    /// The operation `HardDelete`.
    HardDelete,
    /// The operation `AttachmentAccess`.
    AttachmentAccess,
    /// The operation `SearchQueryInitiatedExchange`.
    Search,
    /// The operation `AddFolderPermissions`.
    AddFolderPermissions,
    /// The operation `ModifyFolderPermissions`.
    ModifyFolderPermissions,
    /// The operation `RemoveFolderPermissions`.
    RemoveFolderPermissions,
    /// The operation `UpdateFolderPermissions`.
    UpdateFolderPermissions,
    /// The operation `UpdateCalendarDelegation`.
    UpdateCalendarDelegation,
    /// The operation `UpdateInboxRules`.
    UpdateInboxRules,
}

/// Folders of a mailbox; their names are in the language of its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Folder {
    /// The top: `\`.
    Top,
    /// What has arrived.
    Inbox,
    /// What was sent.
    Sent,
    /// What is being written.
    Drafts,
    /// What was thrown away.
    Deleted,
    /// The calendar of appointments.
    Calendar,
    /// People and their addresses.
    Contacts,
    /// What was filed.
    Archive,
    /// What waits to be sent.
    Outbox,
    /// One of the owner's own folders below the Inbox, by number.
    Own(u8),
}

/// What only some operations in a mailbox have.
#[derive(Debug, Clone, Default)]
pub struct MailDetail {
    /// Subject, where it is told by the story; else one is made up.
    pub subject: Option<String>,
    /// Recipients of what was sent.
    pub recipients: Vec<String>,
    /// Where messages went.
    pub destination: Option<Folder>,
    /// The mailbox in whose name was sent.
    pub sent_as: Option<MailboxId>,
    /// The entry of a changed folder permission.
    pub member: Option<Member>,
    /// Name, condition and action of an inbox rule, as JSON texts of the log.
    pub rule: Option<(String, String, String)>,
    /// What was searched for.
    pub query: Option<String>,
    /// Whether it failed.
    pub failed: bool,
}

/// Whom a folder permission is for, and what it allows afterwards.
#[derive(Debug, Clone)]
pub struct Member {
    /// Whom it is for.
    pub who: Grantee,
    /// Rights after the change, as the log writes them: `ReadAny, Visible`.
    pub rights: Cow<'static, str>,
}

/// Whom a right is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grantee {
    /// A person or account.
    Person(PersonId),
    /// An application by itself.
    Application(ApplicationId),
    /// Everybody in the tenant: `Default`, in mailbox audit `Everyone`.
    Default,
    /// Everybody, without an account.
    Anonymous,
    /// Members of the group that owns a group mailbox: `Member@local`.
    LocalMembers,
    /// Owners of the group that owns a group mailbox: `Owner@local`.
    LocalOwners,
}

/// Which of the four logs of sign-ins one stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignInKind {
    /// A person typed something.
    Interactive,
    /// A program renewed a person's token.
    NonInteractive,
    /// An application signed in with its own credential.
    ServicePrincipal,
    /// A resource of Azure signed in.
    ManagedIdentity,
}

/// A sign-in of any kind.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Which log it stands in.
    pub kind: SignInKind,
    /// Who signs in, with what, from where, into which session.
    pub hand: Hand,
    /// What the token is for.
    pub resource: Resource,
    /// Entra's error code; 0 for success.
    pub error: u32,
    /// Key id of the credential an application used.
    pub credential: Option<Guid>,
}

/// APIs and portals that tokens are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// Office 365 Exchange Online.
    Exchange,
    /// The API Microsoft Graph.
    Graph,
    /// Office 365 Management APIs.
    Management,
    /// Azure and Entra portals.
    AzureManagement,
}

/// A cmdlet that is run.
#[derive(Debug, Clone)]
pub struct Cmdlet {
    /// Who runs it, with what, from where; the client decides which address the record shows.
    pub hand: Hand,
    /// Name of the cmdlet.
    pub operation: Cow<'static, str>,
    /// The object, as `ObjectId` names it.
    pub object: String,
    /// Parameters in order.
    pub parameters: Vec<(Cow<'static, str>, String)>,
    /// Whether it failed.
    pub failed: bool,
}

/// A change of the directory.
#[derive(Debug, Clone)]
pub struct Change {
    /// Who changes it, with what, from where.
    pub hand: Hand,
    /// The operation as the unified log spells it, with its full stop or blank.
    pub operation: Cow<'static, str>,
    /// What is changed.
    pub target: Object,
    /// What changes of it, in order: name, old value, new value, as the unified log writes them.
    pub modified: Vec<(Cow<'static, str>, String, String)>,
    /// Key of the correlation id that records of one act share.
    pub correlation: u64,
    /// Why it failed; `None` where it did not.
    pub failed: Option<Cow<'static, str>>,
}

/// Objects of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// A user of the tenant.
    Person(PersonId),
    /// The service principal of an application.
    ServicePrincipal(ApplicationId),
    /// The registration of an application.
    Registration(ApplicationId),
    /// The service principal of an API.
    Resource(Resource),
    /// The tenant itself.
    Company,
}
