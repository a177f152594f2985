//! Noise: cmdlets of Microsoft's provisioning, folder permissions of group mailboxes, changes of the directory; strangers who try passwords.
//!
//! Not here: how much of it there is (`lane`).

use super::admin;
use super::lane::server;
use crate::demo::chance::{Dice, mixed};
use crate::demo::change;
use crate::demo::client::Client;
use crate::demo::event::{
    Act, Actor, Change, Cmdlet, Folder, Grantee, Hand, Logon, Mail, MailDetail, MailOperation,
    Member, Object, Resource, Second, Service, SignIn, SignInKind,
};
use crate::demo::id::{ApplicationId, MailboxId};
use crate::demo::place::{self, Local, Network};
use crate::demo::tenant::{Purpose, Tenant};
use std::borrow::Cow;

/// What a cmdlet of provisioning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// A setting of the organisation, by name.
    Organisation(&'static str),
    /// The mailbox of somebody.
    Mailbox,
    /// The mailbox of searches, for those who may search.
    Discovery,
}

/// Cmdlets of provisioning with their parameter and how often they come. Of 3,526 by `ServiceHost` 47 were grants on the discovery
/// mailbox and 85 each of ten others (counted); settings of single mailboxes are the rest, in the proportions of another log.
const CMDLETS: &[(&str, About, &str, u32)] = &[
    ("Add-MailboxPermission", About::Discovery, "FullAccess", 47),
    (
        "Install-AdminAuditLogConfig",
        About::Organisation("Admin Audit Log Settings"),
        "",
        85,
    ),
    (
        "Install-DefaultSharingPolicy",
        About::Organisation("Default Sharing Policy"),
        "",
        85,
    ),
    (
        "Install-ResourceConfig",
        About::Organisation("Resource Schema"),
        "",
        85,
    ),
    (
        "Install-DataClassificationConfig",
        About::Organisation("ClassificationDefinitions"),
        "",
        85,
    ),
    ("Enable-AddressListPaging", About::Organisation(""), "", 85),
    (
        "New-ExchangeAssistanceConfig",
        About::Organisation("ExchangeAssistance"),
        "",
        85,
    ),
    (
        "Set-ExchangeAssistanceConfig",
        About::Organisation("ExchangeAssistance"),
        "",
        85,
    ),
    ("Set-TenantObjectVersion", About::Organisation(""), "", 85),
    (
        "Set-AdminAuditLogConfig",
        About::Organisation("Admin Audit Log Settings"),
        "IgnoreDehydratedFlag",
        85,
    ),
    (
        "Set-RecipientEnforcementProvisioningPolicy",
        About::Organisation("Recipient Quota Policy"),
        "IgnoreDehydratedFlag",
        85,
    ),
    (
        "Set-TransportConfig",
        About::Organisation("Transport Settings"),
        "",
        255,
    ),
    (
        "Set-MailboxPlan",
        About::Organisation("ExchangeOnlineEnterprise"),
        "",
        170,
    ),
    (
        "Set-OwaMailboxPolicy",
        About::Organisation("OwaMailboxPolicy-Default"),
        "",
        170,
    ),
    (
        "Set-Mailbox",
        About::Mailbox,
        "ProvisionedForOfficeGraph",
        1350,
    ),
    ("Set-User", About::Mailbox, "SyncMailboxLocationGuids", 684),
];

/// Who provisions, in parts of a thousand: `ServiceHost` in its two spellings, 2,701 to 825 as counted.
const ACTORS: [(Service, u32); 5] = [
    (Service::ServiceHost, 689),
    (Service::Servicehost, 211),
    (Service::ForwardSync, 40),
    (Service::WebProcess, 40),
    (Service::MailboxAssistants, 20),
];

/// The hands of a service: no address that says anything.
fn hand(tenant: &Tenant, service: Service, dice: &mut Dice) -> Hand {
    Hand {
        actor: Actor::Service(service),
        client: Client::Server,
        address: server(dice.below(64)),
        place: tenant.sites.first().copied().unwrap_or_default(),
        session: 0,
    }
}

