//! Management roles of Exchange: role groups with their roles and members, and every assignment.
//!
//! Not here: roles of the directory, which no inventory lists.

use super::View;
use super::account::time;
use super::names::Holder;
use super::state::{Assignment, Group, State, before};
use crate::demo::event::Second;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Role groups of every tenant: name, what it is for, roles, members. Source: Microsoft, permissions in Exchange Online.
#[rustfmt::skip]
const GROUPS: &[(&str, &str, &[&str], &[&str])] = &[
    ("Organization Management", "Members of this management role group have permissions to manage Exchange objects and their properties in the Exchange organization.",
        &["Audit Logs", "Compliance Admin", "Data Loss Prevention", "Distribution Groups", "E-Mail Address Policies", "Federated Sharing",
        "Information Rights Management", "Journaling", "Legal Hold", "Mail Enabled Public Folders", "Mail Recipient Creation", "Mail Recipients",
        "Mail Tips", "Message Tracking", "Migration", "Move Mailboxes", "Org Custom Apps", "Org Marketplace Apps", "Organization Client Access",
        "Organization Configuration", "Organization Transport Settings", "Public Folders", "Recipient Policies", "Remote and Accepted Domains",
        "Reset Password", "Retention Management", "Role Management", "Security Admin", "Security Group Creation and Membership", "Security Reader",
        "Team Mailboxes", "Transport Hygiene", "Transport Rules", "User Options", "View-Only Audit Logs", "View-Only Configuration",
        "View-Only Recipients"], &["TenantAdmins_-1842", "ExchangeServiceAdmins_-1843"]),
    ("Recipient Management", "Members of this management role group have rights to create, manage, and remove Exchange recipient objects in the Exchange organization.",
        &["Distribution Groups", "Mail Recipient Creation", "Mail Recipients", "Message Tracking", "Migration", "Move Mailboxes", "Recipient Policies",
        "Reset Password", "Team Mailboxes"], &[]),
    ("View-Only Organization Management", "Members of this management role group can view recipient and configuration objects and their properties in the Exchange organization.",
        &["View-Only Configuration", "View-Only Recipients"], &["GlobalReaders_-1850"]),
    ("Discovery Management", "Members of this management role group can perform searches of mailboxes in the Exchange organization for data that meets specific criteria.",
        &["Legal Hold", "Mailbox Search"], &[]),
    ("Help Desk", "Members of this management role group can view and manage the configuration for individual recipients and view recipients in an Exchange organization.",
        &["Reset Password", "User Options", "View-Only Recipients"], &["HelpdeskAdmins_-1844"]),
    ("Compliance Management", "This role group will allow a specified user, responsible for compliance, to properly configure and manage compliance settings within Exchange.",
        &["Audit Logs", "Compliance Admin", "Data Loss Prevention", "Information Rights Management", "Journaling", "Message Tracking",
        "Retention Management", "Transport Rules", "View-Only Audit Logs", "View-Only Configuration", "View-Only Recipients"], &["ComplianceAdmins_-1845"]),
    ("Hygiene Management", "Members of this management role group can manage Exchange anti-spam features and grant permissions for antivirus products to integrate with Exchange.",
        &["Transport Hygiene", "View-Only Configuration", "View-Only Recipients"], &[]),
    ("Records Management", "Members of this management role group can configure compliance features such as retention policy tags, message classifications, transport rules, and more.",
        &["Audit Logs", "Journaling", "Message Tracking", "Retention Management", "Transport Rules"], &[]),
];

/// Roles that nobody has to begin with, and that may be given on: by these mailboxes are reached.
const DELEGATED: &[&str] = &[
    "ApplicationImpersonation",
    "Application Mail.Read",
    "Application Mail.ReadWrite",
    "Application Mail.Send",
    "Application Calendars.Read",
    "Application Calendars.ReadWrite",
    "Application Contacts.Read",
    "Application MailboxSettings.Read",
    "Application Exchange Full Access",
    "Application EWS.AccessAsApp",
    "Mailbox Import Export",
    "Mailbox Search",
];

/// The group that may give roles on.
const GIVER: &str = "Organization Management";

/// A role group.
pub(super) fn group(
    description: &str,
    roles: impl Iterator<Item = String>,
    members: BTreeSet<Holder>,
) -> Group {
    Group {
        description: description.to_owned(),
        roles: roles.filter(|role| !role.is_empty()).collect(),
        members,
        made: None,
    }
}

fn assignment(role: &str, group: &str, is_delegating: bool, made: Option<Second>) -> Assignment {
    Assignment {
        role: role.to_owned(),
        assignee: Holder::Other(group.to_owned()),
        kind: "RoleGroup",
        is_delegating,
        write_scope: String::new(),
        resource_scope: String::new(),
        is_enabled: true,
        made,
    }
}

/// Adds a role group with an assignment of each of its roles.
pub(super) fn add(state: &mut State, name: &str, group: Group, made: Option<Second>) {
    for role in &group.roles {
        let own = assignment(role, name, false, made);
        state.assignments.insert(format!("{role}-{name}"), own);
    }
    state
        .groups
        .insert(name.to_owned(), Group { made, ..group });
}

