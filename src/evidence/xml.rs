//! One XML element to members: the audit exports of Exchange, and objects that PowerShell wrote with `Export-Clixml`.
//!
//! Attributes and children of an `Event` become members; an `Obj` becomes what it was: an object, a list, a text, a number. Entities
//! other than the five of XML and character references stay text: nothing is looked up anywhere. Not here: where elements end
//! (`split`), and what the members mean (`format`).

use super::decode::shown;
use super::fields::Members;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Deepest nesting that is read. `Export-Clixml` goes two levels deep by default, and each takes three elements.
const DEPTH: usize = 64;

/// Most elements and attributes of one row: an audit record has some hundreds.
const PARTS: usize = 200_000;

/// Longest reference that is resolved, in bytes: `&#x10FFFF;` has nine between its marks.
const LONGEST_REFERENCE: usize = 12;

/// Most notes of one row: each goes into every record of it.
const NOTES: usize = 8;

/// Adds a note, once.
fn note(notes: &mut Vec<String>, note: String) {
    if notes.len() < NOTES && !notes.contains(&note) {
        notes.push(note);
    }
}

/// The objects of a row: one, or those of a list that was written as one object.
pub(super) struct Objects {
    pub(super) objects: Vec<Members>,
    /// What was lost on the way, in words.
    pub(super) notes: Vec<String>,
}

/// Reads the element that a row is.
pub(super) fn read(text: &str) -> Result<Objects, String> {
    let (element, mut notes) = element(text)?;
    let objects = if element.name == "Obj" {
        let mut writer = Powershell::new(&element, text.len());
        let objects = writer.rows(&element)?;
        for found in writer.notes {
            note(&mut notes, found);
        }
        objects
    } else {
        vec![Members(members(&element))]
    };
    Ok(Objects { objects, notes })
}

/// An element with all that is in it.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// What it costs to look through, or to write out, without what its children hold.
    fn weight(&self) -> usize {
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, value)| 1 + name.len() + value.len());
        16 + self.text.len() + attributes.sum::<usize>() + self.children.len()
    }

    fn child(&self, names: &[&str]) -> Option<&Self> {
        let mut all = self.children.iter();
        all.find(|child| names.contains(&child.name.as_str()))
    }
}

/// Builds the tree of a row, without recursion.
struct Builder {
    open: Vec<Element>,
    parts: usize,
    notes: Vec<String>,
}

fn element(text: &str) -> Result<(Element, Vec<String>), String> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.check_comments = false;
    let mut builder = Builder {
        open: Vec::new(),
        parts: 0,
        notes: Vec::new(),
    };
    loop {
        let event = reader
            .read_event()
            .map_err(|error| format!("not sound XML: {error}"))?;
        if let Some(element) = builder.take(event)? {
            return Ok((element, builder.notes));
        }
    }
}

impl Builder {
    /// Takes one piece of markup; the whole element once it is closed.
    fn take(&mut self, event: Event<'_>) -> Result<Option<Element>, String> {
        match event {
            Event::Start(start) => self.start(&start)?,
            Event::Empty(start) => {
                self.start(&start)?;
                return Ok(self.end());
            }
            Event::End(_) => return Ok(self.end()),
            Event::Text(text) => self.text(&text.into_inner()),
            Event::CData(text) => self.text(&text.into_inner()),
            Event::GeneralRef(name) => {
                let written = format!("&{};", name.into_inner());
                self.text(&unescaped(&written));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => return Err("not sound XML: the element is not closed".to_owned()),
        }
        Ok(None)
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= DEPTH {
            return Err(format!("XML elements are nested more than {DEPTH} deep"));
        }
        let mut element = Element {
            name: start.name().0.to_owned(),
            ..Element::default()
        };
        let mut names = HashSet::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| format!("not sound XML: {error}"))?;
            let name = attribute.key.0;
            if !names.insert(name) {
                let name = shown(&[name]);
                note(
                    &mut self.notes,
                    format!("attribute {name} stands twice in one element"),
                );
            }
            element
                .attributes
                .push((name.to_owned(), unescaped(&attribute.value)));
            self.count()?;
        }
        self.open.push(element);
        self.count()
    }

    fn count(&mut self) -> Result<(), String> {
        self.parts += 1;
        if self.parts > PARTS {
            return Err(format!("XML element has more than {PARTS} parts"));
        }
        Ok(())
    }

    fn end(&mut self) -> Option<Element> {
        let element = self.open.pop()?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => return Some(element),
        }
        None
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }
}

