//! What wrong scenario files are told.

use super::bench::{PERIOD, tenant};
use crate::demo::story::{self, Script};

/// A small file without a fault.
const SOUND: &str = r#"
name = "sound"
title = "A sound one"
attack = ["T1098.002"]
difficulty = "easy"
hints = ["Look."]
proof = "It is there."
needs = { users = 5, days = 14 }

[abuse]
story = "{admin.name} opens {victim.name}."
severity = "high"
cast = [
  { as = "admin", role = ["exchange-administrator"] },
  { as = "victim", role = ["executive"] },
]
places = [{ as = "away", country = ["RU"], network = "hosting" }]
grants = [{ as = "full", road = "mailbox-permission", grantee = "admin", target = "victim", rights = ["FullAccess"] }]
steps = [
  { do = "sign-in", by = "admin", from = "away", clock = "02:10" },
  { do = "cmdlet", by = "admin", from = "away", operation = "Add-MailboxPermission", object = "{victim.canonical}", parameters = [["User", "{admin.upn}"]], after = "4m", label = "grant" },
  { do = "bind", by = "admin", from = "away", mailbox = "victim", messages = "3", label = "access" },
]

[[look-alike]]
title = "A fine one"
story = "Fine."
severity = "low"
cast = [{ as = "admin", role = ["exchange-administrator"] }]
steps = [{ do = "sign-in", by = "admin", clock = "09:10" }]
"#;

/// What reading and staging a file come to.
fn told(text: &str) -> Result<usize, String> {
    let script = story::read("sound", text).map_err(|fault| fault.to_string())?;
    let mut tenant = tenant(1, 40, "Europe/Amsterdam");
    let scripts: [Result<&Script, _>; 1] = [Ok(&script)];
    let staged = story::run(&mut tenant, PERIOD, &scripts, &|_| true);
    staged
        .map(|staged| staged.events.len())
        .map_err(|fault| fault.to_string())
}

#[test]
fn a_sound_file_stages() {
    assert_eq!(told(SOUND), Ok(4));
}

/// What is replaced by what, and what the fault must say.
const CASES: &[(&str, &str, &[&str])] = &[
    (
        "do = \"bind\"",
        "do = \"peek\"",
        &["sound.toml:22:", "no verb `peek`", "sign-in", "bind"],
    ),
    (
        "clock = \"02:10\"",
        "clock = \"25:10\"",
        &["sound.toml:20:", "`25:10` is not a time of day", "02:10"],
    ),
    (
        "after = \"4m\"",
        "after = \"soon\"",
        &["sound.toml:21:", "`soon` is not a span"],
    ),
    (
        "messages = \"3\"",
        "messages = \"3-1\"",
        &["sound.toml:22:", "`3-1` is not a count"],
    ),
    (
        "\"executive\"",
        "\"emperor\"",
        &["sound.toml:15:", "no role `emperor`", "chief-executive"],
    ),
    (
        "T1098.002",
        "T0000",
        &["sound.toml:4:", "no ATT&CK id `T0000`"],
    ),
    (
        "title = \"A sound one\"",
        "tilte = \"x\"",
        &["sound.toml:3:1:", "tilte"],
    ),
    (
        "label = \"grant\"",
        "label = \"gift\"",
        &["sound.toml:21:", "gift", "precursor"],
    ),
    (
        "name = \"sound\"",
        "name = \"other\"",
        &["calls itself `other`"],
    ),
    (
        "mailbox = \"victim\"",
        "mailbox = \"vicar\"",
        &[
            "the abuse",
            "step 3 (`bind`)",
            "no `vicar` in the cast",
            "admin, victim",
        ],
    ),
    (
        "{victim.canonical}",
        "{victim.shoe}",
        &[
            "step 2 (`cmdlet`)",
            "no placeholder `{victim.shoe}`",
            "guid",
            "address",
        ],
    ),
    (
        "{victim.canonical}",
        "{vicar.guid}",
        &["step 2 (`cmdlet`)", "no `vicar`"],
    ),
    (
        "{victim.canonical}",
        "{victim",
        &["step 2 (`cmdlet`)", "a lone `{`"],
    ),
    (
        "from = \"away\", mailbox",
        "from = \"afar\", mailbox",
        &["step 3 (`bind`)", "no place `afar`", "away, home, office"],
    ),
    (
        "mailbox = \"victim\", ",
        "",
        &["step 3 (`bind`)", "it needs `mailbox`"],
    ),
    (
        "messages = \"3\"",
        "messages = \"3\", permission = \"x\"",
        &["step 3 (`bind`)", "no use for `permission`"],
    ),
    (
        "label = \"access\"",
        "label = \"access\", of = \"half\"",
        &["step 3 (`bind`)", "no grant `half`"],
    ),
    (
        "after = \"4m\", ",
        "after = \"4m\", clock = \"02:10\", ",
        &["step 2 (`cmdlet`)", "exclude each other"],
    ),
    (
        ", label = \"grant\"",
        "",
        &["the abuse", "no step makes the grant `full`"],
    ),
    (
        "role = [\"executive\"]",
        "role = [\"executive\"], assisted-by = \"admin\"",
        &["the cast `victim` must have one of"],
    ),
    (
        "role = [\"executive\"]",
        "new = \"guest\", names = [\"A B\"]",
        &["the cast `victim` needs `domain`"],
    ),
    (
        "role = [\"executive\"]",
        "role = [\"executive\"], count = 90",
        &["needs at least 90 executives"],
    ),
    ("[\"RU\"]", "[\"XX\"]", &["the place `away`", "no country"]),
    (
        "clock = \"09:10\"",
        "clock = \"09:10\", error = 70000000000",
        &["sound.toml:30:"],
    ),
];

#[test]
fn faults_say_what_is_wrong_and_where() {
    for (from, to, says) in CASES {
        assert!(SOUND.contains(from), "{from}");
        let text = told(&SOUND.replacen(from, to, 1)).unwrap_err();
        for part in *says {
            assert!(text.contains(part), "{from} -> {to}: {text}\nlacks {part}");
        }
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[test]
fn a_label_on_a_record_that_is_in_no_unified_log_is_a_fault() {
    let silent = "clock = \"02:10\", silent = true, label = \"precursor\"";
    let text = told(&SOUND.replacen("clock = \"02:10\"", silent, 1)).unwrap_err();
    assert!(
        text.contains("step 1 (`sign-in`)") && text.contains("unified log"),
        "{text}"
    );
}

#[test]
fn a_file_without_a_look_alike_is_a_fault() {
    let at = SOUND.find("[[look-alike]]").unwrap();
    let text = told(SOUND.get(..at).unwrap()).unwrap_err();
    assert!(text.contains("look-alike"), "{text}");
}
