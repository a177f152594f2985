//! The shape of the source: which module may name which, and the house rules that no lint knows.
//!
//! The order of [`LAYERS`] *is* the architecture (`src/lib.rs` pictures it). The scan is plain text, with comments and literals
//! blanked, so that it needs no parser and nobody can hide from it by accident. Not here: what clippy and rustc check themselves.

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Every top-level module, lowest first. A module may name itself and those above it in this list.
///
/// Test files (`tests.rs`, a `tests` folder, and what follows `#[cfg(test)] mod tests {` in a file) may reach up: a test of a
/// low module may set its stage with a high one, and nothing built depends on it.
const LAYERS: &[&str] = &[
    "text", "time", "net", "record", "query", "evidence", "store", "hunt", "case", "export",
    "demo", "job", "tui", "cli", "lib", "main",
];

/// Crates that one place alone may name, and that place.
const KEPT: &[(&str, &str)] = &[("tantivy", "store"), ("rusqlite", "case")];

/// Longest function, in lines.
const LONGEST_FUNCTION: usize = 60;

/// Fewest words of a `///` text.
const FEWEST_WORDS: usize = 3;

/// A source file: where it is, what it says, and the same with comments and literals blanked.
struct Source {
    path: PathBuf,
    module: String,
    text: String,
    code: String,
    is_test: bool,
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let inside = path.strip_prefix(root).unwrap();
        let first = inside.components().next().unwrap().as_os_str();
        let module = Path::new(first).file_stem().unwrap().to_string_lossy();
        let is_test = inside
            .components()
            .any(|part| ["tests", "tests.rs"].contains(&&*part.as_os_str().to_string_lossy()));
        Self {
            path: inside.to_owned(),
            module: module.into_owned(),
            code: blanked(&text),
            text,
            is_test,
        }
    }

    /// The lines that are built into the program, with their numbers.
    fn built(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.code.find("#[cfg(test)]\nmod tests {");
        let built = if self.is_test { Some(0) } else { end };
        let code = self.code.get(..built.unwrap_or(self.code.len())).unwrap();
        (1..).zip(code.lines())
    }

    fn layer(&self) -> usize {
        let at = LAYERS.iter().position(|layer| *layer == self.module);
        assert!(at.is_some(), "{} is in no layer", self.path.display());
        at.unwrap()
    }

    fn at(&self, line: usize) -> String {
        format!("src/{}:{line}", self.path.display())
    }
}

/// Every source file of the program.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    assert!(paths.len() > LAYERS.len(), "{paths:?}");
    paths.iter().map(|path| Source::read(&root, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    for path in found {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The source with comments and the insides of literals turned into blanks; every line keeps its number.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = blank_length(rest).max(first.len_utf8());
        let (piece, after) = rest.split_at(length);
        if length > first.len_utf8() {
            code.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            code.push_str(piece);
        }
        rest = after;
    }
    code
}

/// Bytes of the comment or literal that `rest` begins with; nothing when it begins with neither.
fn blank_length(rest: &str) -> usize {
    let until = |end: &str, from: usize| {
        rest.get(from..)
            .and_then(|tail| tail.find(end))
            .map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    if rest.starts_with("r\"") {
        return until("\"", 2);
    }
    if rest.starts_with("r#\"") {
        return until("\"#", 3);
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    // A lifetime has no closing quote where a character's would be.
    let mut after = rest.chars().skip(1);
    let is_character = rest.starts_with('\'')
        && match after.next() {
            Some('\\') => true,
            _ => after.next() == Some('\''),
        };
    if is_character {
        return quoted_length(rest, '\'');
    }
    0
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if character == quote => return at + character.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// The names that follow a path prefix such as `crate::` on a line.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).map(move |(at, _)| {
        let tail = line.get(at + prefix.len()..).unwrap();
        let end = tail.find(|c: char| !c.is_alphanumeric() && c != '_');
        tail.get(..end.unwrap_or(tail.len())).unwrap()
    })
}

/// Fails with every fault at once.
fn none(faults: &[String], rule: &str) {
    let mut list = String::new();
    for fault in faults {
        let _ = writeln!(list, "  {fault}");
    }
    assert!(faults.is_empty(), "{rule}:\n{list}");
}

#[test]
fn a_module_names_only_modules_below_it() {
    let mut faults = Vec::new();
    for source in sources() {
        let here = source.layer();
        for (line, code) in source.built() {
            for name in names_after(code, "crate::") {
                match LAYERS.iter().position(|layer| *layer == name) {
                    Some(there) if there <= here => {}
                    Some(_) => faults.push(format!(
                        "{}: {} names {name}, which is above it",
                        source.at(line),
                        source.module
                    )),
                    None => faults.push(format!("{}: {name} is in no layer", source.at(line))),
                }
            }
        }
    }
    none(
        &faults,
        "a module may name only itself and modules below it",
    );
}

#[test]
fn no_path_climbs_out_of_its_module_unseen() {
    let mut faults = Vec::new();
    for source in sources() {
        let depth = source.path.components().count();
        for (line, code) in source.built() {
            if code.contains("use crate::{") || code.contains("use crate::*") {
                faults.push(format!("{}: one module a line", source.at(line)));
            }
            if code.contains(&"super::".repeat(depth)) {
                faults.push(format!("{}: super:: reaches the crate", source.at(line)));
            }
        }
    }
    none(&faults, "other modules are named by `crate::name`");
}

#[test]
fn one_module_alone_names_each_engine() {
    let mut faults = Vec::new();
    for source in sources() {
        for (line, code) in source.built() {
            for (engine, home) in KEPT {
                let named = code.contains(&format!("{engine}::"))
                    || code.contains(&format!("use {engine};"));
                if named && source.module != *home {
                    faults.push(format!("{}: {engine}", source.at(line)));
                }
            }
        }
    }
    none(&faults, "an engine is hidden behind one module");
}

#[test]
fn only_the_database_and_the_error_that_carries_it_name_sqlite() {
    let named = sources().into_iter().filter(|source| {
        let mut built = source.built();
        built.any(|(_, code)| code.contains("rusqlite"))
    });
    let files: Vec<String> = named
        .map(|source| source.path.to_string_lossy().into_owned())
        .collect();
    let elsewhere: Vec<&String> = files
        .iter()
        .filter(|file| !file.starts_with("case/database"))
        .collect();
    assert_eq!(elsewhere, ["case.rs"]);
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let faults: Vec<String> = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.at(1))
        .collect();
    none(&faults, "a file opens with `//!`");
}