/// Name of an object as provisioning spells it: below the forest.
fn below(tenant: &Tenant, name: &str) -> String {
    let domain = &tenant.domain;
    [
        &tenant.forest,
        "/Microsoft Exchange Hosted Organizations/",
        domain,
        "/",
        name,
    ]
    .concat()
}

/// A cmdlet of Microsoft's provisioning.
pub(super) fn provisioning(tenant: &Tenant, dice: &mut Dice) -> Act {
    let row = dice.weighted(CMDLETS.iter().map(|(.., weight)| *weight));
    let row = row.and_then(|at| CMDLETS.get(at)).copied();
    let (operation, about, parameter, _) =
        row.unwrap_or(("Set-TenantObjectVersion", About::Organisation(""), "", 1));
    let actor = dice.weighted(ACTORS.iter().map(|(_, weight)| *weight));
    let actor = actor.and_then(|at| ACTORS.get(at)).map(|(actor, _)| *actor);
    let actor = match about {
        About::Discovery | About::Organisation(_) if actor != Some(Service::Servicehost) => {
            Service::ServiceHost
        }
        _ => actor.unwrap_or(Service::ServiceHost),
    };
    let mut parameters = vec![("DomainController", String::new())];
    let object = match about {
        About::Organisation(name) => {
            parameters.push(("Identity", [&tenant.domain, "\\", name].concat()));
            if !parameter.is_empty() {
                parameters.push((parameter, "True".to_owned()));
            }
            [&tenant.domain, "\\", name].concat()
        }
        About::Mailbox => {
            let mailbox = tenant.mailbox_of(admin::anybody(tenant, dice));
            let mailbox = mailbox.and_then(|mailbox| tenant.mailbox(mailbox));
            let object = mailbox
                .map(|mailbox| mailbox.object.to_string())
                .unwrap_or_default();
            parameters.push(("Identity", [&tenant.id.to_string(), "\\", &object].concat()));
            parameters.push((parameter, "True".to_owned()));
            object
        }
        About::Discovery => discovery(tenant, &mut parameters),
    };
    Act::Cmdlet(Box::new(Cmdlet {
        hand: hand(tenant, actor, dice),
        operation: operation.into(),
        object,
        parameters: parameters
            .into_iter()
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect(),
        failed: false,
    }))
}

