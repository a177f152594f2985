//! The density strip: how many grants when, and the worst of each step by letter and colour.
//!
//! ```text
//!     9 ▁  ▂    ▁      █▃        bars of counts, the step of the selected grant reversed
//! worst L  M    ·      CH        letter of the worst severity of the step
//!  2023-05-01        05-20       time axis, UTC
//! ```
//!
//! Counted in `update` when the list changes, not on each frame.

use crate::hunt::{Listing, ScoredGrant, Severity};
use crate::text::grouped;
use crate::time::Instant;
use crate::tui::theme::Ink;
use crate::tui::widget::bars;
use crate::tui::widget::canvas::{Canvas, indented, line};
use ratatui::layout::{Rect, Size};

/// Columns left of the bars.
pub const GUTTER: u16 = 6;

/// Lines of the strip.
pub const HEIGHT: u16 = 3;

/// A step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Grants in it.
    pub count: u64,
    /// The worst of them.
    pub worst: Severity,
}

/// Grants over time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Density {
    span: Option<(Instant, Instant)>,
    /// Equal steps from first to last grant.
    pub buckets: Vec<Bucket>,
}

impl Density {
    /// Counts grants in as many steps as a terminal has columns for.
    pub fn of<'a>(grants: impl Iterator<Item = &'a ScoredGrant> + Clone, size: Size) -> Self {
        // A right that only a listing shows may be years old: the strip is of what the log tells.
        let told = grants
            .clone()
            .filter(|scored| scored.grant.listing != Listing::WithoutRecord);
        let times = told.filter_map(|scored| scored.grant.time);
        let span = times.fold(None, |span: Option<(Instant, Instant)>, time| {
            Some(span.map_or((time, time), |(from, to)| (from.min(time), to.max(time))))
        });
        let width = usize::from(size.width.saturating_sub(GUTTER));
        let mut density = Self {
            span,
            buckets: vec![
                Bucket {
                    count: 0,
                    worst: Severity::Info
                };
                width
            ],
        };
        for scored in grants {
            let at = scored.grant.time.and_then(|time| density.bucket_of(time));
            if let Some(bucket) = at.and_then(|at| density.buckets.get_mut(at)) {
                bucket.count += 1;
                bucket.worst = bucket.worst.max(scored.severity);
            }
        }
        density
    }

    /// The step of a time; none for one that the strip does not reach.
    pub fn bucket_of(&self, time: Instant) -> Option<usize> {
        let (from, to) = self
            .span
            .filter(|(from, to)| (*from..=*to).contains(&time))?;
        let last = i64::try_from(self.buckets.len().checked_sub(1)?).ok()?;
        let whole = (to - from).num_seconds().max(1);
        let part = i128::from((time - from).num_seconds()) * i128::from(last) / i128::from(whole);
        usize::try_from(part).ok()
    }
}

/// Ink of a severity.
pub fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => Ink::RiskCritical,
        Severity::High => Ink::RiskHigh,
        Severity::Medium => Ink::RiskMedium,
        Severity::Low => Ink::RiskLow,
        Severity::Info => Ink::RiskInfo,
    }
}

fn letter(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "C",
        Severity::High => "H",
        Severity::Medium => "M",
        Severity::Low => "L",
        Severity::Info => "·",
    }
}

/// Draws the strip with the step of the selected grant marked.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, density: &Density, selected: Option<Instant>) {
    let most = density
        .buckets
        .iter()
        .map(|bucket| bucket.count)
        .max()
        .unwrap_or(0);
    if most == 0 {
        return;
    }
    let gutter = Rect {
        width: GUTTER - 1,
        ..area
    };
    canvas.put_right(line(gutter, 0), &grouped(most), Ink::Dim);
    canvas.put(line(gutter, 1), "worst", Ink::Dim);
    canvas.put(line(gutter, 2), "UTC", Ink::Dim);
    let plot = indented(area, GUTTER);
    for (x, bucket) in (0..plot.width).zip(&density.buckets) {
        let column = Rect {
            width: 1,
            ..indented(plot, x)
        };
        bars::bar(
            canvas,
            line(column, 0),
            bucket.count,
            most,
            ink(bucket.worst),
        );
        if bucket.count > 0 {
            canvas.put(line(column, 1), letter(bucket.worst), ink(bucket.worst));
        }
    }
    if let Some((from, to)) = density.span {
        bars::axis(canvas, line(plot, 2), from, to);
    }
    let here = selected
        .and_then(|time| density.bucket_of(time))
        .and_then(|at| u16::try_from(at).ok());
    if let Some(x) = here.filter(|x| *x < plot.width) {
        canvas.select(Rect {
            width: 1,
            height: 2.min(plot.height),
            ..indented(plot, x)
        });
    }
}
