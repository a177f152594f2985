//! Every kind from a table and from JSON, damage, and what is no inventory.

use crate::evidence::{Row, read_from};
use crate::record::Inventory;
use crate::record::inventory::{KINDS, UserRight};
use crate::time;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

/// What some bytes are read as: the format, the entries, the reasons of refusals, and how many rows were events.
#[derive(Default)]
struct Read {
    format: String,
    entries: Vec<Inventory>,
    refused: Vec<String>,
    events: usize,
}

fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut sink = |_: &_, row| {
        match row {
            Row::Inventory(entry, _) => read.entries.push(*entry),
            Row::Refused { reason, .. } => read.refused.push(reason),
            Row::Records(..) => read.events += 1,
        }
        ControlFlow::Continue(())
    };
    let summary = read_from(&mut text.as_bytes(), Path::new("test"), &mut sink);
    match summary {
        Ok(summary) => read.format = summary.layout.format.unwrap_or_default(),
        Err(error) => read.refused.push(error.to_string()),
    }
    read
}

/// The one entry of some bytes.
fn one(text: &str) -> Inventory {
    let mut read = read(text);
    assert_eq!(read.refused, Vec::<String>::new(), "{text}");
    assert_eq!(read.entries.len(), 1, "{text}");
    read.entries.remove(0)
}

