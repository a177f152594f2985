//! Native records, member by member.

use super::super::super::fields::Members;
use super::super::reading::as_format;
use super::*;

fn read_json(json: &str) -> Record {
    let json = json.replacen(
        '{',
        r#"{"Operation":"X","CreationTime":"2023-06-03T08:13:00","#,
        1,
    );
    as_format("unified-audit", &json.replace(",}", "}")).unwrap()
}

#[test]
fn numbers_and_names_of_record_types_agree() {
    for (number, name) in RECORD_TYPES {
        assert_eq!(record_type(name), Some(*number));
        assert_eq!(record_type(&number.to_string()), Some(*number));
    }
    assert_eq!(record_type("exchangeItemAggregated"), Some(50));
    assert_eq!(record_type("-1"), Some(-1));
    assert_eq!(record_type("Unheard"), None);
}

#[test]
fn the_address_is_the_persons() {
    for (kind, address) in [
        ("50", "2.2.2.2"),
        ("8", "3.3.3.3"),
        ("1", "1.1.1.1"),
        ("15", "1.1.1.1"),
    ] {
        let record = read_json(&format!(
            r#"{{"RecordType":{kind},"ClientIP":"1.1.1.1:99","ClientIPAddress":"2.2.2.2","ActorIpAddress":"3.3.3.3"}}"#
        ));
        assert_eq!(record.address.ip, address.parse().ok(), "{kind}");
        let mut all: Vec<_> = record
            .other_addresses
            .iter()
            .map(|other| other.ip)
            .collect();
        all.push(record.address.ip);
        all.sort();
        all.dedup();
        assert!(
            all.len() >= 2 && all.len() == record.other_addresses.len() + 1,
            "{kind}: {all:?}"
        );
    }
    let record = read_json(r#"{"RecordType":8,"ActorIpAddress":"<null>","ClientIP":"1.1.1.1"}"#);
    assert_eq!(record.address.written, "1.1.1.1");
}

#[test]
fn a_sign_in_is_judged_by_its_error() {
    for (json, outcome) in [
        (
            r#"{"RecordType":15,"Operation":"UserLoginFailed","ResultStatus":"Success"}"#,
            Outcome::Failed,
        ),
        (
            r#"{"RecordType":15,"Operation":"UserLoggedIn","ResultStatus":"Success"}"#,
            Outcome::Succeeded,
        ),
        (
            r#"{"RecordType":"15","Operation":"UserLoggedIn","ErrorNumber":"0"}"#,
            Outcome::Succeeded,
        ),
        (
            r#"{"RecordType":15,"Operation":"UserLoggedIn","ErrorNumber":"50140"}"#,
            Outcome::Unknown,
        ),
        (
            r#"{"Operation":"UserLoginFailed","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"}"#,
            Outcome::Failed,
        ),
    ] {
        // The first name of two wins, so the operation of the case comes first.
        let json = json.replacen('}', r#","CreationTime":"2023-06-03T08:13:00"}"#, 1);
        let members: Members = serde_json::from_str(&json).unwrap();
        assert_eq!(read(members.fields()).unwrap().outcome, outcome, "{json}");
    }
}

#[test]
fn applications_hide_in_several_places() {
    let guid = "47629505-c2b6-4a80-adb1-9b3a3d233b7b";
    let record = read_json(&format!(
        r#"{{"AppId":"","ClientAppId":"","ClientInfoString":"Client=REST;UserAgent=[NoUserAgent][AppId={guid}];"}}"#
    ));
    assert_eq!(record.app.id, guid);
    for context in [
        r#"{"AADSessionId":"s","UniqueTokenId":"T_k","ClientAppId":"c"}"#,
        r#"[{"aadsessionid":"s","UniqueTokenId":"T_k","ClientAppId":"c"}]"#,
        r#""{\"AADSessionId\":\"s\",\"UniqueTokenId\":\"T_k\",\"ClientAppId\":\"c\"}""#,
    ] {
        let record = read_json(&format!(r#"{{"AppId":"a","AppAccessContext":{context}}}"#));
        assert_eq!((&*record.app.id, &*record.app.client), ("a", "c"));
        assert_eq!((&*record.session, &*record.token), ("s", "T_k"));
    }
    let record = read_json(
        r#"{"RecordType":15,"ObjectId":"r","DeviceProperties":[{"Name":"OS","Value":"x"},{"Name":"SessionId","Value":"s"}]}"#,
    );
    assert_eq!((&*record.session, &*record.app.resource), ("s", "r"));
}

#[test]
fn targets_are_read_by_type_and_prefix() {
    let (oid, app) = (
        "11111111-1111-1111-1111-111111111111",
        "22222222-2222-2222-2222-222222222222",
    );
    let record = read_json(&format!(
        r#"{{"Target":[{{"ID":"ServicePrincipal_{oid}","Type":2}},{{"ID":"{oid}","Type":2}},{{"ID":"ServicePrincipal","Type":2}},{{"ID":"App","Type":1}},{{"ID":"{app}","Type":2}},{{"ID":"{app};x","Type":4}}],
            "Actor":[{{"ID":"u@x","Type":5}},{{"ID":"1003","Type":"3"}}]}}"#
    ));
    let expected = Target {
        id: oid.into(),
        name: "App".into(),
        kind: "ServicePrincipal".into(),
        upn: String::new(),
        app: app.into(),
    };
    assert_eq!(record.targets, [expected]);
    assert_eq!(record.actors[1].kind, 3);
    let record = read_json(&format!(
        r#"{{"Target":[{{"ID":"User_{oid}","Type":2}},{{"ID":"{oid}","Type":2}},{{"ID":"User","Type":2}},{{"ID":"v@x","Type":5}},{{"ID":"Group_{app}","Type":2}},{{"ID":"G","Type":1}}]}}"#
    ));
    assert_eq!(record.targets.len(), 2);
    assert_eq!(
        (&*record.targets[0].upn, &*record.targets[1].name),
        ("v@x", "G")
    );
}

#[test]
fn folders_and_items_come_from_everywhere() {
    for (json, path, ids) in [
        (
            r#"{"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<a>"},{"InternetMessageId":"<b>"}]}],"OperationCount":"2"}"#,
            r"\Inbox",
            2,
        ),
        (
            r#"{"Messages":[{"Path":"\\Inbox","MessageItems":[{"Id":"x"}]}]}"#,
            r"\Inbox",
            0,
        ),
        (
            r#"{"Item":{"Id":"x","ParentFolder":{"Path":"Not Available","Name":"Calendar"}}}"#,
            "Calendar",
            0,
        ),
        (
            r#"{"Item":{"Subject":"s","InternetMessageId":"<a>","ParentFolder":{"Path":"\\Sent"}}}"#,
            r"\Sent",
            1,
        ),
        (
            r#"{"Folder":{"Path":"\\Old"},"AffectedItems":[{"InternetMessageId":"<a>"},{"InternetMessageId":"<b>","Subject":"s"}]}"#,
            r"\Old",
            2,
        ),
        (
            r#"{"AffectedItems":[{"InternetMessageId":"<a>","ParentFolder":{"Path":"\\New"}}],"Folder":{"Path":"\\Old"}}"#,
            r"\New",
            1,
        ),
        (r#"{"Folder":{"Path":"\\Bare"}}"#, r"\Bare", 0),
    ] {
        let record = read_json(json);
        assert_eq!(record.folders.len(), 1, "{json}");
        assert_eq!(record.folders[0].path, path, "{json}");
        assert_eq!(record.message_ids().count(), ids, "{json}");
    }
}

#[test]
fn a_folder_permission_has_its_member() {
    for name in [r#"Item":{"ParentFolder"#, "Folder"] {
        let close = if name.contains('{') { "}" } else { "" };
        let record = read_json(&format!(
            r#"{{"{name}":{{"Path":"\\Calendar","MemberUpn":"Everyone","MemberSid":"S-1-1-0","MemberRights":"FreeBusySimple"}}{close}}}"#
        ));
        let member = record.member.unwrap();
        assert_eq!(
            (&*member.upn, &*member.folder, &*member.rights),
            ("Everyone", r"\Calendar", "FreeBusySimple")
        );
    }
}

#[test]
fn agents_hide_in_details() {
    let record = read_json(
        r#"{"ExtendedProperties":[{"Name":"additionalDetails","Value":"{\"User-Agent\":\"EvoSTS\"}"}]}"#,
    );
    assert_eq!(record.agent, "EvoSTS");
    let record = read_json(r#"{"ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla"}]}"#);
    assert_eq!(record.agent, "Mozilla");
}

#[test]
fn damage_is_noted() {
    let record = read_json(r#"{"Parameters":"System.Object[]"}"#);
    assert_eq!(record.degraded, "PowerShell lost lists inside Parameters");
    let members: Members =
        serde_json::from_str(r#"{"Operation":"X","CreationTime":"2023-10-10T17:08:65"}"#).unwrap();
    let record = read(members.fields()).unwrap();
    assert!(
        record.degraded.contains("cannot be read"),
        "{}",
        record.degraded
    );
    let members: Members = serde_json::from_str(r#"{"Operation":"","CreationTime":""}"#).unwrap();
    assert!(read(members.fields()).is_err());
}

#[test]
fn what_has_no_field_of_its_own_is_kept_under_its_name() {
    let record = read_json(
        r#"{"TokenTenantId":"partner","SendAsUserSmtp":"boss@example.com","HostAppId":"","ExtendedProperties":[{"Name":"a","Value":"b"}]}"#,
    );
    let kept: Vec<_> = record
        .extended
        .iter()
        .map(|extra| (extra.name.as_str(), extra.value.as_str()))
        .collect();
    assert_eq!(
        kept,
        [
            ("a", "b"),
            ("TokenTenantId", "partner"),
            ("SendAsUserSmtp", "boss@example.com")
        ]
    );
}
