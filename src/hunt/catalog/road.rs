//! What is said of each road: what it gives, its ATT&CK techniques, its source, what a grant of it is worth at least.
//!
//! Not here: which records are one (`grant`).

use super::table;
use crate::hunt::model::{Road, Severity};
use std::sync::LazyLock;

const ROADS: &str = include_str!("../../../assets/catalog/roads.csv");

/// What is said of a road.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadText {
    /// What it gives, in one line.
    pub what: String,
    /// ATT&CK techniques it serves.
    pub attack: Vec<String>,
    /// What a grant of it is worth before anything else is known.
    pub severity: Severity,
    /// Where operations and fields are documented.
    pub source: String,
}

static TEXTS: LazyLock<Vec<(Road, RoadText)>> =
    LazyLock::new(|| table::rows(ROADS).filter_map(read).collect());

static NOTHING: RoadText = RoadText {
    what: String::new(),
    attack: Vec::new(),
    severity: Severity::Info,
    source: String::new(),
};

fn read(row: Vec<String>) -> Option<(Road, RoadText)> {
    let [road, what, attack, severity, source] = <[String; 5]>::try_from(row).ok()?;
    let text = RoadText {
        what,
        attack: attack.split(';').map(str::to_owned).collect(),
        severity: Severity::read(&severity)?,
        source,
    };
    Some((Road::read(&road)?, text))
}

/// What is said of a road.
pub fn road(road: Road) -> &'static RoadText {
    let text = TEXTS.iter().find(|(of, _)| *of == road);
    text.map_or(&NOTHING, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_road_has_its_line_in_order() {
        let roads: Vec<Road> = TEXTS.iter().map(|(road, _)| *road).collect();
        assert_eq!(roads, Road::ALL);
        for (road, text) in TEXTS.iter() {
            assert!(!text.what.is_empty() && !text.source.is_empty(), "{road}");
            let is_technique = |id: &String| id.starts_with('T') && id.len() >= 5;
            assert!(
                !text.attack.is_empty() && text.attack.iter().all(is_technique),
                "{road}"
            );
        }
    }
}
