//! What rights and objects there are, in maps that are walked in order.
//!
//! Not here: what changes them (`fold`), how they are listed (the other modules).

use super::names::Holder;
use super::{folder, role};
use crate::demo::chance::{Dice, Domain};
use crate::demo::event::{Folder, Resource, Second};
use crate::demo::id::{ApplicationId, Guid, MailboxId, PersonId};
use crate::demo::tenant::{Purpose, Tenant};
use crate::demo::world::START;
use std::collections::{BTreeMap, BTreeSet};

/// A right on a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Access {
    pub(super) mailbox: MailboxId,
    pub(super) holder: Holder,
    pub(super) is_denied: bool,
}

/// A right on a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FolderAccess {
    pub(super) mailbox: MailboxId,
    /// Its path without the first backslash, in lower case.
    pub(super) folder: String,
    pub(super) holder: Holder,
}

/// What a right on a folder allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FolderRights {
    /// The path as it was written, without the first backslash.
    pub(super) folder: String,
    /// Roles or rights of Exchange.
    pub(super) rights: Vec<String>,
    /// Flags of a calendar: `Delegate`, `CanViewPrivateItems`.
    pub(super) flags: Vec<String>,
}

/// Where mail of a mailbox is sent on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Forwarding {
    pub(super) address: String,
    pub(super) smtp: String,
    pub(super) is_delivered: bool,
}

/// A role group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) description: String,
    pub(super) roles: Vec<String>,
    pub(super) members: BTreeSet<Holder>,
    /// When it was made; `None` for those of Exchange itself.
    pub(super) made: Option<Second>,
}

/// An assigned management role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) role: String,
    pub(super) assignee: Holder,
    /// What the assignee is: `RoleAssigneeType`.
    pub(super) kind: &'static str,
    pub(super) is_delegating: bool,
    pub(super) write_scope: String,
    pub(super) resource_scope: String,
    pub(super) is_enabled: bool,
    pub(super) made: Option<Second>,
}

/// An application access policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) application: String,
    pub(super) right: String,
    pub(super) scope: String,
    pub(super) description: String,
}

/// A credential of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) key: Guid,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) made: Second,
}

/// Whom a delegated grant is for: one person, or everybody.
pub(super) type Principal = Option<PersonId>;

/// All that inventories list and the log may change.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Time of the last event.
    pub(super) now: Second,
    /// Rights on mailboxes, with the names of the rights.
    pub(super) access: BTreeMap<Access, Vec<String>>,
    /// Who may send as whom.
    pub(super) senders: BTreeSet<(MailboxId, Holder)>,
    /// Who may send on behalf of whom.
    pub(super) on_behalf: BTreeMap<MailboxId, BTreeSet<Holder>>,
    pub(super) folders: BTreeMap<FolderAccess, FolderRights>,
    pub(super) forwarding: BTreeMap<MailboxId, Forwarding>,
    pub(super) unaudited: BTreeSet<MailboxId>,
    pub(super) bypassed: BTreeSet<Holder>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) assignments: BTreeMap<String, Assignment>,
    /// Service principals that Exchange has a pointer to.
    pub(super) pointed: BTreeSet<ApplicationId>,
    pub(super) policies: BTreeMap<String, Policy>,
    /// Application permissions, and when they were given.
    pub(super) app_roles: BTreeMap<(ApplicationId, Resource, String), Option<Second>>,
    /// Delegated scopes, by whom they are for.
    pub(super) grants: BTreeMap<(ApplicationId, Principal), Vec<String>>,
    pub(super) credentials: BTreeMap<ApplicationId, Vec<Credential>>,
    /// Accounts made in the log.
    pub(super) made_people: BTreeMap<PersonId, Second>,
    /// Accounts that are gone.
    pub(super) gone_people: BTreeSet<PersonId>,
    pub(super) disabled: BTreeSet<PersonId>,
    /// Applications made in the log.
    pub(super) made_applications: BTreeMap<ApplicationId, Second>,
    pub(super) gone_applications: BTreeSet<ApplicationId>,
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A moment before the log begins at which something was made: that of the `which`th thing of a kind.
pub(super) fn before(tenant: &Tenant, kind: &'static str, which: u64) -> Second {
    let mut dice = Dice::of(tenant.seed, Domain("inventory"), &[which]);
    let named = Dice::of(dice.number(), Domain(kind), &[]).below(2_000 * 86_400);
    START - 30 * DAY - i64::try_from(named).unwrap_or(0)
}

