//! Permission listings: which rights they show, what they would show, and what they say about the grants of the log.
//!
//! A listing (`Get-MailboxPermission`, Graph, a collector) is taken at one moment and does not say at which: it counts as taken at the
//! end of the log. [`entitlements`] reads the entries, [`reconcile`] lays them beside the grants. A column that an export destroyed makes
//! an entry say less, never something else. Not here: reading files (`evidence`), and who could do what when (`who`).

mod application;
mod folder;
mod mailbox;
mod matching;
mod reconcile;
mod role;
#[cfg(test)]
mod tests;

pub(in crate::hunt) use matching::Parties;
pub use reconcile::{Span, reconcile};

use super::model::{PrincipalKind, Road, Scope};
use crate::record::{Inventory, Provenance};
use crate::text::fold;
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Declares the listings with the words that name each.
macro_rules! sources {
    ($($(#[$doc:meta])* $source:ident = $name:literal, $of:literal;)+) => {
        /// Which listing shows a right.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Source { $($(#[$doc])* $source,)+ }

        impl Source {
            /// Every listing, in order.
            pub const ALL: &[Self] = &[$(Self::$source,)+];

            /// The cmdlet or interface that lists.
            pub fn name(self) -> &'static str {
                match self { $(Self::$source => $name,)+ }
            }

            /// What it lists, in a few words.
            pub fn of(self) -> &'static str {
                match self { $(Self::$source => $of,)+ }
            }
        }
    };
}

sources! {
    /// Rights on mailboxes.
    MailboxPermission = "Get-MailboxPermission", "rights on whole mailboxes";
    /// Rights to send as a recipient.
    RecipientPermission = "Get-RecipientPermission", "rights to send as a mailbox";
    /// Rights on folders.
    FolderPermission = "Get-MailboxFolderPermission", "rights on folders";
    /// Who may send on behalf of a mailbox.
    Mailbox = "Get-Mailbox", "who may send on behalf";
    /// Rights on objects of Active Directory.
    AdPermission = "Get-ADPermission", "rights on directory objects";
    /// Management roles that were assigned.
    RoleAssignment = "Get-ManagementRoleAssignment", "management roles";
    /// Role groups with their members.
    RoleGroup = "Get-RoleGroup", "role groups";
    /// Members of role groups.
    RoleGroupMember = "Get-RoleGroupMember", "members of role groups";
    /// Permissions of applications.
    AppRole = "appRoleAssignments", "permissions of applications";
    /// Permissions in users' names.
    Consent = "oauth2PermissionGrants", "consents";
    /// Applications with their permissions, of Defender.
    OAuthApp = "OAuthAppInfo", "permissions of applications, by Defender";
}

/// Somebody, as an entry spells him.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Name {
    /// The spelling that counts.
    pub spelling: String,
    /// Further spellings of the same in the entry.
    pub aliases: Vec<String>,
    /// What kind of principal the entry says it is.
    pub kind: PrincipalKind,
    /// Name for people beside an id; empty when there is none.
    pub label: String,
}

impl Name {
    /// A name of one spelling.
    pub fn new(spelling: &str) -> Self {
        Self {
            spelling: spelling.trim().to_owned(),
            kind: super::grant::kind_of(spelling),
            ..Self::default()
        }
    }

    /// An application: known by its ids where it has any, else by its name.
    fn application(ids: &[&str], label: &str) -> Self {
        let mut spellings = ids
            .iter()
            .chain([&label])
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty());
        let spelling = spellings.next().unwrap_or_default();
        let ids: Vec<String> = ids.iter().map(|id| id.trim().to_owned()).collect();
        Self {
            aliases: ids
                .into_iter()
                .filter(|id| !id.is_empty() && *id != spelling)
                .collect(),
            spelling,
            kind: PrincipalKind::ServicePrincipal,
            label: label.trim().to_owned(),
        }
    }

    /// `Name (address)`, as collectors write it: the address is the spelling.
    fn with_address(text: &str) -> Self {
        let inner = text
            .trim()
            .strip_suffix(')')
            .and_then(|rest| rest.rsplit_once('('));
        match inner {
            Some((label, address)) if address.contains('@') => Self {
                label: label.trim().to_owned(),
                ..Self::new(address)
            },
            _ => Self::new(text),
        }
    }

    /// Whether the entry names nobody.
    pub fn is_nobody(&self) -> bool {
        self.spelling.is_empty()
    }
}