/// The grant on the mailbox of searches; its name is that of the last mailbox of that kind.
fn discovery(tenant: &Tenant, parameters: &mut Vec<(&'static str, String)>) -> String {
    let kind = crate::demo::tenant::MailboxKind::Discovery;
    let mailbox = tenant
        .mailboxes
        .iter()
        .rev()
        .find(|mailbox| mailbox.kind == kind);
    let name = below(tenant, mailbox.map_or("", |mailbox| mailbox.name.as_str()));
    parameters.push(("Identity", name.clone()));
    parameters.push(("User", below(tenant, "Discovery Management")));
    parameters.push(("AccessRights", "FullAccess".to_owned()));
    name
}

/// Whom folders of group mailboxes are opened for, and to what.
const MEMBERS: [(Folder, Grantee, &str); 4] = [
    (
        Folder::Inbox,
        Grantee::LocalMembers,
        "ReadAny, Create, EditOwned, DeleteOwned, Visible",
    ),
    (
        Folder::Inbox,
        Grantee::LocalOwners,
        "ReadAny, Create, EditOwned, DeleteOwned, EditAny, DeleteAny, Visible",
    ),
    (
        Folder::Calendar,
        Grantee::LocalMembers,
        "ReadAny, Create, EditOwned, DeleteOwned, EditAny, DeleteAny, Visible",
    ),
    (Folder::Calendar, Grantee::Default, "None"),
];

/// A folder permission that Exchange sets when it configures a group mailbox.
pub(super) fn group(tenant: &Tenant, groups: &[MailboxId], dice: &mut Dice) -> Act {
    let mailbox = dice.one(groups).copied().unwrap_or_default();
    let (folder, who, rights) =
        *dice
            .one(&MEMBERS)
            .unwrap_or(&(Folder::Calendar, Grantee::Default, "None"));
    let detail = MailDetail {
        member: Some(Member {
            who,
            rights: rights.into(),
        }),
        ..MailDetail::default()
    };
    Act::Mail(Mail {
        hand: hand(tenant, Service::LocalSystem, dice),
        mailbox,
        logon: Logon::Admin,
        operation: MailOperation::ModifyFolderPermissions,
        folder,
        message: 0,
        count: 0,
        detail: Some(Box::new(detail)),
    })
}

/// A change of the directory by Microsoft: a service principal added just in time, a password written back, a user updated.
pub(super) fn directory(tenant: &Tenant, dice: &mut Dice) -> Act {
    let correlation = dice.number();
    if dice.happens(2, 5) {
        let hand = hand(tenant, Service::PasswordWriteBack, dice);
        let person = admin::anybody(tenant, dice);
        return Act::Change(Box::new(change::account(
            tenant,
            hand,
            "Update user.",
            person,
            correlation,
        )));
    }
    let own: Vec<ApplicationId> = tenant.of_purpose(Purpose::Microsoft).collect();
    let application = dice.one(&own).copied().unwrap_or_default();
    Act::Change(Box::new(Change {
        hand: hand(tenant, Service::Certificate, dice),
        operation: "Add service principal.".into(),
        target: Object::ServicePrincipal(application),
        modified: Vec::new(),
        correlation,
        failed: None,
    }))
}

/// Programs with which strangers try passwords, and how often: the old protocols ask for no second factor.
const SPRAYED_WITH: [(Client, u32); 3] = [
    (Client::Imap, 5),
    (Client::WebChrome, 3),
    (Client::WebFirefox, 2),
];

/// Addresses that a campaign has at a time.
const EXITS: u64 = 24;

/// How busy strangers are in an hour: a campaign of five hours on one day in three, and somebody always.
pub(super) fn campaign(seed: u64, local: Local) -> u64 {
    let chance = mixed(seed ^ mixed(local.day.unsigned_abs() ^ 0x5b4a));
    let begins = (chance >> 8) % 19;
    let is_on = chance.is_multiple_of(3) && (begins..begins + 5).contains(&u64::from(local.hour));
    if is_on { 12 } else { 1 }
}

/// A stranger tries a password, from a hosting network of a country where nobody of the tenant lives: it is wrong, or the account is
/// locked by then.
pub(super) fn spray(tenant: &Tenant, time: Second, dice: &mut Dice) -> Act {
    let far: Vec<_> = place::all().filter(|(_, place)| !place.is_site).collect();
    let day = tenant.seed ^ mixed(time.div_euclid(86_400).unsigned_abs());
    let mut campaign = Dice::keyed(day);
    let usual = campaign.one(&far).map(|(place, _)| *place);
    let other = dice.one(&far).map(|(place, _)| *place);
    let place = if dice.happens(5, 6) { usual } else { other };
    let place = place.unwrap_or_default();
    let client = dice.weighted(SPRAYED_WITH.iter().map(|(_, weight)| *weight));
    let client = client.and_then(|at| SPRAYED_WITH.get(at));
    let hand = Hand {
        actor: Actor::Person(admin::anybody(tenant, dice)),
        client: client.map_or(Client::Imap, |(client, _)| *client),
        address: place::address(place, Network::Hosting, day ^ dice.below(EXITS)),
        place,
        session: 0,
    };
    Act::SignIn(SignIn {
        kind: SignInKind::Interactive,
        hand,
        resource: Resource::Exchange,
        error: if dice.happens(1, 7) { 50_053 } else { 50_126 },
        credential: None,
    })
}
