//! The why pane: a grant in one sentence, then each reason with its bits, what is not known, what followed, where it stands in the
//! evidence, and what an analyst decided.
//!
//! Wrapped lines only; where the pane lies is the screen's business.

use crate::case::Mark;
use crate::hunt::{Grant, Listing, ScoredGrant};
use crate::time::show;
use crate::tui::data::Data;
use crate::tui::screen::strip;
use crate::tui::sentence;
use crate::tui::theme::Ink;
use crate::tui::widget::lines::{Line, Piece, piece, wrap};

/// Columns before the text of a labelled line.
const INDENT: usize = 9;

/// Record ids shown; the rest are counted.
const SOURCES: usize = 4;

/// The pane as wrapped lines.
pub fn lines(scored: &ScoredGrant, data: &Data, width: usize) -> Vec<Line> {
    let mut out = wrap(
        &[piece(sentence::grant(&scored.grant), Ink::Strong)],
        width,
        2,
    );
    let mut add = |label: &str, label_ink: Ink, text: Vec<Piece>| {
        out.extend(labelled(label, label_ink, text, width));
    };
    let severity = scored.severity.word().to_uppercase();
    add(
        &format!("{:.1} bits", scored.score),
        strip::ink(scored.severity),
        vec![
            piece(severity, strip::ink(scored.severity)),
            piece(
                format!(" · {}", sentence::class_and_state(&scored.grant)),
                Ink::Plain,
            ),
        ],
    );
    if let Some(mark) = data.mark(&scored.grant.id) {
        add("mark", Ink::Label, mark_text(mark));
    }
    add(
        "when",
        Ink::Label,
        vec![piece(sentence::when_and_where(&scored.grant), Ink::Plain)],
    );
    parties(&scored.grant, &mut add);
    reasons(scored, &mut add);
    add(
        "after",
        Ink::Label,
        vec![piece(sentence::accesses(scored), Ink::Plain)],
    );
    let exposure = sentence::exposure(scored);
    if !exposure.is_empty() {
        add("exposed", Ink::Label, vec![piece(exposure, Ink::Plain)]);
    }
    sources(scored, data, &mut add);
    out
}

/// Who takes part, as far as a name alone does not say it, and how the grant compares with listings.
fn parties(grant: &Grant, add: &mut impl FnMut(&str, Ink, Vec<Piece>)) {
    for (label, party) in [
        ("actor", &grant.actor),
        ("grantee", &grant.grantee),
        ("target", &grant.target),
    ] {
        let notes = sentence::party(party);
        if !notes.is_empty() {
            let doubtful = !party.candidates.is_empty() || !party.resembles.is_empty();
            let ink = if doubtful { Ink::Warning } else { Ink::Plain };
            add(label, Ink::Label, vec![piece(notes, ink)]);
        }
    }
    if grant.listing != Listing::Unknown {
        let reason = sentence::name_or(&grant.listing_reason, grant.listing.word());
        add("listing", Ink::Label, vec![piece(reason, Ink::Plain)]);
    }
}

fn reasons(scored: &ScoredGrant, add: &mut impl FnMut(&str, Ink, Vec<Piece>)) {
    for signal in &scored.signals {
        let detail = piece(signal.detail.as_str(), Ink::Plain);
        let name = piece(format!("  {}", signal.name), Ink::Dim);
        add(
            &format!("{:+.1}", signal.bits),
            bits_ink(signal.bits),
            vec![detail, name],
        );
    }
    for unknown in &scored.unknowns {
        let known = piece("not known: ", Ink::Warning);
        add(
            "?",
            Ink::Warning,
            vec![known, piece(unknown.as_str(), Ink::Plain)],
        );
    }
}

fn sources(scored: &ScoredGrant, data: &Data, add: &mut impl FnMut(&str, Ink, Vec<Piece>)) {
    let grant = &scored.grant;
    for (id, place) in grant.record_ids.iter().zip(&grant.provenance).take(SOURCES) {
        add(
            "record",
            Ink::Label,
            vec![piece(
                format!("{id}, {} line {}", data.file_name(place.file), place.line),
                Ink::Dim,
            )],
        );
    }
    if let (true, Some(place)) = (grant.record_ids.is_empty(), grant.provenance.first()) {
        let place = format!("{} line {}", data.file_name(place.file), place.line);
        add("listed", Ink::Label, vec![piece(place, Ink::Dim)]);
    }
    let rest = grant.record_ids.len().saturating_sub(SOURCES);
    if rest > 0 {
        add(
            "",
            Ink::Label,
            vec![piece(format!("and {rest} more"), Ink::Dim)],
        );
    }
    add("id", Ink::Label, vec![piece(grant.id.as_str(), Ink::Dim)]);
}

fn mark_text(mark: &Mark) -> Vec<Piece> {
    let note = if mark.note.is_empty() {
        String::new()
    } else {
        format!(": {}", mark.note)
    };
    vec![
        piece(mark.verdict.word(), Ink::Strong),
        piece(
            format!(" by {} at {}{note}", mark.by, show(mark.at)),
            Ink::Plain,
        ),
    ]
}

/// Bits that stand out by themselves.
fn bits_ink(bits: f64) -> Ink {
    if bits >= 6.0 {
        Ink::RiskHigh
    } else if bits >= 3.0 {
        Ink::RiskMedium
    } else if bits < 0.0 {
        Ink::Good
    } else {
        Ink::Plain
    }
}

fn labelled(label: &str, ink: Ink, text: Vec<Piece>, width: usize) -> Vec<Line> {
    let mut paragraph = vec![piece(format!("{label:>7}  "), ink)];
    paragraph.extend(text);
    wrap(&paragraph, width, INDENT)
}
