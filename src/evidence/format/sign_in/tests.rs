//! One sign-in in all its shapes is one record; and what the shapes have of their own.
//!
//! Not here: containers, which are tested on whole files.

use super::super::reading::{as_file, as_format};
use super::*;
use crate::time;

/// What a shape cannot carry is taken out of the expectation.
type Lacks = fn(&mut Record);

fn without(record: &mut Record, names: &[&str]) {
    let kept = |property: &Property| !names.contains(&property.name.as_str());
    record.extended.retain(kept);
}

fn extended(pairs: &[(&str, &str)]) -> Vec<Property> {
    let property = |(name, value): &(&str, &str)| Property {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    pairs.iter().map(property).collect()
}

/// A guest failed to sign in to a mail client.
fn of_a_user() -> Record {
    Record {
        id: RecordId("request-1".to_owned()),
        time: time::parse("2025-10-14T07:33:50Z"),
        operation: Operation::new(FAILED),
        workload: WORKLOAD.to_owned(),
        record_type: Some(RECORD_TYPE),
        outcome: Outcome::Failed,
        status: "50126 Invalid username or password.".to_owned(),
        user: "ann@example.com".to_owned(),
        user_key: "oid-ann".to_owned(),
        user_type: Some(UserType::Guest),
        tenant: "tenant".to_owned(),
        object: "00000002-0000-0ff1-ce00-000000000000".to_owned(),
        address: Address::read("203.0.113.7"),
        country: "NL".to_owned(),
        agent: "Browser/1.0, new".to_owned(),
        app: AppIds {
            id: "app-1".to_owned(),
            client: String::new(),
            name: "Mail".to_owned(),
            resource: "00000002-0000-0ff1-ce00-000000000000".to_owned(),
        },
        session: "session-1".to_owned(),
        token: "Token-1".to_owned(),
        correlation: "correlation-1".to_owned(),
        extended: extended(&[
            ("incomingTokenType", "primaryRefreshToken"),
            ("authenticationRequirement", "singleFactorAuthentication"),
            ("conditionalAccessStatus", "notApplied"),
            ("riskLevelDuringSignIn", "low"),
            ("crossTenantAccessType", "b2bCollaboration"),
            ("homeTenantId", "home"),
            ("resourceTenantId", "tenant"),
            ("autonomousSystemNumber", "64500"),
            ("clientAppUsed", "Browser"),
            ("resourceDisplayName", "Office 365 Exchange Online"),
            ("userDisplayName", "Ann"),
            ("deviceId", "device-1"),
            (KIND, "interactiveUser"),
        ]),
        ..Record::default()
    }
}

/// The members of a sign-in of a user that Graph and `properties` of a diagnostic record share.
const USER: &str = r#"{"id":"request-1","createdDateTime":"2025-10-14T07:33:50Z","userDisplayName":"Ann","userPrincipalName":"ann@example.com","userId":"oid-ann",
    "userType":"guest","appId":"app-1","appDisplayName":"Mail","ipAddress":"203.0.113.7","clientAppUsed":"Browser","userAgent":"Browser/1.0, new",
    "correlationId":"correlation-1","conditionalAccessStatus":"notApplied","isInteractive":true,"deviceDetail":{"deviceId":"device-1","browser":"B"},
    "location":{"city":"Delft","state":"Zuid-Holland","countryOrRegion":"NL","geoCoordinates":{"latitude":52.0,"longitude":4.3}},
    "status":{"errorCode":50126,"failureReason":"Invalid username or password.","additionalDetails":null},"servicePrincipalId":"","servicePrincipalName":null,
    "resourceDisplayName":"Office 365 Exchange Online","resourceId":"00000002-0000-0ff1-ce00-000000000000","resourceTenantId":"tenant","homeTenantId":"home",
    "riskLevelDuringSignIn":"low","incomingTokenType":"primaryRefreshToken","authenticationRequirement":"singleFactorAuthentication",
    "crossTenantAccessType":"b2bCollaboration","autonomousSystemNumber":64500,"uniqueTokenIdentifier":"Token-1","sessionId":"session-1"}"#;

/// A diagnostic record around these properties.
fn envelope(category: &str, properties: &str) -> String {
    format!(
        r#"{{"time":"2025-10-14T07:34:57.9144897Z","resourceId":"/tenants/tenant/providers/Microsoft.aadiam","operationName":"Sign-in activity",
            "category":"{category}","tenantId":"tenant","resultType":"0","callerIpAddress":"203.0.113.7","identity":"x","properties":{properties}}}"#
    )
}

