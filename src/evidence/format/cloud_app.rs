//! `cloud-app-events`: the Defender XDR table `CloudAppEvents`, which wraps the native record in `RawEventData`.
//!
//! Hunting exports mix it with device and identity tables; their rows are refused by name. Without `RawEventData` the outer columns
//! make a lesser record. Streamed to an event hub, a row stands in an envelope (`hunting-stream`).

use super::super::fields::Fields;
use super::native::{self, note_time};
use super::sign_in::country_code;
use super::{Content, cut, read_nested};
use crate::record::{Address, Change, Operation, Record, RecordId, Target, UserType};
use crate::text::is_guid;
use serde_json::Value;

/// Words in the names of the applications whose events concern mailboxes, sign-ins or consent.
const PRODUCTS: [&str; 9] = [
    "exchange",
    "office",
    "microsoft 365",
    "entra",
    "azure",
    "graph",
    "sharepoint",
    "onedrive",
    "teams",
];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let time = fields.names_one("Timestamp") || fields.names_one("TimeGenerated");
    fields.names_one("ActionType") && time
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let raw = fields.wrapped(RAW);
    match raw.as_deref() {
        Some(Value::Object(members)) => native::record(&Fields::of_members(members))
            .map(|record| completed(record, &fields))
            .or_else(|_| outer(&fields, "RawEventData names no operation")),
        Some(_) => match cut::record(&fields, RAW, CUT) {
            Some(record) => Ok(completed(record, &fields)),
            None => outer(&fields, CUT),
        },
        None => outer(&fields, "RawEventData is empty"),
    }
}

/// The column that holds the native record.
const RAW: &str = "RawEventData";

/// What is said of a native record that is not whole.
const CUT: &str = "RawEventData is cut off or damaged";

/// What the category of a streamed row begins with; the name of its table follows.
const STREAM: &str = "AdvancedHunting-";

pub(super) fn recognise_stream(fields: &Fields<'_>) -> bool {
    fields.names_one("properties") && fields.text("category").starts_with(STREAM)
}

/// Reads a row of a hunting table in its envelope, which alone knows the tenant.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read_stream(fields: Fields<'_>, depth: usize) -> Result<Content, String> {
    let category = fields.text("category");
    let table = category.strip_prefix(STREAM).unwrap_or_default();
    let row = fields.wrapped("properties");
    let Some(Value::Object(members)) = row.as_deref() else {
        return Err(format!("an envelope of the table {table} without its row"));
    };
    let mut content = read_nested(Fields::of_members(members), depth + 1)
        .map_err(|reason| format!("a row of the Defender table {table}: {reason}"))?;
    for record in content.records_mut() {
        if record.tenant.is_empty() {
            record.tenant = fields.text("tenantId");
        }
    }
    Ok(content)
}

/// Adds what only the table knows, and what the native record leaves out: directory records often have no address.
fn completed(mut record: Record, fields: &Fields<'_>) -> Record {
    if record.address.written.is_empty() {
        record.address = Address::read(&fields.text("IPAddress"));
    }
    if record.agent.is_empty() {
        record.agent = fields.text("UserAgent");
    }
    if record.country.is_empty() {
        record.country = country_code(&fields.text("CountryCode")).unwrap_or_default();
    }
    if record.time.is_none() {
        record.time = time(fields);
    }
    if record.id.0.is_empty() {
        record.id = id(fields);
    }
    // An application with rights of its own is the account; its name stands nowhere in the native record.
    let account = fields.text("AccountObjectId");
    let is_caller = !account.is_empty() && account.eq_ignore_ascii_case(&record.app.client);
    if record.app.name.is_empty() && is_caller {
        record.app.name = fields.text("AccountDisplayName");
    }
    note_time(&mut record, fields, "Timestamp");
    record
}

fn time(fields: &Fields<'_>) -> Option<crate::time::Instant> {
    ["Timestamp", "TimeGenerated"]
        .iter()
        .find_map(|name| fields.time(name))
}

/// `ReportId` ends in the id of the native record where the event is one (observed: `106830890_20893_<guid>`), so that the row is the
/// same event as its other shapes; else it is an id of its own.
fn id(fields: &Fields<'_>) -> RecordId {
    let report = fields.text("ReportId");
    let native = report.rsplit('_').next().filter(|id| is_guid(id));
    RecordId(native.map_or_else(|| report.clone(), str::to_owned))
}

/// A record of what the outer columns say, for the products that matter here.
fn outer(fields: &Fields<'_>, note: &str) -> Result<Record, String> {
    let action = fields.text("ActionType");
    let application = fields.text("Application");
    let folded = application.to_lowercase();
    if !PRODUCTS.iter().any(|product| folded.contains(product)) {
        return Err(format!(
            "Defender device or directory event ({action}): no mailbox, sign-in or consent activity"
        ));
    }
    if action.is_empty() {
        return Err("the row names no action".to_owned());
    }
    let mut record = Record {
        operation: Operation::new(&action),
        workload: workload(&action, application),
        user: fields.first(&[
            "UserId",
            "AccountUpn",
            "AccountObjectId",
            "AccountDisplayName",
        ]),
        user_key: fields.text("AccountObjectId"),
        user_type: user_type(fields),
        object: fields.first(&["ObjectId", "ObjectName"]),
        ..Record::default()
    };
    record.app.id = fields.first(&["OAuthAppId", "AppId"]);
    cut::lessen(&mut record, fields, RAW, note);
    consent(&mut record, fields);
    Ok(completed(record, fields))
}

/// Directory operations end in a full stop in this table, whichever product reports them.
fn workload(action: &str, application: String) -> String {
    if action.ends_with('.') {
        "AzureActiveDirectory".to_owned()
    } else if application.contains("Exchange") {
        "Exchange".to_owned()
    } else {
        application
    }
}

