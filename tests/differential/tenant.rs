//! A tenant that never was: native records of the unified audit log, the same every time for one seed.
//!
//! Every road to a mailbox is in it, what is read over them, sign-ins, and values that exports are known to break. Not here: the
//! shapes in which the records are handed over (`shapes`).

use serde_json::{Map, Value, json};

/// Records of one tenant.
pub const RECORDS: usize = 60;

/// Texts that break careless writers and readers.
const ODD: &[&str] = &[
    "",
    "plain",
    "Zoë Müller-Ångström",
    "経理部 🙈",
    "a,b;c\td",
    "say \"hi\", 'you'",
    "line\nbreak\r\nand more",
    "back\\slash \\/ and / and \\\\server",
    "{\"a\":[1,\"b\"]}",
    "[not json",
    "=cmd|' /C calc'!A0",
    "null",
    "@{Add=bob@example.com}",
    "a; b=c",
    "  blanks  ",
    "0012",
    "True",
    "<b>&amp;</b> ]]>",
    "\u{202e}gnp.exe",
    "%_x000A_%",
];

/// Client addresses as logs write them.
const ADDRESSES: &[&str] = &[
    "203.0.113.7",
    "203.0.113.8:52113",
    "[2001:db8::1a:9b]:54809",
    "2001:db8::7",
    "[198.51.100.9]:443",
    "::ffff:198.51.100.10",
    "",
    "not an address",
];

/// A sequence of numbers that looks random and is the same every time.
pub struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Knuth's MMIX constants; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    fn odd(&mut self) -> &'static str {
        self.one(ODD)
    }

    fn user(&mut self) -> String {
        let name = self.one(&["ann", "Bob", "carol", "dave", "Eve"]);
        format!("{name}@example.com")
    }

    fn mailbox(&mut self) -> String {
        format!("box{}@example.com", self.roll(6))
    }

    fn guid(&mut self) -> String {
        let (high, low) = (self.roll(1 << 30), self.roll(1 << 30));
        format!("{high:08x}-4a5e-4000-9c1d-{low:012x}")
    }

    /// A truth value in one of its spellings.
    fn flag(&mut self) -> Value {
        match self.roll(6) {
            0 => json!(true),
            1 => json!("True"),
            2 => json!("FALSE"),
            3 => json!(0),
            4 => json!("1"),
            _ => json!(false),
        }
    }

    /// A number, which may stand as text.
    fn number(&mut self, number: i64) -> Value {
        if self.roll(3) == 0 {
            json!(number.to_string())
        } else {
            json!(number)
        }
    }

    /// The type of a logon.
    fn logon(&mut self) -> Value {
        let kind = self.one(&[0, 1, 2]);
        self.number(kind)
    }

    /// The type of an actor in the directory.
    fn kind(&mut self) -> Value {
        let kind = self.one(&[0, 4]);
        self.number(kind)
    }

    fn address(&mut self) -> &'static str {
        self.one(ADDRESSES)
    }
}

/// Makes the members of one record that are its own.
type Make = fn(&mut Dice) -> Value;

/// What happens in the tenant, in turn.
const EVENTS: &[Make] = &[
    full_access,
    send_as,
    on_behalf,
    folder_cmdlet,
    folder_change,
    role_group,
    role_assignment,
    inbox_rule,
    consent,
    delegated_grant,
    app_role,
    bind,
    bind,
    sync,
    moved,
    attachment,
    sign_in,
    failed_sign_in,
    removal,
    odd_one,
];

/// The records of a tenant.
pub fn tenant(seed: u64) -> Vec<Value> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let record = |number: usize| {
        let mut record = common(seed, number, &mut dice);
        let own = EVENTS[number % EVENTS.len()](&mut dice);
        record.extend(own.as_object().cloned().unwrap_or_default());
        Value::Object(record)
    };
    (0..RECORDS).map(record).collect()
}

fn common(seed: u64, number: usize, dice: &mut Dice) -> Map<String, Value> {
    let (day, hour, minute) = (1 + number % 28, dice.roll(24), dice.roll(60));
    let common = json!({
        "CreationTime": format!("2026-03-{day:02}T{hour:02}:{minute:02}:{:02}", number % 60),
        "Id": format!("{seed:08x}-0000-4000-8000-{number:012}"),
        "OrganizationId": "3ffba680-3f74-45bc-945e-cd4f18da083d",
        "UserId": dice.user(),
        "UserKey": format!("1003{:012X}", dice.roll(1 << 20)),
        "Version": 1,
    });
    common.as_object().cloned().unwrap_or_default()
}

