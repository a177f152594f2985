//! The audit logs of Exchange in every shape they are exported in, and XML that means harm.
//!
//! Not here: the fields one by one, which are tested beside their readers.

use super::*;
use crate::record::{Folder, Item, LogonType};

/// A shape of an export: its name, the text, and what takes from a whole record what the shape cannot carry.
type Shape = (&'static str, &'static str, fn(&mut Record));

const GRANT_XML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<SearchResults>
  <Event Caller="corp.example/Users/Mallory" Cmdlet="Add-MailboxPermission" ObjectModified="corp.example/Users/Victim" RunDate="2023-06-03T10:13:00+02:00" Succeeded="true" Error="None" OriginatingServer="EX01 (15.01.2507.006)">
    <CmdletParameters>
      <Parameter Name="Identity" Value="victim@example.com" />
      <Parameter Name="User" Value="mallory@example.com" />
      <Parameter Name="AccessRights" Value="FullAccess" />
    </CmdletParameters>
    <ModifiedProperties>
      <Property Name="Rights" OldValue="" NewValue="FullAccess" />
    </ModifiedProperties>
  </Event>
</SearchResults>"#;

const GRANT_JSON: &str = r#"[
  {
    "ObjectModified": "corp.example/Users/Victim",
    "CmdletName": "Add-MailboxPermission",
    "CmdletParameters": [
      {"Name": "Identity", "Value": "victim@example.com"},
      "@{Name=User; Value=mallory@example.com}",
      {"Value": "FullAccess", "Name": "AccessRights"}
    ],
    "ModifiedProperties": [{"Name": "Rights", "OldValue": "", "NewValue": "FullAccess"}],
    "Caller": "corp.example/Users/Mallory",
    "ExternalAccess": false,
    "Succeeded": true,
    "Error": "None",
    "RunDate": "\/Date(1685779980000)\/",
    "OriginatingServer": "EX01 (15.01.2507.006)",
    "Identity": "AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAA",
    "IsValid": true,
    "ObjectState": "New"
  }
]"#;

const GRANT_CSV: &str = "#TYPE Deserialized.Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogEvent\r\n\
\"PSComputerName\";\"RunspaceId\";\"ObjectModified\";\"CmdletName\";\"CmdletParameters\";\"ModifiedProperties\";\"Caller\";\"ExternalAccess\";\"Succeeded\";\"Error\";\"RunDate\";\"OriginatingServer\";\"Identity\";\"IsValid\";\"ObjectState\"\r\n\
\"ex01.corp.example\";\"d5b1f5ae-0000-0000-0000-000000000000\";\"corp.example/Users/Victim\";\"Add-MailboxPermission\";\"Identity User AccessRights\";\"Rights\";\"corp.example/Users/Mallory\";\"False\";\"True\";\"None\";\"6/3/2023 8:13:00 AM\";\"EX01 (15.01.2507.006)\";\"AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAA\";\"True\";\"New\"\r\n";

const GRANT_CLIXML: &str = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0">
    <TN RefId="0"><T>Deserialized.AdminAuditLogEvent</T><T>Deserialized.System.Object</T></TN>
    <ToString>AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAA</ToString>
    <Props>
      <S N="ObjectModified">corp.example/Users/Victim</S>
      <S N="CmdletName">Add-MailboxPermission</S>
      <Obj N="CmdletParameters" RefId="1">
        <TN RefId="1"><T>Deserialized.MultiValuedProperty</T></TN>
        <LST>
          <Obj RefId="2"><ToString>Identity</ToString><Props><S N="Name">Identity</S><S N="Value">victim@example.com</S></Props></Obj>
          <Obj RefId="3"><ToString>User</ToString><Props><S N="Name">User</S><S N="Value">mallory@example.com</S></Props></Obj>
          <Obj RefId="4"><ToString>AccessRights</ToString><Props><S N="Name">AccessRights</S><S N="Value">FullAccess</S></Props></Obj>
        </LST>
      </Obj>
      <Obj N="ModifiedProperties" RefId="5">
        <LST>
          <Obj RefId="6"><Props><S N="Name">Rights</S><S N="OldValue"></S><S N="NewValue">FullAccess</S></Props></Obj>
        </LST>
      </Obj>
      <S N="Caller">corp.example/Users/Mallory</S>
      <B N="ExternalAccess">false</B>
      <B N="Succeeded">true</B>
      <S N="Error">None</S>
      <DT N="RunDate">2023-06-03T10:13:00+02:00</DT>
      <S N="OriginatingServer">EX01 (15.01.2507.006)_x000D__x000A_</S>
      <Obj N="Identity" RefId="7"><ToString>AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAA</ToString><Props><S N="Blob">x</S></Props></Obj>
    </Props>
    <MS><G N="RunspaceId">d5b1f5ae-0000-0000-0000-000000000000</G></MS>
  </Obj>
