//! Who there is in an invented tenant: people, mailboxes, applications, sites.
//!
//! A tenant is built from its seed alone and never changes afterwards, but for what a story adds to it (an application made by the
//! intruder, a guest). Not here: what they do (`life`, `story`), how a record spells them (`native`).

mod build;

use super::id::{ApplicationId, Guid, MailboxId, PersonId, PlaceId};

/// Fewest people with whom a tenant has everybody that it needs; one of them is ordinary staff.
pub const LEAST_USERS: u32 = 15;

/// An invented tenant.
#[derive(Debug, Clone, Default)]
pub struct Tenant {
    /// The number from which all of it follows.
    pub seed: u64,
    /// Name of the organisation.
    pub name: String,
    /// Its mail domain, of a reserved top level.
    pub domain: String,
    /// Its id: `OrganizationId`.
    pub id: Guid,
    /// Forest of Exchange, as canonical names begin (`EURPR07A004.PROD.OUTLOOK.COM`).
    pub forest: String,
    /// Domain part of its SIDs: three numbers behind `S-1-5-21-`.
    pub sid: [u32; 3],
    /// Where it works; the first is the head office.
    pub sites: Vec<PlaceId>,
    /// Everybody with an account.
    pub people: Vec<Person>,
    /// All mailboxes of it.
    pub mailboxes: Vec<Mailbox>,
    /// Applications with a service principal in the tenant.
    pub applications: Vec<Application>,
}

/// What somebody does for a living; decides activity, rights and who may be cast in a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Does ordinary office work.
    Staff,
    /// Leads the company.
    ChiefExecutive,
    /// Leads its finance.
    ChiefFinance,
    /// Another member of the board.
    Executive,
    /// Works for an executive and reads their mail and calendar.
    Assistant,
    /// Accounts payable and the like; knows the shared finance mailbox.
    Finance,
    /// Works in human resources.
    HumanResources,
    /// Holds the Global Administrator role.
    GlobalAdministrator,
    /// Holds the Exchange Administrator role.
    ExchangeAdministrator,
    /// Helpdesk: resets passwords, gives access by ticket.
    Helpdesk,
    /// An account that a program uses.
    ServiceAccount,
    /// Left, or on long leave: the account is there and not used.
    Dormant,
    /// Somebody of another organisation, invited.
    Guest,
    /// A technician of a partner with delegated administration; the account is of the partner's tenant.
    Partner,
}

impl Role {
    /// Whether somebody of the role has a desk and work: no dormant or service account, no guest, no partner.
    pub fn is_colleague(self) -> bool {
        !matches!(
            self,
            Self::Dormant | Self::ServiceAccount | Self::Guest | Self::Partner
        )
    }
}

/// A person or an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name for display.
    pub name: String,
    /// Alias: what stands before the `@`.
    pub alias: String,
    /// User principal name as the directory spells it (guests: the `#EXT#` form).
    pub upn: String,
    /// The name under which the account signs in (guests and partners: that of their home).
    pub sign_in: String,
    /// Object id in the directory.
    pub object: Guid,
    /// PUID, 16 hexadecimal digits when written.
    pub puid: u64,
    /// Last part of the SID.
    pub rid: u32,
    /// What they do.
    pub role: Role,
    /// Where they work (index in [`Tenant::sites`]); for guests and partners their own place is `home`.
    pub site: u8,
    /// The place they live and work at.
    pub home: PlaceId,
    /// Department, for names of folders and mailboxes.
    pub department: u8,
    /// Their mailbox; service accounts, guests and partners may have none.
    pub mailbox: Option<MailboxId>,
    /// Whom they assist.
    pub assists: Option<PersonId>,
    /// First day of the log on which they work, 0 for all but newcomers.
    pub joins: u16,
    /// First day on which they no longer do; `u16::MAX` for all but leavers.
    pub leaves: u16,
    /// Tenant of the account: that of the tenant itself but for guests and partners.
    pub tenant: Guid,
    /// Whether it is there for a story only: nothing ordinary happens to it.
    pub is_planted: bool,
}

/// What kind of mailbox it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MailboxKind {
    /// Of one person.
    User,
    /// Of several, by permission.
    Shared,
    /// Of a room.
    Room,
    /// Of a Microsoft 365 group.
    Group,
    /// `DiscoverySearchMailbox{…}`, which Exchange keeps for itself.
    Discovery,
}

