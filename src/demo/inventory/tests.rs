//! What the log changes of the lists, one grant and one removal at a time.

use super::*;
use crate::demo::change;
use crate::demo::client::Client;
use crate::demo::event::{
    Act, Actor, Cmdlet, Folder, Grantee, Hand, Logon, Mail, MailDetail, MailOperation, Member,
    Resource,
};
use crate::demo::id::{ApplicationId, Guid, Key, Origin, PersonId, PlaceId};
use crate::demo::tenant::{Purpose, Role};
use crate::demo::world::START;
use crate::record::inventory::KINDS;
use std::net::IpAddr;

/// A tenant with what is listed of it.
struct Bench {
    tenant: Tenant,
    inventories: Inventories,
    events: u32,
}

const ADMINISTRATOR: PersonId = PersonId(0);

fn hand(actor: Actor) -> Hand {
    Hand {
        actor,
        client: Client::ExchangePowerShell,
        address: IpAddr::from([203, 0, 113, 7]),
        place: PlaceId(0),
        session: 1,
    }
}

impl Bench {
    fn new() -> Self {
        let tenant = Tenant::new(7, 20, PlaceId(0));
        Self {
            inventories: Inventories::new(&tenant),
            tenant,
            events: 0,
        }
    }

    fn see(&mut self, act: Act) {
        self.events += 1;
        let event = Event {
            time: START + i64::from(self.events) * 60,
            key: Key::new(Origin::Story, 0, 0, self.events),
            act,
        };
        self.inventories.see(&self.tenant, &event);
    }

    fn run(&mut self, operation: &'static str, parameters: &[(&'static str, &str)], failed: bool) {
        let parameters = parameters.iter();
        let cmdlet = Cmdlet {
            hand: hand(Actor::Person(ADMINISTRATOR)),
            operation: operation.into(),
            object: String::new(),
            parameters: parameters
                .map(|(name, value)| ((*name).into(), (*value).to_owned()))
                .collect(),
            failed,
        };
        self.see(Act::Cmdlet(Box::new(cmdlet)));
    }

    fn consent(&mut self, consent: &change::Consent<'_>, application: ApplicationId) {
        let hand = hand(Actor::Person(PersonId(3)));
        for change in change::consent(&self.tenant, hand, application, consent, 9) {
            self.see(Act::Change(Box::new(change)));
        }
    }

    fn entries(&self, kind: &str) -> Vec<Value> {
        self.inventories.entries(&self.tenant, kind)
    }

    /// Whether a kind has an entry with these members.
    fn lists(&self, kind: &str, members: &[(&str, &str)]) -> bool {
        let shows = |entry: &Value| {
            members.iter().all(|(path, expected)| {
                let value = path.split('.').fold(entry, |value, name| &value[name]);
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
                    == *expected
            })
        };
        self.entries(kind).iter().any(shows)
    }

    /// The chief's mailbox, its address and alias, and somebody else's user name and display name.
    fn cast(&self) -> [String; 4] {
        let chief = self.tenant.of_role(Role::ChiefExecutive).next().unwrap();
        let mailbox = self
            .tenant
            .mailbox(self.tenant.mailbox_of(chief).unwrap())
            .unwrap();
        let helper = self.tenant.of_role(Role::Staff).next().unwrap();
        let helper = self.tenant.person(helper).unwrap();
        [
            mailbox.address.clone(),
            mailbox.alias.clone(),
            helper.upn.clone(),
            helper.name.clone(),
        ]
    }
}

#[test]
fn every_kind_is_listed() {
    let names: Vec<&str> = LISTS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(names.len(), KINDS.len());
    let bench = Bench::new();
    for kind in KINDS {
        assert!(names.contains(kind), "{kind}");
        assert!(!bench.entries(kind).is_empty(), "{kind}");
    }
}