/// The same entry as a table and as JSON, and the format that both are.
const PAIRS: &[(&str, &str, &str)] = &[
    (
        "service-principals",
        "id,appId,displayName,servicePrincipalType,appOwnerOrganizationId,accountEnabled,createdDateTime,servicePrincipalNames,appRoles,keyCredentials,verifiedPublisher\n\
         sp-1,app-1,Mail Sync,Application,tenant-1,TRUE,2024-02-08T21:49:53Z,app-1;api://sync,\"[{\"\"id\"\":\"\"r-1\"\",\"\"value\"\":\"\"Mail.Read\"\",\"\"displayName\"\":\"\"Read mail\"\"}]\",\"[{\"\"keyId\"\":\"\"k-1\"\",\"\"displayName\"\":\"\"CN=sync\"\",\"\"startDateTime\"\":\"\"2024-02-08T21:49:53Z\"\",\"\"endDateTime\"\":\"\"2025-02-08T21:49:53Z\"\"}]\",\"{\"\"displayName\"\":\"\"Example\"\",\"\"verifiedPublisherId\"\":\"\"1\"\"}\"",
        r#"{"Id":"sp-1","AppId":"app-1","DisplayName":"Mail Sync","ServicePrincipalType":"Application","AppOwnerOrganizationId":"tenant-1","AccountEnabled":true,"CreatedDateTime":"\/Date(1707428993000)\/","ServicePrincipalNames":["app-1","api://sync"],"AppRoles":[{"Id":"r-1","Value":"Mail.Read","DisplayName":"Read mail","AllowedMemberTypes":["Application"]}],"KeyCredentials":{"KeyId":"k-1","DisplayName":"CN=sync","StartDateTime":"2024-02-08T21:49:53Z","EndDateTime":"2025-02-08T21:49:53Z"},"VerifiedPublisher":{"DisplayName":"Example","VerifiedPublisherId":"1"}}"#,
    ),
    (
        "exchange-service-principals",
        "DisplayName,ObjectId,AppId,Sid,Identity\nMail Sync,sp-1,app-1,S-1-5-21-1,sp-1",
        r#"{"DisplayName":"Mail Sync","ObjectId":"sp-1","AppId":"app-1","Sid":{"Value":"S-1-5-21-1"},"Identity":"sp-1"}"#,
    ),
    (
        "app-registrations",
        "Id,DisplayName,AppId,CreatedDateTime\nobject-1,Mail Sync,app-1,2024-02-08 21:49:53",
        r#"{"id":"object-1","appId":"app-1","displayName":"Mail Sync","createdDateTime":"2024-02-08T21:49:53Z","passwordCredentials":[]}"#,
    ),
    (
        "oauth-apps",
        "Timestamp,OAuthAppId,ServicePrincipalId,AppName,AddedOnTime,AppStatus,Permissions,ConsentedUsersCount,IsAdminConsented,AppOwnerTenantId,PrivilegeLevel\n\
         2024-02-09T00:00:00Z,app-1,sp-1,Mail Sync,2024-02-08T21:49:53Z,Enabled,\"[{\"\"PermissionValue\"\":\"\"Mail.Read\"\",\"\"PermissionType\"\":\"\"Application\"\",\"\"TargetAppDisplayName\"\":\"\"Microsoft Graph\"\"}]\",3,1,tenant-1,High",
        r#"{"OAuthAppId":"app-1","ServicePrincipalId":"sp-1","AppName":"Mail Sync","AddedOnTime":"2024-02-08T21:49:53Z","AppStatus":"Enabled","Permissions":[{"PermissionValue":"Mail.Read","PermissionType":"Application","TargetAppDisplayName":"Microsoft Graph"}],"ConsentedUsersCount":3,"IsAdminConsented":true,"AppOwnerTenantId":"tenant-1","PrivilegeLevel":"High"}"#,
    ),
    (
        "app-role-assignments",
        "AppRoleId,CreatedDateTime,Id,PrincipalDisplayName,PrincipalId,PrincipalType,ResourceDisplayName,ResourceId\nr-1,2/8/2024 9:49:53 PM,a-1,Mail Sync,sp-1,ServicePrincipal,Microsoft Graph,sp-2",
        r#"{"id":"a-1","appRoleId":"r-1","createdDateTime":"2024-02-08T21:49:53Z","principalId":"sp-1","principalDisplayName":"Mail Sync","principalType":"ServicePrincipal","resourceId":"sp-2","resourceDisplayName":"Microsoft Graph"}"#,
    ),
    (
        "delegated-permission-grants",
        "ClientId,ConsentType,Id,PrincipalId,ResourceId,Scope\nsp-1,AllPrincipals,g-1,,sp-2, offline_access Mail.Read",
        r#"{"id":"g-1","clientId":"sp-1","consentType":"AllPrincipals","principalId":null,"resourceId":"sp-2","scope":"offline_access Mail.Read"}"#,
    ),
    (
        "oauth-permissions",
        "PermissionType,AppId,ClientObjectId,AppDisplayName,ResourceObjectId,ResourceDisplayName,Permission,ConsentType,PrincipalObjectId,PrincipalDisplayName,PublisherName,AppOwnerOrganizationId\n\
         Delegated,app-1,sp-1,Mail Sync,sp-2,Microsoft Graph,Mail.Read,Principal,u-1,Alice,Example,tenant-1",
        r#"{"PermissionType":"Delegated","AppId":"app-1","ClientObjectId":"sp-1","AppDisplayName":"Mail Sync","ResourceObjectId":"sp-2","ResourceDisplayName":"Microsoft Graph","Permission":"Mail.Read","ConsentType":"Principal","PrincipalObjectId":"u-1","PrincipalDisplayName":"Alice","PublisherName":"Example","AppOwnerOrganizationId":"tenant-1"}"#,
    ),
    (
        "mailboxes",
        "Name,Alias,UserPrincipalName,PrimarySmtpAddress,EmailAddresses,ExchangeGuid,ExternalDirectoryObjectId,RecipientTypeDetails,GrantSendOnBehalfTo,ForwardingSmtpAddress,AuditEnabled,WhenCreated\n\
         alice_1ea0,alice,alice@example.com,alice@example.com,\"{SMTP:alice@example.com, X500:/o=E/ou=Group (A B)/cn=alice}\",guid-1,u-1,UserMailbox,\"{bob, carol}\",smtp:x@example.com,True,5/18/2021 9:13:39 PM",
        r#"{"Name":"alice_1ea0","Alias":"alice","UserPrincipalName":"alice@example.com","PrimarySmtpAddress":"alice@example.com","EmailAddresses":["SMTP:alice@example.com","X500:/o=E/ou=Group (A B)/cn=alice"],"ExchangeGuid":"guid-1","ExternalDirectoryObjectId":"u-1","RecipientTypeDetails":"UserMailbox","GrantSendOnBehalfTo":["bob","carol"],"ForwardingSmtpAddress":"smtp:x@example.com","AuditEnabled":true,"WhenCreated":"\/Date(1621372419000)\/"}"#,
    ),
    (
        "users",
        "id,userPrincipalName,mail,proxyAddresses,onPremisesSecurityIdentifier,createdDateTime,signInActivity\n\
         u-1,alice@example.com,alice@example.com,SMTP:alice@example.com smtp:a@example.com,S-1-5-21-1,2024-02-08T21:49:53Z,\"{\"\"lastSignInDateTime\"\":\"\"2024-03-01T00:00:00Z\"\"}\"",
        r#"{"id":"u-1","userPrincipalName":"alice@example.com","mail":"alice@example.com","proxyAddresses":["SMTP:alice@example.com","smtp:a@example.com"],"onPremisesSecurityIdentifier":"S-1-5-21-1","createdDateTime":"2024-02-08T21:49:53Z","signInActivity":{"lastSignInDateTime":"2024-03-01T00:00:00Z"}}"#,
    ),
    (
        "mailbox-permissions",
        "Identity,User,AccessRights,IsInherited,Deny,InheritanceType\nalice,EXAMPLE\\Domain Admins,\"{FullAccess, ReadPermission}\",TRUE,yes,All",
        r#"{"Identity":"alice","User":{"RawIdentity":"EXAMPLE\\Domain Admins"},"AccessRights":{"value":["FullAccess","ReadPermission"],"Count":2},"IsInherited":true,"Deny":1,"InheritanceType":"All"}"#,
    ),
    (
        "recipient-permissions",
        "Identity,Trustee,AccessControlType,AccessRights,IsInherited,InheritanceType\nalice,NT AUTHORITY\\SELF,Allow,SendAs,False,None",
        r#"{"Identity":"alice","Trustee":"NT AUTHORITY\\SELF","AccessControlType":"Allow","AccessRights":["SendAs"],"IsInherited":"no","InheritanceType":"None"}"#,
    ),
    (
        "mailbox-folder-permissions",
        "Mailbox,FolderName,User,AccessRights,SharingPermissionFlags\nalice@example.com,Calendar,Default,AvailabilityOnly,",
        r#"{"Mailbox":"alice@example.com","FolderName":"Calendar","User":{"UserType":{},"ADRecipient":null,"DisplayName":"Default"},"AccessRights":["AvailabilityOnly"],"SharingPermissionFlags":null}"#,
    ),
    (
        "mailbox-permission-summaries",
        "UserPrincipalName,DisplayName,RecipientTypeDetails,FullAccessUsers,FullAccessPermissions,SendAsUsers,SendAsPermissions,SendOnBehalfUsers,CalendarUsers,CalendarPermissions,FullAccessCount,SendAsCount,SendOnBehalfCount,CalendarPermissionCount\n\
         alice@example.com,Alice,UserMailbox,Bob | IT (bob@example.com); S-1-5-21-1,\"Bob | IT (bob@example.com) - Rights: FullAccess,ReadPermission, Deny: False, Inheritance: All | S-1-5-21-1 - Rights: FullAccess, Deny: True, Inheritance: All\",Bob (bob@example.com),\"Bob (bob@example.com) - Type: Allow, Rights: SendAs, Inheritance: None\",Carol (carol@example.com),Bob (bob@example.com) - Editor,Bob: Editor,2,1,1,1",
        r#"{"UserPrincipalName":"alice@example.com","DisplayName":"Alice","RecipientTypeDetails":"UserMailbox","FullAccessPermissions":"Bob | IT (bob@example.com) - Rights: FullAccess,ReadPermission, Deny: False, Inheritance: All | S-1-5-21-1 - Rights: FullAccess, Deny: True, Inheritance: All","SendAsPermissions":"Bob (bob@example.com) - Type: Allow, Rights: SendAs, Inheritance: None","SendOnBehalfUsers":["Carol (carol@example.com)"],"CalendarUsers":"Bob (bob@example.com) - Editor","FullAccessCount":2}"#,
    ),
    (
        "management-role-assignments",
        "Name,Role,RoleAssigneeName,RoleAssigneeType,AssignmentMethod,EffectiveUserName,RoleAssignmentDelegationType,CustomResourceScope,Enabled,WhenCreated\n\
         x-1,ApplicationImpersonation,alice,User,Direct,alice,Regular,,True,5/18/2021 9:13:39 PM",
        r#"{"Name":"x-1","Role":{"Name":"ApplicationImpersonation"},"RoleAssigneeName":"alice","RoleAssigneeType":"User","AssignmentMethod":"Direct","EffectiveUserName":"alice","RoleAssignmentDelegationType":"Regular","Enabled":true,"WhenCreated":"2021-05-18T21:13:39Z"}"#,
    ),
    (
        "role-groups",
        "Name,Roles,Members,ManagedBy,WhenCreated\nDiscovery Management,\"{Legal Hold, Mailbox Search}\",\"{alice, bob}\",,",
        r#"{"Name":"Discovery Management","Roles":["Legal Hold","Mailbox Search"],"Members":["alice","bob"],"ManagedBy":[],"WhenCreated":null}"#,
    ),
    (
        "role-group-members",
        "RoleGroup,Name,RecipientType,PrimarySmtpAddress\nDiscovery Management,alice,UserMailbox,alice@example.com",
        r#"{"RoleGroup":"Discovery Management","Name":"alice","RecipientType":"UserMailbox","PrimarySmtpAddress":{"Address":"alice@example.com"}}"#,
    ),
    (
        "application-access-policies",
        "ScopeName,ScopeIdentity,Identity,AppId,AccessRight,IsValid\nHR,hr-1,policy-1,app-1,RestrictAccess,True",
        r#"{"ScopeName":"HR","ScopeIdentity":"hr-1","Identity":"policy-1","AppId":"app-1","AccessRight":"RestrictAccess","IsValid":true}"#,
    ),
    (
        "audit-bypass-associations",
        "Name,AuditBypassEnabled\nalice,True",
        r#"{"Name":"alice","AuditBypassEnabled":true}"#,
    ),
    (
        "ad-permissions",
        "Identity,User,AccessRights,ExtendedRights,Deny,IsInherited,InheritanceType\nexample.com/Users/alice,EXAMPLE\\bob,{ExtendedRight},\"{Send-As, Receive As}\",False,False,All",
        r#"{"Identity":"example.com/Users/alice","User":"EXAMPLE\\bob","AccessRights":["ExtendedRight"],"ExtendedRights":[{"RawIdentity":"Send-As"},{"RawIdentity":"Receive As"}],"Deny":false,"IsInherited":false,"InheritanceType":"All"}"#,
    ),
];