fn quoted(json: &str) -> String {
    serde_json::to_string(json).unwrap()
}

/// Names of members in capitals, as some collectors write them; values stay.
fn shouted(json: &str) -> String {
    match serde_json::from_str(json).unwrap() {
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, value)| (name.to_uppercase(), value));
            Value::Object(members.collect()).to_string()
        }
        other => other.to_string(),
    }
}

const USER_TABLE: &str = concat!(
    "\u{feff}TenantId,ResourceId,Category,ResultType,ResultDescription,CorrelationId,Resource,Identity,Location,AlternateSignInName,AppDisplayName,AppId,AuthenticationRequirement,ClientAppUsed,ConditionalAccessStatus,CreatedDateTime [UTC],DeviceDetail_dynamic,DeviceDetail_string,IsInteractive,Id,IPAddress,LocationDetails_dynamic,LocationDetails_string,ResourceDisplayName,ResourceIdentity,ServicePrincipalId,ServicePrincipalName,Status_dynamic,Status_string,UserAgent,UserDisplayName,UserId,UserPrincipalName,AADTenantId,UserType,ResourceTenantId,HomeTenantId,UniqueTokenIdentifier,SessionId,AutonomousSystemNumber,RiskLevelDuringSignIn,IncomingTokenType,CrossTenantAccessType,Type\r\n",
    r#"workspace,/tenants/tenant/providers/Microsoft.aadiam,SignInLogs,50126,Invalid username or password.,correlation-1,Microsoft.aadiam,Ann,NL,,Mail,app-1,singleFactorAuthentication,Browser,notApplied,"10/14/2025, 7:33:50.000 AM","{""deviceId"":""device-1""}",,TRUE,request-1,203.0.113.7,"{""countryOrRegion"":""NL"",""city"":""Delft""}",,Office 365 Exchange Online,00000002-0000-0ff1-ce00-000000000000,,,"{""errorCode"":50126,""failureReason"":""Invalid username or password.""}",,"Browser/1.0, new",Ann,oid-ann,ann@example.com,tenant,Guest,tenant,home,Token-1,session-1,64500,low,primaryRefreshToken,b2bCollaboration,SigninLogs"#,
    "\r\n"
);

const USER_DEFENDER: &str = r#"{"Timestamp":"2025-10-14T07:33:50Z","Application":"Mail","ApplicationId":"app-1","LogonType":"[\"interactiveUser\"]","ErrorCode":50126,
    "CorrelationId":"correlation-1","SessionId":"session-1","AccountDisplayName":"Ann","AccountObjectId":"oid-ann","AccountUpn":"ann@example.com","IsGuestUser":1,
    "ResourceDisplayName":"Office 365 Exchange Online","ResourceId":"00000002-0000-0ff1-ce00-000000000000","ResourceTenantId":"tenant","EntraIdDeviceId":"device-1",
    "AuthenticationRequirement":"singleFactorAuthentication","RiskLevelDuringSignIn":10,"UserAgent":"Browser/1.0, new","ClientAppUsed":"Browser","ConditionalAccessStatus":2,
    "IPAddress":"203.0.113.7","Country":"NL","City":"Delft","RequestId":"request-1","ReportId":"r","UniqueTokenId":"Token-1","TenantId":"workspace"}"#;

const USER_PORTAL: &str = concat!(
    "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Cross tenant access type,Incoming token type,Unique token identifier,Application,Application ID ,Resource,Resource ID ,Resource tenant ID,Home tenant ID,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Device ID,Authentication requirement,Sign-in identifier,Session ID,Autonomous system  number,Incoming token type,Conditional Access\n",
    r#"2025-10-14T07:33:50Z,request-1,"Browser/1.0, new",correlation-1,oid-ann,Ann,ann@example.com,Guest,B2B collaboration,,Token-1,Mail,app-1,Office 365 Exchange Online,00000002-0000-0ff1-ce00-000000000000,tenant,home,203.0.113.7,"Delft, Zuid-Holland, NL",Failure,50126,Invalid username or password.,Browser,device-1,Single-factor authentication,,session-1,64500,Primary refresh token,Not applied"#,
    "\n"
);