</Objs>"#;

/// The one grant; each shape with what it does not carry.
const GRANTS: [Shape; 4] = [
    ("JSON", GRANT_JSON, |_| {}),
    ("CliXml", GRANT_CLIXML, |_| {}),
    ("XML: no id and no external access", GRANT_XML, |record| {
        record.id = crate::record::RecordId::default();
        record.external = None;
    }),
    ("CSV: no values of lists", GRANT_CSV, |record| {
        for parameter in &mut record.parameters {
            parameter.value.clear();
        }
        for change in &mut record.modified {
            change.new.clear();
        }
    }),
];

const ACCESS_XML: &str = r#"<SearchResults><Event MailboxGuid="6d4fbdae-e3ae-4530-8d0b-f62a14687939" Owner="CORP\victim" LastAccessed="2023-06-03T10:13:00+02:00" Operation="MessageBind" OperationResult="Succeeded" LogonType="Delegate" FolderPathName="\Inbox" ClientInfoString="Client=OWA;Action=ViaProxy" ClientIPAddress="203.0.113.9" InternalLogonType="Owner" MailboxOwnerUPN="victim@example.com" MailboxOwnerSid="S-1-5-21-7-1151" LogonUserDN="Mallory" LogonUserSid="S-1-5-21-7-1149" ItemSubject="Salaries &amp; more" ItemInternetMessageId="&lt;a@example.com&gt;"/></SearchResults>"#;

const ACCESS_JSON: &str = r#"{"PSComputerName":"ex01","Operation":"MessageBind","OperationResult":"Succeeded","LogonType":"Delegate","ExternalAccess":false,"FolderPathName":"\\Inbox","ClientInfoString":"Client=OWA;Action=ViaProxy","ClientIPAddress":"203.0.113.9","InternalLogonType":"Owner","MailboxOwnerUPN":"victim@example.com","MailboxOwnerSid":"S-1-5-21-7-1151","LogonUserDisplayName":"Mallory","LogonUserSid":"S-1-5-21-7-1149","SourceItems":[],"ItemSubject":"Salaries & more","ItemInternetMessageId":"<a@example.com>","OperationProperties":["IsThrottled:False"],"SessionId":"9c3e","MailboxGuid":"6d4fbdae-e3ae-4530-8d0b-f62a14687939","MailboxResolvedOwnerName":"Victim","LastAccessed":"\/Date(1685779980000)\/","Identity":"AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAB"}"#;

const ACCESS_CSV: &str = "RunspaceId,Operation,OperationResult,LogonType,ExternalAccess,FolderPathName,ClientInfoString,ClientIPAddress,MailboxOwnerUPN,MailboxOwnerSid,LogonUserDisplayName,LogonUserSid,SourceItems,ItemSubject,ItemInternetMessageId,OperationProperties,SessionId,MailboxGuid,LastAccessed,Identity\r\n\
d5b1,MessageBind,Succeeded,Delegate,False,\\Inbox,Client=OWA;Action=ViaProxy,203.0.113.9,victim@example.com,S-1-5-21-7-1151,Mallory,S-1-5-21-7-1149,,Salaries & more,<a@example.com>,IsThrottled:False,9c3e,6d4fbdae-e3ae-4530-8d0b-f62a14687939,6/3/2023 8:13:00 AM,AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAB\r\n";