/// A mailbox of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// What it is.
    pub kind: MailboxKind,
    /// Whose it is, for mailboxes of people.
    pub owner: Option<PersonId>,
    /// Name for display.
    pub name: String,
    /// Alias: what stands before the `@`.
    pub alias: String,
    /// Primary address, also its user principal name.
    pub address: String,
    /// Exchange GUID (`MailboxGuid`).
    pub guid: Guid,
    /// Object id in the directory.
    pub object: Guid,
    /// PUID of its account.
    pub puid: u64,
    /// Last part of the SID.
    pub rid: u32,
    /// Place whose language its folders have.
    pub place: PlaceId,
    /// Who has had full access since before the log begins.
    pub delegates: Vec<PersonId>,
    /// Who may send as it since before the log begins.
    pub senders: Vec<PersonId>,
}

/// Where an application comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Publisher {
    /// Registered in this tenant.
    Own,
    /// Of another tenant, with a verified publisher.
    Verified,
    /// Of another tenant, unverified.
    Unverified,
    /// One of Microsoft's own.
    Microsoft,
}

/// What an application does in ordinary life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Copies every mailbox each night, app-only.
    Backup,
    /// Files customers' mail in a customer database, app-only on the mailboxes of sales, in the day.
    Customers,
    /// Scans attachments as mail arrives, app-only, at all hours.
    Scanner,
    /// Reads calendars of those who consented to it, delegated.
    Planner,
    /// Mail programs of people (delegated).
    MailProgram,
    /// The company's own; does not read mail in ordinary life.
    Internal,
    /// Moves mailboxes during one sanctioned window, over EWS.
    Migration,
    /// Microsoft's background services.
    Microsoft,
    /// There for a story only.
    Planted,
}

/// An application and its service principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Name for display.
    pub name: String,
    /// Application (client) id.
    pub app_id: Guid,
    /// Object id of the service principal.
    pub object: Guid,
    /// Object id of the registration, for those registered here.
    pub registration: Option<Guid>,
    /// Tenant that owns it.
    pub owner: Guid,
    /// Where it comes from.
    pub publisher: Publisher,
    /// What it does.
    pub purpose: Purpose,
    /// Application permissions held since before the log begins (`Mail.Read`, `full_access_as_app`).
    pub permissions: Vec<String>,
    /// Delegated scopes it asks people for.
    pub scopes: Vec<String>,
    /// Where it runs.
    pub place: PlaceId,
    /// Key ids of its credentials since before the log begins.
    pub credentials: Vec<Guid>,
    /// Whether the company approved it.
    pub is_approved: bool,
}

impl Tenant {
    /// A person; `None` for an index of another tenant.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(id.index())
    }

    /// A mailbox; `None` for an index of another tenant.
    pub fn mailbox(&self, id: MailboxId) -> Option<&Mailbox> {
        self.mailboxes.get(id.index())
    }

    /// An application; `None` for an index of another tenant.
    pub fn application(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.get(id.index())
    }

    /// The mailbox that a person owns.
    pub fn mailbox_of(&self, id: PersonId) -> Option<MailboxId> {
        self.person(id)?.mailbox
    }

    /// Name of a department, as people have it by number.
    pub fn department(&self, number: u8) -> &'static str {
        let name = build::DEPARTMENTS.get(usize::from(number));
        name.copied().unwrap_or_default()
    }

    /// Everybody of a role, in order.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = PersonId> + '_ {
        let ids = (0_u32..).map(PersonId).zip(&self.people);
        ids.filter(move |(_, person)| person.role == role)
            .map(|(id, _)| id)
    }

    /// Applications of a purpose, in order.
    pub fn of_purpose(&self, purpose: Purpose) -> impl Iterator<Item = ApplicationId> + '_ {
        let ids = (0_u32..).map(ApplicationId).zip(&self.applications);
        ids.filter(move |(_, application)| application.purpose == purpose)
            .map(|(id, _)| id)
    }

    /// Adds a person for a story.
    pub fn add_person(&mut self, person: Person) -> PersonId {
        self.people.push(person);
        PersonId(u32::try_from(self.people.len() - 1).unwrap_or(u32::MAX))
    }

    /// Adds an application for a story.
    pub fn add_application(&mut self, application: Application) -> ApplicationId {
        self.applications.push(application);
        ApplicationId(u32::try_from(self.applications.len() - 1).unwrap_or(u32::MAX))
    }
}