const USER_SCRIPT: &str = concat!(
    "CreatedDateTime,UserPrincipalName,UserDisplayName,AppDisplayName,IPAddress,City,Country,Device,Status,RiskLevelDuringSignIn,ConditionalAccessStatus,Id,ErrorCode,FailureReason\n",
    r#"10/14/2025 7:33:50 AM,ann@example.com,Ann,Mail,203.0.113.7,Delft,NL,,Failure,low,notApplied,request-1,50126,Invalid username or password."#,
    "\n"
);

#[test]
fn a_users_sign_in_is_one_record_in_all_shapes() {
    let whole: Lacks = |_| ();
    let defender: Lacks = |record| {
        "50126".clone_into(&mut record.status);
        let unknown = ["incomingTokenType", "crossTenantAccessType", "homeTenantId"];
        without(record, &unknown);
        without(record, &["autonomousSystemNumber"]);
    };
    let portal: Lacks = |record| without(record, &["riskLevelDuringSignIn", KIND]);
    let script: Lacks = |record| {
        *record = Record {
            user_key: String::new(),
            user_type: None,
            tenant: String::new(),
            object: String::new(),
            agent: String::new(),
            app: AppIds {
                name: "Mail".to_owned(),
                ..AppIds::default()
            },
            session: String::new(),
            token: String::new(),
            correlation: String::new(),
            ..record.clone()
        };
        let kept = [
            "conditionalAccessStatus",
            "riskLevelDuringSignIn",
            "userDisplayName",
        ];
        record
            .extended
            .retain(|property| kept.contains(&property.name.as_str()));
    };
    let list = format!("[{USER}]");
    let object = envelope("SignInLogs", USER);
    let text = envelope("SigninLogs", &quoted(USER));
    let capitals = shouted(&envelope("SIGNINLOGS", &shouted(USER)));
    let hunting = envelope("AdvancedHunting-EntraIdSignInEvents", USER_DEFENDER);
    let shapes = [
        ("graph-sign-ins", USER, whole),
        ("graph-sign-ins", &list, whole),
        ("diagnostic-records", &object, whole),
        ("diagnostic-records", &text, whole),
        ("diagnostic-records", &capitals, whole),
        ("hunting-stream", &hunting, defender),
        ("sign-in-logs", USER_TABLE, whole),
        ("defender-sign-ins", USER_DEFENDER, defender),
        ("portal-sign-ins", USER_PORTAL, portal),
        ("script-sign-ins", USER_SCRIPT, script),
    ];
    for (format, bytes, lacks) in shapes {
        let mut expected = of_a_user();
        lacks(&mut expected);
        assert_eq!(as_file(bytes), (format.to_owned(), vec![expected]));
    }
}

/// A service principal signed in with a secret; the log knows no country.
fn of_a_principal() -> Record {
    Record {
        id: RecordId("request-2".to_owned()),
        operation: Operation::new(SUCCEEDED),
        outcome: Outcome::Succeeded,
        status: "0".to_owned(),
        user: "ServicePrincipal_sp-1".to_owned(),
        user_key: "sp-1".to_owned(),
        user_type: Some(UserType::ServicePrincipal),
        country: String::new(),
        agent: String::new(),
        app: AppIds {
            name: "MailSync".to_owned(),
            ..of_a_user().app
        },
        extended: extended(&[
            ("servicePrincipalCredentialKeyId", "key-1"),
            ("clientCredentialType", "clientSecret"),
            ("resourceTenantId", "tenant"),
            ("autonomousSystemNumber", "64500"),
            ("resourceDisplayName", "Office 365 Exchange Online"),
            (KIND, "servicePrincipal"),
        ]),
        ..of_a_user()
    }
}

const PRINCIPAL: &str = r#"{"id":"request-2","createdDateTime":"2025-10-14T07:33:50+00:00","userId":null,"userPrincipalName":null,"appId":"app-1","appDisplayName":"MailSync",
    "ipAddress":"203.0.113.7","correlationId":"correlation-1","status":{"errorCode":0},"signInEventTypes":["servicePrincipal"],"isInteractive":false,
    "location":{"city":"","state":"","countryOrRegion":"","geoCoordinates":{"latitude":0.0,"longitude":0.0}},"clientCredentialType":"clientSecret",
    "servicePrincipalName":"MailSync","servicePrincipalId":"sp-1","servicePrincipalCredentialKeyId":"key-1","resourceTenantId":"tenant","autonomousSystemNumber":64500,
    "resourceDisplayName":"Office 365 Exchange Online","resourceId":"00000002-0000-0ff1-ce00-000000000000","uniqueTokenIdentifier":"Token-1","sessionId":"session-1"}"#;

