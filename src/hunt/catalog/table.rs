//! Lines of the catalogues: fields between commas, in quotes where they have commas themselves, `#` before a remark.
//!
//! Not here: what a field means.

/// A line with its number, from 1, and its fields with the column, from 1, at which each begins.
pub(super) struct Line {
    /// Number of the line, from 1.
    pub number: usize,
    /// Each field with its first column, counted in characters from 1.
    pub fields: Vec<(usize, String)>,
}

/// The fields of every line that can be read.
pub(super) fn rows(text: &str) -> impl Iterator<Item = Vec<String>> + '_ {
    let lines = lines(text).filter_map(Result::ok);
    lines.map(|line| line.fields.into_iter().map(|(_, field)| field).collect())
}

/// Every line that is neither empty nor a remark.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Result<Line, String>> + '_ {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    lines
        .filter(|(line, _)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(line, number)| {
            let fields = fields(line).map_err(|fault| format!("line {number}, {fault}"))?;
            Ok(Line { number, fields })
        })
}

fn fields(line: &str) -> Result<Vec<(usize, String)>, String> {
    let mut characters = line.chars().zip(1..).peekable();
    let mut fields = Vec::new();
    let mut start = 1;
    loop {
        let field = match characters.next_if(|(character, _)| *character == '"') {
            Some(_) => {
                quoted(&mut characters).ok_or(format!("column {start}: a quote is not closed"))?
            }
            None => std::iter::from_fn(|| characters.next_if(|(character, _)| *character != ','))
                .map(|(character, _)| character)
                .collect(),
        };
        fields.push((start, field.trim().to_owned()));
        match characters.next() {
            None => return Ok(fields),
            Some((',', at)) => start = at + 1,
            Some((_, at)) => {
                return Err(format!("column {at}: a comma must follow a closed quote"));
            }
        }
    }
}

/// The text up to the closing quote; two quotes are one.
fn quoted(
    characters: &mut std::iter::Peekable<impl Iterator<Item = (char, usize)>>,
) -> Option<String> {
    let mut text = String::new();
    loop {
        match characters.next()? {
            ('"', _) if characters.next_if(|(next, _)| *next == '"').is_none() => {
                return Some(text);
            }
            (character, _) => text.push(character),
        }
    }
}
