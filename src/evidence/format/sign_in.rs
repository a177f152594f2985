//! `sign-in-logs`: sign-ins of users, service principals and managed identities as Log Analytics and Graph have them.
//!
//! They become what the unified audit log has for sign-ins: `UserLoggedIn` and `UserLoginFailed` of record type 15.

use super::super::fields::Fields;
use super::super::list::text_of;
use super::native::{nested, note_time, outcome_of_error};
use crate::record::{Address, AppIds, Operation, Outcome, Record, RecordId, UserType};

/// Workload and record type under which the unified audit log has sign-ins.
const WORKLOAD: &str = "AzureActiveDirectory";
const RECORD_TYPE: i32 = 15;

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let who = has("UserPrincipalName") || has("ServicePrincipalId");
    let what = has("AppDisplayName") || has("AppId") || has("ResourceDisplayName");
    let other = has("Operation") || has("TargetResources");
    who && what && (has("ResultType") || has("Status")) && !other
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let error = error_code(&fields).ok_or("the row gives no result (ResultType)")?;
    let mut record = Record {
        id: RecordId(fields.text("Id")),
        time: ["CreatedDateTime", "TimeGenerated"]
            .iter()
            .find_map(|name| fields.time(name)),
        operation: Operation::new(if error == 0 {
            "UserLoggedIn"
        } else {
            "UserLoginFailed"
        }),
        workload: WORKLOAD.to_owned(),
        record_type: Some(RECORD_TYPE),
        outcome: outcome(error),
        status: status(&fields, error),
        user: user(&fields),
        user_key: fields.first(&["UserId", "ServicePrincipalId"]),
        user_type: user_type(&fields),
        tenant: fields.first(&["AADTenantId", "ResourceTenantId"]),
        address: Address::read(&fields.text("IPAddress")),
        country: country(&fields),
        agent: fields.text("UserAgent"),
        app: app(&fields),
        session: fields.text("SessionId"),
        token: fields.text("UniqueTokenIdentifier"),
        correlation: fields.text("CorrelationId"),
        ..Record::default()
    };
    record.object.clone_from(&record.app.resource);
    note_time(&mut record, &fields, "CreatedDateTime");
    Ok(record)
}

/// The error code; zero is success.
fn error_code(fields: &Fields<'_>) -> Option<i64> {
    fields.integer("ResultType").or_else(|| {
        let status = fields.json("Status")?;
        text_of(&status, "errorCode").parse().ok()
    })
}

fn outcome(error: i64) -> Outcome {
    if error == 0 {
        Outcome::Succeeded
    } else {
        outcome_of_error(error)
    }
}

/// The error as written, with its description.
fn status(fields: &Fields<'_>, error: i64) -> String {
    if error == 0 {
        return "0".to_owned();
    }
    let description = match fields.text("ResultDescription") {
        text if !text.is_empty() => text,
        _ => fields
            .json("Status")
            .map(|status| text_of(&status, "failureReason"))
            .unwrap_or_default(),
    };
    format!("{error} {description}").trim_end().to_owned()
}

fn user(fields: &Fields<'_>) -> String {
    let name = fields.first(&["UserPrincipalName", "AlternateSignInName", "UserId"]);
    let principal = fields.text("ServicePrincipalId");
    if name.is_empty() && !principal.is_empty() {
        format!("ServicePrincipal_{principal}")
    } else {
        name
    }
}

fn user_type(fields: &Fields<'_>) -> Option<UserType> {
    match fields.text("UserType").to_ascii_lowercase().as_str() {
        "member" => Some(UserType::Regular),
        "guest" => Some(UserType::Guest),
        _ if fields.has("ServicePrincipalId") && !fields.has("UserPrincipalName") => {
            Some(UserType::ServicePrincipal)
        }
        _ => None,
    }
}

fn app(fields: &Fields<'_>) -> AppIds {
    // In Log Analytics `ResourceId` is the path of the tenant resource; in Graph it is the id of the API.
    let resource = fields.first(&["ResourceIdentity", "ResourceId"]);
    AppIds {
        id: fields.text("AppId"),
        client: String::new(),
        name: fields.first(&["AppDisplayName", "ServicePrincipalName"]),
        resource: if resource.starts_with('/') {
            fields.text("ResourceDisplayName")
        } else {
            resource
        },
    }
}

/// Two-letter country of the sign-in. Service principals come with empty texts at 0°, 0°: no country.
fn country(fields: &Fields<'_>) -> String {
    let detailed = ["LocationDetails", "Location"]
        .iter()
        .filter_map(|name| fields.json(name))
        .map(|place| {
            let direct = text_of(&place, "countryOrRegion");
            if direct.is_empty() {
                nested(&place, ["location", "countryOrRegion"])
            } else {
                direct
            }
        });
    detailed
        .chain(std::iter::once(fields.text("Location")))
        .find_map(|text| country_code(&text))
        .unwrap_or_default()
}

/// A text as country code, if it has the form of one.
pub(super) fn country_code(text: &str) -> Option<String> {
    let text = text.trim();
    let code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    code.then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(json: &str) -> Record {
        as_format("sign-in-logs", json).unwrap()
    }

    #[test]
    fn a_user_signs_in() {
        let record = read_json(
            r#"{"CreatedDateTime [UTC]":"4/28/2021, 2:08:45.221 PM","ResultType":"0","UserPrincipalName":"a@x","AppDisplayName":"Azure Portal","AppId":"p",
                "UserId":"oid","UserType":"Member","ResourceId":"/tenants/t","ResourceIdentity":"r","Location":"IL","LocationDetails_dynamic":"{\"countryOrRegion\":\"il\"}",
                "LocationDetails_string":"","IPAddress":"203.0.113.7","UniqueTokenIdentifier":"T"}"#,
        );
        assert!(record.operation.is("UserLoggedIn"));
        assert_eq!(record.outcome, Outcome::Succeeded);
        assert_eq!(record.country, "IL");
        assert_eq!(
            (record.app.resource.as_str(), record.object.as_str()),
            ("r", "r")
        );
        assert_eq!(record.token, "T");
        assert!(record.time.is_some());
    }

    #[test]
    fn failures_and_interrupts_differ() {
        for (code, outcome) in [(50_126, Outcome::Failed), (50_058, Outcome::Unknown)] {
            let record = read_json(&format!(
                r#"{{"status":{{"errorCode":{code},"failureReason":"why"}},"userPrincipalName":"a@x","appId":"p","location":{{"countryOrRegion":"","geoCoordinates":{{"latitude":0.0}}}}}}"#
            ));
            assert!(record.operation.is("UserLoginFailed"));
            assert_eq!(
                (record.outcome, record.status),
                (outcome, format!("{code} why"))
            );
            assert_eq!(record.country, "");
            assert_eq!(record.degraded, "no time column");
        }
    }

    #[test]
    fn a_service_principal_has_no_name_of_a_user() {
        let record = read_json(
            r#"{"ResultType":"0","ServicePrincipalId":"s","ServicePrincipalName":"MailSync","AppId":"p","IPAddress":""}"#,
        );
        assert_eq!(record.user, "ServicePrincipal_s");
        assert_eq!(record.user_type, Some(UserType::ServicePrincipal));
        assert_eq!(record.app.name, "MailSync");
    }
}
