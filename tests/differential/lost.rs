//! What shapes cannot carry, blanked on both sides of a comparison; each with the reason.
//!
//! Nothing is blanked here that a shape does carry. Not here: the shapes (`demo::shape`).

use grantline::record::{LogonType, Property, Record, value_text};
use serde_json::Value;

/// Shapes that carry everything.
pub fn nothing(_: &Value, _: &mut Record) {}

/// Takes notes that begin so out of what a record says of itself: they are what it should say.
fn forget(record: &mut Record, beginning: &str) {
    let notes: Vec<&str> = record
        .degraded
        .split("; ")
        .filter(|note| !note.starts_with(beginning))
        .collect();
    record.degraded = notes.join("; ");
}

fn is_list(native: &Value, name: &str) -> bool {
    native[name].is_array()
}

/// The lists of a record, and what is found in them.
fn lists(native: &Value, record: &mut Record) {
    record.parameters.clear();
    record.modified.clear();
    record.extended.clear();
    record.properties.clear();
    record.actors.clear();
    record.targets.clear();
    if is_list(native, "AppAccessContext") {
        record.token.clear();
    }
    if is_list(native, "DeviceProperties") {
        record.session.clear();
    }
    // Records of the directory keep the agent in a list.
    if is_list(native, "ExtendedProperties") {
        record.agent.clear();
    }
}

/// `Export-Csv` writes `System.Object[]` for every list, and objects as text in which objects are nothing.
pub fn lists_of_csv(native: &Value, record: &mut Record) {
    lists(native, record);
    forget(record, "PowerShell lost lists inside ");
    for name in ["Folders", "Messages"] {
        if is_list(native, name) {
            record.folders.clear();
        }
    }
    if is_list(native, "AffectedItems") {
        record
            .folders
            .iter_mut()
            .for_each(|folder| folder.items.clear());
    }
    // The folder of an item is an object in an object.
    record.member = None;
    if native["Item"].is_object() {
        record
            .folders
            .iter_mut()
            .for_each(|folder| folder.path.clear());
        record.folders.retain(|folder| !folder.items.is_empty());
        let items = record
            .folders
            .iter_mut()
            .flat_map(|folder| &mut folder.items);
        items.for_each(|item| unclear(&mut String::new(), &mut item.subject));
    }
}

/// Power Query writes `[List]` and `[Record]` for what it was not told to open.
pub fn lists_of_power_query(native: &Value, record: &mut Record) {
    lists(native, record);
    forget(record, "Power Query left ");
    record.folders.clear();
    record.member = None;
}

/// `ConvertTo-Json` writes objects deeper than two as text, in which lists are lost and types with them.
pub fn depth(native: &Value, record: &mut Record) {
    for name in ["Folders", "Messages"] {
        if is_list(native, name) {
            record
                .folders
                .iter_mut()
                .for_each(|folder| folder.items.clear());
        }
        forget(record, &format!("PowerShell lost lists inside {name}"));
    }
    // The folders of the items are objects in objects; the record names the same one beside them.
    forget(record, "PowerShell lost lists inside AffectedItems");
    for property in record.parameters.iter_mut().chain(&mut record.properties) {
        truth(property);
        unclear(&mut property.name, &mut property.value);
    }
    record
        .parameters
        .retain(|property| property.name != UNCLEAR);
    for change in &mut record.modified {
        for value in [&mut change.old, &mut change.new] {
            unclear(&mut change.name, value);
        }
    }
    record.modified.retain(|change| change.name != UNCLEAR);
    for folder in &mut record.folders {
        folder.items.retain_mut(|item| {
            let mut name = String::new();
            unclear(&mut name, &mut item.subject);
            name != UNCLEAR
        });
    }
}

/// PowerShell writes truth values with a capital letter.
fn truth(property: &mut Property) {
    if matches!(property.value.as_str(), "True" | "False") {
        property.value.make_ascii_lowercase();
    }
}

const UNCLEAR: &str = "(unclear)";

/// `@{Name=x; Value=a; b=c}` has two readings, and the end of a value is not marked.
fn unclear(name: &mut String, value: &mut String) {
    if value == "a; b=c" || value == "a" {
        UNCLEAR.clone_into(name);
        value.clear();
    }
    value.truncate(value.trim_end().len());
}