/// Resolves character references and the five entities of XML; any other stays as it is written.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // Looking for the end of each of many marks that have none would take the square of their number.
        let near = after.bytes().take(LONGEST_REFERENCE + 1);
        let found = near
            .zip(0..)
            .find_map(|(byte, at)| (byte == b';').then_some(at))
            .and_then(|at| Some((resolved(after.get(..at)?)?, after.get(at + 1..)?)));
        if let Some((character, behind)) = found {
            out.push(character);
            rest = behind;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn resolved(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Attributes and children by name.
fn members(element: &Element) -> Vec<(String, Value)> {
    let attributes = element.attributes.iter();
    attributes
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .chain(
            element
                .children
                .iter()
                .map(|child| (child.name.clone(), plain(child))),
        )
        .collect()
}

/// An element of an `Event`: an object if it has attributes, a list if it has children only, text if it has neither.
fn plain(element: &Element) -> Value {
    if !element.attributes.is_empty() {
        Value::Object(first_wins(members(element)))
    } else if element.children.is_empty() {
        Value::from(element.text.trim())
    } else {
        element.children.iter().map(plain).collect()
    }
}

/// Members by name; of two with one name the first stays.
fn first_wins(members: Vec<(String, Value)>) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in members {
        map.entry(name).or_insert(value);
    }
    map
}

/// Elements that hold a list.
const LISTS: [&str; 4] = ["LST", "IE", "QUE", "STK"];

/// Elements that hold the properties of an object: its own, and those added to it.
const PROPERTIES: [&str; 2] = ["Props", "MS"];

/// Elements that hold whole numbers.
const NUMBERS: [&str; 8] = ["I32", "I64", "U32", "U64", "I16", "U16", "By", "SB"];

/// Elements that hold text, a time, an id, or anything else that is kept as it is written.
const TEXTS: [&str; 13] = [
    "S", "DT", "TS", "G", "URI", "Version", "Db", "Sg", "D", "XD", "BA", "SS", "SBK",
];

/// What is said of a row whose objects are not all written out.
const TOO_OFTEN: &str = "objects hold each other too often to be written out";

/// Turns objects that PowerShell wrote into JSON. Source: MS-PSRP, section 2.2.5.
struct Powershell<'a> {
    /// The objects of the row by their number: another object may say "the same again".
    known: HashMap<&'a str, &'a Element>,
    /// Bytes that may still be looked at and produced: objects that hold each other twice would grow without end.
    left: usize,
    notes: Vec<String>,
}

impl<'a> Powershell<'a> {
    fn new(row: &'a Element, length: usize) -> Self {
        let mut known = HashMap::new();
        let mut open = vec![row];
        while let Some(element) = open.pop() {
            if let Some(number) = element.attribute("RefId").filter(|_| element.name == "Obj") {
                known.insert(number, element);
            }
            open.extend(&element.children);
        }
        Self {
            known,
            left: length.saturating_mul(4),
            notes: Vec::new(),
        }
    }

    /// The objects of a row.
    fn rows(&mut self, row: &'a Element) -> Result<Vec<Members>, String> {
        let rows: Vec<Members> = match row.child(&LISTS) {
            Some(list) => {
                let objects = list.children.iter().filter(|child| child.name == "Obj");
                objects
                    .map(|object| Members(self.properties(object, 0)))
                    .collect()
            }
            None => vec![Members(self.properties(row, 0))],
        };
        if rows.iter().all(|row| row.0.is_empty()) {
            return Err("a PowerShell object without properties: not a record".to_owned());
        }
        Ok(rows)
    }