#[test]
fn a_table_and_json_give_the_same_entry() {
    for (format, table, json) in PAIRS {
        for text in [table, json] {
            assert_eq!(&read(text).format, format, "{text}");
        }
        let entry = one(table);
        assert_eq!(entry, one(json), "{format}");
        assert_eq!(entry.lost(), Vec::<String>::new(), "{format}");
    }
}

#[test]
fn every_kind_and_every_format_is_tried() {
    let mut kinds: BTreeSet<&str> = PAIRS
        .iter()
        .map(|(_, table, _)| one(table).kind())
        .collect();
    kinds.insert("app-role-assignment");
    assert_eq!(kinds, KINDS.iter().copied().collect());
    let formats: BTreeSet<&str> = PAIRS.iter().map(|(format, ..)| *format).collect();
    let all = crate::evidence::FORMATS.iter();
    let inventories =
        all.filter(|format| matches!(format.read, super::super::Reader::Inventory(_)));
    assert_eq!(formats, inventories.map(|format| format.name).collect());
}

#[test]
fn values_are_where_they_belong() {
    let Inventory::ServicePrincipal(principal) = one(PAIRS[0].1) else {
        panic!()
    };
    assert_eq!((&*principal.id, &*principal.app), ("sp-1", "app-1"));
    assert_eq!(principal.app_roles[0].value, "Mail.Read");
    assert_eq!(principal.keys[0].end, time::parse("2025-02-08T21:49:53Z"));
    assert_eq!(principal.enabled, Some(true));
    assert_eq!(principal.verified_publisher, "Example");
    let text = PAIRS
        .iter()
        .find(|pair| pair.0 == "app-registrations")
        .unwrap()
        .1;
    let Inventory::ServicePrincipal(registration) = one(text) else {
        panic!()
    };
    assert_eq!(
        (&*registration.id, &*registration.application_object),
        ("", "object-1")
    );
    let text = PAIRS.iter().find(|pair| pair.0 == "mailboxes").unwrap().1;
    let Inventory::Mailbox(mailbox) = one(text) else {
        panic!()
    };
    assert_eq!(mailbox.addresses.len(), 2);
    assert_eq!(mailbox.send_on_behalf, ["bob", "carol"]);
    assert_eq!(mailbox.created, time::parse("2021-05-18T21:13:39Z"));
}

