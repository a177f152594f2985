//! The formats of rows: one entry each, from which documents, coverage and tests derive.
//!
//! A format recognises a row by the names in it, some also by a value, and maps the row onto the one vocabulary. Of a table only the
//! header is seen when it is recognised; else rows of JSON, of tables and of XML look alike to it. Not here: what a file is cut into rows by.

mod admin_audit;
mod cloud_app;
mod cut;
mod diagnostic;
mod directory;
mod elastic;
mod flat;
mod flattened;
mod google;
mod graph_query;
mod inventory;
mod listing;
mod mailbox;
mod mailbox_audit;
mod native;
mod office;
mod portal;
mod search;
mod sign_in;
mod splunk;
mod wrapped;

pub(super) use native::Fast;

use super::fields::Fields;
use crate::record::{Inventory, Record};

/// Name of the format of native records.
const NATIVE: &str = "unified-audit";

/// Name of the format of searches, which wrap native records.
const SEARCH: &str = "unified-audit-search";

/// One format of rows.
#[derive(Debug)]
pub struct Format {
    /// Its name in layouts, reports and documents.
    pub name: &'static str,
    /// What it is, in one line.
    pub what: &'static str,
    /// Where its fields are documented, or were observed.
    pub source: &'static str,
    recognise: fn(&Fields<'_>) -> bool,
    read: Reader,
}

/// How a format reads a row; the reason when the row is none that this program can use.
#[derive(Debug, Clone, Copy)]
enum Reader {
    /// One row is one event.
    One(fn(Fields<'_>) -> Result<Record, String>),
    /// One row is one event or several, or wraps a row of another format.
    Any(fn(Fields<'_>) -> Result<Content, String>),
    /// One row wraps a row of another format; it is told how many wrappers are around itself.
    Wrapper(fn(Fields<'_>, usize) -> Result<Content, String>),
    /// One row is an entry of an inventory.
    Inventory(fn(Fields<'_>) -> Result<Inventory, String>),
}

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Events, at least one.
    Records(Vec<Record>),
    /// An entry of an inventory.
    Inventory(Box<Inventory>),
}

impl Content {
    /// The events; none for an inventory.
    pub(super) fn records_mut(&mut self) -> &mut [Record] {
        match self {
            Self::Records(records) => records,
            Self::Inventory(_) => &mut [],
        }
    }
}

impl Format {
    /// Whether its rows are entries of an inventory, not events.
    pub fn is_inventory(&self) -> bool {
        matches!(self.read, Reader::Inventory(_))
    }

    /// Whether a row that it recognises is more than an object with another inside.
    pub(super) fn is_particular(&self) -> bool {
        FORMATS
            .last()
            .is_some_and(|catch_all| catch_all.name != self.name)
    }

    /// Whether usual rows of it under a header are read by [`Self::read_fast`].
    pub(super) fn is_fast(&self) -> bool {
        self.name == SEARCH
    }

    /// Reads a usual row of a format that [`Self::is_fast`] into `record`, as [`Self::read`] does. False when it is to be read by that; `record` then
    /// holds nothing of use.
    pub(super) fn read_fast(
        &self,
        fields: &Fields<'_>,
        fast: &mut Fast,
        record: &mut Record,
    ) -> bool {
        self.is_fast() && search::read_fast(fields, fast, record)
    }

    /// Reads a row; the reason when it is none that this program can use.
    pub(super) fn read(&self, fields: Fields<'_>) -> Result<Content, String> {
        self.read_at(fields, 0)
    }

    /// The same, inside of so many wrappers.
    fn read_at(&self, fields: Fields<'_>, depth: usize) -> Result<Content, String> {
        match self.read {
            Reader::One(read) => read(fields).map(|record| Content::Records(vec![record])),
            Reader::Any(read) => read(fields),
            Reader::Wrapper(read) => read(fields, depth),
            Reader::Inventory(read) => {
                read(fields).map(|inventory| Content::Inventory(Box::new(inventory)))
            }
        }
    }
}

/// Every format, the most particular first: the first that recognises a row reads it. Native records are most of all rows, so what
/// cannot be taken for one stands behind them.
pub const FORMATS: &[Format] = &[
    Format {
        name: "splunk",
        what: "results that Splunk exported, with the event in _raw or as extracted fields",
        source: "Splunk: Export search results; Splunk Add-on for Microsoft Office 365",
        recognise: splunk::recognise,
        read: Reader::Wrapper(splunk::read),
    },
    Format {
        name: "graph-audit-query",
        what: "records of a Microsoft Graph audit log query, with the record in auditData",
        source: "Microsoft: Graph auditLogRecord",
        recognise: graph_query::recognise,
        read: Reader::One(graph_query::read),
    },
    Format {
        name: SEARCH,
        what: "rows of Search-UnifiedAuditLog or a Purview audit search, with the record in AuditData",
        source: "Microsoft: Search-UnifiedAuditLog; Export, configure, and view audit log records",
        recognise: search::recognise,
        read: Reader::One(search::read),
    },
    Format {
        name: "hunting-stream",
        what: "Defender XDR hunting tables as streamed to an event hub or a storage account",
        source: "Microsoft: Stream Microsoft Defender XDR events (category AdvancedHunting-…)",
        recognise: cloud_app::recognise_stream,
        read: Reader::Wrapper(cloud_app::read_stream),
    },
    Format {
        name: "cloud-app-events",
        what: "rows of the Defender XDR table CloudAppEvents",
        source: "Microsoft: CloudAppEvents in the advanced hunting schema",
        recognise: cloud_app::recognise,
        read: Reader::One(cloud_app::read),
    },
    Format {
        name: "diagnostic-records",
        what: "Azure Monitor records of Entra sign-ins and directory audit (event hub, storage account)",
        source: "Microsoft: Azure Monitor, schema of Entra activity logs",
        recognise: diagnostic::recognise,
        read: Reader::One(diagnostic::read),
    },
    Format {
        name: "portal-sign-ins",
        what: "rows of sign-ins downloaded from the Entra admin center as CSV",
        source: "observed: downloads of 2025; Microsoft: download logs in Microsoft Entra ID",
        recognise: sign_in::portal::recognise,
        read: Reader::One(sign_in::portal::read),
    },
    Format {
        name: "portal-authentication-details",
        what: "authentication details downloaded with sign-ins, which are refused",
        source: "observed: downloads of 2025",
        recognise: sign_in::portal::recognise_details,
        read: Reader::One(sign_in::portal::read_details),
    },
    Format {
        name: "defender-sign-ins",
        what: "rows of the Defender XDR tables EntraIdSignInEvents, EntraIdSpnSignInEvents and their predecessors",
        source: "Microsoft: EntraIdSignInEvents, EntraIdSpnSignInEvents in the advanced hunting schema",
        recognise: sign_in::defender::recognise,
        read: Reader::One(sign_in::defender::read),
    },
    Format {
        name: "script-sign-ins",
        what: "tables of sign-ins that scripts make of Graph, with columns of city and country",
        source: "observed: collecting scripts; Graph signIn",
        recognise: sign_in::script::recognise,
        read: Reader::One(sign_in::script::read),
    },
    Format {
        name: "sign-in-logs",
        what: "rows of the Log Analytics sign-in tables (SigninLogs and its relatives)",
        source: "Microsoft: Azure Monitor Logs reference, SigninLogs",
        recognise: sign_in::log_analytics::recognise,
        read: Reader::One(sign_in::log_analytics::read),
    },
    Format {
        name: "graph-sign-ins",
        what: "sign-ins of Graph, also as downloaded from the Entra admin center as JSON",
        source: "Microsoft: Graph signIn",
        recognise: sign_in::graph::recognise,
        read: Reader::One(sign_in::graph::read),
    },
    Format {
        name: "portal-audit-logs",
        what: "rows of the directory audit downloaded from the Entra admin center as CSV",
        source: "observed: downloads of 2025; Microsoft: Graph directoryAudit",
        recognise: directory::portal::recognise,
        read: Reader::One(directory::portal::read),
    },
    Format {
        name: "graph-directory-audits",
        what: "directory audit of Graph, also as downloaded from the Entra admin center as JSON",
        source: "Microsoft: Graph directoryAudit",
        recognise: directory::recognise_graph,
        read: Reader::One(directory::read),
    },
    Format {
        name: "audit-logs",
        what: "rows of the Log Analytics table AuditLogs (Entra directory audit)",
        source: "Microsoft: Azure Monitor Logs reference, AuditLogs; Graph directoryAudit",
        recognise: directory::recognise,
        read: Reader::One(directory::read),
    },
    Format {
        name: NATIVE,
        what: "native records of the unified audit log",
        source: "Microsoft: Office 365 Management Activity API schema",
        recognise: native::recognise,
        read: Reader::One(native::read),
    },
    Format {
        name: "elastic",
        what: "documents of the Elastic integrations for Microsoft 365 and Entra",
        source: "Elastic: Microsoft 365 integration, ingest pipeline of o365.audit",
        recognise: elastic::recognise,
        read: Reader::Wrapper(elastic::read),
    },
    Format {
        name: "audit-data-columns",
        what: "rows of an audit search whose AuditData was spread over columns (AuditData.UserId, …)",
        source: "Microsoft: Export, configure, and view audit log records (Power Query)",
        recognise: flattened::recognise,
        read: Reader::One(flattened::read),
    },
    Format {
        name: "audit-search-screen",
        what: "rows of the audit search page of the compliance portal, as shown on screen",
        source: "Microsoft: Search the audit log in the compliance portal",
        recognise: portal::recognise,
        read: Reader::One(portal::read),
    },
    Format {
        name: "google-workspace",
        what: "activities of the Google Workspace Reports API, or their events one a row",
        source: "Google: Admin SDK Reports API, activities.list; Sentinel GWorkspace_ReportsAPI tables",
        recognise: google::recognise,
        read: Reader::Any(google::read),
    },
    Format {
        name: "enriched-audit",
        what: "rows of the Log Analytics table EnrichedMicrosoft365AuditLogs",
        source: "Microsoft: Azure Monitor Logs reference, EnrichedMicrosoft365AuditLogs",
        recognise: office::recognise_enriched,
        read: Reader::One(office::read_enriched),
    },
    Format {
        name: "office-activity",
        what: "rows of the Log Analytics table OfficeActivity",
        source: "Microsoft: Azure Monitor Logs reference, OfficeActivity",
        recognise: office::recognise,
        read: Reader::One(office::read),
    },
    Format {
        name: "admin-audit-log",
        what: "records of Search-AdminAuditLog or New-AdminAuditLogSearch",
        source: "Microsoft: Search-AdminAuditLog; New-AdminAuditLogSearch; Administrator audit log structure",
        recognise: admin_audit::recognise,
        read: Reader::One(admin_audit::read),
    },
    Format {
        name: "mailbox-audit-log",
        what: "records of Search-MailboxAuditLog -ShowDetails or New-MailboxAuditLogSearch",
        source: "Microsoft: Search-MailboxAuditLog; Export mailbox audit logs",
        recognise: mailbox_audit::recognise,
        read: Reader::One(mailbox_audit::read),
    },
    Format {
        name: "mailbox-permission-summaries",
        what: "rows of the mailbox permissions of Microsoft-Extractor-Suite, one a mailbox",
        source: "Microsoft-Extractor-Suite: Get-MailboxPermissions",
        recognise: inventory::is_summary,
        read: Reader::Inventory(inventory::read_summary),
    },
    Format {
        name: "mailbox-folder-permissions",
        what: "rights on folders (Get-MailboxFolderPermission)",
        source: "Microsoft: Get-MailboxFolderPermission",
        recognise: inventory::is_folder_permission,
        read: Reader::Inventory(inventory::read_folder_permission),
    },
    Format {
        name: "ad-permissions",
        what: "rights on objects of Active Directory (Get-ADPermission)",
        source: "Microsoft: Get-ADPermission",
        recognise: inventory::is_ad_permission,
        read: Reader::Inventory(inventory::read_ad_permission),
    },
    Format {
        name: "recipient-permissions",
        what: "rights to send as a recipient (Get-RecipientPermission)",
        source: "Microsoft: Get-RecipientPermission; CrowdStrike Reporting Tool SendAsDelegates",
        recognise: inventory::is_recipient_permission,
        read: Reader::Inventory(inventory::read_recipient_permission),
    },
    Format {
        name: "mailbox-permissions",
        what: "rights on mailboxes (Get-MailboxPermission)",
        source: "Microsoft: Get-MailboxPermission; CrowdStrike Reporting Tool FullAccessPerms, AnyAssignedPerms",
        recognise: inventory::is_mailbox_permission,
        read: Reader::Inventory(inventory::read_mailbox_permission),
    },
    Format {
        name: "mailboxes",
        what: "mailboxes with their names (Get-Mailbox)",
        source: "Microsoft: Get-Mailbox",
        recognise: inventory::is_mailbox,
        read: Reader::Inventory(inventory::read_mailbox),
    },
    Format {
        name: "users",
        what: "users of the directory (Graph users)",
        source: "Microsoft: Graph user resource",
        recognise: inventory::is_user,
        read: Reader::Inventory(inventory::read_user),
    },
    Format {
        name: "oauth-permissions",
        what: "permissions of applications, of both kinds, from Microsoft-Extractor-Suite",
        source: "Microsoft-Extractor-Suite: Get-OAuthPermissions",
        recognise: inventory::is_oauth_permission,
        read: Reader::Inventory(inventory::read_oauth_permission),
    },
    Format {
        name: "app-role-assignments",
        what: "application permissions (Graph appRoleAssignments)",
        source: "Microsoft: Graph appRoleAssignment resource",
        recognise: inventory::is_app_role_assignment,
        read: Reader::Inventory(inventory::read_app_role_assignment),
    },
    Format {
        name: "delegated-permission-grants",
        what: "delegated permissions (Graph oauth2PermissionGrants)",
        source: "Microsoft: Graph oAuth2PermissionGrant resource",
        recognise: inventory::is_delegated_grant,
        read: Reader::Inventory(inventory::read_delegated_grant),
    },
    Format {
        name: "oauth-apps",
        what: "applications in the Defender XDR table OAuthAppInfo",
        source: "Microsoft: OAuthAppInfo in the advanced hunting schema",
        recognise: inventory::is_oauth_app,
        read: Reader::Inventory(inventory::read_oauth_app),
    },
    Format {
        name: "service-principals",
        what: "service principals of the directory (Graph servicePrincipals)",
        source: "Microsoft: Graph servicePrincipal resource; Microsoft-Extractor-Suite ServicePrincipals",
        recognise: inventory::is_service_principal,
        read: Reader::Inventory(inventory::read_service_principal),
    },
    Format {
        name: "exchange-service-principals",
        what: "service principals of Exchange with their SIDs (Get-ServicePrincipal)",
        source: "Microsoft: Get-ServicePrincipal",
        recognise: inventory::is_exchange_service_principal,
        read: Reader::Inventory(inventory::read_exchange_service_principal),
    },
    Format {
        name: "app-registrations",
        what: "registrations of applications (Graph applications)",
        source: "Microsoft: Graph application resource; Microsoft-Extractor-Suite AppRegistrations",
        recognise: inventory::is_app_registration,
        read: Reader::Inventory(inventory::read_app_registration),
    },
    Format {
        name: "application-access-policies",
        what: "policies on the mailboxes of applications (Get-ApplicationAccessPolicy)",
        source: "Microsoft: Get-ApplicationAccessPolicy",
        recognise: inventory::is_access_policy,
        read: Reader::Inventory(inventory::read_access_policy),
    },
    Format {
        name: "management-role-assignments",
        what: "assigned management roles (Get-ManagementRoleAssignment)",
        source: "Microsoft: Get-ManagementRoleAssignment",
        recognise: inventory::is_role_assignment,
        read: Reader::Inventory(inventory::read_role_assignment),
    },
    Format {
        name: "role-groups",
        what: "role groups (Get-RoleGroup)",
        source: "Microsoft: Get-RoleGroup",
        recognise: inventory::is_role_group,
        read: Reader::Inventory(inventory::read_role_group),
    },
    Format {
        name: "audit-bypass-associations",
        what: "accounts that mailbox audit passes over (Get-MailboxAuditBypassAssociation)",
        source: "Microsoft: Get-MailboxAuditBypassAssociation; CrowdStrike Reporting Tool AuditByPassEnabledUsers",
        recognise: inventory::is_audit_bypass,
        read: Reader::Inventory(inventory::read_audit_bypass),
    },
    Format {
        name: "role-group-members",
        what: "recipients as Get-RoleGroupMember lists them",
        source: "Microsoft: Get-RoleGroupMember, Get-Recipient",
        recognise: inventory::is_role_group_member,
        read: Reader::Inventory(inventory::read_role_group_member),
    },
    Format {
        name: "audit-content-list",
        what: "a list of content blobs of the Management Activity API, which holds no records",
        source: "Microsoft: Office 365 Management Activity API reference, List available content",
        recognise: listing::recognise_content,
        read: Reader::One(listing::refuse_content),
    },
    Format {
        name: "mail-access-summary",
        what: "tables that Microsoft-Extractor-Suite derives from mail reads, which hold no records",
        source: "Microsoft-Extractor-Suite: Get-Sessions, Get-MessageIDs",
        recognise: listing::recognise_summary,
        read: Reader::One(listing::refuse_summary),
    },
    // Takes whatever else wraps an object: it has to stay the last.
    Format {
        name: "wrapped",
        what: "rows of any other collector that wrap a record of a format above",
        source: "observed: Wazuh, Logstash, SOF-ELK, Splunk HEC, event hub capture",
        recognise: wrapped::recognise,
        read: Reader::Wrapper(wrapped::read),
    },
];

/// The format of a row or header.
pub(super) fn recognise(fields: &Fields<'_>) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.recognise)(fields))
}

/// The format of native records.
pub(super) fn native() -> Option<&'static Format> {
    named(NATIVE)
}

/// The format of a name.
pub(super) fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// Why no row of so many events is read; nothing where they are not too many. Records of one row are numbered in 16 bits.
pub(super) fn too_many(events: usize) -> Option<String> {
    let most = usize::from(u16::MAX);
    (events > most).then(|| {
        format!("{events} records in one row, where {most} are read; write them one a row")
    })
}

/// Most wrappers around each other that are opened.
const WRAPPERS: usize = 4;

/// What a row says that stands inside of so many wrappers, whatever its format; the reason when it is none that this program knows.
fn read_nested(fields: Fields<'_>, depth: usize) -> Result<Content, String> {
    if depth > WRAPPERS {
        return Err(format!("more than {WRAPPERS} wrappers around each other"));
    }
    match recognise(&fields) {
        Some(format) => format.read_at(fields, depth),
        None => Err("the row wraps no record grantline knows".to_owned()),
    }
}

/// Adds a reason why a record is less than its source said.
pub(super) fn degrade(record: &mut Record, note: &str) {
    if !record.degraded.is_empty() {
        record.degraded.push_str("; ");
    }
    record.degraded.push_str(note);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let mut names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FORMATS.len());
        assert_eq!(FORMATS.last().map(|format| format.name), Some("wrapped"));
        for format in FORMATS {
            assert!(
                format
                    .name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                format.name
            );
            assert!(!format.what.is_empty() && !format.source.is_empty());
            assert_eq!(
                named(format.name).map(|found| found.name),
                Some(format.name)
            );
        }
    }
}

#[cfg(test)]
mod reading {
    //! Reads one JSON row as a named format does, for the tests of the formats.
    //!
    //! Not here: choosing the format, which is tested on whole files.

    use super::{Content, FORMATS};
    use crate::evidence::fields::Members;
    use crate::evidence::{Row, read_from};
    use crate::record::Record;
    use std::ops::ControlFlow;
    use std::path::Path;

    /// What the format makes of a row, which it must recognise.
    pub(super) fn as_format(name: &str, json: &str) -> Result<Record, String> {
        let format = FORMATS.iter().find(|format| format.name == name).unwrap();
        let members: Members = serde_json::from_str(json).unwrap();
        assert!((format.recognise)(&members.fields()));
        match format.read(members.fields())? {
            Content::Records(mut records) if records.len() == 1 => Ok(records.swap_remove(0)),
            other => panic!("not one record: {other:?}"),
        }
    }

    /// The format that a whole file was given, and its records; none of its rows may be refused.
    pub(super) fn as_file(text: &str) -> (String, Vec<Record>) {
        let mut found = Vec::new();
        let mut sink = |_: &_, row| {
            match row {
                Row::Records(records, _) => found.extend(records),
                other => panic!("no record: {other:?}"),
            }
            ControlFlow::Continue(())
        };
        let path = Path::new("test");
        let summary = read_from(&mut text.as_bytes(), path, &mut sink).unwrap();
        (summary.layout.format.unwrap(), found)
    }
}