/// The API of an application permission that stood before the log.
pub(super) fn resource_of(permission: &str) -> Resource {
    let is_exchange = ["full_access_as_app", "AccessAsApp", "ManageAsApp"]
        .iter()
        .any(|part| permission.ends_with(part));
    if is_exchange {
        Resource::Exchange
    } else {
        Resource::Graph
    }
}

impl State {
    /// As it is before the log begins.
    pub(super) fn new(tenant: &Tenant) -> Self {
        let mut state = Self {
            now: START,
            ..Self::default()
        };
        state.stand_mailboxes(tenant);
        state.stand_assistants(tenant);
        state.stand_applications(tenant);
        // One that was made known to Exchange once; it holds nothing there.
        state.pointed = tenant.of_purpose(Purpose::Internal).take(1).collect();
        role::stand(&mut state);
        state
    }

    fn stand_mailboxes(&mut self, tenant: &Tenant) {
        for (mailbox, own) in (0..).map(MailboxId).zip(&tenant.mailboxes) {
            for delegate in &own.delegates {
                let access = Access {
                    mailbox,
                    holder: Holder::Person(*delegate),
                    is_denied: false,
                };
                self.access.insert(access, vec!["FullAccess".to_owned()]);
            }
            let senders = own.senders.iter();
            self.senders
                .extend(senders.map(|sender| (mailbox, Holder::Person(*sender))));
        }
    }

    /// Assistants edit the Inbox and the Calendar of those they assist, and send on their behalf.
    fn stand_assistants(&mut self, tenant: &Tenant) {
        for (id, person) in (0..).map(PersonId).zip(&tenant.people) {
            let Some(mailbox) = person.assists.and_then(|chief| tenant.mailbox_of(chief)) else {
                continue;
            };
            let holder = Holder::Person(id);
            let flags = vec!["Delegate".to_owned()];
            for (folder, flags) in [(Folder::Inbox, vec![]), (Folder::Calendar, flags)] {
                let rights = vec!["Editor".to_owned()];
                let folder = folder::path(tenant, mailbox, folder);
                self.allow(mailbox, &folder, holder.clone(), rights, flags);
            }
            self.on_behalf.entry(mailbox).or_default().insert(holder);
        }
    }

    fn stand_applications(&mut self, tenant: &Tenant) {
        for (id, application) in (0..).map(ApplicationId).zip(&tenant.applications) {
            for permission in &application.permissions {
                let key = (id, resource_of(permission), permission.clone());
                self.app_roles.insert(key, None);
            }
            if application.is_approved && !application.scopes.is_empty() {
                self.grants.insert((id, None), application.scopes.clone());
            }
            let credentials = (1..)
                .zip(&application.credentials)
                .map(|(at, key)| Credential {
                    key: *key,
                    kind: "Password".to_owned(),
                    name: format!("key {at}"),
                    made: before(tenant, "credential", u64::from(id.0) * 16 + at),
                });
            let credentials: Vec<Credential> = credentials.collect();
            self.credentials.insert(id, credentials);
        }
    }

    /// Sets what somebody may do in a folder.
    pub(super) fn allow(
        &mut self,
        mailbox: MailboxId,
        folder: &str,
        holder: Holder,
        rights: Vec<String>,
        flags: Vec<String>,
    ) {
        let folder = folder.trim_start_matches('\\').to_owned();
        let access = FolderAccess {
            mailbox,
            folder: folder.to_lowercase(),
            holder,
        };
        let rights = FolderRights {
            folder,
            rights,
            flags,
        };
        self.folders.insert(access, rights);
    }

    /// Whether an account is there.
    pub(super) fn has_person(&self, tenant: &Tenant, id: PersonId) -> bool {
        let joins = tenant.person(id).map_or(0, |person| person.joins);
        let due = START + i64::from(joins) * DAY;
        let is_made = joins == 0 || self.made_people.contains_key(&id) || due <= self.now;
        is_made && !self.gone_people.contains(&id)
    }

    /// When an account was made.
    pub(super) fn made(&self, tenant: &Tenant, id: PersonId) -> Second {
        let joins = tenant.person(id).map_or(0, |person| person.joins);
        let own = self.made_people.get(&id).copied();
        own.unwrap_or_else(|| {
            if joins == 0 {
                before(tenant, "person", u64::from(id.0))
            } else {
                START + i64::from(joins) * DAY
            }
        })
    }
}