#[test]
fn a_wide_row_gives_pairs() {
    let text = PAIRS
        .iter()
        .find(|pair| pair.0 == "mailbox-permission-summaries")
        .unwrap()
        .1;
    let Inventory::MailboxPermissionSummary(row) = one(text) else {
        panic!()
    };
    let right = |user: &str, right: &str, deny| UserRight {
        user: user.to_owned(),
        right: right.to_owned(),
        deny,
    };
    let bob = "Bob | IT (bob@example.com)";
    assert_eq!(
        row.full_access,
        [
            right(bob, "FullAccess", Some(false)),
            right(bob, "ReadPermission", Some(false)),
            right("S-1-5-21-1", "FullAccess", Some(true)),
        ]
    );
    assert_eq!(
        row.send_as,
        [right("Bob (bob@example.com)", "SendAs", Some(false))]
    );
    assert_eq!(
        row.calendar,
        [right("Bob (bob@example.com)", "Editor", None)]
    );
    let miscounted = text.replace(",2,1,1,1", ",3,1,1,1");
    assert_eq!(one(&miscounted).lost(), ["FullAccessPermissions"]);
    let short = "UserPrincipalName,FullAccessUsers,SendAsUsers\nalice@example.com,Bob (bob@example.com); carol,";
    let Inventory::MailboxPermissionSummary(row) = one(short) else {
        panic!()
    };
    assert_eq!(row.full_access[1], right("carol", "FullAccess", None));
}

