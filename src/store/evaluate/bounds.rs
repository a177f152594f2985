//! Bounds of numbers and times as whole numbers and rows.
//!
//! Not here: keyword values (`values`).

use super::super::rows::Rows;
use super::super::segment::Segment;
use crate::time::{self, Instant};
use std::ops::{Bound, RangeInclusive};

/// The rows between two times. Rows without a time lie between none.
pub(super) fn rows(segment: &Segment, low: Bound<Instant>, high: Bound<Instant>) -> Rows {
    let at = |time: i64| segment.first_at(time);
    let behind = |time: i64| at(time.saturating_add(1));
    let start = match low.map(time::micros) {
        Bound::Unbounded => 0,
        Bound::Included(time) => at(time),
        Bound::Excluded(time) => behind(time),
    };
    let end = match high.map(time::micros) {
        Bound::Unbounded => at(i64::MAX),
        Bound::Included(time) => behind(time),
        Bound::Excluded(time) => at(time),
    };
    Rows::Range(start..end.max(start))
}

/// The rows with a time.
pub(super) fn timed(segment: &Segment) -> Rows {
    Rows::Range(0..segment.first_at(i64::MAX))
}

/// The whole numbers between two bounds; `None` when there is none.
pub(super) fn whole(low: Bound<f64>, high: Bound<f64>) -> Option<RangeInclusive<u64>> {
    let low = match low {
        Bound::Unbounded => 0.0,
        Bound::Included(value) => value.ceil(),
        Bound::Excluded(value) => value.floor() + 1.0,
    };
    let high = match high {
        Bound::Unbounded => f64::INFINITY,
        Bound::Included(value) => value.floor(),
        Bound::Excluded(value) => value.ceil() - 1.0,
    };
    (low <= high && high >= 0.0).then(|| saturated(low)..=saturated(high))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate, which is the bound that is meant"
)]
fn saturated(value: f64) -> u64 {
    value as u64
}