const ACCESS_CLIXML: &str = r#"<Objs Version="1.1.0.1"><Obj RefId="0"><TN RefId="0"><T>Deserialized.MailboxAuditLogEvent</T></TN><Props>
<S N="Operation">MessageBind</S><S N="OperationResult">Succeeded</S><Obj N="LogonType" RefId="1"><ToString>Delegate</ToString><I32>2</I32></Obj><B N="ExternalAccess">false</B>
<S N="FolderPathName">\Inbox</S><S N="ClientInfoString">Client=OWA;Action=ViaProxy</S><S N="ClientIPAddress">203.0.113.9</S>
<S N="MailboxOwnerUPN">victim@example.com</S><S N="MailboxOwnerSid">S-1-5-21-7-1151</S><S N="LogonUserDisplayName">Mallory</S><S N="LogonUserSid">S-1-5-21-7-1149</S>
<Obj N="SourceItems" RefId="2"><LST/></Obj><S N="ItemSubject">Salaries &amp; more</S><S N="ItemInternetMessageId">&lt;a@example.com&gt;</S>
<Obj N="OperationProperties" RefId="3"><LST><S>IsThrottled:False</S></LST></Obj><S N="SessionId">9c3e</S><S N="MailboxGuid">6d4fbdae-e3ae-4530-8d0b-f62a14687939</S>
<Obj N="LastAccessed" RefId="4"><DT>2023-06-03T08:13:00Z</DT><MS><I32 N="DisplayHint">2</I32></MS></Obj><S N="Identity">AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAB</S>
</Props></Obj></Objs>"#;

/// The one access; each shape with what it does not carry.
const ACCESSES: [Shape; 4] = [
    ("JSON", ACCESS_JSON, |_| {}),
    ("CliXml", ACCESS_CLIXML, |_| {}),
    ("CSV", ACCESS_CSV, |_| {}),
    (
        "XML: no id, no external access, no session, no properties",
        ACCESS_XML,
        |record| {
            record.id = crate::record::RecordId::default();
            record.external = None;
            record.session.clear();
            record.properties.clear();
        },
    ),
];

/// The one record that a text holds.
fn only(text: &str) -> Record {
    let outcome = read_bytes(text.as_bytes());
    assert_eq!(outcome.rows.len(), 1, "{:?}", outcome.shown());
    let records = outcome.records();
    assert_eq!(records.len(), 1, "{:?}", outcome.shown());
    records[0].clone()
}

/// The record as far as the shape carries it. Statuses and notes have their own spelling in every shape, ids made of content too.
fn comparable(record: &Record, shape: Shape) -> Record {
    let mut record = record.clone();
    record.status = record.status.to_lowercase();
    record.degraded.clear();
    if record.id.0.starts_with("row-") {
        record.id.0.clear();
    }
    (shape.2)(&mut record);
    record
}

fn equal(shapes: [Shape; 4]) {
    let whole = only(shapes[0].1);
    assert_eq!(whole.degraded, "");
    for shape in shapes {
        let found = only(shape.1);
        assert_eq!(
            comparable(&found, shape),
            comparable(&whole, shape),
            "{}",
            shape.0
        );
        // Tables lose the values of lists, and the order of day and month.
        let lost = shape.0.contains("CSV");
        assert_eq!(
            !found.degraded.is_empty(),
            lost,
            "{}: {}",
            shape.0,
            found.degraded
        );
    }
}

#[test]
fn a_grant_is_the_same_in_every_shape() {
    equal(GRANTS);
    let record = only(GRANT_JSON);
    assert!(record.operation.is("Add-MailboxPermission"));
    assert_eq!(record.user, "corp.example/Users/Mallory");
    assert_eq!(record.object, "corp.example/Users/Victim");
    assert_eq!(record.parameter("AccessRights"), Some("FullAccess"));
    assert_eq!(record.new_value("Rights"), Some("FullAccess"));
    assert_eq!(
        (record.record_type, record.external),
        (Some(1), Some(false))
    );
    assert_eq!(record.workload, "Exchange");
    assert_eq!(record.outcome, crate::record::Outcome::Succeeded);
    assert_eq!(record.id.0, "AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2ABAA");
    assert_eq!(record.time, crate::time::parse("2023-06-03T08:13:00Z"));
}