/// Whether the entries of a list cannot be paired again after their members were written as columns of several values each: a member
/// is missing in an entry, or a value holds the separator.
fn is_torn(list: &Value, separators: &[&str]) -> bool {
    let entries = list.as_array().map_or(&[][..], Vec::as_slice);
    let names = |entry: &Value| -> Vec<String> {
        let members = entry.as_object().into_iter().flatten();
        members.map(|(name, _)| name.clone()).collect()
    };
    let unlike = entries
        .windows(2)
        .any(|pair| names(&pair[0]) != names(&pair[1]));
    let held = entries.iter().any(|entry| {
        let mut values = entry.as_object().into_iter().flatten();
        values.any(|(name, _)| {
            let text = value_text(&entry[name.as_str()]);
            separators.iter().any(|separator| text.contains(separator))
        })
    });
    entries.len() > 1 && (unlike || held)
}

/// Blanks at the ends of cells are none of the value, and `null` in a cell is how exports write that there is none.
fn trim(record: &mut Record) {
    let own = |text: &mut String| {
        let trimmed = text.trim().to_owned();
        *text = if trimmed == "null" {
            String::new()
        } else {
            trimmed
        };
    };
    let listed = record
        .parameters
        .iter_mut()
        .chain(&mut record.extended)
        .chain(&mut record.properties);
    listed.for_each(|property| own(&mut property.value));
    for change in &mut record.modified {
        own(&mut change.old);
        own(&mut change.new);
    }
    for folder in &mut record.folders {
        folder
            .items
            .iter_mut()
            .for_each(|item| own(&mut item.subject));
    }
}

/// Fields that Splunk extracts hold the values of a list one a line, without those that are missing, and do not say which of two
/// inner lists is whose.
pub fn splunk_fields(native: &Value, record: &mut Record) {
    columns(native, record, &["\n"]);
    forget(record, "Splunk's columns of ");
}

/// Lists that were written as columns, with what of them cannot be paired again.
fn columns(native: &Value, record: &mut Record, separators: &[&str]) {
    trim(record);
    let torn = |name: &str| is_torn(&native[name], separators);
    if torn("Parameters") {
        record.parameters.clear();
    }
    if torn("ModifiedProperties") {
        record.modified.clear();
    }
    if torn("Target") {
        record.targets.clear();
    }
    if torn("AffectedItems") {
        record.folders.clear();
    }
    let folders = native["Folders"].as_array().map_or(&[][..], Vec::as_slice);
    match folders {
        [] => {}
        [only] => {
            if is_torn(&only["FolderItems"], separators) {
                let items = record
                    .folders
                    .iter_mut()
                    .flat_map(|folder| &mut folder.items);
                items.for_each(|item| item.subject.clear());
            }
        }
        _ => record.folders.clear(),
    }
}

/// The pipeline of Elastic turns lists into objects by name, drops what has no value, writes names without blanks, takes ports from
/// addresses, moves the agent, and puts the user in place of the owner of the mailbox.
pub fn elastic(native: &Value, record: &mut Record) {
    if let Some(ip) = record.address.ip {
        record.address.written = ip.to_string();
    }
    for list in [&mut record.parameters, &mut record.extended] {
        list.retain(|property| !property.value.is_empty() && property.name != "UserAgent");
        list.sort_by(|one, other| one.name.cmp(&other.name));
    }
    for change in &mut record.modified {
        change.name = change.name.replace(' ', "_");
    }
    record
        .modified
        .sort_by(|one, other| one.name.cmp(&other.name));
    let is_item = value_text(&native["RecordType"]) == "2";
    if is_item && record.logon != Some(LogonType::Owner) {
        record.mailbox.owner.clear();
        forget(record, "Elastic's pipeline put the user");
    }
}

/// Discover writes several values into one cell with a comma between them.
pub fn discover(native: &Value, record: &mut Record) {
    columns(native, record, &[", "]);
    elastic(native, record);
    forget(record, "Elastic's columns of ");
    // A name without values has no column.
    record
        .modified
        .retain(|change| !change.old.is_empty() || !change.new.is_empty());
}

/// `OfficeActivity` has no columns for these.
pub fn office(native: &Value, record: &mut Record) {
    record.session.clear();
    record.operation_count = None;
    if is_list(native, "Messages") {
        record.folders.clear();
    }
    // Why a sign-in failed; an interruption is then a failure.
    if native["ErrorNumber"] != Value::Null {
        record.status.clear();
        record.outcome = grantline::record::Outcome::Unknown;
    }
}
