//! The APIs that tokens and permissions are for, as the logs name them, and the ids of their permissions.
//!
//! Not here: what a permission opens (`hunt::catalog`).

use super::value::key;
use crate::demo::chance::mixed_text;
use crate::demo::event::Resource;
use crate::demo::id::Guid;
use crate::demo::tenant::Tenant;
use std::sync::LazyLock;

/// An API of Microsoft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Api {
    /// Which resource it is.
    pub resource: Resource,
    /// Name of its service principal.
    pub name: &'static str,
    /// Application id, the same in every tenant.
    pub app_id: Guid,
    /// Its service principal names, as `TargetId.ServicePrincipalNames` lists them.
    pub names: &'static str,
    /// Its word in `permissions.csv`; empty where that has none of its permissions.
    word: &'static str,
}

/// Every API. Source: TELEMETRY §7.5.
const APIS: [Api; 4] = [
    Api {
        resource: Resource::Exchange,
        name: "Office 365 Exchange Online",
        app_id: Guid(0x0000_0002_0000_0ff1_ce00_0000_0000_0000),
        names: "https://outlook.office365.com/;https://outlook.office.com/;00000002-0000-0ff1-ce00-000000000000/*.outlook.com;\
                00000002-0000-0ff1-ce00-000000000000/outlook.com;00000002-0000-0ff1-ce00-000000000000;https://outlook.office365.com;\
                https://outlook.office.com",
        word: "exchange",
    },
    Api {
        resource: Resource::Graph,
        name: "Microsoft Graph",
        app_id: Guid(0x0000_0003_0000_0000_c000_0000_0000_0000),
        names: "https://graph.microsoft.com/;https://canary.graph.microsoft.com/;https://graph.microsoft.us/;\
                https://dod-graph.microsoft.us/;00000003-0000-0000-c000-000000000000/ags.windows.net;\
                00000003-0000-0000-c000-000000000000;https://canary.graph.microsoft.com;https://graph.microsoft.com;\
                https://ags.windows.net;https://graph.microsoft.us;https://dod-graph.microsoft.us",
        word: "graph",
    },
    Api {
        resource: Resource::Management,
        name: "Office 365 Management APIs",
        app_id: Guid(0xc539_3580_f805_4401_95e8_94b7_a6ef_2fc2),
        names: "https://manage.office.com;c5393580-f805-4401-95e8-94b7a6ef2fc2",
        word: "",
    },
    Api {
        resource: Resource::AzureManagement,
        name: "Windows Azure Service Management API",
        app_id: Guid(0x797f_4846_ba00_4fd7_ba43_dac1_f8f6_3013),
        names: "https://management.core.windows.net/;https://management.azure.com/;797f4846-ba00-4fd7-ba43-dac1f8f63013",
        word: "",
    },
];

impl Api {
    /// The API that a resource is.
    pub fn of(resource: Resource) -> &'static Self {
        let [exchange, graph, management, azure] = &APIS;
        match resource {
            Resource::Exchange => exchange,
            Resource::Graph => graph,
            Resource::Management => management,
            Resource::AzureManagement => azure,
        }
    }

    /// Object id of its service principal in a tenant.
    pub fn object(&self, tenant: &Tenant) -> Guid {
        let mut known = tenant.applications.iter();
        let known = known.find(|application| application.app_id == self.app_id);
        let made_up = || Guid::of(key(self.app_id), tenant.seed);
        known.map_or_else(made_up, |application| application.object)
    }

    /// Id of an application permission (app role) by its name.
    pub fn role(&self, permission: &str) -> Guid {
        self.permission("application", permission)
    }

    /// Id of a delegated permission (scope) by its name.
    pub fn scope(&self, permission: &str) -> Guid {
        self.permission("delegated", permission)
    }

    fn permission(&self, kind: &str, permission: &str) -> Guid {
        let found = PERMISSIONS
            .iter()
            .find(|row| row.word == self.word && row.kind == kind && row.name == permission);
        found.map_or_else(|| made_up(self, kind, permission), |row| row.id)
    }
}

/// An id for a permission that neither the catalogue nor [`OTHERS`] has: the same in every tenant.
fn made_up(api: &Api, kind: &str, permission: &str) -> Guid {
    let key = mixed_text(mixed_text(key(api.app_id), kind), permission);
    Guid::of(key, 0)
}

/// A permission and its id.
struct Permission {
    word: &'static str,
    kind: &'static str,
    name: &'static str,
    id: Guid,
}

