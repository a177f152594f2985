//! What the log changes of rights and objects, event by event.
//!
//! Not here: what stood before (`state`).

use super::folder::{self, exchange, words};
use super::names::{Holder, Names};
use super::role::{self, kind_of};
use super::state::{Access, Assignment, Credential, FolderAccess, Policy, State};
use crate::demo::event::{
    Act, Actor, Change, Cmdlet, Event, Grantee, Mail, MailOperation, Object, Resource,
};
use crate::demo::id::{ApplicationId, Guid, MailboxId, PersonId};
use crate::demo::tenant::{Purpose, Tenant};
use std::collections::BTreeSet;

/// Everything that a change is made with.
struct Fold<'f> {
    tenant: &'f Tenant,
    names: &'f Names,
    state: &'f mut State,
}

/// Takes note of an event.
pub(super) fn see(tenant: &Tenant, names: &Names, state: &mut State, event: &Event) {
    state.now = state.now.max(event.time);
    let mut fold = Fold {
        tenant,
        names,
        state,
    };
    match &event.act {
        Act::Mail(mail) => fold.mail(mail),
        Act::Cmdlet(cmdlet) if !cmdlet.failed => fold.cmdlet(cmdlet),
        Act::Change(change) if change.failed.is_none() => fold.change(change),
        Act::Cmdlet(_) | Act::Change(_) | Act::SignIn(_) => {}
    }
}

/// The value of a parameter; empty where there is none.
fn given<'c>(cmdlet: &'c Cmdlet, name: &str) -> &'c str {
    let mut parameters = cmdlet.parameters.iter();
    let found = parameters.find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value)
}

fn has(cmdlet: &Cmdlet, name: &str) -> bool {
    let mut parameters = cmdlet.parameters.iter();
    parameters.any(|(own, _)| own.eq_ignore_ascii_case(name))
}

fn is_true(cmdlet: &Cmdlet, name: &str) -> bool {
    given(cmdlet, name).eq_ignore_ascii_case("true")
}