/// What every cmdlet's record says, around its parameters.
fn cmdlet(dice: &mut Dice, operation: &str, parameters: &[(&str, String)]) -> Value {
    let mut list: Vec<Value> = parameters
        .iter()
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect();
    let more = [
        json!({"Name": "DomainController", "Value": ""}),
        json!({"Name": "Force", "Value": dice.flag()}),
        json!({"Name": "Comment", "Value": dice.odd()}),
        json!({"Name": "Confirm"}),
        json!({"Name": "Notes", "Value": null}),
    ];
    let at = dice.roll(list.len() + 1);
    list.insert(at, more[dice.roll(more.len())].clone());
    let context = match dice.roll(4) {
        0 => json!({}),
        1 => json!([{"UniqueTokenId": format!("tOkEn-{}", dice.roll(9))}]),
        2 => Value::Null,
        _ => {
            json!({"IssuedAtTime": "2026-03-01T00:00:00", "UniqueTokenId": format!("tOkEn-{}", dice.roll(9))})
        }
    };
    json!({
        "Operation": operation,
        "RecordType": dice.number(1),
        "ResultStatus": dice.one(&["True", "True", "True", "False"]),
        "UserType": dice.number(2),
        "Workload": "Exchange",
        "ClientIP": dice.address(),
        "ObjectId": dice.odd(),
        "AppId": "fb78d390-0c51-40cd-8e17-fdbfab77341b",
        "ClientAppId": "",
        "AppAccessContext": context,
        "ExternalAccess": dice.flag(),
        "OrganizationName": "example.onmicrosoft.com",
        "OriginatingServer": "EX01 (15.20.6609.032)\r\n",
        "Parameters": list,
        "SessionId": format!("session-{}", dice.roll(9)),
    })
}

fn full_access(dice: &mut Dice) -> Value {
    let (mailbox, user) = (dice.mailbox(), dice.user());
    let rights = dice
        .one(&["FullAccess", "FullAccess;ReadPermission"])
        .into();
    let parameters = [
        ("Identity", mailbox),
        ("User", user),
        ("AccessRights", rights),
    ];
    cmdlet(dice, "Add-MailboxPermission", &parameters)
}

fn send_as(dice: &mut Dice) -> Value {
    let (mailbox, user) = (dice.mailbox(), dice.user());
    let parameters = [
        ("Trustee", user),
        ("AccessRights", "SendAs".into()),
        ("Identity", mailbox),
    ];
    cmdlet(dice, "Add-RecipientPermission", &parameters)
}

fn on_behalf(dice: &mut Dice) -> Value {
    let (mailbox, user, other) = (dice.mailbox(), dice.user(), dice.user());
    let both = match dice.roll(3) {
        0 => format!("@{{Add=\"{user}\";Remove=\"{other}\"}}"),
        1 => format!("@{{Add=\"{user}\",\"{other}\"}}"),
        _ => format!("{user};{other}"),
    };
    let parameters = [("Identity", mailbox), ("GrantSendOnBehalfTo", both.clone())];
    let mut record = cmdlet(dice, "Set-Mailbox", &parameters);
    record["ModifiedProperties"] = json!([
        {"Name": "GrantSendOnBehalfTo", "OldValue": dice.odd(), "NewValue": both},
        {"Name": "Display Name", "OldValue": "", "NewValue": dice.odd()},
    ]);
    record
}

fn folder_cmdlet(dice: &mut Dice) -> Value {
    let folder = dice.one(&["\\Calendar", "\\Boîte de réception", "\\Inbox, old; \"2\""]);
    let (mailbox, user) = (dice.mailbox(), dice.user());
    let parameters = [
        ("Identity", format!("{mailbox}:{folder}")),
        ("User", user),
        ("AccessRights", dice.one(&["Reviewer", "Owner"]).into()),
    ];
    cmdlet(dice, "Add-MailboxFolderPermission", &parameters)
}

fn role_group(dice: &mut Dice) -> Value {
    let parameters = [
        ("Name", dice.odd().to_owned()),
        ("Roles", "ApplicationImpersonation;Mail Recipients".into()),
        ("Members", dice.user()),
    ];
    cmdlet(dice, "New-RoleGroup", &parameters)
}

fn role_assignment(dice: &mut Dice) -> Value {
    let parameters = [
        ("Role", "ApplicationImpersonation".to_owned()),
        ("User", dice.user()),
        ("Name", "assignment".into()),
    ];
    cmdlet(dice, "New-ManagementRoleAssignment", &parameters)
}