    /// The properties of an object by name.
    fn properties(&mut self, object: &'a Element, depth: usize) -> Vec<(String, Value)> {
        let groups = object.children.iter();
        let mut members = Vec::new();
        for property in groups
            .filter(|group| PROPERTIES.contains(&group.name.as_str()))
            .flat_map(|group| &group.children)
        {
            if self.left == 0 {
                break;
            }
            let name = decoded(property.attribute("N").unwrap_or_default());
            members.push((name, self.value(property, depth + 1)));
        }
        members
    }

    fn value(&mut self, element: &'a Element, depth: usize) -> Value {
        if depth > DEPTH {
            self.note(TOO_OFTEN.to_owned());
            return Value::Null;
        }
        if !self.afford(element) {
            return Value::Null;
        }
        match element.name.as_str() {
            "Obj" => self.object(element, depth),
            "Ref" => self.reference(element, depth),
            "B" => Value::Bool(element.text.trim().eq_ignore_ascii_case("true")),
            "C" => character(&element.text),
            name if NUMBERS.contains(&name) => number(&element.text),
            name if TEXTS.contains(&name) => Value::from(decoded(&element.text)),
            _ => Value::Null,
        }
    }

    /// Counts an element; whether it may still be written out. Once one may not, none may.
    fn afford(&mut self, element: &Element) -> bool {
        self.left = self.left.saturating_sub(element.weight());
        if self.left == 0 {
            self.note(TOO_OFTEN.to_owned());
        }
        self.left > 0
    }

    fn reference(&mut self, element: &'a Element, depth: usize) -> Value {
        let known = element
            .attribute("RefId")
            .and_then(|number| self.known.get(number));
        if let Some(object) = known.copied() {
            return self.value(object, depth + 1);
        }
        let name = shown(&[element.attribute("N").unwrap_or("a list")]);
        self.note(format!("{name} refers to an object of another row"));
        Value::Null
    }

    /// A list, a dictionary, a wrapped value, properties, or what the object said of itself, in this order.
    fn object(&mut self, object: &'a Element, depth: usize) -> Value {
        if let Some(list) = object.child(&LISTS) {
            let entries = list.children.iter();
            return entries.map(|entry| self.value(entry, depth + 1)).collect();
        }
        if let Some(entries) = object.child(&["DCT"]) {
            return self.dictionary(entries, depth);
        }
        let spelling = object.child(&["ToString"]);
        let spelling = spelling.filter(|text| self.afford(text));
        let text = spelling.map(|text| decoded(&text.text));
        let wrapped = object.child(&TEXTS).or_else(|| object.child(&["B"]));
        if let Some(value) = wrapped {
            return self.value(value, depth + 1);
        }
        let mut members = self.properties(object, depth);
        match text {
            Some(text) if members.is_empty() => Value::from(text),
            Some(text) => {
                members.push(("ToString".to_owned(), Value::from(text)));
                Value::Object(first_wins(members))
            }
            None if !members.is_empty() => Value::Object(first_wins(members)),
            // An enumeration without its name.
            None => object
                .child(&NUMBERS)
                .map_or(Value::Null, |value| self.value(value, depth + 1)),
        }
    }

    fn dictionary(&mut self, entries: &'a Element, depth: usize) -> Value {
        let mut members = Vec::new();
        for entry in &entries.children {
            if !self.afford(entry) {
                break;
            }
            let mut part = |name: &str| {
                let mut parts = entry.children.iter();
                parts
                    .find(|part| part.attribute("N") == Some(name))
                    .map_or(Value::Null, |part| self.value(part, depth + 1))
            };
            let (key, value) = (part("Key"), part("Value"));
            members.push((crate::record::value_text(&key), value));
        }
        Value::Object(first_wins(members))
    }

    fn note(&mut self, found: String) {
        note(&mut self.notes, found);
    }
}

fn number(text: &str) -> Value {
    let text = text.trim();
    text.parse::<i64>()
        .map_or_else(|_| Value::from(text), Value::from)
}