#[test]
fn no_lint_is_silenced_for_good() {
    let mut faults = Vec::new();
    for source in sources() {
        let lines = (1..).zip(source.code.lines());
        let silenced = lines.filter(|(_, code)| code.contains("[allow("));
        faults.extend(silenced.map(|(line, _)| source.at(line)));
    }
    none(
        &faults,
        "`#[expect(lint, reason)]` says when it is no longer needed",
    );
}

/// The `///` texts of a file, each joined from its lines, with the number of the first.
fn texts(source: &Source) -> Vec<(usize, String)> {
    let mut texts: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(source.text.lines()) {
        match line.trim_start().strip_prefix("///") {
            Some(part) if is_open => {
                if let Some((_, text)) = texts.last_mut() {
                    text.push_str(part);
                }
            }
            Some(part) => texts.push((number, part.to_owned())),
            None => {}
        }
        is_open = line.trim_start().starts_with("///");
    }
    texts
}

#[test]
fn every_text_on_an_item_says_something() {
    let words = |text: &str| text.split_whitespace().count();
    let mut faults = Vec::new();
    for source in sources() {
        let poor = texts(&source).into_iter();
        let poor = poor.filter(|(_, text)| words(text) < FEWEST_WORDS);
        faults.extend(poor.map(|(line, text)| format!("{}:{text}", source.at(line))));
    }
    none(&faults, "a `///` text has at least three words");
}

/// The functions of a file that are built in: first line and number of lines, down to the closing brace. Tests are mostly tables, and
/// clippy's hundred lines are limit enough for them.
fn functions(source: &Source) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = source.built().map(|(_, line)| line).collect();
    let begins = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.contains(&"fn") && line.contains(['(', '<'])
    };
    let starts = (0..lines.len()).filter(|at| begins(lines[*at]));
    starts
        .filter_map(|start| Some((start + 1, body_length(&lines[start..])?)))
        .collect()
}

/// Lines down to the brace that closes the first one opened; nothing for a declaration or a type.
fn body_length(lines: &[&str]) -> Option<usize> {
    let (mut open, mut nested) = (0_u32, 0_u32);
    for (at, line) in lines.iter().enumerate() {
        for character in line.chars() {
            match character {
                '(' | '[' => nested += 1,
                ')' | ']' => nested = nested.checked_sub(1)?,
                '{' => open += 1,
                '}' => {
                    open = open.checked_sub(1)?;
                    if open == 0 {
                        return Some(at + 1);
                    }
                }
                ';' | ',' | '=' if open == 0 && nested == 0 && line.trim_end().ends_with(';') => {
                    return None;
                }
                _ => {}
            }
        }
    }
    None
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut faults = Vec::new();
    for source in sources() {
        for (line, length) in functions(&source) {
            if length > LONGEST_FUNCTION {
                faults.push(format!("{}: {length} lines", source.at(line)));
            }
        }
    }
    none(&faults, "a function has at most 60 lines");
}

#[test]
fn the_scan_sees_code_and_not_what_looks_like_it() {
    let code = blanked("a('{', 'x, \"}\\\"}\", r#\"}\"}\"#) // }\n/* } */ 'a: { '\\'' }");
    assert_eq!(code.replace(' ', ""), "a(,'x,,)\n'a:{}");
    let lengths: Vec<usize> = [
        "fn a() {\n}",
        "fn a();\n{}",
        "fn a<T: F<[u8; 2]>>(\n)\n{ {\n} }",
    ]
    .iter()
    .filter_map(|text| body_length(&text.lines().collect::<Vec<_>>()))
    .collect();
    assert_eq!(lengths, [2, 4]);
    assert_eq!(
        names_after("crate::a::b(crate::c_d)", "crate::").collect::<Vec<_>>(),
        ["a", "c_d"]
    );
}
