//! How rows become bytes: lines, tables, documents, and the ways of PowerShell.
//!
//! Not here: which columns a row has (`shapes`).

use serde_json::{Value, json};
use std::fmt::Write as _;

/// Cells under their column names.
pub type Row = Vec<(String, String)>;

/// A row of some cells.
pub fn row(cells: &[(&str, String)]) -> Row {
    let owned = |(name, cell): &(&str, String)| ((*name).to_owned(), cell.clone());
    cells.iter().map(owned).collect()
}

/// The members of an object.
pub fn elements(record: &Value) -> impl Iterator<Item = (&String, &Value)> {
    record.as_object().into_iter().flatten()
}

/// A member as text.
pub fn text_at(record: &Value, name: &str) -> String {
    grantline::record::value_text(&record[name])
}

/// JSON as Microsoft's own writers spell it.
pub fn slashed(record: &Value) -> String {
    record.to_string().replace('/', "\\/")
}

/// One JSON document.
pub fn bytes(value: &Value, is_pretty: bool) -> Vec<u8> {
    let text = if is_pretty {
        format!("{value:#}")
    } else {
        value.to_string()
    };
    text.into_bytes()
}

/// Every record as text, with something between them.
pub fn each(records: &[Value], write: impl Fn(&Value) -> String, between: &str) -> String {
    let texts: Vec<String> = records.iter().map(write).collect();
    texts.join(between)
}

/// One record a line.
pub fn lines(records: &[Value], write: impl Fn(&Value) -> String) -> Vec<u8> {
    (each(records, write, "\n") + "\n").into_bytes()
}

/// Header and cells of a table: every column that a row has, in the order in which they are first met.
pub fn table_of(
    records: &[Value],
    write: impl Fn(&Value) -> Row,
) -> (Vec<String>, Vec<Vec<String>>) {
    let rows: Vec<Row> = records.iter().map(write).collect();
    let mut header: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !header.contains(name) {
            header.push(name.clone());
        }
    }
    let cell = |row: &Row, name: &String| {
        let found = row.iter().find(|(own, _)| own == name);
        found.map_or_else(String::new, |(_, cell)| cell.clone())
    };
    let cells = rows
        .iter()
        .map(|row| header.iter().map(|name| cell(row, name)).collect());
    let cells = cells.collect();
    (header, cells)
}

/// A table as PowerShell writes it.
pub fn table(records: &[Value], delimiter: char, write: impl Fn(&Value) -> Row) -> String {
    let (header, rows) = table_of(records, write);
    let mut text = String::new();
    for cells in std::iter::once(&header).chain(&rows) {
        let quoted: Vec<String> = cells
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
            .collect();
        let _ = write!(text, "{}\r\n", quoted.join(&delimiter.to_string()));
    }
    text
}

/// The same with commas.
pub fn csv(records: &[Value], write: impl Fn(&Value) -> Row) -> Vec<u8> {
    table(records, ',', write).into_bytes()
}

/// Two pages of an answer, one behind the other.
pub fn pages(objects: &[Value]) -> String {
    let (one, other) = objects.split_at(objects.len() / 2);
    let context =
        "https://graph.microsoft.com/beta/$metadata#security/auditLog/queries('q')/records";
    let next = "https://graph.microsoft.com/beta/next?$skiptoken=x";
    let first = json!({"@odata.context": context, "@odata.nextLink": next, "value": one});
    let second = json!({"@odata.context": context, "value": other});
    format!("{first:#}\r\n{second:#}")
}

/// The names of a record in lower case; those inside of lists stay.
pub fn lowered(record: &Value) -> Value {
    elements(record)
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A value in a string of PowerShell: `@{Name=x; Value=y}`; of what lies deeper only the type is left, or nothing.
pub fn powershell(value: &Value) -> String {
    let inner = |value: &Value| match value {
        Value::Array(_) => "System.Object[]".to_owned(),
        Value::Object(_) => String::new(),
        value => powershell(value),
    };
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name}={}", inner(value)))
                .collect();
            format!("@{{{}}}", members.join("; "))
        }
        Value::Array(_) => "System.Object[]".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        value => grantline::record::value_text(value),
    }
}

/// What `ConvertTo-Json` leaves of a value that stands so deep.
pub fn raw(value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) if depth > 2 => json!(powershell(value)),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), raw(value, depth + 1)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(|value| raw(value, depth + 1)).collect(),
        value => value.clone(),
    }
}

/// A record as fields of its own, of one value or of several; lists are marked.
pub fn spread(record: &Value, mark: &str) -> Vec<(String, Vec<String>)> {
    let mut fields = Vec::new();
    put(record, "", mark, &mut fields);
    fields
}

fn put(value: &Value, name: &str, mark: &str, fields: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(members) => {
            let dot = if name.is_empty() { "" } else { "." };
            for (member, value) in members {
                put(value, &format!("{name}{dot}{member}"), mark, fields);
            }
        }
        Value::Array(values) => {
            for value in values {
                put(value, &format!("{name}{mark}"), mark, fields);
            }
        }
        value => {
            let text = grantline::record::value_text(value);
            match fields.iter_mut().find(|(own, _)| own == name) {
                Some((_, texts)) => texts.push(text),
                None => fields.push((name.to_owned(), vec![text])),
            }
        }
    }
}

/// `Export-Clixml` of rows.
pub fn clixml(records: &[Value], write: impl Fn(&Value) -> Row) -> Vec<u8> {
    let escaped = |text: &str| {
        text.replace("_x", "_x005F_x")
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let mut text = String::from(
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n",
    );
    for (number, record) in records.iter().enumerate() {
        let _ = write!(
            text,
            "  <Obj RefId=\"{number}\">\r\n    <TN RefId=\"{number}\"><T>Deserialized.UnifiedAuditLogEvent</T></TN>\r\n    <Props>\r\n"
        );
        for (name, cell) in write(record) {
            let _ = write!(text, "      <S N=\"{name}\">{}</S>\r\n", escaped(&cell));
        }
        text.push_str("    </Props>\r\n  </Obj>\r\n");
    }
    (text + "</Objs>").into_bytes()
}
