//! One change in every shape in which exports write it, and records that are not what they should be.

use super::*;
use crate::hunt::context;

#[test]
#[rustfmt::skip]
fn parameters_in_every_shape() {
    let expected = ["+ mailbox-permission mailbox: bob@example.com (user) on victor rights FullAccess, ReadPermission"];
    for parameters in [
        json!([{ "Name": "Identity", "Value": "victor" }, { "Name": "User", "Value": "bob@example.com" }, { "Name": "AccessRights", "Value": "FullAccess, ReadPermission" }]),
        json!([{ "Value": "FullAccess;ReadPermission", "Name": "accessrights" }, { "Name": "DomainController" }, { "Name": "User", "Value": " bob@example.com " }, { "Name": "Identity", "Value": "victor" }]),
        json!("-Identity \"victor\" -User bob@example.com -AccessRights (\"FullAccess\",\"ReadPermission\")"),
        json!({ "Identity": "victor", "User": "bob@example.com", "AccessRights": ["FullAccess", "ReadPermission"] }),
        json!("[{\"Name\":\"Identity\",\"Value\":\"victor\"},{\"Name\":\"User\",\"Value\":\"bob@example.com\"},{\"Name\":\"AccessRights\",\"Value\":\"FullAccess, ReadPermission\"}]"),
        json!("{\"Identity\":\"victor\",\"User\":\"bob@example.com\",\"AccessRights\":\"FullAccess,ReadPermission\"}"),
        json!(["@{Name=Identity; Value=victor}", "@{Name=User; Value=bob@example.com}", "@{Name=AccessRights; Value=FullAccess;ReadPermission}"]),
    ] {
        let json = native("Add-MailboxPermission", &json!({ "Parameters": parameters }));
        assert_eq!(lines(&json), expected, "{parameters}");
    }
}

#[test]
#[rustfmt::skip]
fn missing_values_are_nobody_and_nothing() {
    for (parameters, expected) in [
        (json!([]), "+ mailbox-permission mailbox:  (unknown)"),
        (json!(null), "+ mailbox-permission mailbox:  (unknown)"),
        (json!("System.Object[]"), "+ mailbox-permission mailbox:  (unknown)"),
        (json!([{ "Name": "Identity" }, { "Value": "x" }, 7, null, "User"]), "+ mailbox-permission mailbox:  (unknown)"),
        (json!([{ "Name": "Identity", "Value": { "a": 1 } }, { "Name": "User", "Value": 7 }]), "+ mailbox-permission mailbox: 7 (unknown) on {\"a\":1}"),
        (json!({ "User": "  ", "Identity": "victor" }), "+ mailbox-permission mailbox:  (unknown) on victor"),
    ] {
        let json = native("Add-MailboxPermission", &json!({ "Parameters": parameters }));
        assert_eq!(lines(&json), [expected], "{parameters}");
    }
}

/// Any JSON, with the names and values that records have more often than by chance.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        3 => any_member().prop_map(|(_, value)| value),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let entry = (any_member(), inner.clone()).prop_map(|((name, value), other)| json!({ "Name": name, "Value": value, "NewValue": other, "OldValue": value, "ID": value, "Type": 2 }));
        let name = any_member().prop_map(|(name, _)| name);
        prop_oneof![
            proptest::collection::vec(prop_oneof![entry, inner.clone()], 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5).prop_map(|members| Value::from(serde_json::Map::from_iter(members))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_json_panics(
        operation in prop_oneof![any_operation(), proptest::sample::select(context::OPERATIONS)],
        [parameters, modified, extended, target, actor, item] in proptest::array::uniform6(any_json()),
        object in any::<String>(),
    ) {
        let record = read(&native(operation, &json!({
            "ObjectId": object, "Parameters": parameters, "ModifiedProperties": modified, "ExtendedProperties": extended,
            "Target": target, "Actor": actor, "Item": item, "MailboxOwnerUPN": object,
        })));
        let all = changes(&record);
        prop_assert!(all.iter().all(|change| change.scope != Scope::Tenant || change.target.is_empty()), "{:?}", all);
        for context in context::context(&record) {
            let is_named = match &context {
                context::Context::Carries { group, roles } => !group.is_empty() && !roles.is_empty(),
                context::Context::Inherits { role, parent } => !role.is_empty() && !parent.is_empty(),
                context::Context::Member { joins, member, .. } => !joins || !member.is_empty(),
                context::Context::Principal { spellings, .. } => !spellings.is_empty(),
            };
            prop_assert!(is_named, "{context:?}");
        }
    }
}
