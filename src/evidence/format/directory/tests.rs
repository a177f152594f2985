//! One event of the directory in all its shapes is one record; and what the shapes have of their own.
//!
//! Not here: containers, which are tested on whole files.

use super::super::reading::{as_file, as_format};
use super::*;
use crate::time;

/// What a shape cannot carry is taken out of the expectation.
type Lacks = fn(&mut Record);

fn identifier(id: &str, kind: i32) -> Identifier {
    Identifier {
        id: id.to_owned(),
        kind,
    }
}

fn change(name: &str, old: &str, new: &str) -> Change {
    Change {
        name: name.to_owned(),
        old: old.to_owned(),
        new: new.to_owned(),
    }
}

/// An administrator gave an application the right to read all mail.
fn granted() -> Record {
    let property = |(name, value): (&str, &str)| Property {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let target = |id: &str, name: &str| Target {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: "ServicePrincipal".to_owned(),
        ..Target::default()
    };
    Record {
        id: RecordId("Directory_c_1".to_owned()),
        time: time::parse("2025-10-14T07:33:50Z"),
        operation: Operation::new("Add app role assignment to service principal"),
        workload: WORKLOAD.to_owned(),
        record_type: Some(RECORD_TYPE),
        outcome: Outcome::Succeeded,
        status: "success".to_owned(),
        user: "ann@example.com".to_owned(),
        user_key: "oid-ann".to_owned(),
        user_type: Some(UserType::Regular),
        tenant: "tenant".to_owned(),
        object: "Microsoft Graph".to_owned(),
        address: Address::read("203.0.113.7"),
        agent: "Browser/1.0".to_owned(),
        correlation: "c".to_owned(),
        modified: vec![
            change("AppRole.Value", "", "Mail.Read"),
            change("ServicePrincipal.ObjectID", "", "sp-1"),
            change("TargetId.ServicePrincipalNames", "", "app-1"),
        ],
        extended: [
            ("User-Agent", "Browser/1.0"),
            ("AppId", "app-1"),
            ("loggedByService", "Core Directory"),
            ("category", "ApplicationManagement"),
            ("resultReason", "because"),
            ("homeTenantId", "home"),
        ]
        .map(property)
        .to_vec(),
        actors: vec![
            identifier("ann@example.com", UPN),
            identifier("oid-ann", OTHER),
        ],
        targets: vec![
            target("sp-graph", "Microsoft Graph"),
            target("sp-1", "MailSync"),
        ],
        ..Record::default()
    }
}

const USER: &str = r#"{"user":{"id":"oid-ann","displayName":null,"userPrincipalName":"ann@example.com","ipAddress":"203.0.113.7","homeTenantId":"home","roles":[]},"app":null}"#;
const TARGETS: &str = r#"[{"id":"sp-graph","displayName":"Microsoft Graph","type":"ServicePrincipal","userPrincipalName":null,"modifiedProperties":[
        {"displayName":"AppRole.Value","oldValue":null,"newValue":"\"Mail.Read\""},{"displayName":"ServicePrincipal.ObjectID","oldValue":null,"newValue":"\"sp-1\""}]},
    {"id":"sp-1","displayName":"MailSync","type":"ServicePrincipal","modifiedProperties":[{"displayName":"TargetId.ServicePrincipalNames","oldValue":null,"newValue":"\"app-1\""}]}]"#;
const DETAILS: &str =
    r#"[{"key":"User-Agent","value":"Browser/1.0"},{"key":"AppId","value":"app-1"}]"#;

/// The event as Graph has it.
fn graph() -> String {
    format!(
        r#"{{"id":"Directory_c_1","category":"ApplicationManagement","correlationId":"c","result":"success","resultReason":"because",
            "activityDisplayName":"Add app role assignment to service principal","activityDateTime":"2025-10-14T07:33:50Z","loggedByService":"Core Directory",
            "operationType":"Assign","initiatedBy":{USER},"targetResources":{TARGETS},"additionalDetails":{DETAILS}}}"#
    )
}

fn envelope(properties: &str) -> String {
    format!(
        r#"{{"time":"2025-10-14T07:34:57Z","resourceId":"/tenants/tenant/providers/Microsoft.aadiam","category":"AuditLogs","tenantId":"tenant","level":"Informational",
            "operationName":"Add app role assignment to service principal","resultSignature":"None","correlationId":"c","identity":"Ann","properties":{properties}}}"#
    )
}

fn quoted(json: &str) -> String {
    serde_json::to_string(json).unwrap()
}