#[test]
fn rights_are_given_and_taken_in_every_spelling() {
    let mut bench = Bench::new();
    let [address, alias, user, name] = bench.cast();
    let canonical =
        format!("EURPR07A004.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/x/{alias}");
    let suffixed = format!("{alias}_1ea0eb0f93");
    let entry = [
        ("Identity", &*alias),
        ("User", &*user),
        ("AccessRights", "[\"FullAccess\"]"),
    ];
    let sender = [("Identity", &*alias), ("Trustee", &*user)];
    for identity in [&address, &alias, &canonical, &suffixed] {
        let full = [
            ("Identity", &**identity),
            ("User", &*user),
            ("AccessRights", "FullAccess"),
        ];
        bench.run("Add-MailboxPermission", &full, true);
        assert!(!bench.lists("mailbox-permission", &entry));
        bench.run("Add-MailboxPermission", &full, false);
        assert!(bench.lists("mailbox-permission", &entry), "{identity}");
        let told = format!("{name} ({user}) - Rights: FullAccess, Deny: False, Inheritance: All");
        assert!(bench.lists(
            "mailbox-permission-summary",
            &[("FullAccessPermissions", &told)]
        ));
        bench.run("Remove-MailboxPermission", &full, false);
        assert!(!bench.lists("mailbox-permission", &entry));
        let send = [
            ("Identity", &**identity),
            ("Trustee", &*user),
            ("AccessRights", "SendAs"),
        ];
        bench.run("Add-RecipientPermission", &send, false);
        assert!(bench.lists("recipient-permission", &sender));
        bench.run("Remove-RecipientPermission", &send, false);
        assert!(!bench.lists("recipient-permission", &sender));
    }
}

#[test]
fn mailboxes_say_who_sends_for_them_and_where_mail_goes() {
    let mut bench = Bench::new();
    let [address, alias, user, _] = bench.cast();
    let on_behalf = |bench: &Bench| -> String {
        let mailboxes = bench.entries("mailbox");
        let found = mailboxes
            .iter()
            .find(|entry| entry["Alias"] == *alias)
            .unwrap();
        found["GrantSendOnBehalfTo"].to_string()
    };
    let before = on_behalf(&bench);
    let helper = user.split('@').next().unwrap();
    for (list, has) in [
        (format!("@{{Add=\"{user}\"}}"), true),
        (format!("@{{Remove=\"{user}\"}}"), false),
        (user.clone(), true),
    ] {
        let parameters = [("Identity", &*address), ("GrantSendOnBehalfTo", &*list)];
        bench.run("Set-Mailbox", &parameters, false);
        assert_eq!(on_behalf(&bench).contains(helper), has, "{list} {before}");
    }
    let forward = [
        ("Identity", &*address),
        ("ForwardingSmtpAddress", "smtp:x@elsewhere.example"),
        ("AuditEnabled", "False"),
    ];
    bench.run("Set-Mailbox", &forward, false);
    let members = [
        ("Alias", &*alias),
        ("ForwardingSmtpAddress", "smtp:x@elsewhere.example"),
        ("AuditEnabled", "false"),
    ];
    assert!(bench.lists("mailbox", &members));
    bench.run(
        "Set-MailboxAuditBypassAssociation",
        &[("Identity", &user), ("AuditBypassEnabled", "True")],
        false,
    );
    assert!(bench.lists(
        "audit-bypass",
        &[("Name", helper), ("AuditBypassEnabled", "true")]
    ));
}