impl Fold<'_> {
    fn mail(&mut self, mail: &Mail) {
        if let Actor::OnBehalf(application, person) = mail.hand.actor {
            self.used(application, person);
        }
        let detail = mail.detail.as_ref().filter(|detail| !detail.failed);
        let Some(member) = detail.and_then(|detail| detail.member.as_ref()) else {
            return;
        };
        let holder = match member.who {
            Grantee::Person(id) => Holder::Person(id),
            Grantee::Application(id) => Holder::Application(id),
            Grantee::Default => Holder::Default,
            Grantee::Anonymous => Holder::Anonymous,
            // Entries of group mailboxes, which no list shows.
            Grantee::LocalMembers | Grantee::LocalOwners => return,
        };
        let folder = &folder::path(self.tenant, mail.mailbox, mail.folder);
        match mail.operation {
            MailOperation::RemoveFolderPermissions => self.forbid(mail.mailbox, folder, holder),
            MailOperation::AddFolderPermissions
            | MailOperation::ModifyFolderPermissions
            | MailOperation::UpdateFolderPermissions
            | MailOperation::UpdateCalendarDelegation => {
                let is_delegate = mail.operation == MailOperation::UpdateCalendarDelegation;
                let flags = is_delegate.then(|| "Delegate".to_owned());
                let flags = flags.into_iter().collect();
                let rights = exchange(&member.rights);
                self.state
                    .allow(mail.mailbox, folder, holder, rights, flags);
            }
            _ => {}
        }
    }

    fn forbid(&mut self, mailbox: MailboxId, folder: &str, holder: Holder) {
        let folder = folder.trim_start_matches('\\').to_lowercase();
        self.state.folders.remove(&FolderAccess {
            mailbox,
            folder,
            holder,
        });
    }

    /// Somebody uses a program that nothing in the log consents to: they did before.
    fn used(&mut self, application: ApplicationId, person: PersonId) {
        let grants = &mut self.state.grants;
        let is_known = grants.contains_key(&(application, None))
            || grants.contains_key(&(application, Some(person)));
        let client = self.tenant.application(application);
        let client = client.filter(|client| !is_known && client.purpose != Purpose::Planted);
        if let Some(client) = client.filter(|client| !client.scopes.is_empty()) {
            grants.insert((application, Some(person)), client.scopes.clone());
        }
    }

    fn cmdlet(&mut self, cmdlet: &Cmdlet) {
        match &*cmdlet.operation {
            "Add-MailboxPermission" | "Remove-MailboxPermission" => self.full_access(cmdlet),
            "Add-RecipientPermission" | "Remove-RecipientPermission" => self.send_as(cmdlet),
            "Add-MailboxFolderPermission"
            | "Set-MailboxFolderPermission"
            | "Remove-MailboxFolderPermission" => self.folder(cmdlet),
            "Set-Mailbox" => self.set_mailbox(cmdlet),
            "Set-MailboxAuditBypassAssociation" => self.bypass(cmdlet),
            "New-ServicePrincipal" => {
                let text = [given(cmdlet, "AppId"), given(cmdlet, "ObjectId")];
                let mut found = text.iter().filter_map(|text| self.names.application(text));
                self.state.pointed.extend(found.next());
            }
            "Remove-ServicePrincipal" => {
                let found = self.names.application(given(cmdlet, "Identity"));
                found.map(|id| self.state.pointed.remove(&id));
            }
            "New-ApplicationAccessPolicy" | "Remove-ApplicationAccessPolicy" => self.policy(cmdlet),
            operation if operation.contains("RoleGroup") => self.group(cmdlet),
            operation if operation.ends_with("ManagementRoleAssignment") => self.role(cmdlet),
            _ => {}
        }
    }

    fn mailbox(&self, cmdlet: &Cmdlet) -> Option<MailboxId> {
        let identity = given(cmdlet, "Identity");
        let identity = identity.split_once(":\\").map_or(identity, |(own, _)| own);
        self.names.mailbox(self.tenant, identity)
    }

    fn full_access(&mut self, cmdlet: &Cmdlet) {
        let Some(mailbox) = self.mailbox(cmdlet) else {
            return;
        };
        let access = Access {
            mailbox,
            holder: self.names.holder(given(cmdlet, "User")),
            is_denied: is_true(cmdlet, "Deny"),
        };
        let rights = words(given(cmdlet, "AccessRights"));
        if cmdlet.operation.starts_with("Add") {
            let own = self.state.access.entry(access).or_default();
            for right in rights {
                if !own.contains(&right) {
                    own.push(right);
                }
            }
        } else if is_true(cmdlet, "ResetDefault") {
            self.state.access.retain(|own, _| own.mailbox != mailbox);
        } else if let Some(own) = self.state.access.get_mut(&access) {
            own.retain(|right| !rights.contains(right));
            if own.is_empty() {
                self.state.access.remove(&access);
            }
        }
    }

    fn send_as(&mut self, cmdlet: &Cmdlet) {
        let Some(mailbox) = self.mailbox(cmdlet) else {
            return;
        };
        let sender = (mailbox, self.names.holder(given(cmdlet, "Trustee")));
        if cmdlet.operation.starts_with("Add") {
            self.state.senders.insert(sender);
        } else {
            self.state.senders.remove(&sender);
        }
    }

    fn folder(&mut self, cmdlet: &Cmdlet) {
        let Some(mailbox) = self.mailbox(cmdlet) else {
            return;
        };
        let identity = given(cmdlet, "Identity");
        let folder = identity.split_once(":\\").map_or("", |(_, folder)| folder);
        let folder = &folder::named(self.tenant, mailbox, folder);
        let holder = self.names.holder(given(cmdlet, "User"));
        if cmdlet.operation.starts_with("Remove") {
            self.forbid(mailbox, folder, holder);
        } else {
            let rights = words(given(cmdlet, "AccessRights"));
            let flags = words(given(cmdlet, "SharingPermissionFlags"));
            self.state.allow(mailbox, folder, holder, rights, flags);
        }
    }

    fn set_mailbox(&mut self, cmdlet: &Cmdlet) {
        let Some(mailbox) = self.mailbox(cmdlet) else {
            return;
        };
        if has(cmdlet, "GrantSendOnBehalfTo") {
            self.on_behalf(mailbox, given(cmdlet, "GrantSendOnBehalfTo"));
        }
        let forwards = [
            "ForwardingAddress",
            "ForwardingSmtpAddress",
            "DeliverToMailboxAndForward",
        ];
        if forwards.iter().any(|name| has(cmdlet, name)) {
            let own = self.state.forwarding.entry(mailbox).or_default();
            if has(cmdlet, "ForwardingAddress") {
                given(cmdlet, "ForwardingAddress").clone_into(&mut own.address);
            }
            if has(cmdlet, "ForwardingSmtpAddress") {
                given(cmdlet, "ForwardingSmtpAddress").clone_into(&mut own.smtp);
            }
            if has(cmdlet, "DeliverToMailboxAndForward") {
                own.is_delivered = is_true(cmdlet, "DeliverToMailboxAndForward");
            }
        }
        if has(cmdlet, "AuditEnabled") {
            if is_true(cmdlet, "AuditEnabled") {
                self.state.unaudited.remove(&mailbox);
            } else {
                self.state.unaudited.insert(mailbox);
            }
        }
    }

    /// A whole list, or what is added to it and taken from it: `@{Add="a";Remove="b"}`.
    fn on_behalf(&mut self, mailbox: MailboxId, list: &str) {
        let own = self.state.on_behalf.entry(mailbox).or_default();
        let part = |name: &str| -> Vec<Holder> {
            let behind = list.split_once(&format!("{name}=")).map(|(_, rest)| rest);
            let until = |rest: &str| rest.split(";Remove=").next().map(str::to_owned);
            let until = behind.and_then(until).unwrap_or_default();
            let until = until.split(";Add=").next().unwrap_or_default();
            self.names.holders(until)
        };
        if list.trim_start().starts_with("@{") {
            own.extend(part("Add"));
            for gone in part("Remove") {
                own.remove(&gone);
            }
        } else {
            *own = self.names.holders(list).into_iter().collect();
        }
    }

    fn bypass(&mut self, cmdlet: &Cmdlet) {
        let holder = self.names.holder(given(cmdlet, "Identity"));
        if is_true(cmdlet, "AuditBypassEnabled") {
            self.state.bypassed.insert(holder);
        } else {
            self.state.bypassed.remove(&holder);
        }
    }

    fn policy(&mut self, cmdlet: &Cmdlet) {
        if cmdlet.operation.starts_with("Remove") {
            self.state.policies.remove(given(cmdlet, "Identity"));
            return;
        }
        let scope = given(cmdlet, "PolicyScopeGroupId").to_owned();
        for application in given(cmdlet, "AppId").split([';', ',']) {
            let application = application.trim().to_owned();
            let identity = format!("{}\\{application}:{scope}", self.tenant.id);
            let policy = Policy {
                application,
                right: given(cmdlet, "AccessRight").to_owned(),
                scope: scope.clone(),
                description: given(cmdlet, "Description").to_owned(),
            };
            self.state.policies.insert(identity, policy);
        }
    }

    fn group(&mut self, cmdlet: &Cmdlet) {
        let identity = given(cmdlet, "Identity");
        let last = identity.rsplit('/').next().unwrap_or(identity);
        let members = || -> BTreeSet<Holder> {
            let members = self.names.holders(given(cmdlet, "Members"));
            members.into_iter().collect()
        };
        let member = || self.names.holder(given(cmdlet, "Member"));
        match &*cmdlet.operation {
            "New-RoleGroup" => {
                let roles = given(cmdlet, "Roles").split([';', ',']);
                let roles = roles.map(|role| role.trim().to_owned());
                let made = role::group(given(cmdlet, "Description"), roles, members());
                let time = Some(self.state.now);
                role::add(self.state, given(cmdlet, "Name"), made, time);
            }
            "Remove-RoleGroup" => role::remove(self.state, last),
            operation => {
                let Some(group) = self.state.groups.get_mut(last) else {
                    return;
                };
                match operation {
                    "Add-RoleGroupMember" => {
                        group.members.insert(member());
                    }
                    "Remove-RoleGroupMember" => {
                        group.members.remove(&member());
                    }
                    "Update-RoleGroupMember" => group.members = members(),
                    _ => {}
                }
            }
        }
    }

    fn role(&mut self, cmdlet: &Cmdlet) {
        let identity = given(cmdlet, "Identity");
        match &*cmdlet.operation {
            "New-ManagementRoleAssignment" => self.assign(cmdlet),
            "Remove-ManagementRoleAssignment" => {
                self.state.assignments.remove(identity);
            }
            _ => {
                if let Some(own) = self.state.assignments.get_mut(identity) {
                    if has(cmdlet, "Enabled") {
                        own.is_enabled = is_true(cmdlet, "Enabled");
                    }
                    rescope(own, cmdlet);
                }
            }
        }
    }

    fn assign(&mut self, cmdlet: &Cmdlet) {
        let kinds = ["User", "App", "SecurityGroup", "Policy"];
        let Some(assignee) = kinds
            .iter()
            .map(|kind| given(cmdlet, kind))
            .find(|text| !text.is_empty())
        else {
            return;
        };
        let holder = self.names.holder(assignee);
        let role = given(cmdlet, "Role");
        let name = match given(cmdlet, "Name") {
            "" => format!("{role}-{}", holder.alias(self.tenant)),
            name => name.to_owned(),
        };
        let mut own = Assignment {
            role: role.to_owned(),
            kind: kind_of(&holder, has(cmdlet, "SecurityGroup")),
            assignee: holder,
            is_delegating: is_true(cmdlet, "Delegating"),
            write_scope: String::new(),
            resource_scope: String::new(),
            is_enabled: true,
            made: Some(self.state.now),
        };
        rescope(&mut own, cmdlet);
        self.state.assignments.insert(name, own);
    }

    fn change(&mut self, change: &Change) {
        if let Object::ServicePrincipal(id) | Object::Registration(id) = change.target {
            self.application(change, id);
        }
        match (&*change.operation, change.target) {
            ("Add app role assignment to service principal.", Object::Resource(resource)) => {
                self.app_role(change, resource, true);
            }
            ("Remove app role assignment from service principal.", Object::Resource(resource)) => {
                self.app_role(change, resource, false);
            }
            ("Add delegated permission grant." | "Remove delegated permission grant.", _) => {
                self.delegated(change);
            }
            (operation, Object::Person(id)) => self.person(operation, id),
            _ => {}
        }
    }

    fn person(&mut self, operation: &str, id: PersonId) {
        let now = self.state.now;
        match operation {
            "Add user." => {
                self.state.made_people.insert(id, now);
            }
            "Delete user." => {
                self.state.gone_people.insert(id);
            }
            "Disable account." => {
                self.state.disabled.insert(id);
            }
            "Enable account." => {
                self.state.disabled.remove(&id);
            }
            _ => {}
        }
    }

    fn application(&mut self, change: &Change, id: ApplicationId) {
        let now = self.state.now;
        match &*change.operation {
            "Add application." | "Add service principal." => {
                self.state.made_applications.entry(id).or_insert(now);
            }
            "Remove service principal." | "Delete application." => {
                self.state.gone_applications.insert(id);
            }
            _ => {}
        }
        let keys = change
            .modified
            .iter()
            .find(|(name, ..)| name == "KeyDescription");
        if let Some((_, old, new)) = keys {
            let (old, new) = (credentials(old, now), credentials(new, now));
            let own = self.state.credentials.entry(id).or_default();
            let is_in = |list: &[Credential], key: Guid| list.iter().any(|other| other.key == key);
            own.retain(|key| is_in(&new, key.key) || !is_in(&old, key.key));
            let fresh: Vec<Credential> =
                new.into_iter().filter(|key| !is_in(own, key.key)).collect();
            own.extend(fresh);
        }
    }

    fn app_role(&mut self, change: &Change, resource: Resource, is_given: bool) {
        let value = |name| property(change, name, is_given);
        let Some(application) = self.names.application(value("ServicePrincipal.ObjectID")) else {
            return;
        };
        let key = (application, resource, value("AppRole.Value").to_owned());
        if is_given {
            let now = self.state.now;
            self.state.app_roles.entry(key).or_insert(Some(now));
        } else {
            self.state.app_roles.remove(&key);
        }
    }

    /// Half of an update says the same as the other half: what is left is what the new list says.
    fn delegated(&mut self, change: &Change) {
        let text = property(change, "ServicePrincipal.ObjectID", true);
        let Some(application) = self.names.application(text) else {
            return;
        };
        let is_for_all =
            property(change, "DelegatedPermissionGrant.ConsentType", true) == "AllPrincipals";
        let person = match change.hand.actor {
            Actor::Person(id) | Actor::OnBehalf(_, id) if !is_for_all => Some(id),
            _ => None,
        };
        let scopes = words(property(change, "DelegatedPermissionGrant.Scope", true));
        if scopes.is_empty() {
            self.state.grants.remove(&(application, person));
        } else {
            self.state.grants.insert((application, person), scopes);
        }
    }
}