fn inbox_rule(dice: &mut Dice) -> Value {
    let parameters = [
        ("Name", dice.odd().to_owned()),
        ("SubjectContainsWords", "invoice;payment".into()),
        ("MoveToFolder", dice.odd().to_owned()),
    ];
    cmdlet(dice, "New-InboxRule", &parameters)
}

fn removal(dice: &mut Dice) -> Value {
    let (mailbox, user) = (dice.mailbox(), dice.user());
    let parameters = [
        ("Identity", mailbox),
        ("User", user),
        ("AccessRights", "FullAccess".into()),
    ];
    let text = format!(
        r#"-Identity "{}" -User "{}" -AccessRights ("FullAccess","ReadPermission") -Confirm:$false"#,
        parameters[0].1, parameters[1].1
    );
    let mut record = cmdlet(dice, "Remove-MailboxPermission", &parameters);
    // Some records have the command line in place of the list.
    if dice.roll(2) == 0 {
        record["Parameters"] = json!(text);
    }
    record
}

/// What every record of mailbox audit says.
fn mailbox_audit(dice: &mut Dice, operation: &str, kind: i64, own: &Value) -> Value {
    let (owner, logon) = (dice.mailbox(), dice.logon());
    let is_owner = logon == json!(0) || logon == json!("0");
    let is_app = dice.roll(3) == 0;
    let common = json!({
        "Operation": operation,
        "RecordType": dice.number(kind),
        "ResultStatus": dice.one(&["Succeeded", "PartiallySucceeded", "Failed"]),
        "UserType": dice.number(0),
        "Workload": "Exchange",
        "ClientIPAddress": dice.address(),
        "ClientInfoString": dice.one(&["Client=OWA;Action=ViaProxy", "Client=MSExchangeRPC", "Client=REST;Client=RESTSystem;;", ""]),
        "ExternalAccess": dice.flag(),
        "InternalLogonType": 0,
        "LogonType": logon,
        "LogonUserSid": format!("S-1-5-21-7-{}", dice.roll(9)),
        "MailboxGuid": dice.guid(),
        "MailboxOwnerSid": format!("S-1-5-21-8-{}", dice.roll(9)),
        "MailboxOwnerUPN": owner,
        "OrganizationName": "example.onmicrosoft.com",
        "OriginatingServer": "EX01 (15.20.4200.000)\r\n",
    });
    let mut members = common.as_object().cloned().unwrap_or_default();
    if is_owner {
        members.insert("UserId".into(), members["MailboxOwnerUPN"].clone());
    }
    if is_app {
        let client = dice.guid();
        members.insert(
            "AppId".into(),
            json!("00000003-0000-0000-c000-000000000000"),
        );
        members.insert("ClientAppId".into(), json!(client));
        members.insert("AppAccessContext".into(), json!({
            "AADSessionId": dice.guid(), "APIId": "00000003-0000-0000-c000-000000000000", "ClientAppId": client,
            "ClientAppName": "Mail, \"reader\"", "UniqueTokenId": format!("tOkEn-{}", dice.roll(9)),
        }));
    } else {
        members.insert(
            "SessionId".into(),
            json!(format!("session-{}", dice.roll(9))),
        );
    }
    members.extend(own.as_object().cloned().unwrap_or_default());
    Value::Object(members)
}

fn folder_change(dice: &mut Dice) -> Value {
    let parent = json!({
        "Id": "LgAAAA", "Path": dice.one(&["\\Inbox", "\\Calendar", "\\Gelöschte, Elemente"]), "Name": "Inbox",
        "MemberUpn": dice.user(), "MemberSid": "S-1-5-21-9-1", "MemberRights": "ReadAny, Visible, FreeBusySimple",
    });
    let item =
        json!({"Item": {"Id": "LgAAAA", "ParentFolder": parent}, "ClientIP": dice.address()});
    mailbox_audit(dice, "ModifyFolderPermissions", 2, &item)
}

fn items(dice: &mut Dice) -> Vec<Value> {
    let item = |dice: &mut Dice| {
        let id = format!("<{}@example.com>", dice.roll(1 << 20));
        match dice.roll(3) {
            0 => json!({"InternetMessageId": id}),
            1 => {
                json!({"InternetMessageId": id, "Subject": dice.odd(), "SizeInBytes": dice.roll(9000)})
            }
            _ => {
                json!({"Id": "RgAA/x+y==", "InternetMessageId": id, "Subject": "s", "SizeInBytes": 7.5})
            }
        }
    };
    (0..=dice.roll(3)).map(|_| item(dice)).collect()
}