fn table() -> String {
    let (user, targets, details) = (quoted(USER), quoted(TARGETS), quoted(DETAILS));
    format!(
        r#"{{"TimeGenerated":"2025-10-14T07:33:50Z","ActivityDateTime":"2025-10-14T07:33:50Z","OperationName":"Add app role assignment to service principal",
            "ActivityDisplayName":"Add app role assignment to service principal","Id":"Directory_c_1","Category":"ApplicationManagement","CorrelationId":"c",
            "Result":"success","ResultReason":"because","LoggedByService":"Core Directory","AADOperationType":"Assign","AADTenantId":"tenant","TenantId":"workspace",
            "InitiatedBy":{user},"TargetResources":{targets},"AdditionalDetails":{details},"Type":"AuditLogs"}}"#
    )
}

const PORTAL: &str = concat!(
    "Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,User Agent,ActorType,ActorDisplayName,ActorObjectId,ActorUserPrincipalName,IPAddress,ActorHomeTenantId,ActorHomeTenantName,ActorServicePrincipalId,ActorServicePrincipalName,",
    "Target1Type,Target1DisplayName,Target1ObjectId,Target1UserPrincipalName,Target1ModifiedProperty1Name,Target1ModifiedProperty1OldValue,Target1ModifiedProperty1NewValue,Target1ModifiedProperty2Name,Target1ModifiedProperty2OldValue,Target1ModifiedProperty2NewValue,",
    "Target2Type,Target2DisplayName,Target2ObjectId,Target2UserPrincipalName,Target2ModifiedProperty1Name,Target2ModifiedProperty1OldValue,Target2ModifiedProperty1NewValue,Target3Type,Target3DisplayName,Target3ObjectId,Target3UserPrincipalName,",
    "AdditionalDetail1Key,AdditionalDetail1Value,AdditionalDetail2Key,AdditionalDetail2Value,AdditionalDetail3Key,AdditionalDetail3Value\n",
    "2025-10-14T07:33:50Z,c,Core Directory,ApplicationManagement,Add app role assignment to service principal,success,because,,User,,oid-ann,ann@example.com,203.0.113.7,home,,,,",
    r#"ServicePrincipal,Microsoft Graph,sp-graph,,AppRole.Value,,"""Mail.Read""",ServicePrincipal.ObjectID,,"""sp-1""","#,
    r#"ServicePrincipal,MailSync,sp-1,,TargetId.ServicePrincipalNames,,"""app-1""",,,,,"#,
    "User-Agent,Browser/1.0,AppId,app-1,,\n"
);

#[test]
fn one_event_is_one_record_in_all_shapes() {
    let whole: Lacks = |_| ();
    let no_tenant: Lacks = |record| record.tenant.clear();
    let portal: Lacks = |record| {
        record.tenant.clear();
        record.id = RecordId(String::new());
    };
    let list = format!("[{}]", graph());
    let text = envelope(&quoted(&graph()));
    for (format, bytes, lacks) in [
        ("graph-directory-audits", graph().as_str(), no_tenant),
        ("graph-directory-audits", &list, no_tenant),
        ("diagnostic-records", &envelope(&graph()), whole),
        ("diagnostic-records", &text, whole),
        ("audit-logs", &table(), whole),
        ("portal-audit-logs", PORTAL, portal),
    ] {
        let mut expected = granted();
        lacks(&mut expected);
        let (found, mut records) = as_file(bytes);
        if expected.id.0.is_empty() {
            // Without an id of its own the row is known by its content.
            assert!(records[0].id.0.starts_with("row-"));
            records[0].id.0.clear();
        }
        assert_eq!((found.as_str(), records), (format, vec![expected]));
    }
}

#[test]
fn an_application_acts_as_its_service_principal() {
    for (format, json) in [
        (
            "audit-logs",
            r#"{"OperationName":"Add user","InitiatedBy":{"user":null,"app":{"appId":null,"displayName":"MailSync","servicePrincipalId":"sp-1"}},"TargetResources":[]}"#,
        ),
        (
            "portal-audit-logs",
            r#"{"Date (UTC)":"","Activity":"Add user","ActorType":"Application","ActorDisplayName":"MailSync","ActorServicePrincipalId":"sp-1","Target1Type":""}"#,
        ),
    ] {
        let record = as_format(format, json).unwrap();
        assert_eq!(record.user, "ServicePrincipal_sp-1");
        assert_eq!(record.user_type, Some(UserType::ServicePrincipal));
        assert_eq!(record.app.name, "MailSync");
        assert!(record.targets.is_empty() && record.time.is_none());
    }
}