fn user_type(fields: &Fields<'_>) -> Option<UserType> {
    let admin = fields.flag("IsAdminOperation") == Some(true);
    admin.then_some(UserType::Admin)
}

/// Hunting queries keep the scopes of a grant, and the API they are for, in columns of their own.
fn consent(record: &mut Record, fields: &Fields<'_>) {
    let scopes = fields.text("Permissions");
    if !scopes.is_empty() {
        record.modified.push(Change {
            name: "DelegatedPermissionGrant.Scope".to_owned(),
            old: String::new(),
            new: scopes,
        });
    }
    let resource = fields.text("PermissionsAddedTo");
    if !resource.is_empty() {
        record.targets.push(Target {
            name: resource,
            kind: "ServicePrincipal".to_owned(),
            ..Target::default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(json: &str) -> Result<Record, String> {
        as_format("cloud-app-events", json)
    }

    #[test]
    fn the_native_record_is_unwrapped_and_placed() {
        for raw in [
            r#"{"Id":"n","Operation":"MailItemsAccessed","CreationTime":"2021-08-02T13:32:07Z","Folders":["@{Path=\\Inbox; FolderItems=System.Object[]}"]}"#,
            r#""{\"Id\":\"n\",\"Operation\":\"MailItemsAccessed\",\"CreationTime\":\"2021-08-02T13:32:07Z\",\"Folders\":[\"@{Path=\\\\Inbox; FolderItems=System.Object[]}\"]}""#,
        ] {
            let json = format!(
                r#"{{"Timestamp":"2021-08-02T13:32:07Z","ActionType":"MailItemsAccessed","CountryCode":"US","RawEventData":{raw}}}"#
            );
            let record = read_json(&json).unwrap();
            assert_eq!((record.id.0.as_str(), record.country.as_str()), ("n", "US"));
            assert_eq!(record.folders[0].path, r"\Inbox");
            assert_eq!(record.degraded, "PowerShell lost lists inside Folders");
        }
    }

    #[test]
    fn an_application_that_is_the_account_has_its_name() {
        for (account, name) in [("5A95E683", "Mail Sync"), ("aead923d", "")] {
            let json = format!(
                r#"{{"Timestamp":"2021-08-02T13:32:07Z","ActionType":"MailItemsAccessed","AccountObjectId":"{account}","AccountDisplayName":"Mail Sync",
                "RawEventData":{{"Id":"n","Operation":"MailItemsAccessed","CreationTime":"2021-08-02T13:32:07Z","ClientAppId":"5a95e683"}}}}"#
            );
            assert_eq!(read_json(&json).unwrap().app.name, name, "{account}");
        }
    }

    #[test]
    fn the_text_of_a_damaged_record_stays_searchable() {
        for raw in [
            r#"{\"Operation\":\"Add user.\",\"UserId\":\"u\",\"Extended"#,
            "{damaged",
        ] {
            let record = read_json(&format!(
                r#"{{"Timestamp":"2021-08-02T13:32:07Z","ActionType":"Add user.","Application":"Office 365","RawEventData":"{raw}"}}"#
            ))
            .unwrap();
            assert_eq!(record.degraded, CUT);
            assert_eq!(record.extended.len(), 1, "{raw}");
            assert_eq!(record.extended[0].name, RAW);
        }
    }

    #[test]
    fn a_consent_without_native_record_is_kept() {
        let record = read_json(
            r#"{"Timestamp":"2021-08-02T13:27:20Z","ActionType":"Add delegated permission grant.","Application":"Office 365","UserId":"p@x",
                "ReportId":"106830890_11161_e417c1fd-ae0b-4efa-891b-bb6b0ea7d35e","Permissions":"User.Read Mail.ReadWrite","PermissionsAddedTo":"Microsoft Graph","RawEventData":null}"#,
        )
        .unwrap();
        assert_eq!(record.id.0, "e417c1fd-ae0b-4efa-891b-bb6b0ea7d35e");
        assert_eq!(record.workload, "AzureActiveDirectory");
        assert_eq!(
            record.new_value("DelegatedPermissionGrant.Scope"),
            Some("User.Read Mail.ReadWrite")
        );
        assert_eq!(record.targets[0].name, "Microsoft Graph");
        assert_eq!(record.degraded, "RawEventData is empty");
    }

    #[test]
    fn a_streamed_row_is_taken_out_of_its_envelope() {
        let streamed = |table: &str, row: &str| {
            as_format(
                "hunting-stream",
                &format!(
                    r#"{{"time":"2021-08-02T13:35:00Z","tenantId":"t","operationName":"Publish","category":"AdvancedHunting-{table}","properties":{row}}}"#
                ),
            )
        };
        let record = streamed(
            "CloudAppEvents",
            r#"{"Timestamp":"2021-08-02T13:32:07Z","ActionType":"Add user.","IPAddress":"203.0.113.9",
                "RawEventData":{"Id":"n","Operation":"Add user.","CreationTime":"2021-08-02T13:32:07Z"}}"#,
        )
        .unwrap();
        assert_eq!((record.id.0.as_str(), record.tenant.as_str()), ("n", "t"));
        assert_eq!(record.address.written, "203.0.113.9");
        let reason = streamed("EmailEvents", r#"{"Timestamp":"2021-08-02T13:32:07Z"}"#);
        assert!(reason.unwrap_err().contains("EmailEvents"));
    }

    #[test]
    fn other_products_are_refused_by_name() {
        for application in ["", "Active Directory"] {
            let json = format!(
                r#"{{"Timestamp":"2021-08-02T13:27:20Z","ActionType":"LdapSearch","Application":"{application}"}}"#
            );
            assert!(read_json(&json).unwrap_err().contains("LdapSearch"));
        }
    }
}