#[test]
fn an_access_is_the_same_in_every_shape() {
    equal(ACCESSES);
    let record = only(ACCESS_JSON);
    assert_eq!(
        (&*record.user, &*record.logon_sid),
        ("Mallory", "S-1-5-21-7-1149")
    );
    assert_eq!(record.logon, Some(LogonType::Delegated));
    assert_eq!(record.mailbox.owner, "victim@example.com");
    assert_eq!(record.property("IsThrottled"), Some("False"));
    assert_eq!(
        (&*record.session, &*record.address.written),
        ("9c3e", "203.0.113.9")
    );
    assert_eq!(
        record.folders,
        [Folder {
            path: r"\Inbox".to_owned(),
            items: vec![Item {
                message_id: "<a@example.com>".to_owned(),
                subject: "Salaries & more".to_owned(),
            }],
        }]
    );
}

#[test]
fn elements_are_read_again_as_they_were() {
    for text in [GRANT_XML, GRANT_CLIXML, ACCESS_XML, ACCESS_CLIXML] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evidence");
        std::fs::write(&path, text).unwrap();
        let outcome = read_bytes(text.as_bytes());
        let place = outcome.rows[0].place();
        let original = reread(&path, outcome.layout(), place).unwrap();
        assert_eq!(
            original.records.iter().collect::<Vec<_>>(),
            outcome.records()
        );
        let shown = original.pretty();
        assert!(text.contains(&shown), "{shown}");
        assert!(shown.starts_with("<Event ") || shown.starts_with("<Obj RefId=\"0\">"));
        assert!(shown.ends_with("</Event>") || shown.ends_with("</Obj>") || shown.ends_with("/>"));
    }
}

#[test]
fn other_xml_is_refused_by_its_root() {
    for (text, reason) in [
        (
            "<!DOCTYPE html>\n<html><body></body></html>",
            "root element html",
        ),
        (
            "<?xml version=\"1.0\"?><!-- c --><Events><Event/></Events>",
            "root element Events",
        ),
        ("<", "no JSON and no table header"),
        ("<!-- never closed <Objs>", "no JSON and no table header"),
    ] {
        let outcome = read_bytes(text.as_bytes());
        assert!(
            outcome.refusal().contains(reason),
            "{text}: {}",
            outcome.refusal()
        );
    }
}

#[test]
fn a_list_that_is_one_object_is_read_object_by_object() {
    let object = GRANT_CLIXML
        .split_once("<Props>")
        .and_then(|(_, rest)| rest.rsplit_once("<MS>"))
        .unwrap()
        .0;
    let text = format!(
        "<Objs><Obj RefId=\"90\"><LST><Obj RefId=\"91\"><Props>{object}</Obj><Obj RefId=\"92\"><MS><S N=\"Name\">x</S></MS></Obj><Obj RefId=\"93\"><Props>{object}</Obj></LST></Obj></Objs>"
    );
    let outcome = read_bytes(text.as_bytes());
    let records = outcome.records();
    assert_eq!(records.len(), 2, "{:?}", outcome.shown());
    assert!(
        records[0]
            .degraded
            .starts_with("1 objects beside it are refused"),
        "{}",
        records[0].degraded
    );
}