fn bind(dice: &mut Dice) -> Value {
    let folder = |dice: &mut Dice, path: &str| json!({"Id": "LgAAAA", "Path": path, "FolderItems": items(dice)});
    let paths = ["\\Inbox", "\\\\Sent Items", "\\A TRAITER, \"vite\""];
    let folders: Vec<Value> = paths[..=dice.roll(3)]
        .iter()
        .map(|path| folder(dice, path))
        .collect();
    let own = json!({
        "Folders": folders,
        "OperationCount": dice.number(i64::try_from(folders.len()).unwrap_or(0)),
        "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": dice.flag()}],
    });
    mailbox_audit(dice, "MailItemsAccessed", 50, &own)
}

fn sync(dice: &mut Dice) -> Value {
    let path = dice.one(&["\\Inbox", "Not Available"]);
    let own = json!({
        "Item": {"Id": "LgAAAA", "ParentFolder": {"Id": "LgAAAA", "Name": "Inbox", "Path": path}},
        "ClientIP": dice.address(),
        "ClientProcessName": "OUTLOOK.EXE",
        "OperationProperties": [{"Name": "MailAccessType", "Value": "Sync"}, {"Name": "IsThrottled", "Value": "False"}],
    });
    mailbox_audit(dice, "MailItemsAccessed", 2, &own)
}

fn moved(dice: &mut Dice) -> Value {
    let affected: Vec<Value> = (0..=dice.roll(2))
        .map(|number| {
            json!({"Id": "RgAA", "InternetMessageId": format!("<moved{number}@example.com>"), "Subject": dice.odd(),
            "ParentFolder": {"Id": "LgAA", "Path": "\\Inbox"}})
        })
        .collect();
    let own = json!({
        "AffectedItems": affected,
        "CrossMailboxOperation": false,
        "Folder": {"Id": "LgAA", "Path": "\\Inbox"},
        "DestFolder": {"Id": "LgAB", "Path": "\\Deleted Items"},
    });
    mailbox_audit(dice, "MoveToDeletedItems", 3, &own)
}

fn attachment(dice: &mut Dice) -> Value {
    let own = json!({
        "Messages": [{"Id": "LgAA", "Path": "\\Inbox", "MessageItems": [{"Id": "RgAA", "InternetMessageId": "<attached@example.com>", "SizeInBytes": 9}]}],
        "OperationCount": 1,
    });
    mailbox_audit(dice, "AttachmentAccess", 50, &own)
}

/// What every record of the directory says.
fn directory(
    dice: &mut Dice,
    operation: &str,
    target: (&str, &str),
    modified: &[(&str, String, String)],
) -> Value {
    let (user, actor, object) = (dice.user(), dice.guid(), dice.guid());
    let (name, app) = target;
    let details =
        json!({"User-Agent": dice.one(&["EvoSTS", "Mozilla/5.0 (X11; \"x\")", ""]), "AppId": app})
            .to_string();
    let modified: Vec<Value> = modified
        .iter()
        .map(|(name, old, new)| json!({"Name": name, "OldValue": old, "NewValue": new}))
        .collect();
    json!({
        "Operation": operation,
        "RecordType": dice.number(8),
        "ResultStatus": dice.one(&["Success", "Success", "Failure"]),
        "UserType": dice.kind(),
        "Workload": "AzureActiveDirectory",
        "ObjectId": format!("{app};https://{name}"),
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": [{"Name": "additionalDetails", "Value": details}, {"Name": "extendedAuditEventCategory", "Value": "ServicePrincipal"}],
        "ModifiedProperties": modified,
        "Actor": [{"ID": user, "Type": 5}, {"ID": "10032001266C162C", "Type": 3}, {"ID": format!("User_{actor}"), "Type": 2}, {"ID": actor, "Type": 2}, {"ID": "User", "Type": 2}],
        "ActorContextId": "3ffba680-3f74-45bc-945e-cd4f18da083d",
        "ActorIpAddress": dice.address(),
        "InterSystemsId": dice.guid(),
        "IntraSystemId": dice.guid(),
        "Target": [{"ID": format!("ServicePrincipal_{object}"), "Type": 2}, {"ID": object, "Type": 2}, {"ID": "ServicePrincipal", "Type": 2},
            {"ID": name, "Type": 1}, {"ID": app, "Type": 2}, {"ID": format!("{app};https://{name}"), "Type": 4}],
    })
}

const GRAPH: (&str, &str) = ("Microsoft Graph", "00000003-0000-0000-c000-000000000000");

