//! How fast records are written. Not a test of anything: `cargo test --release --lib demo::native -- --ignored --nocapture` prints it.

use super::*;
use crate::demo::{directory, sign_in as sign_ins};
use std::time::Instant;

/// Writes an event again and again, with another key each time, and prints the rate.
fn measure(name: &str, writer: fn(&Tenant, &Event, &mut Vec<u8>) -> bool, act: &Act) {
    let tenant = tenant();
    let (mut out, mut bytes, mut count) = (Vec::new(), 0_usize, 0_u32);
    let begun = Instant::now();
    while begun.elapsed().as_millis() < 700 {
        for _ in 0..1000 {
            count += 1;
            out.clear();
            let event = event(count, act.clone());
            assert!(writer(&tenant, &event, &mut out));
            bytes += out.len();
        }
    }
    let nanoseconds = begun.elapsed().as_nanos();
    println!(
        "{name:28} {:5} MB/s {:6} bytes each",
        bytes as u128 * 1000 / nanoseconds,
        bytes / usize::try_from(count).unwrap()
    );
}

#[test]
#[ignore = "measures, and only means something in a release build"]
fn speed() {
    let robot = hand(Actor::Application(OTHER), Client::Rest);
    let web = hand(Actor::Person(USER), Client::WebEdge);
    let one = Mail {
        count: 1,
        ..mail(MailOperation::Bind, owner())
    };
    let parameters = [
        "Identity=user@example.com",
        "User=admin@example.com",
        "AccessRights=FullAccess",
    ];
    let cmdlet = cmdlet("Add-MailboxPermission", web, &parameters);
    let change = change("Update user.", web, Object::Person(USER));
    let interactive = Act::SignIn(sign_in(SignInKind::Interactive, web, 0));
    for (name, act) in [
        ("bind of one, Outlook", Act::Mail(one)),
        (
            "bind of three, Graph",
            Act::Mail(mail(MailOperation::Bind, robot)),
        ),
        ("sync", Act::Mail(mail(MailOperation::Sync, owner()))),
        ("send", Act::Mail(mail(MailOperation::Send, web))),
        (
            "soft delete of three",
            Act::Mail(mail(MailOperation::SoftDelete, web)),
        ),
        ("sign-in, record type 15", interactive.clone()),
        ("cmdlet", Act::Cmdlet(Box::new(cmdlet))),
        (
            "change, record type 8",
            Act::Change(Box::new(change.clone())),
        ),
    ] {
        measure(name, write, &act);
    }
    measure("sign-in of Graph", sign_ins::write, &interactive);
    measure(
        "directory audit of Graph",
        directory::write,
        &Act::Change(Box::new(change)),
    );
}