/// An event by this caller.
fn event_of(caller: &str) -> String {
    format!(r#"<Event Caller="{caller}" Cmdlet="Set-Mailbox" RunDate="2023-06-03T10:13:00Z"/>"#)
}

#[test]
fn what_surrounds_a_row_does_it_no_harm() {
    let (one, two) = (event_of("a"), event_of("b"));
    for (text, expected) in [
        // Entities of a document type are never looked up.
        (
            format!(
                "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><SearchResults>{}</SearchResults>",
                event_of("&lol2;")
            ),
            vec!["&lol2;"],
        ),
        (
            format!("<SearchResults><Event><P></Event>{one}"),
            vec!["not closed", "a"],
        ),
        (
            format!("<SearchResults>{one}<Event><P Name='{two}"),
            vec!["a", "not closed", "b"],
        ),
        (
            format!("<SearchResults>{}{two}", "<Event><P>".repeat(3)),
            vec!["not closed", "not closed", "not closed", "b"],
        ),
        (
            format!(
                "<SearchResults><Event>{}</Event>{one}",
                "<P>".repeat(10_000)
            ),
            vec!["not closed", "a"],
        ),
        (
            format!(
                "<SearchResults><Event>{}{}</Event>{one}",
                "<P>".repeat(10_000),
                "</P>".repeat(10_000)
            ),
            vec!["nested more than", "a"],
        ),
        (
            format!("<SearchResults>]]>{one}]]>"),
            vec!["not an Event element", "a", "not an Event element"],
        ),
        (
            format!("<SearchResults>{}", one.replace("/>", ">]]></Event>")),
            vec!["a"],
        ),
        (
            format!(
                "<SearchResults>{}",
                one.replace("Caller", "Caller=\"x\" Caller")
            ),
            vec!["x"],
        ),
    ] {
        let shown = read_bytes(text.as_bytes()).shown();
        assert_eq!(shown.len(), expected.len(), "{shown:?}");
        for (shown, expected) in shown.iter().zip(&expected) {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_degrade_an_element_alone() {
    let mut bytes = format!("<SearchResults>{}{}", event_of("a"), event_of("b?")).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[at] = 0xff;
    let outcome = read_bytes(&bytes);
    let notes: Vec<_> = outcome
        .records()
        .iter()
        .map(|record| record.degraded.clone())
        .collect();
    assert_eq!(
        notes,
        [
            String::new(),
            format!("not UTF-8 at byte {at}; read as Windows-1252")
        ]
    );
}

#[test]
fn an_element_beyond_the_limit_is_refused_without_being_held() {
    let long = "x".repeat(MAX_ROW + 5);
    let text = format!(
        "<SearchResults>{}<Event a=\"{long}\"/>{}</SearchResults>",
        event_of("a"),
        event_of("b")
    );
    let shown = read_bytes(text.as_bytes()).shown();
    assert!(
        shown[1].contains("longer than") && shown[2].starts_with("b@"),
        "{shown:?}"
    );
}

#[test]
fn broken_elements_take_no_longer_than_their_length() {
    for text in [
        format!("<SearchResults>{}", "<Event><!--\n".repeat(1 << 16)),
        format!("<Objs>\n{}", "<Obj>\n".repeat(1 << 16)),
        format!("<Objs>\n{}", "<Obj></Objs>\n".repeat(1 << 16)),
    ] {
        let outcome = read_bytes(text.as_bytes());
        assert!(outcome.summary.is_ok() && outcome.rows.len() > 10);
    }
}

proptest! {
    #[test]
    fn mangled_xml_never_panics_and_is_accounted_for(parts in proptest::collection::vec(
        prop_oneof![
            Just("<Event "), Just("</Event>"), Just("<Obj RefId='1'>"), Just("</Obj>"), Just("<MS>"), Just("</MS>"), Just("<S N='a'>"), Just("</S>"),
            Just("<Ref RefId='1'/>"), Just("<!--"), Just("-->"), Just("<![CDATA["), Just("]]>"), Just("/>"), Just(">"), Just("<"), Just("\""),
            Just("'"), Just("&amp;"), Just("&x;"), Just("_x0041_"), Just("\n"), Just("x"), Just("é"), Just("Cmdlet='A' RunDate='b'")
        ], 0..40), open in prop_oneof![Just("<SearchResults>"), Just("<Objs>"), Just("<Objs>\n<Obj RefId='0'><MS>"), Just("<?xml?><SearchResults>\n<Event")])
    {
        accounts(format!("{open}{}", parts.concat()).as_bytes());
    }
}

#[test]
fn a_line_that_announces_clixml_is_no_row() {
    let plain = read_bytes(GRANT_CLIXML.as_bytes());
    let announced = format!("#< CLIXML\r\n{GRANT_CLIXML}");
    let outcome = read_bytes(announced.as_bytes());
    assert_eq!(outcome.records(), plain.records());
    assert_eq!(outcome.rows.len(), plain.rows.len());
    let place = outcome.rows[0].place();
    assert_eq!(place.offset, plain.rows[0].place().offset + 11);
    assert_eq!(place.line, plain.rows[0].place().line + 1);
}
