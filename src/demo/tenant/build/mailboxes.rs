//! Opens mailboxes: one for each colleague, shared ones with their delegates, rooms, groups, and the one of Exchange itself.
//!
//! What assistants may do in the mailboxes of those they assist is not among the delegates: it is a right to folders (Inbox and
//! Calendar). Not here: rights given during the log.

use super::{DEPARTMENTS, account, guid};
use crate::demo::chance::{Dice, Domain};
use crate::demo::id::{MailboxId, PersonId, PlaceId};
use crate::demo::tenant::{Mailbox, MailboxKind, Person, Role, Tenant};

/// Shared mailboxes and the department whose people use them, in the order in which a growing company opens them.
const SHARED: &[(&str, &str, usize)] = &[
    ("Invoices", "invoices", 1),
    ("Sales", "sales", 4),
    ("HR", "hr", 2),
    ("Support", "support", 10),
    ("Dispatch", "dispatch", 5),
    ("Info", "info", 10),
    ("Orders", "orders", 6),
    ("Careers", "careers", 2),
    ("Payroll", "payroll", 1),
    ("Claims", "claims", 8),
    ("Campaigns", "campaigns", 7),
    ("Service Desk", "servicedesk", 3),
    ("Complaints", "complaints", 10),
    ("Planning", "planning", 5),
    ("Tenders", "tenders", 4),
    ("Credit Control", "creditcontrol", 1),
];

/// Names of groups with a mailbox.
const GROUPS: &[&str] = &[
    "Heron",
    "Lighthouse",
    "Compass",
    "Juniper",
    "Meridian",
    "Saffron",
    "Granite",
    "Swift",
];

/// Name of the mailbox into which Exchange copies what a search finds; the same in every tenant.
const DISCOVERY: &str = "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}";

/// Fewest and most people who have full access to a shared mailbox.
const DELEGATES: (u64, u64) = (2, 6);

/// Opens all mailboxes of a tenant whose people are hired.
pub(super) fn open(tenant: &mut Tenant) {
    let users = tenant.people.len();
    let (shared, rooms, groups) = (5 + users / 25, 2 + users / 40, 2 + users / 30);
    tenant
        .mailboxes
        .reserve_exact(users + shared + rooms + groups + 1);
    open_own(tenant);
    let departments = departments(tenant);
    for nth in 0..shared {
        let mailbox = shared_one(tenant, &departments, nth);
        tenant.mailboxes.push(mailbox);
    }
    for nth in 0..rooms {
        let (floor, door) = (nth / 12 + 1, nth % 12 + 1);
        let name = format!("Meeting room {floor}.{door:02}");
        let alias = format!("room-{floor}{door:02}");
        let mailbox = blank(tenant, MailboxKind::Room, name, alias, nth);
        tenant.mailboxes.push(mailbox);
    }
    for nth in 0..groups {
        let name = GROUPS.get(nth % GROUPS.len()).copied().unwrap_or_default();
        let (name, alias) = numbered(&["Project ", name].concat(), nth / GROUPS.len());
        let mailbox = blank(tenant, MailboxKind::Group, name, alias, nth);
        tenant.mailboxes.push(mailbox);
    }
    let mailbox = blank(
        tenant,
        MailboxKind::Discovery,
        DISCOVERY.into(),
        DISCOVERY.into(),
        0,
    );
    tenant.mailboxes.push(mailbox);
}

/// A name and its alias; all but the first round have a number.
fn numbered(name: &str, round: usize) -> (String, String) {
    let name = match round {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    };
    let alias = name.to_lowercase().replace(' ', "-");
    (name, alias)
}

/// Everybody gets a mailbox but guests, partners and every second service account.
fn open_own(tenant: &mut Tenant) {
    let mut service = 0_usize;
    for at in 0..tenant.people.len() {
        let next = MailboxId(u32::try_from(tenant.mailboxes.len()).unwrap_or(u32::MAX));
        let guid = guid(tenant.seed, "mailbox", tenant.mailboxes.len());
        let Some(person) = tenant.people.get_mut(at) else {
            continue;
        };
        service += usize::from(person.role == Role::ServiceAccount);
        let has_none = match person.role {
            Role::Guest | Role::Partner => true,
            Role::ServiceAccount => service.is_multiple_of(2),
            _ => false,
        };
        if !has_none {
            person.mailbox = Some(next);
            let owner = u32::try_from(at).ok().map(PersonId);
            tenant.mailboxes.push(own(person, owner, guid));
        }
    }
}

