//! What an entry of an inventory shows of the principals it names.
//!
//! Not here: what the entry says about permissions (`hunt::snapshot`).

use super::{Fact, GET_MAILBOX, SUMMARY, USERS, is_guest};
use crate::hunt::identity::form::{bare, is_id, is_solid};
use crate::hunt::model::PrincipalKind;
use crate::record::Inventory;
use crate::record::inventory::{
    AppRoleAssignment, ApplicationAccessPolicy, AuditBypass, DelegatedPermissionGrant, Mailbox,
    MailboxPermissionSummary, ManagementRoleAssignment, RoleGroup, RoleGroupMember,
    ServicePrincipal, User,
};
use crate::text::{fold, is_guid};

/// Facts of one source on their way.
struct Facts {
    source: &'static str,
    all: Vec<Fact>,
}

/// What an entry shows, each principal by itself.
pub(super) fn show(entry: &Inventory) -> Vec<Fact> {
    let mut facts = Facts {
        source: source(entry),
        all: Vec::new(),
    };
    match entry {
        Inventory::ServicePrincipal(entry) => facts.application(entry),
        Inventory::AppRoleAssignment(entry) => facts.app_role(entry),
        Inventory::DelegatedPermissionGrant(entry) => facts.delegated(entry),
        Inventory::Mailbox(entry) => facts.mailbox(entry),
        Inventory::User(entry) => facts.user(entry),
        Inventory::MailboxPermission(entry) => facts.named([&entry.mailbox, &entry.user]),
        Inventory::RecipientPermission(entry) => facts.named([&entry.recipient, &entry.trustee]),
        Inventory::MailboxFolderPermission(entry) => facts.named([&entry.mailbox, &entry.user]),
        Inventory::MailboxPermissionSummary(entry) => facts.summary(entry),
        Inventory::ManagementRoleAssignment(entry) => facts.assignee(entry),
        Inventory::RoleGroup(entry) => facts.role_group(entry),
        Inventory::RoleGroupMember(entry) => facts.recipient(entry),
        Inventory::ApplicationAccessPolicy(entry) => facts.policy(entry),
        Inventory::AuditBypass(entry) => facts.bypass(entry),
        Inventory::AdPermission(entry) => facts.named([&entry.object, &entry.user]),
    }
    facts.all
}

/// The cmdlet or API that an entry comes from.
fn source(entry: &Inventory) -> &'static str {
    match entry {
        Inventory::ServicePrincipal(entry) if !entry.sid.is_empty() => "Get-ServicePrincipal",
        Inventory::ServicePrincipal(entry) if entry.id.is_empty() => "the list of registrations",
        Inventory::ServicePrincipal(entry) if !entry.status.is_empty() => "OAuthAppInfo",
        Inventory::ServicePrincipal(_) => "the list of service principals",
        Inventory::AppRoleAssignment(_) => "the list of application permissions",
        Inventory::DelegatedPermissionGrant(_) => "the list of consents",
        Inventory::Mailbox(_) => GET_MAILBOX,
        Inventory::User(_) => USERS,
        Inventory::MailboxPermission(_) => "Get-MailboxPermission",
        Inventory::RecipientPermission(_) => "Get-RecipientPermission",
        Inventory::MailboxFolderPermission(_) => "Get-MailboxFolderPermission",
        Inventory::MailboxPermissionSummary(_) => SUMMARY,
        Inventory::ManagementRoleAssignment(_) => "Get-ManagementRoleAssignment",
        Inventory::RoleGroup(_) => "Get-RoleGroup",
        Inventory::RoleGroupMember(_) => "Get-RoleGroupMember",
        Inventory::ApplicationAccessPolicy(_) => "Get-ApplicationAccessPolicy",
        Inventory::AuditBypass(_) => "Get-MailboxAuditBypassAssociation",
        Inventory::AdPermission(_) => "Get-ADPermission",
    }
}

/// A fact that is still without its source.
fn fact(ids: &[&str], names: &[&str], label: &str) -> Fact {
    let solid = |texts: &[&str]| {
        let texts = texts.iter().map(|text| text.trim());
        let texts = texts.filter(|text| is_solid(text));
        texts.map(str::to_owned).collect()
    };
    let label = Some(label.trim()).filter(|label| is_solid(label));
    Fact {
        ids: solid(ids),
        names: solid(names),
        label: label.unwrap_or_default().to_owned(),
        ..Fact::default()
    }
}