const PRINCIPAL_TABLE: &str = r#"{"TimeGenerated":"2025-10-14T07:33:50Z","Category":"ServicePrincipalSignInLogs","ResultType":"0","CorrelationId":"correlation-1","AppId":"app-1",
    "ClientCredentialType":"clientSecret","Id":"request-2","IPAddress":"203.0.113.7","Location":"","LocationDetails":"{\"countryOrRegion\":\"\"}","AADTenantId":"tenant",
    "ResourceDisplayName":"Office 365 Exchange Online","ResourceIdentity":"00000002-0000-0ff1-ce00-000000000000","ResourceTenantId":"tenant","ServicePrincipalId":"sp-1",
    "ServicePrincipalName":"MailSync","ServicePrincipalCredentialKeyId":"key-1","UniqueTokenIdentifier":"Token-1","SessionId":"session-1","AutonomousSystemNumber":"64500",
    "Type":"AADServicePrincipalSignInLogs","TenantId":"workspace"}"#;

const PRINCIPAL_DEFENDER: &str = r#"{"Timestamp":"2025-10-14T07:33:50Z","Application":"MailSync","ApplicationId":"app-1","IsManagedIdentity":false,"ErrorCode":0,
    "CorrelationId":"correlation-1","ServicePrincipalName":"MailSync","ServicePrincipalId":"sp-1","ResourceDisplayName":"Office 365 Exchange Online",
    "ResourceId":"00000002-0000-0ff1-ce00-000000000000","ResourceTenantId":"tenant","IPAddress":"203.0.113.7","Country":"","RequestId":"request-2","SessionId":"session-1",
    "UniqueTokenId":"Token-1"}"#;

const PRINCIPAL_PORTAL: &str = concat!(
    "Date (UTC),Request ID,Correlation ID,Service principal ID,Service principal name,Credential key ID,Credential thumbprint,Application,Application ID ,App owner tenant ID,Resource,Resource ID ,Resource tenant ID,Resource owner tenant ID,Home tenant ID,Home tenant name,IP address,Location,Status,Sign-in error code,Failure reason,Conditional Access\n",
    r#"2025-10-14T07:33:50Z,request-2,correlation-1,sp-1,MailSync,key-1,,MailSync,app-1,,Office 365 Exchange Online,00000002-0000-0ff1-ce00-000000000000,tenant,,,,203.0.113.7,", , ",Success,,Other.,"#,
    "\n"
);

#[test]
fn a_service_principals_sign_in_is_one_record_in_all_shapes() {
    let whole: Lacks = |_| ();
    let defender: Lacks = |record| {
        without(
            record,
            &[
                "servicePrincipalCredentialKeyId",
                "clientCredentialType",
                "autonomousSystemNumber",
            ],
        );
    };
    let portal: Lacks = |record| {
        record.session.clear();
        record.token.clear();
        without(
            record,
            &["clientCredentialType", "autonomousSystemNumber", KIND],
        );
    };
    let object = envelope("ServicePrincipalSignInLogs", PRINCIPAL);
    let shapes = [
        ("graph-sign-ins", PRINCIPAL, whole),
        ("diagnostic-records", &object, whole),
        ("sign-in-logs", PRINCIPAL_TABLE, whole),
        ("defender-sign-ins", PRINCIPAL_DEFENDER, defender),
        ("portal-sign-ins", PRINCIPAL_PORTAL, portal),
    ];
    for (format, bytes, lacks) in shapes {
        let mut expected = of_a_principal();
        lacks(&mut expected);
        assert_eq!(as_file(bytes), (format.to_owned(), vec![expected]));
    }
}

#[test]
fn kinds_of_sign_ins_come_from_the_log() {
    for (category, kind) in [
        ("NonInteractiveUserSignInLogs", "nonInteractiveUser"),
        ("AADManagedIdentitySignInLogs", "managedIdentity"),
        ("SigninLogs", "interactiveUser"),
        ("", "nonInteractiveUser"),
    ] {
        let json = format!(
            r#"{{"Category":"{category}","ResultType":"0","UserPrincipalName":"ann@example.com","AppId":"p","IsInteractive":"False"}}"#
        );
        let record = as_format("sign-in-logs", &json).unwrap();
        assert_eq!(record.extended, extended(&[(KIND, kind)]), "{category}");
    }
}