#[test]
fn rows_of_the_collector_are_of_both_kinds() {
    let header = "PermissionType,AppId,ClientObjectId,AppDisplayName,ResourceObjectId,Permission,CreationTimestamp";
    let id = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
    let read = read(&format!(
        "{header}\nApplication,app-1,sp-1,Sync,sp-2,Mail.Read,2024-02-08T21:49:53Z\napplication,app-1,sp-1,Sync,sp-2,{id},\nOther,app-1,sp-1,Sync,sp-2,x,"
    ));
    let roles: Vec<_> = read
        .entries
        .iter()
        .map(|entry| match entry {
            Inventory::AppRoleAssignment(found) => (&*found.role, &*found.role_id),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(roles, [("Mail.Read", ""), ("", id)]);
    assert!(
        read.refused[0].contains("PermissionType"),
        "{:?}",
        read.refused
    );
}

#[test]
fn damage_is_noted_and_no_value_is_made_of_it() {
    for (text, lost) in [
        (
            "Identity,User,AccessRights\nalice,bob,System.Management.Automation.PSObject[]",
            "AccessRights",
        ),
        (
            "Identity,User,AccessRights\nalice,bob,System.Collections.Generic.List`1[System.String]",
            "AccessRights",
        ),
        (
            "Identity,User,AccessRights\nalice,bob,\"{FullAccess, ReadPermission...}\"",
            "AccessRights",
        ),
        (
            "FolderName,User,AccessRights,SharingPermissionFlags\nInbox,bob,Editor,System.Object[]",
            "SharingPermissionFlags",
        ),
        ("Name,Roles,Members\nAdmins,System.Object[],alice", "Roles"),
        (
            r#"{"Name":"Admins","Roles":["Mail Search","Microsoft.Exchange.Data.Directory.ADObjectId"],"Members":[]}"#,
            "Roles",
        ),
        (
            "AppId,DisplayName,Id,ServicePrincipalType,AppRoles\napp-1,Sync,sp-1,Application,Microsoft.Graph.PowerShell.Models.MicrosoftGraphAppRole[]",
            "appRoles",
        ),
        (
            "UserPrincipalName,PrimarySmtpAddress,RecipientTypeDetails,EmailAddresses\na@example.com,a@example.com,UserMailbox,Microsoft.Exchange.Data.ProxyAddressCollection",
            "EmailAddresses",
        ),
        (
            "id,userPrincipalName,mail,signInActivity\nu-1,a@example.com,,Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInActivity",
            "signInActivity",
        ),
        (
            "Identity,User,AccessRights,Deny\nalice,bob,FullAccess,perhaps",
            "Deny",
        ),
        (
            "UserPrincipalName,PrimarySmtpAddress,RecipientTypeDetails,WhenCreated\na@example.com,a@example.com,UserMailbox,some day",
            "WhenCreated",
        ),
        (
            "UserPrincipalName,FullAccessUsers,SendAsUsers,FullAccessCount\na@example.com,,,2",
            "FullAccessPermissions",
        ),
    ] {
        let entry = one(text);
        assert_eq!(entry.lost(), [lost], "{text}");
        let shown = format!("{entry:?}");
        assert!(
            !shown.contains("System.") && !shown.contains("Microsoft."),
            "{shown}"
        );
    }
}

#[test]
fn rows_without_principal_or_right_are_refused() {
    for (text, reason) in [
        (
            "Identity,User,AccessRights\nalice,,FullAccess",
            "the row gives no User",
        ),
        (
            "Identity,User,AccessRights\nalice,bob,",
            "the row gives no AccessRights",
        ),
        (
            "Identity,User,AccessRights\n,bob,FullAccess",
            "the row gives no Identity",
        ),
        (
            "FolderName,User,AccessRights\nInbox,Microsoft.Exchange.Management.StoreTasks.MailboxFolderUserId,Editor",
            "the export destroyed User",
        ),
        (
            "Identity,Trustee,AccessRights\nalice,,SendAs",
            "the row gives no Trustee",
        ),
        ("Name,AuditBypassEnabled\nalice,", "does not say whether"),
        (
            "Identity,User,AccessRights,ExtendedRights\nalice,bob,,",
            "the row gives no AccessRights",
        ),
        (
            r#"{"clientId":"sp-1","consentType":"Principal","resourceId":"sp-2","scope":" "}"#,
            "no scope",
        ),
        (
            "UserPrincipalName,PrimarySmtpAddress,RecipientTypeDetails\n,,UserMailbox",
            "names no mailbox",
        ),
    ] {
        let read = read(text);
        assert_eq!(read.entries, [], "{text}");
        assert!(read.refused[0].contains(reason), "{:?}", read.refused);
    }
}

#[test]
fn what_looks_alike_is_not_taken() {
    for text in [
        "Identity,User\nalice,bob",
        "Identity,User,Role\nalice,bob,reader",
        "Name,Members\nclub,alice",
        "id,displayName,appId\n1,2,3",
        "id,userPrincipalName,riskLevel,riskState\n1,a@example.com,high,atRisk",
        "RecordType,CreationDate,UserIds,Operations,AuditData,Identity\n2,5/18/2021 9:13:33 PM,u,Set-Mailbox,,1",
        "OfficeWorkload,OfficeId,Operation,UserId,Identity,User,AccessRights\nExchange,1,Set-Mailbox,u,a,b,c",
        "TimeGenerated,Operation,UserId,Parameters\n2024-02-08,Set-Mailbox,u,[]",
        "UserPrincipalName,AppDisplayName,AppId,ResultType,CreatedDateTime,Id,IPAddress\na@example.com,Sync,app-1,0,2024-02-08T21:49:53Z,1,203.0.113.1",
        "ServicePrincipalId,ServicePrincipalName,AppId,ResultType,TimeGenerated,AppOwnerTenantId,DisplayName\nsp,Sync,app,0,2024-02-08T21:49:53Z,t,d",
        r#"{"Operation":"Add-MailboxPermission","CreationTime":"2023-06-03T08:13:00","Identity":"alice","User":"bob","AccessRights":"FullAccess"}"#,
        r#"{"id":"1","userPrincipalName":"a@example.com","appId":"app","appDisplayName":"Sync","status":{"errorCode":0},"ipAddress":"203.0.113.1","createdDateTime":"2024-02-08T21:49:53Z"}"#,
        r#"{"id":"1","activityDisplayName":"Add service principal","initiatedBy":{},"targetResources":[],"displayName":"x","appId":"y","servicePrincipalType":"z"}"#,
        "CmdletName,Caller,Identity,User,AccessRights\nAdd-MailboxPermission,a,b,c,d",
    ] {
        assert_eq!(read(text).entries, [], "{text}");
    }
}

#[test]
fn a_folder_of_its_own_identity_names_the_mailbox() {
    let text =
        "Identity,FolderName,User,AccessRights\nalice@example.com:\\Inbox,Inbox,bob,Reviewer";
    let Inventory::MailboxFolderPermission(entry) = one(text) else {
        panic!()
    };
    assert_eq!(entry.mailbox, "alice@example.com");
}