/// The mailbox of a person.
fn own(person: &Person, owner: Option<PersonId>, guid: crate::demo::id::Guid) -> Mailbox {
    Mailbox {
        kind: MailboxKind::User,
        owner,
        name: person.name.clone(),
        alias: person.alias.clone(),
        address: person.upn.clone(),
        guid,
        object: person.object,
        puid: person.puid,
        rid: person.rid,
        place: person.home,
        delegates: Vec::new(),
        senders: Vec::new(),
    }
}

/// A mailbox of nobody in particular, at one of the sites.
fn blank(tenant: &Tenant, kind: MailboxKind, name: String, alias: String, nth: usize) -> Mailbox {
    let which = tenant.people.len() + tenant.mailboxes.len();
    let (puid, rid) = account(tenant.seed, which);
    let site = if nth < 4 { 0 } else { nth % 3 };
    Mailbox {
        kind,
        owner: None,
        address: [&alias, "@", &tenant.domain].concat(),
        name,
        alias,
        guid: guid(tenant.seed, "mailbox", tenant.mailboxes.len()),
        object: guid(tenant.seed, "mailbox-object", which),
        puid,
        rid,
        place: tenant.sites.get(site).copied().unwrap_or(PlaceId(0)),
        delegates: Vec::new(),
        senders: Vec::new(),
    }
}

/// Who works in each department from the first day to the last.
fn departments(tenant: &Tenant) -> Vec<Vec<PersonId>> {
    let mut departments = vec![Vec::new(); DEPARTMENTS.len()];
    for (id, person) in (0_u32..).map(PersonId).zip(&tenant.people) {
        let stays = person.joins == 0 && person.leaves == u16::MAX;
        let department = departments.get_mut(usize::from(person.department));
        if let Some(department) = department
            && person.role.is_colleague()
            && stays
        {
            department.push(id);
        }
    }
    departments
}

/// The `nth` shared mailbox: some of its department have full access, the first half of them may send as it.
fn shared_one(tenant: &Tenant, departments: &[Vec<PersonId>], nth: usize) -> Mailbox {
    let row = SHARED.get(nth % SHARED.len()).copied();
    let (name, alias, department) = row.unwrap_or(("Info", "info", 10));
    let (name, alias) = match nth / SHARED.len() {
        0 => (name.to_owned(), alias.to_owned()),
        round => (
            format!("{name} {}", round + 1),
            format!("{alias}{}", round + 1),
        ),
    };
    let which = u64::try_from(nth).unwrap_or(0);
    let mut dice = Dice::of(tenant.seed, Domain("delegates"), &[which]);
    let crowd = departments.get(department).filter(|crowd| crowd.len() > 1);
    // A small company has nobody in some departments: the largest, or finance, helps out.
    let largest = || {
        departments
            .iter()
            .skip(4)
            .rev()
            .max_by_key(|crowd| crowd.len())
    };
    let crowd = crowd.or_else(|| largest().filter(|crowd| crowd.len() > 1));
    let crowd = crowd.or_else(|| departments.get(1));
    let crowd = crowd.map_or(&[][..], Vec::as_slice);
    let count = usize::try_from(dice.between(DELEGATES.0, DELEGATES.1)).unwrap_or(2);
    let count = count.min(crowd.len());
    let first = dice.index(crowd.len());
    let turned = crowd.iter().cycle().skip(first);
    let delegates: Vec<PersonId> = turned.take(count).copied().collect();
    let senders = delegates.iter().take(count.div_ceil(2)).copied().collect();
    Mailbox {
        delegates,
        senders,
        ..blank(tenant, MailboxKind::Shared, name, alias, nth)
    }
}