/// A character, which PowerShell writes as its number.
fn character(text: &str) -> Value {
    let code = text.trim().parse().ok().and_then(char::from_u32);
    code.map_or_else(|| Value::from(text), |code| Value::from(code.to_string()))
}

/// Text in which PowerShell wrote characters that XML cannot hold, and line ends, as `_x000A_`: UTF-16 units.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        let unit = after
            .get(..4)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .zip(after.get(4..).and_then(|tail| tail.strip_prefix('_')));
        if !before.is_empty() {
            flush(&mut units, &mut out);
            out.push_str(before);
        }
        if let Some((unit, behind)) = unit {
            units.push(unit);
            rest = behind;
        } else {
            flush(&mut units, &mut out);
            out.push_str("_x");
            rest = after;
        }
    }
    flush(&mut units, &mut out);
    out.push_str(rest);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.push_str(&String::from_utf16_lossy(units));
    units.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The objects of a row as JSON, and the notes.
    fn shown(text: &str) -> (String, String) {
        let read = match read(text) {
            Ok(read) => read,
            Err(error) => return (error, String::new()),
        };
        let objects = read.objects.into_iter().map(|members| {
            let members = members.0.iter();
            let members = members.map(|(name, value)| format!("{name}={value}"));
            members.collect::<Vec<_>>().join(" ")
        });
        (
            objects.collect::<Vec<_>>().join(" | "),
            read.notes.join("; "),
        )
    }

    #[test]
    fn events_become_members() {
        for (text, expected) in [
            (
                r#"<Event A="1 &lt;&#x41;&quot;" B='&unknown;'><L><P N="x" V="y"/><P N="z"/></L><T> t<![CDATA[<&]]>&amp; </T><E/></Event>"#,
                r#"A="1 <A\"" B="&unknown;" L=[{"N":"x","V":"y"},{"N":"z"}] T="t<&&" E="""#,
            ),
            (
                r#"<Event A="1"><L><ItemId="00" Subject="s"/></L></Event>"#,
                r#"A="1" L=[{"Subject":"s"}]"#,
            ),
            ("<Event>&a; & &#0; &#xFFFFFFFF;</Event>", ""),
        ] {
            assert_eq!(shown(text), (expected.to_owned(), String::new()), "{text}");
        }
        let (objects, notes) = shown(r#"<Event A="1" A="2"/>"#);
        assert_eq!(objects, r#"A="1" A="2""#);
        assert!(notes.contains("stands twice"), "{notes}");
    }

    #[test]
    fn objects_become_what_they_were() {
        for (inner, expected) in [
            (
                r#"<S N="a">x_x000D__x000A_y_x0041_z_x5F</S>"#,
                "a=\"x\\r\\nyAz_x5F\"",
            ),
            (r#"<S N="a">_xD83D__xDE00_</S>"#, "a=\"\u{1f600}\""),
            (
                r#"<I32 N="a">-5</I32><B N="b">true</B><Nil N="c"/>"#,
                "a=-5 b=true c=null",
            ),
            (
                r#"<DT N="a">2023-06-03T10:13:00+02:00</DT><C N="b">65</C>"#,
                r#"a="2023-06-03T10:13:00+02:00" b="A""#,
            ),
            (
                r#"<Obj N="a" RefId="1"><TN RefId="0"><T>E</T></TN><ToString>Delegate</ToString><I32>2</I32></Obj>"#,
                r#"a="Delegate""#,
            ),
            (
                r#"<Obj N="a" RefId="1"><LST><S>x</S><Obj RefId="2"><ToString>t</ToString><Props><S N="k">v</S></Props></Obj><Ref RefId="2"/></LST></Obj>"#,
                r#"a=["x",{"ToString":"t","k":"v"},{"ToString":"t","k":"v"}]"#,
            ),
            (
                r#"<Obj N="a" RefId="1"><DCT><En><S N="Key">k</S><I64 N="Value">1</I64></En></DCT></Obj>"#,
                r#"a={"k":1}"#,
            ),
            (
                r#"<Obj N="a" RefId="1"><DT>2023-06-03T10:13:00Z</DT><MS><S N="DisplayHint">x</S></MS></Obj>"#,
                r#"a="2023-06-03T10:13:00Z""#,
            ),
        ] {
            let text = format!(r#"<Obj RefId="0"><MS>{inner}</MS></Obj>"#);
            assert_eq!(
                shown(&text),
                (expected.to_owned(), String::new()),
                "{inner}"
            );
        }
        let list = r#"<Obj RefId="0"><LST><Obj RefId="1"><MS><S N="a">1</S></MS></Obj><Obj RefId="2"><MS><S N="a">2</S></MS></Obj></LST></Obj>"#;
        assert_eq!(shown(list).0, r#"a="1" | a="2""#);
    }

    #[test]
    fn hostile_rows_take_no_longer() {
        let many = 30_000;
        let ampersands = "&".repeat(32 * many);
        let names: Vec<_> = (0..many).map(|n| format!(r#" a{n}="" a{n}="""#)).collect();
        let names = names.concat();
        let long = "n".repeat(1 << 20);
        let wide = "<X/>".repeat(many);
        let references = r#"<Ref N="a" RefId="1"/>"#.repeat(many);
        for (text, expected) in [
            (format!(r#"<Event A="{ampersands}"/>"#), "&&&"),
            (format!("<Event{names}/>"), "stands twice"),
            (
                format!(
                    r#"<Obj RefId="0"><MS><Obj N="b" RefId="1">{wide}</Obj>{references}</MS></Obj>"#
                ),
                "hold each other",
            ),
            (
                format!(
                    r#"<Obj RefId="0"><MS><Obj N="b" RefId="1"><ToString>{long}</ToString></Obj>{references}</MS></Obj>"#
                ),
                "hold each other",
            ),
            (
                format!(
                    r#"<Obj RefId="0"><MS><Obj N="b" RefId="1"><MS><S N="{long}"/></MS></Obj>{references}</MS></Obj>"#
                ),
                "hold each other",
            ),
        ] {
            let (objects, notes) = shown(&text);
            let head: String = objects.chars().take(100).collect();
            assert!(
                objects.contains(expected) || notes.contains(expected),
                "{expected}: {head}; {notes}"
            );
            assert!(objects.len() <= text.len() * 8 && notes.len() < 1000);
        }
    }

    #[test]
    fn what_hostile_rows_try() {
        let deep = |name: &str| "<a>".repeat(10_000).replace('a', name);
        let chain: Vec<String> = (0..5000)
            .map(|n| {
                format!(
                    r#"<Obj RefId="{n}"><LST><Ref RefId="{}"/><Ref RefId="{}"/></LST></Obj>"#,
                    n + 1,
                    n + 1
                )
            })
            .collect();
        let chain = chain.concat();
        for (text, expected) in [
            (deep("a"), "nested more than"),
            (deep("Obj"), "nested more than"),
            (
                "<a/>".repeat(PARTS + 1).replacen("<a/>", "<b>", 1),
                "more than",
            ),
            ("<Event".to_owned(), "not sound XML"),
            ("<Event a=b/>".to_owned(), "not sound XML"),
            ("<Event></Obj>".to_owned(), "not sound XML"),
            ("<Event>".to_owned(), "is not closed"),
            (
                r#"<Obj RefId="0"><S>x</S></Obj>"#.to_owned(),
                "without properties",
            ),
            (
                r#"<Obj RefId="0"><MS><Ref N="a" RefId="7"/></MS></Obj>"#.to_owned(),
                "a refers to an object of another row",
            ),
            (
                r#"<Obj RefId="0"><MS><Ref N="a" RefId="0"/></MS></Obj>"#.to_owned(),
                "hold each other",
            ),
            (
                format!(
                    r#"<Obj RefId="x"><MS><Obj N="a" RefId="y"><LST>{chain}</LST></Obj></MS></Obj>"#
                ),
                "hold each other",
            ),
        ] {
            let (objects, notes) = shown(&text);
            assert!(
                format!("{objects};{notes}").contains(expected),
                "{expected}: {notes}"
            );
        }
    }
}
