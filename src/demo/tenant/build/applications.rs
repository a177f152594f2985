//! Installs the applications of a tenant: those of vendors, its own, and Microsoft's.
//!
//! Names are invented but for Microsoft's own, whose ids are published. Not here: applications of intruders (`story`).

use super::guid;
use crate::demo::id::{Guid, PlaceId};
use crate::demo::place;
use crate::demo::tenant::{Application, Publisher, Purpose, Tenant};

/// An application as the table has it: name, publisher, purpose, application permissions, delegated scopes, country of its servers (empty
/// for those of the head office), credentials, whether it is approved.
type Row = (
    &'static str,
    Publisher,
    Purpose,
    &'static str,
    &'static str,
    &'static str,
    usize,
    bool,
);

/// Applications of vendors and of the company.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("Stonevault Mail Backup", Publisher::Verified, Purpose::Backup, "Mail.Read Calendars.Read Contacts.Read", "", "NL", 1, true),
    ("Relatia Customers", Publisher::Verified, Purpose::Customers, "Mail.ReadWrite User.Read.All", "", "DE", 1, true),
    ("Quietgate Attachment Scan", Publisher::Verified, Purpose::Scanner, "Mail.Read", "", "US", 2, true),
    ("Hourglass Meeting Planner", Publisher::Verified, Purpose::Planner, "", "User.Read Calendars.Read offline_access", "US", 1, true),
    ("Orchard Mail Accounts", Publisher::Verified, Purpose::MailProgram, "", "User.Read Mail.ReadWrite Mail.Send Calendars.ReadWrite Contacts.ReadWrite offline_access", "US", 0, true),
    ("Wrenbird", Publisher::Unverified, Purpose::MailProgram, "", "User.Read Mail.ReadWrite Mail.Send offline_access", "", 0, false),
    ("Intranet Portal", Publisher::Own, Purpose::Internal, "User.Read.All", "User.Read", "", 1, true),
    ("Route Planner Sync", Publisher::Own, Purpose::Internal, "Sites.Read.All", "", "", 1, true),
    ("Overbridge Mailbox Mover", Publisher::Verified, Purpose::Migration, "full_access_as_app", "", "IE", 1, true),
];

/// Microsoft's own applications with a part in a tenant's mail, by their published ids.
const MICROSOFT: &[(&str, &str)] = &[
    (
        "Office 365 Exchange Online",
        "00000002-0000-0ff1-ce00-000000000000",
    ),
    ("Microsoft Graph", "00000003-0000-0000-c000-000000000000"),
    ("Substrate Context", "13937bba-652e-4c46-b222-3003f4d1ff97"),
    ("Focused Inbox", "b669c6ea-1adf-453f-b8bc-6d526592b419"),
    ("PeoplePredictions", "35d54a08-36c9-4847-9018-93934c62740c"),
    ("Connectors", "48af08dc-f6d2-435f-b2a7-069abd99c086"),
    ("Office 365 Search", "66a88757-258c-4c72-893c-3e8bed4d6899"),
    (
        "ContactsInferencingEmailProcessor",
        "20a11fe0-faa8-4df5-baf2-f965f8f9972e",
    ),
    ("Exchange Rbac", "789e8929-0390-42a2-8934-0f9dafb8ec89"),
    (
        "Office 365 Management APIs",
        "c5393580-f805-4401-95e8-94b7a6ef2fc2",
    ),
];

/// The tenant that owns Microsoft's services (published).
const MICROSOFT_SERVICES: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// All applications of a tenant.
pub(super) fn install(tenant: &Tenant) -> Vec<Application> {
    let rows = (0..).zip(ROWS);
    let rows = rows.map(|(nth, row)| application(tenant, nth, row));
    let microsoft = (ROWS.len()..).zip(MICROSOFT);
    let microsoft = microsoft.map(|(nth, (name, id))| microsofts(tenant, nth, name, id));
    rows.chain(microsoft).collect()
}

fn application(tenant: &Tenant, nth: usize, row: &Row) -> Application {
    let &(name, publisher, purpose, permissions, scopes, country, credentials, is_approved) = row;
    let seed = tenant.seed;
    let is_own = publisher == Publisher::Own;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let head_office = tenant.sites.first().copied().unwrap_or_default();
    // A vendor's application has one id in all tenants.
    let everywhere = if is_own { seed } else { 0 };
    let keys = (0..credentials).map(|key| guid(seed, "credential", nth * 16 + key));
    Application {
        name: name.to_owned(),
        app_id: guid(everywhere, "application", nth),
        object: guid(seed, "service-principal", nth),
        registration: is_own.then(|| guid(seed, "registration", nth)),
        owner: if is_own {
            tenant.id
        } else {
            guid(0, "vendor", nth)
        },
        publisher,
        purpose,
        permissions: words(permissions),
        scopes: words(scopes),
        place: place::in_country(country).unwrap_or(head_office),
        credentials: keys.collect(),
        is_approved,
    }
}

fn microsofts(tenant: &Tenant, nth: usize, name: &str, id: &str) -> Application {
    Application {
        name: name.to_owned(),
        app_id: Guid::read(id).unwrap_or_default(),
        object: guid(tenant.seed, "service-principal", nth),
        registration: None,
        owner: Guid::read(MICROSOFT_SERVICES).unwrap_or_default(),
        publisher: Publisher::Microsoft,
        purpose: Purpose::Microsoft,
        permissions: Vec::new(),
        scopes: Vec::new(),
        place: tenant.sites.first().copied().unwrap_or(PlaceId(0)),
        credentials: Vec::new(),
        is_approved: true,
    }
}