#[test]
fn endings_differ() {
    use Outcome::{Failed, Succeeded, Unknown};
    for (code, word, operation, outcome, status) in [
        ("0", "Success", SUCCEEDED, Succeeded, "0"),
        ("", "Success", SUCCEEDED, Succeeded, "0"),
        ("50126", "Failure", FAILED, Failed, "50126 why"),
        ("50058", "Interrupted", FAILED, Unknown, "50058 why"),
        ("", "Failure", FAILED, Failed, "Failure why"),
        ("", "Interrupted", FAILED, Unknown, "Interrupted why"),
        ("", "", SUCCEEDED, Unknown, ""),
    ] {
        let json = format!(
            r#"{{"Date (UTC)":"2025-10-14T07:33:50Z","Request ID":"r","Username":"ann@example.com","Application":"Mail","Status":"{word}","Sign-in error code":"{code}","Failure reason":"why"}}"#
        );
        let record = as_format("portal-sign-ins", &json).unwrap();
        assert_eq!(record.operation.as_str(), operation, "{json}");
        assert_eq!((record.outcome, record.status.as_str()), (outcome, status));
        let told = !(code.is_empty() && word.is_empty());
        assert_eq!(record.degraded.is_empty(), told, "{}", record.degraded);
    }
}

#[test]
fn a_row_without_a_time_is_kept() {
    let record = as_format(
        "graph-sign-ins",
        r#"{"status":{"errorCode":50126,"failureReason":"why"},"userPrincipalName":"ann@example.com","appId":"p","location":{"countryOrRegion":"","geoCoordinates":{"latitude":0.0}}}"#,
    )
    .unwrap();
    assert_eq!(
        (record.country.as_str(), record.degraded.as_str()),
        ("", "no time column")
    );
    let delivered =
        r#"{"status":{"errorCode":0},"userPrincipalName":"ann@example.com","appId":"p"}"#;
    let record = as_format("diagnostic-records", &envelope("SignInLogs", delivered)).unwrap();
    assert_eq!(record.time, time::parse("2025-10-14T07:34:57.9144897Z"));
    assert_eq!(
        record.degraded,
        "no time column; the time is that of its delivery"
    );
}

#[test]
fn only_two_letters_are_a_country() {
    for (place, country) in [
        ("Delft, Zuid-Holland, NL", Some("NL")),
        ("nl", Some("NL")),
        ("Netherlands", None),
        (", , ", None),
        ("", None),
    ] {
        let found = country_of(&Value::String(place.to_owned()));
        assert_eq!(found.as_deref(), country, "{place}");
    }
}

#[test]
fn other_categories_and_files_are_refused_by_name() {
    for (json, format, words) in [
        (
            envelope("MicrosoftGraphActivityLogs", "{}"),
            "diagnostic-records",
            "\"MicrosoftGraphActivityLogs\": neither sign-ins nor directory audit",
        ),
        (
            envelope("SignInLogs", "null"),
            "diagnostic-records",
            "the properties of a record of SignInLogs are missing",
        ),
        (
            r#"{"Request ID":"r","Date (UTC)":"2025-10-14T07:33:50Z","Authentication method":"Password","Succeeded":"true"}"#.to_owned(),
            "portal-authentication-details",
            "authentication details of the sign-in r",
        ),
        (
            r#"{"createdDateTime":"2025-10-14T07:33:50Z","status":{"errorCode":0},"userPrincipalName":"","appId":""}"#.to_owned(),
            "graph-sign-ins",
            "neither a user nor an application",
        ),
    ] {
        let reason = as_format(format, &json).unwrap_err();
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn unrelated_tables_are_not_taken_for_sign_ins() {
    use super::super::{Fields, recognise};
    use crate::evidence::table::Header;
    for header in [
        "User,Status",
        "Date,User,Status,Application",
        "UserPrincipalName,DisplayName,Status,CreatedDateTime",
        "AppId,DisplayName,CreatedDateTime,Status",
        "Timestamp,ErrorCode,Application,DeviceName",
        "TimeGenerated,ResultType,AppId,Category",
        "Request ID,Date (UTC),Status",
        "time,category,level",
    ] {
        let names: Vec<String> = header.split(',').map(str::to_owned).collect();
        let header = Header::new(&names, ',');
        let format = recognise(&Fields::of_cells(&header, &[]));
        assert!(format.is_none(), "{names:?}: {format:?}");
    }
}