/// A right that a listing shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// Which listing shows it.
    pub source: Source,
    /// By which road it leads to mail.
    pub road: Road,
    /// How far it reaches.
    pub scope: Scope,
    /// Who holds it.
    pub holder: Name,
    /// Whose mailbox; nobody for tenant-wide rights.
    pub target: Name,
    /// Rights in the words of the source, sorted. Empty when the export destroyed them.
    pub rights: Vec<String>,
    /// Folder of a right on a folder, as a path where the entry has one; empty otherwise.
    pub folder: String,
    /// When it was given, where the listing says so.
    pub created: Option<Instant>,
    /// Before this moment it cannot have been given: its group or application was made then. `None` where nothing is known.
    pub not_before: Option<Instant>,
    /// Application ids of the holder.
    pub app_ids: Vec<String>,
    /// Why it is Microsoft's own default; empty when it is none.
    pub default: &'static str,
    /// Where the entry stands.
    pub at: Provenance,
}

impl Entitlement {
    /// A right with its holder and nothing else.
    fn new(source: Source, road: Road, scope: Scope, holder: Name, at: Provenance) -> Self {
        Self {
            source,
            road,
            scope,
            holder,
            target: Name::default(),
            rights: Vec::new(),
            folder: String::new(),
            created: None,
            not_before: None,
            app_ids: Vec::new(),
            default: "",
            at,
        }
    }

    /// The same with these rights, sorted, each once.
    fn with_rights<'a>(mut self, rights: impl IntoIterator<Item = &'a String>) -> Self {
        let rights = rights.into_iter().map(|right| right.trim());
        self.rights = rights
            .filter(|right| !right.is_empty())
            .map(str::to_owned)
            .collect();
        self.rights.sort();
        self.rights.dedup();
        self
    }
}

/// What a listing is about: of this it would show every right of a road.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cover {
    /// Which listing it is.
    pub source: Source,
    /// The road whose rights it shows.
    pub road: Road,
    /// The mailbox, the application or the group; nobody where it shows those of all.
    pub subject: Name,
    /// The folder, the permission or the role; empty where it shows all of the subject.
    pub detail: String,
}

/// A right that an entry denies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Denial {
    /// Which listing shows it.
    pub source: Source,
    /// On which mailbox.
    pub target: Name,
    /// To whom it is denied.
    pub holder: Name,
    /// The rights that are denied.
    pub rights: Vec<String>,
}

/// Somebody in a group, as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Membership {
    /// Which group it is.
    pub group: Name,
    /// Who is in it.
    pub member: Name,
    /// Where the entry stands.
    pub at: Provenance,
}

/// A policy that keeps an application to some mailboxes, or from them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Policy {
    /// Id of the application.
    pub app: String,
    /// Whether it keeps the application from the mailboxes; otherwise it keeps it to them.
    pub denies: bool,
    /// The group of mailboxes, in all spellings of the entry.
    pub group: Name,
}

/// Entries that give nothing, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Of mailboxes over themselves (`NT AUTHORITY\SELF`).
    pub own: u64,
    /// Handed down from above.
    pub inherited: u64,
    /// Entries that deny a right.
    pub denied: u64,
    /// Entries that do not say on whose mailbox, to whom, or which right: the export lost it.
    pub incomplete: u64,
}

/// All that the listings of a case show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// Every right that is shown.
    pub rights: Vec<Entitlement>,
    /// What the listings are about, each once.
    pub covers: BTreeSet<Cover>,
    /// Denials that were not handed down.
    pub denials: Vec<Denial>,
    /// Members of groups.
    pub members: Vec<Membership>,
    /// Groups whose members are all listed.
    pub whole_groups: BTreeSet<Name>,
    /// Policies of applications.
    pub policies: Vec<Policy>,
    /// Accounts whose doings are left out of mailbox audit.
    pub bypassed: BTreeSet<Name>,
    /// Mailboxes with what kind they are (`SharedMailbox`).
    pub mailboxes: BTreeMap<Name, String>,
    /// Entries that give nothing.
    pub left_out: LeftOut,
}

impl Listed {
    /// Whether any listing shows rights of a road.
    pub fn shows(&self, road: Road) -> bool {
        self.covers.iter().any(|cover| cover.road == road)
    }

    fn cover(&mut self, source: Source, road: Road, subject: Name, detail: &str) {
        if !subject.is_nobody() {
            self.covers.insert(Cover {
                source,
                road,
                subject,
                detail: fold(detail),
            });
        }
    }

    /// Adds a right, if it says whose and which.
    fn add(&mut self, right: Entitlement) {
        let placed = right.scope == Scope::Tenant || !right.target.is_nobody();
        if placed && !right.holder.is_nobody() {
            self.rights.push(right);
        } else {
            self.left_out.incomplete += 1;
        }
    }
}

/// An entry with its place, as the case hands it over.
pub type Placed = (Inventory, Provenance);

