//! Directory audits of Graph, read back by the reader that reads real ones. What acts become in both logs is tested with the acts.

use super::*;
use crate::demo::client::Client;
use crate::demo::native::stage::{
    ADMIN, OTHER, OWN, USER, address, change, event, hand, json, read, tenant,
};
use crate::record::Record;

fn act(actor: Actor, client: Client, operation: &'static str) -> Act {
    let hand = hand(actor, client);
    Act::Change(Box::new(change(operation, hand, Object::Person(USER))))
}

fn listed(act: Act) -> Record {
    let (format, mut records) = read(write, &[event(1, act)]);
    assert_eq!(format, "graph-directory-audits");
    records.pop().unwrap()
}

#[test]
fn names_lose_their_full_stop_and_nothing_else() {
    for (operation, expected) in [
        ("Update user.", "Update user"),
        (
            "Update application \u{2013} Certificates and secrets management ",
            "Update application \u{2013} Certificates and secrets management ",
        ),
    ] {
        let event = event(1, act(Actor::Person(ADMIN), Client::EntraPortal, operation));
        assert_eq!(json(write, &event)["activityDisplayName"], expected);
    }
}

#[test]
fn people_applications_and_services_initiate() {
    let person = listed(act(
        Actor::Person(ADMIN),
        Client::WebEdge,
        "Consent to application.",
    ));
    assert_eq!(person.user, "admin@example.com");
    assert_eq!(person.address.ip, Some(address()));
    let object = tenant().application(OTHER).unwrap().object;
    let robot = listed(act(Actor::Application(OTHER), Client::Rest, "Update user."));
    assert_eq!(robot.user, format!("ServicePrincipal_{object}"));
    let service = Actor::Service(Service::Certificate);
    let service = listed(act(service, Client::Server, "Add service principal."));
    assert!(service.user.starts_with("ServicePrincipal_"));
}

#[test]
fn values_are_json_in_texts() {
    let Act::Change(mut changed) = act(Actor::Person(ADMIN), Client::EntraPortal, "Update user.")
    else {
        panic!("a change")
    };
    changed.modified = vec![
        (
            "List".into(),
            "[]".to_owned(),
            "[\r\n  \"a\"\r\n]".to_owned(),
        ),
        ("Text".into(), String::new(), "[a] => \"b\"".to_owned()),
    ];
    let written = json(write, &event(1, Act::Change(changed)));
    let properties = &written["targetResources"][0]["modifiedProperties"];
    assert_eq!(properties[0]["oldValue"], "[]");
    assert_eq!(properties[0]["newValue"], "[\"a\"]");
    assert_eq!(properties[1]["oldValue"], Value::Null);
    assert_eq!(properties[1]["newValue"], r#""[a] => \"b\"""#);
}

#[test]
fn ids_name_the_correlation_and_differ() {
    let acts = [1, 2].map(|at| {
        let event = event(
            at,
            act(Actor::Person(ADMIN), Client::EntraPortal, "Update user."),
        );
        json(write, &event)
    });
    let [one, other] = acts;
    let id = one["id"].as_str().unwrap();
    let correlation = one["correlationId"].as_str().unwrap();
    assert!(id.starts_with(&format!("Directory_{correlation}_")), "{id}");
    assert_ne!(one["id"], other["id"]);
    assert_eq!(one["correlationId"], other["correlationId"]);
}

#[test]
fn the_other_object_of_an_assignment_is_a_target_too() {
    let tenant = tenant();
    let role = crate::demo::change::app_role(
        &tenant,
        hand(Actor::Person(ADMIN), Client::EntraPortal),
        OWN,
        crate::demo::event::Resource::Graph,
        "Mail.Read",
        false,
        1,
    );
    let record = listed(Act::Change(Box::new(role)));
    let names: Vec<&str> = record
        .targets
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    assert_eq!(names, ["Microsoft Graph", "Own"]);
}