/// Permissions that do not lead to mail and are not in the catalogue. Source: Microsoft Graph permissions reference.
const OTHERS: &str = "\
graph,application,User.Read.All,df021288-bdef-4463-88db-98f22de89214
graph,application,Directory.Read.All,7ab1d382-f21e-4acd-a863-ba3e13f7da61
graph,application,Group.Read.All,5b567255-7703-4780-807c-7be8301ae99b
graph,application,AuditLog.Read.All,b0afded3-3588-46d8-8b3d-9842eff778da
graph,delegated,User.Read,e1fe6dd8-ba31-4d61-89e7-88639da4683d
graph,delegated,openid,37f7f235-527c-4136-accd-4a02d197296e
graph,delegated,profile,14dad69e-099b-42c9-810b-d002981feec1
graph,delegated,email,64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0
graph,delegated,Calendars.Read,465a38f9-76ea-45b9-9f34-9e8b0d4b0b42
graph,delegated,Contacts.Read,ff74d97f-43af-4b68-9f2a-b77ee6968c5d
";

static PERMISSIONS: LazyLock<Vec<Permission>> = LazyLock::new(|| {
    include_str!("../../../assets/catalog/permissions.csv")
        .lines()
        .chain(OTHERS.lines())
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some(Permission {
                word: cells.next()?,
                kind: cells.next()?,
                name: cells.next()?,
                id: Guid::read(cells.next()?)?,
            })
        })
        .collect()
});

/// What application permissions are called in records (`AppRole.DisplayName`); of others the name is shown.
/// Source: Microsoft Graph permissions reference.
const TITLES: &[(&str, &str)] = &[
    ("Mail.Read", "Read mail in all mailboxes"),
    ("Mail.ReadWrite", "Read and write mail in all mailboxes"),
    ("Mail.ReadBasic.All", "Read basic mail in all mailboxes"),
    ("Mail.Send", "Send mail as any user"),
    ("Calendars.Read", "Read calendars in all mailboxes"),
    (
        "Calendars.ReadWrite",
        "Read and write calendars in all mailboxes",
    ),
    ("Contacts.Read", "Read contacts in all mailboxes"),
    ("MailboxSettings.Read", "Read all user mailbox settings"),
    (
        "MailboxSettings.ReadWrite",
        "Read and write all user mailbox settings",
    ),
    ("User.Read.All", "Read all users' full profiles"),
    ("Directory.Read.All", "Read directory data"),
    ("Directory.ReadWrite.All", "Read and write directory data"),
    (
        "RoleManagement.ReadWrite.Directory",
        "Read and write all directory RBAC settings",
    ),
    (
        "AppRoleAssignment.ReadWrite.All",
        "Manage app permission grants and app role assignments",
    ),
    (
        "Application.ReadWrite.All",
        "Read and write all applications",
    ),
    (
        "full_access_as_app",
        "Use Exchange Web Services with full access to all mailboxes",
    ),
    ("Exchange.ManageAsApp", "Manage Exchange As Application"),
    ("IMAP.AccessAsApp", "IMAP.AccessAsApp"),
];

/// What an application permission is called in records.
pub fn title(permission: &str) -> &str {
    let found = TITLES.iter().find(|(name, _)| *name == permission);
    found.map_or(permission, |(_, title)| title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_stand_in_the_order_of_their_resources() {
        for api in &APIS {
            assert_eq!(Api::of(api.resource), api);
            assert!(api.names.contains(&api.app_id.to_string()), "{}", api.name);
        }
    }

    #[test]
    fn permissions_have_the_ids_of_the_catalogue() {
        let graph = Api::of(Resource::Graph);
        for (id, expected) in [
            (
                graph.role("Mail.Read"),
                "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
            ),
            (
                graph.scope("Mail.Read"),
                "570282fd-fa5c-430d-a7fd-fc8dc98a9dca",
            ),
            (
                Api::of(Resource::Exchange).role("full_access_as_app"),
                "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
            ),
            (
                graph.scope("User.Read"),
                "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
            ),
        ] {
            assert_eq!(id.to_string(), expected);
        }
        assert_ne!(graph.role("Sites.Selected"), graph.scope("Sites.Selected"));
    }

    #[test]
    fn no_two_apis_are_one_object() {
        let tenant = Tenant::default();
        let objects: std::collections::BTreeSet<_> =
            APIS.iter().map(|api| api.object(&tenant)).collect();
        assert_eq!(objects.len(), APIS.len());
    }
}