/// Every right that the entries show, and what else they say about rights. The order of entries does not matter.
pub fn entitlements<'a>(entries: impl IntoIterator<Item = &'a Placed> + Clone) -> Listed {
    let mut listed = Listed::default();
    let knowledge = Knowledge::of(entries.clone());
    for (entry, at) in entries {
        match entry {
            Inventory::MailboxPermission(entry) => mailbox::permission(entry, *at, &mut listed),
            Inventory::RecipientPermission(entry) => mailbox::recipient(entry, *at, &mut listed),
            Inventory::MailboxFolderPermission(entry) => mailbox::folder(entry, *at, &mut listed),
            Inventory::MailboxPermissionSummary(entry) => {
                mailbox::summary(entry, *at, &knowledge, &mut listed);
            }
            Inventory::Mailbox(entry) => mailbox::mailbox(entry, *at, &knowledge, &mut listed),
            Inventory::AdPermission(entry) => mailbox::directory(entry, *at, &mut listed),
            Inventory::AppRoleAssignment(entry) => {
                application::role(entry, *at, &knowledge, &mut listed);
            }
            Inventory::DelegatedPermissionGrant(entry) => {
                application::consent(entry, *at, &mut listed);
            }
            Inventory::ServicePrincipal(entry) => application::granted(entry, *at, &mut listed),
            Inventory::ApplicationAccessPolicy(entry) => application::policy(entry, &mut listed),
            Inventory::ManagementRoleAssignment(entry) => {
                role::assignment(entry, *at, &knowledge, &mut listed);
            }
            Inventory::RoleGroup(entry) => role::group(entry, *at, &mut listed),
            Inventory::RoleGroupMember(entry) => {
                role::member(entry, *at, &knowledge, &mut listed);
            }
            Inventory::AuditBypass(entry) if entry.bypassed => {
                let mut name = Name::new(&entry.name);
                let further = [&entry.identity, &entry.guid].into_iter().cloned();
                name.aliases = further.filter(|id| !id.is_empty()).collect();
                listed.bypassed.insert(name);
            }
            Inventory::AuditBypass(_) | Inventory::User(_) => {}
        }
    }
    listed
}

/// What one entry needs to know of the others.
#[derive(Default)]
struct Knowledge {
    /// Names of permissions by folded id, as the applications that define them say.
    permissions: BTreeMap<String, String>,
    /// Roles that a group carries, by its folded name.
    roles: BTreeMap<String, BTreeSet<String>>,
    /// When a group was made, by its folded name.
    made: BTreeMap<String, Instant>,
    /// Files with a listing, and the columns of it that hold anything.
    columns: BTreeSet<(u32, &'static str)>,
    /// Assignees and roles of the listings of role assignments, by file.
    assignments: BTreeMap<u32, (BTreeSet<String>, BTreeSet<String>)>,
    /// When the first of the assignments that every tenant has was made, by file of the listing: the tenant was made then.
    begun: BTreeMap<u32, Instant>,
}

impl Knowledge {
    fn of<'a>(entries: impl IntoIterator<Item = &'a Placed>) -> Self {
        let mut known = Self::default();
        for (entry, at) in entries {
            known.learn(entry, at.file);
        }
        known
    }

    fn learn(&mut self, entry: &Inventory, file: u32) {
        match entry {
            Inventory::ServicePrincipal(entry) => {
                for role in entry.app_roles.iter().filter(|role| !role.value.is_empty()) {
                    let name = self.permissions.entry(fold(&role.id));
                    let name = name.or_insert_with(|| role.value.clone());
                    // Two applications may define one id: the same name whichever comes first.
                    if role.value < *name {
                        name.clone_from(&role.value);
                    }
                }
            }
            Inventory::RoleGroup(group) => {
                self.carry(&group.name, &group.roles);
                if let Some(created) = group.created {
                    let made = self.made.entry(fold(&group.name)).or_insert(created);
                    *made = created.min(*made);
                }
            }
            Inventory::ManagementRoleAssignment(entry) => {
                let (assignees, roles) = self.assignments.entry(file).or_default();
                assignees.insert(fold(&entry.assignee));
                roles.insert(fold(&entry.role));
                if let Some(made) = entry.created.filter(|_| role::is_known_default(entry)) {
                    let begun = self.begun.entry(file).or_insert(made);
                    *begun = made.min(*begun);
                }
                if role::is_for_group(entry) && role::is_in_force(entry) {
                    self.carry(&entry.assignee, std::slice::from_ref(&entry.role));
                }
            }
            Inventory::Mailbox(entry) if !entry.send_on_behalf.is_empty() => {
                self.columns.insert((file, mailbox::ON_BEHALF));
            }
            Inventory::MailboxPermissionSummary(entry) => {
                let columns = mailbox::columns(entry);
                self.columns
                    .extend(columns.into_iter().map(|column| (file, column)));
            }
            _ => {}
        }
    }

    fn carry(&mut self, group: &str, roles: &[String]) {
        let carried = self.roles.entry(fold(role::last_part(group))).or_default();
        carried.extend(roles.iter().map(|role| role::last_part(role).to_owned()));
    }
}