/// Removes a role group with its assignments.
pub(super) fn remove(state: &mut State, name: &str) {
    if state.groups.remove(name).is_some() {
        let gone = Holder::Other(name.to_owned());
        state
            .assignments
            .retain(|_, own| own.kind != "RoleGroup" || own.assignee != gone);
    }
}

/// The role groups and assignments that every tenant has.
pub(super) fn stand(state: &mut State) {
    for (name, description, roles, members) in GROUPS {
        let members = members
            .iter()
            .map(|member| Holder::Other((*member).to_owned()));
        let roles = roles.iter().map(|role| (*role).to_owned());
        add(
            state,
            name,
            group(description, roles, members.collect()),
            None,
        );
    }
    let own = state.groups.get(GIVER).map(|group| group.roles.clone());
    let own = own.unwrap_or_default();
    for role in own
        .iter()
        .map(String::as_str)
        .chain(DELEGATED.iter().copied())
    {
        let name = format!("{role}-{GIVER}-Delegating");
        let delegating = assignment(role, GIVER, true, None);
        state.assignments.insert(name, delegating);
    }
}

/// What an assignee is, as assignments say it.
pub(super) fn kind_of(holder: &Holder, is_group: bool) -> &'static str {
    match holder {
        Holder::Application(_) => "ServicePrincipal",
        _ if is_group => "SecurityGroup",
        _ => "User",
    }
}

/// When something was made; what Exchange made itself is as old as the tenant.
fn made(view: View<'_>, made: Option<Second>) -> String {
    time(made.unwrap_or_else(|| before(view.tenant, "exchange", 0)))
}

/// How assignments show whom they are for: applications by object id.
fn assignee(view: View<'_>, holder: &Holder) -> String {
    match holder {
        Holder::Application(id) => view
            .tenant
            .application(*id)
            .map_or_else(String::new, |own| own.object.to_string()),
        other => other.alias(view.tenant),
    }
}

/// What `Get-ManagementRoleAssignment` lists.
pub(super) fn assignments(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (name, own) in &view.state.assignments {
        let method = if own.kind == "RoleGroup" {
            "RoleGroup"
        } else {
            "Direct"
        };
        let write = if own.write_scope.is_empty() && own.resource_scope.is_empty() {
            "Organization"
        } else {
            "CustomRecipientScope"
        };
        let effective = match own.kind {
            "User" => assignee(view, &own.assignee),
            "RoleGroup" => "All Group Members".to_owned(),
            _ => String::new(),
        };
        let delegation = if own.is_delegating {
            "DelegatingOrgWide"
        } else {
            "Regular"
        };
        give(json!({
            "Name": name,
            "Role": own.role,
            "RoleAssigneeName": assignee(view, &own.assignee),
            "RoleAssigneeType": own.kind,
            "AssignmentMethod": method,
            "EffectiveUserName": effective,
            "RoleAssignmentDelegationType": delegation,
            "RecipientReadScope": "Organization",
            "RecipientWriteScope": write,
            "CustomRecipientWriteScope": own.write_scope,
            "CustomResourceScope": own.resource_scope,
            "Enabled": own.is_enabled,
            "WhenCreatedUTC": made(view, own.made),
        }));
    }
}

/// What `Get-RoleGroup` lists.
pub(super) fn groups(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (name, own) in &view.state.groups {
        let members: Vec<String> = own
            .members
            .iter()
            .map(|member| assignee(view, member))
            .collect();
        give(json!({
            "Name": name,
            "Description": own.description,
            "Roles": own.roles,
            "Members": members,
            "ManagedBy": [GIVER],
            "WhenCreatedUTC": made(view, own.made),
        }));
    }
}

/// `Get-RoleGroupMember` of every role group.
pub(super) fn members(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (name, own) in &view.state.groups {
        for member in &own.members {
            give(entry(view, name, member));
        }
    }
}

fn entry(view: View<'_>, group: &str, member: &Holder) -> Value {
    let (kind, address, object) = match member {
        Holder::Person(id) => {
            let person = view.tenant.person(*id);
            let mailbox = view.tenant.mailbox_of(*id);
            let mailbox = mailbox.and_then(|id| view.tenant.mailbox(id));
            let kind = if mailbox.is_some() {
                "UserMailbox"
            } else {
                "User"
            };
            let address = mailbox.map_or_else(String::new, |own| own.address.clone());
            (kind, address, person.map(|person| person.object))
        }
        Holder::Application(id) => {
            let own = view.tenant.application(*id);
            ("ServicePrincipal", String::new(), own.map(|own| own.object))
        }
        _ => ("Group", String::new(), None),
    };
    json!({
        "RoleGroup": group,
        "Name": assignee(view, member),
        "Alias": member.alias(view.tenant),
        "DisplayName": member.display(view),
        "RecipientType": kind,
        "PrimarySmtpAddress": address,
        "ExternalDirectoryObjectId": object.map_or_else(String::new, |object| object.to_string()),
    })
}