#[test]
fn folders_show_roles() {
    let mut bench = Bench::new();
    let [address, _, user, name] = bench.cast();
    let chief = bench.tenant.of_role(Role::ChiefExecutive).next().unwrap();
    let chief = bench.tenant.mailbox_of(chief).unwrap();
    let inbox = folder::path(&bench.tenant, chief, Folder::Inbox);
    let entry = |right: &'static str| {
        [
            ("Mailbox", address.clone()),
            ("FolderName", inbox.clone()),
            ("User", name.clone()),
            ("AccessRights", format!("[\"{right}\"]")),
        ]
    };
    let lists = |bench: &Bench, right: &'static str| {
        let entry = entry(right);
        let entry: Vec<_> = entry
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        bench.lists("mailbox-folder-permission", &entry)
    };
    let identity = format!("{address}:\\Inbox");
    let parameters = [
        ("Identity", &*identity),
        ("User", &*user),
        ("AccessRights", "Reviewer"),
    ];
    bench.run("Add-MailboxFolderPermission", &parameters, false);
    assert!(lists(&bench, "Reviewer"));
    bench.run("Remove-MailboxFolderPermission", &parameters, false);
    assert!(!lists(&bench, "Reviewer"));
    let everybody = |rights: &'static str| {
        Act::Mail(Mail {
            hand: hand(Actor::Person(PersonId(0))),
            mailbox: chief,
            logon: Logon::Owner,
            operation: MailOperation::ModifyFolderPermissions,
            folder: Folder::Inbox,
            message: 0,
            count: 0,
            detail: Some(Box::new(MailDetail {
                member: Some(Member {
                    who: Grantee::Default,
                    rights: rights.into(),
                }),
                ..MailDetail::default()
            })),
        })
    };
    for (rights, role) in [
        ("ReadAny, Visible", "[\"Reviewer\"]"),
        ("None", "[\"None\"]"),
        (
            "ReadAny, Create, Visible",
            "[\"CreateItems\",\"FolderVisible\",\"ReadItems\"]",
        ),
    ] {
        bench.see(everybody(rights));
        let entry = [
            ("Mailbox", &*address),
            ("FolderName", &*inbox),
            ("User", "Default"),
            ("AccessRights", role),
        ];
        assert!(bench.lists("mailbox-folder-permission", &entry), "{rights}");
    }
}

#[test]
fn roles_are_assigned_and_groups_filled() {
    let mut bench = Bench::new();
    let [_, _, user, _] = bench.cast();
    let alias = user.split('@').next().unwrap().to_owned();
    let application = bench.tenant.of_purpose(Purpose::Backup).next().unwrap();
    let object = bench
        .tenant
        .application(application)
        .unwrap()
        .object
        .to_string();
    bench.run(
        "New-ServicePrincipal",
        &[("AppId", ""), ("ObjectId", &object)],
        false,
    );
    assert!(bench.lists("service-principal", &[("exchange.ObjectId", &object)]));
    let parameters = [
        ("Name", "intake"),
        ("App", &*object),
        ("Role", "Application Mail.Read"),
        ("CustomResourceScope", "Tickets"),
    ];
    bench.run("New-ManagementRoleAssignment", &parameters, false);
    let entry = [
        ("Name", "intake"),
        ("RoleAssigneeName", &*object),
        ("RoleAssigneeType", "ServicePrincipal"),
        ("CustomResourceScope", "Tickets"),
    ];
    assert!(bench.lists("management-role-assignment", &entry));
    bench.run(
        "New-RoleGroup",
        &[
            ("Name", "Case"),
            ("Roles", "Mailbox Search;Legal Hold"),
            ("Members", &user),
        ],
        false,
    );
    bench.run(
        "Add-RoleGroupMember",
        &[("Identity", "Case"), ("Member", &object)],
        false,
    );
    assert!(bench.lists(
        "management-role-assignment",
        &[
            ("Name", "Legal Hold-Case"),
            ("RoleAssigneeType", "RoleGroup")
        ]
    ));
    assert!(bench.lists(
        "role-group-member",
        &[("RoleGroup", "Case"), ("Name", &alias)]
    ));
    assert!(bench.lists(
        "role-group-member",
        &[("RoleGroup", "Case"), ("Name", &object)]
    ));
    bench.run(
        "Remove-RoleGroupMember",
        &[("Identity", "Case"), ("Member", &user)],
        false,
    );
    assert!(!bench.lists(
        "role-group-member",
        &[("RoleGroup", "Case"), ("Name", &alias)]
    ));
    bench.run("Remove-RoleGroup", &[("Identity", "Case")], false);
    assert!(!bench.lists("management-role-assignment", &[("Name", "Legal Hold-Case")]));
}