/// Narrows or widens an assignment as a cmdlet says.
fn rescope(own: &mut Assignment, cmdlet: &Cmdlet) {
    for (name, scope) in [
        ("CustomRecipientWriteScope", &mut own.write_scope),
        ("CustomResourceScope", &mut own.resource_scope),
    ] {
        if has(cmdlet, name) {
            given(cmdlet, name).clone_into(scope);
        }
    }
}

/// The value of a changed property: the new one, or the old.
fn property<'c>(change: &'c Change, name: &str, is_new: bool) -> &'c str {
    let found = change.modified.iter().find(|(own, ..)| own == name);
    found.map_or("", |(_, old, new)| if is_new { new } else { old })
}

/// The credentials in a list of `[KeyIdentifier=…,KeyType=…,KeyUsage=…,DisplayName=…]`.
fn credentials(list: &str, made: i64) -> Vec<Credential> {
    let entries = list.split("[KeyIdentifier=").skip(1);
    let credential = |entry: &str| {
        let (key, rest) = entry.split_once(',')?;
        let part = |name: &str, end: char| {
            let (_, behind) = rest.split_once(name)?;
            Some(behind.split(end).next().unwrap_or_default().to_owned())
        };
        Some(Credential {
            key: Guid::read(key)?,
            kind: part("KeyType=", ',')?,
            name: part("DisplayName=", ']').unwrap_or_default(),
            made,
        })
    };
    entries.filter_map(credential).collect()
}