/// The spelling as an id or as a name, by its form.
fn by_form<'t>(spelling: &'t str, ids: &mut Vec<&'t str>, names: &mut Vec<&'t str>) {
    if is_id(bare(spelling)) {
        ids.push(bare(spelling));
    } else {
        names.push(spelling);
    }
}

impl Facts {
    /// Adds a fact that joins, labels, or says a kind.
    fn add(&mut self, fact: Fact) {
        let spellings = fact.ids.len() + fact.names.len();
        let tells = spellings > 1 || !fact.label.is_empty() || fact.kind.is_some();
        if spellings > 0 && tells {
            self.all.push(Fact {
                source: self.source.to_owned(),
                ..fact
            });
        }
    }

    /// Adds those of the spellings that have a name and an address in one: `Name (address)`.
    fn named<'t>(&mut self, spellings: impl IntoIterator<Item = &'t String>) {
        for spelling in spellings {
            let id = bare(spelling);
            let before = spelling.trim().strip_suffix([')', '>']).and_then(|rest| {
                rest.trim_end()
                    .strip_suffix(id)?
                    .trim_end()
                    .strip_suffix(['(', '<'])
            });
            if let Some(label) = before {
                self.add(fact(&[id], &[], label));
            }
        }
    }

    fn application(&mut self, entry: &ServicePrincipal) {
        let kind = if fold(&entry.kind) == "managedidentity" {
            PrincipalKind::ManagedIdentity
        } else {
            PrincipalKind::ServicePrincipal
        };
        let mut ids = vec![
            &*entry.app,
            &entry.id,
            &entry.application_object,
            &entry.sid,
        ];
        let app = is_guid(entry.app.trim()).then_some(entry.app.trim());
        // Beside its application id an API has addresses, which other tenants use too.
        ids.extend(
            entry
                .names
                .iter()
                .map(String::as_str)
                .filter(|name| Some(*name) == app),
        );
        self.add(Fact {
            app: app.unwrap_or_default().to_owned(),
            kind: Some(kind),
            tenant: entry.owner_tenant.trim().to_owned(),
            ..fact(&ids, &[], &entry.name)
        });
    }

    fn app_role(&mut self, entry: &AppRoleAssignment) {
        let kind = match &*fold(&entry.principal_type) {
            "user" => PrincipalKind::User,
            "group" => PrincipalKind::Group,
            _ => PrincipalKind::ServicePrincipal,
        };
        self.add(Fact {
            app: entry.app.trim().to_owned(),
            kind: Some(kind),
            tenant: entry.owner_tenant.trim().to_owned(),
            ..fact(
                &[&entry.principal_id, &entry.app],
                &[],
                &entry.principal_name,
            )
        });
        self.resource(&entry.resource_id, &entry.resource_name);
    }

    fn delegated(&mut self, entry: &DelegatedPermissionGrant) {
        self.add(Fact {
            app: entry.app.trim().to_owned(),
            kind: Some(PrincipalKind::ServicePrincipal),
            tenant: entry.owner_tenant.trim().to_owned(),
            ..fact(&[&entry.client_id, &entry.app], &[], &entry.client_name)
        });
        self.add(Fact {
            kind: Some(PrincipalKind::User),
            ..fact(&[&entry.principal_id], &[], &entry.principal_name)
        });
        self.resource(&entry.resource_id, &entry.resource_name);
    }

    fn resource(&mut self, id: &str, name: &str) {
        self.add(Fact {
            kind: Some(PrincipalKind::ServicePrincipal),
            ..fact(&[id], &[], name)
        });
    }

    fn mailbox(&mut self, entry: &Mailbox) {
        let mut ids = vec![
            &*entry.user_principal_name,
            &entry.primary_address,
            &entry.exchange_guid,
            &entry.guid,
            &entry.object_id,
            &entry.legacy_dn,
            &entry.distinguished_name,
            &entry.sid,
        ];
        ids.extend(entry.addresses.iter().map(|address| address_of(address)));
        let mut names = vec![&*entry.name, &entry.alias, &entry.sam_account_name];
        by_form(&entry.identity, &mut ids, &mut names);
        self.add(Fact {
            kind: kind_of_recipient(&entry.kind),
            ..fact(&ids, &names, &entry.display_name)
        });
    }

    /// Further addresses are for recovery: two accounts may share one.
    fn user(&mut self, entry: &User) {
        let guest = fold(&entry.kind) == "guest" || is_guest(&entry.user_principal_name);
        let mut ids = vec![
            &*entry.user_principal_name,
            &entry.id,
            &entry.mail,
            &entry.on_premises_sid,
            &entry.sid,
        ];
        ids.extend(entry.addresses.iter().map(|address| address_of(address)));
        let names: Vec<&str> = entry.other_mails.iter().map(String::as_str).collect();
        self.add(Fact {
            kind: Some(if guest {
                PrincipalKind::Guest
            } else {
                PrincipalKind::User
            }),
            ..fact(&ids, &names, &entry.display_name)
        });
    }

    fn summary(&mut self, entry: &MailboxPermissionSummary) {
        self.add(Fact {
            kind: kind_of_recipient(&entry.kind),
            ..fact(&[&entry.mailbox], &[], &entry.display_name)
        });
        let rights = [
            &entry.full_access,
            &entry.send_as,
            &entry.calendar,
            &entry.inbox,
        ];
        self.named(rights.into_iter().flatten().map(|right| &right.user));
        self.named(&entry.send_on_behalf);
    }

    fn assignee(&mut self, entry: &ManagementRoleAssignment) {
        let kind = match &*fold(&entry.assignee_type) {
            "user" => Some(PrincipalKind::User),
            "securitygroup" => Some(PrincipalKind::Group),
            "rolegroup" | "linkedrolegroup" => Some(PrincipalKind::RoleGroup),
            "serviceprincipal" => Some(PrincipalKind::ServicePrincipal),
            _ => None,
        };
        self.spelled(&entry.assignee, kind);
    }

    /// Adds one spelling, and of what kind it is.
    fn spelled(&mut self, spelling: &str, kind: Option<PrincipalKind>) {
        let (mut ids, mut names) = (Vec::new(), Vec::new());
        by_form(spelling, &mut ids, &mut names);
        self.add(Fact {
            kind,
            ..fact(&ids, &names, "")
        });
    }

    fn role_group(&mut self, entry: &RoleGroup) {
        self.spelled(&entry.name, Some(PrincipalKind::RoleGroup));
        self.named(entry.members.iter().chain(&entry.managed_by));
    }

    fn recipient(&mut self, entry: &RoleGroupMember) {
        let mut ids = vec![
            &*entry.user_principal_name,
            &entry.primary_address,
            &entry.object_id,
            &entry.guid,
            &entry.distinguished_name,
        ];
        let mut names = vec![&*entry.name, &entry.alias];
        by_form(&entry.identity, &mut ids, &mut names);
        self.add(Fact {
            kind: kind_of_recipient(&entry.kind),
            ..fact(&ids, &names, &entry.display_name)
        });
    }

    fn policy(&mut self, entry: &ApplicationAccessPolicy) {
        let (mut ids, mut names) = (Vec::new(), vec![&*entry.scope_name]);
        by_form(&entry.scope_identity, &mut ids, &mut names);
        self.add(Fact {
            kind: Some(PrincipalKind::Group),
            ..fact(&ids, &names, "")
        });
    }

    fn bypass(&mut self, entry: &AuditBypass) {
        let (mut ids, mut names) = (vec![&*entry.guid], vec![&*entry.name]);
        by_form(&entry.identity, &mut ids, &mut names);
        self.add(fact(&ids, &names, ""));
    }
}

/// An address of a list without its scheme (`SMTP:`, `X500:`); empty when the scheme is not one of people (`SPO:`).
fn address_of(written: &str) -> &str {
    match written.split_once(':') {
        None => written,
        Some((scheme, address)) => {
            let known = ["smtp", "sip", "x500"].iter();
            let mut known = known.filter(|known| scheme.trim().eq_ignore_ascii_case(known));
            known.next().map_or("", |_| address)
        }
    }
}

/// The kind of principal that a recipient is; `None` where its type does not tell (a shared mailbox is nobody's account).
fn kind_of_recipient(written: &str) -> Option<PrincipalKind> {
    let kind = fold(written);
    match &*kind {
        "usermailbox" | "linkedmailbox" | "remoteusermailbox" | "mailuser" | "user" => {
            Some(PrincipalKind::User)
        }
        "guestmailuser" => Some(PrincipalKind::Guest),
        "mailcontact" => Some(PrincipalKind::External),
        "rolegroup" => Some(PrincipalKind::RoleGroup),
        _ if kind.contains("group") => Some(PrincipalKind::Group),
        _ => None,
    }
}