#[test]
fn applications_are_given_what_the_directory_log_says() {
    let mut bench = Bench::new();
    let application = bench.tenant.of_purpose(Purpose::Internal).next().unwrap();
    let own = bench.tenant.application(application).unwrap().clone();
    let object = own.object.to_string();
    let by = hand(Actor::Person(ADMINISTRATOR));
    for (is_removal, is_listed) in [(false, true), (true, false)] {
        let change = change::app_role(
            &bench.tenant,
            by,
            application,
            Resource::Graph,
            "Mail.Read",
            is_removal,
            1,
        );
        bench.see(Act::Change(Box::new(change)));
        let entry = [
            ("graph.principalId", &*object),
            ("graph.appRoleId", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
        ];
        assert_eq!(bench.lists("app-role-assignment", &entry), is_listed);
    }
    let key = Guid(0x1234);
    let change = change::credential(&bench.tenant, by, application, "fresh", key, false, 2);
    bench.see(Act::Change(Box::new(change)));
    let keys = |bench: &Bench| -> usize {
        let entries = bench.entries("service-principal");
        let found = entries
            .iter()
            .find(|entry| entry["registration"]["appId"] == own.app_id.to_string());
        found.unwrap()["registration"]["passwordCredentials"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(keys(&bench), own.credentials.len() + 1);
    let change = change::credential(&bench.tenant, by, application, "fresh", key, true, 3);
    bench.see(Act::Change(Box::new(change)));
    assert_eq!(keys(&bench), own.credentials.len());
}

#[test]
fn consent_is_a_grant() {
    let mut bench = Bench::new();
    let mut programs = bench.tenant.of_purpose(Purpose::MailProgram);
    let application = programs
        .find(|id| !bench.tenant.application(*id).unwrap().is_approved)
        .unwrap();
    drop(programs);
    let object = bench
        .tenant
        .application(application)
        .unwrap()
        .object
        .to_string();
    let person = bench.tenant.person(PersonId(3)).unwrap().object.to_string();
    let first = change::Consent {
        scopes: "User.Read",
        ..change::Consent::default()
    };
    bench.consent(&first, application);
    let more = change::Consent {
        scopes: "User.Read Mail.Read",
        before: "User.Read",
        is_for_all: false,
    };
    bench.consent(&more, application);
    let entry = [
        ("graph.clientId", &*object),
        ("graph.principalId", &*person),
        ("graph.scope", "User.Read Mail.Read"),
    ];
    assert!(bench.lists("delegated-permission-grant", &entry));
    let entry = [
        ("collected.ClientObjectId", &*object),
        ("collected.ConsentType", "Principal"),
    ];
    assert!(bench.lists("delegated-permission-grant", &entry));
}

#[test]
fn accounts_come_and_go() {
    let mut bench = Bench::new();
    let person = PersonId(4);
    let upn = bench.tenant.person(person).unwrap().upn.clone();
    let by = hand(Actor::Person(ADMINISTRATOR));
    for (operation, members) in [
        ("Disable account.", Some("false")),
        ("Enable account.", Some("true")),
        ("Delete user.", None),
    ] {
        let change = change::account(&bench.tenant, by, operation, person, 1);
        bench.see(Act::Change(Box::new(change)));
        let is_there = bench.lists("user", &[("userPrincipalName", &upn)]);
        assert_eq!(is_there, members.is_some(), "{operation}");
        if let Some(enabled) = members {
            assert!(bench.lists(
                "user",
                &[("userPrincipalName", &upn), ("accountEnabled", enabled)]
            ));
        }
    }
}

#[test]
fn the_approved_list_is_toml() {
    let bench = Bench::new();
    let list: toml::Table = toml::from_str(&approved(&bench.tenant)).unwrap();
    let entries = |key: &str| list[key].as_array().unwrap();
    let applications = entries("oauth_client_id_allowlist");
    assert!(
        applications
            .iter()
            .all(|own| own["id"].is_str() && own["name"].is_str())
    );
    let delegates = entries("mailbox_delegate_allowlist");
    assert!(delegates.len() > 2 && delegates[0]["mailbox"].is_str());
    let unapproved = bench
        .tenant
        .applications
        .iter()
        .filter(|own| !own.is_approved);
    for own in unapproved {
        assert!(!approved(&bench.tenant).contains(&own.app_id.to_string()));
    }
}