fn consent(dice: &mut Dice) -> Value {
    let action = format!(
        "[] => [[Id: kgME, ClientId: {}, PrincipalId: , ResourceId: {}, ConsentType: AllPrincipals, Scope:  Mail.Read offline_access]]; ",
        dice.guid(),
        dice.guid()
    );
    let app = dice.guid();
    let name = dice.one(&["Reader", "Zoë's \"Mail\" 🙈", "a, b"]);
    let modified = [
        (
            "ConsentContext.IsAdminConsent",
            String::new(),
            "True".into(),
        ),
        ("ConsentContext.OnBehalfOfAll", String::new(), "True".into()),
        ("ConsentAction.Permissions", String::new(), action),
        (
            "TargetId.ServicePrincipalNames",
            String::new(),
            "[\r\n  \"x\"\r\n]".into(),
        ),
    ];
    directory(dice, "Consent to application.", (name, &app), &modified)
}

fn delegated_grant(dice: &mut Dice) -> Value {
    let modified = [
        (
            "DelegatedPermissionGrant.Scope",
            "User.Read".into(),
            " Mail.ReadWrite offline_access".into(),
        ),
        (
            "DelegatedPermissionGrant.ConsentType",
            String::new(),
            "AllPrincipals".into(),
        ),
        ("ServicePrincipal.ObjectID", String::new(), dice.guid()),
    ];
    directory(dice, "Add delegated permission grant.", GRAPH, &modified)
}

fn app_role(dice: &mut Dice) -> Value {
    let modified = [
        ("AppRole.Id", String::new(), dice.guid()),
        ("AppRole.Value", String::new(), "Mail.ReadWrite".into()),
        ("ServicePrincipal.ObjectID", String::new(), dice.guid()),
        (
            "ServicePrincipal.DisplayName",
            String::new(),
            dice.odd().into(),
        ),
        ("ServicePrincipal.AppId", String::new(), dice.guid()),
    ];
    let operation = "Add app role assignment to service principal.";
    directory(dice, operation, GRAPH, &modified)
}

fn logon(dice: &mut Dice, operation: &str, error: i64, words: &str) -> Value {
    let (user, device) = (dice.guid(), dice.guid());
    let mut record = json!({
        "Operation": operation,
        "RecordType": dice.number(15),
        "ResultStatus": dice.one(&["Success", "Failed", "Succeeded"]),
        "UserType": dice.number(0),
        "UserKey": user,
        "Workload": "AzureActiveDirectory",
        "ObjectId": GRAPH.1,
        "ApplicationId": "d3590ed6-52b3-4102-aeff-aad2292ab01c",
        "AzureActiveDirectoryEventType": 1,
        "ClientIP": dice.address(),
        "ActorIpAddress": dice.address(),
        "Actor": [{"ID": user, "Type": 0}, {"ID": dice.user(), "Type": 5}],
        "Target": [{"ID": GRAPH.1, "Type": 0}],
        "DeviceProperties": [{"Name": "Id", "Value": device}, {"Name": "OS", "Value": "Windows10"}, {"Name": "SessionId", "Value": dice.guid()}],
        "ExtendedProperties": [{"Name": "ResultStatusDetail", "Value": "Redirect"}, {"Name": "UserAgent", "Value": dice.one(&["Mozilla/5.0 (X11)", "curl/8, \"x\""])}],
        "ErrorNumber": dice.number(error),
        "InterSystemsId": dice.guid(),
        "IntraSystemId": dice.guid(),
    });
    if !words.is_empty() {
        record["LogonError"] = json!(words);
    }
    record
}

fn sign_in(dice: &mut Dice) -> Value {
    logon(dice, "UserLoggedIn", 0, "")
}

fn failed_sign_in(dice: &mut Dice) -> Value {
    let (error, words) = dice.one(&[
        (50_126, "InvalidUserNameOrPassword"),
        (50_140, "KmsiInterrupt"),
        (50_053, ""),
    ]);
    logon(dice, "UserLoginFailed", error, words)
}

/// A record of another kind: hardly anything in it, and lists that are none.
fn odd_one(dice: &mut Dice) -> Value {
    let own = json!({
        "Item": {"Id": "RgAA", "Subject": dice.odd(), "InternetMessageId": "<sent@example.com>", "ParentFolder": {"Path": "\\Drafts"}},
        "ModifiedProperties": ["AttachmentCollection", "Recipients"],
        "OperationProperties": Value::Null,
        "UserAgent": "",
    });
    mailbox_audit(dice, "Update", 2, &own)
}
