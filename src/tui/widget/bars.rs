//! Counts over time as bars, with a time axis below them.
//!
//! Not here: what is counted.

use crate::time::Instant;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, indented, line};
use ratatui::layout::Rect;

/// Bar glyphs by eighths, from one.
const LEVELS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Counts brought to a width: steps are summed when there are too many and repeated when there are too few.
pub fn resample(counts: &[u64], width: usize) -> Vec<u64> {
    if counts.is_empty() || width == 0 {
        return Vec::new();
    }
    if counts.len() < width {
        return (0..width)
            .filter_map(|x| counts.get(x * counts.len() / width).copied())
            .collect();
    }
    let edge = |x: usize| x * counts.len() / width;
    (0..width)
        .map(|x| {
            counts
                .get(edge(x)..edge(x + 1))
                .unwrap_or_default()
                .iter()
                .sum()
        })
        .collect()
}

/// Draws one column of a bar from the bottom of an area upwards. What is not zero is always seen.
pub fn bar(canvas: &mut Canvas<'_>, column: Rect, count: u64, most: u64, ink: Ink) {
    if count == 0 || most == 0 {
        return;
    }
    let full = u64::from(column.height) * 8;
    let mut eighths = (count.saturating_mul(full) / most).clamp(1, full);
    for y in (0..column.height).rev() {
        let here = usize::try_from(eighths.min(8)).unwrap_or(8);
        if let Some(glyph) = here.checked_sub(1).and_then(|level| LEVELS.get(level)) {
            canvas.put(
                Rect {
                    width: 1,
                    ..line(column, y)
                },
                glyph,
                ink,
            );
        }
        eighths = eighths.saturating_sub(8);
    }
}

/// Draws counts as bars over the whole width of an area.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, counts: &[u64]) {
    let resampled = resample(counts, usize::from(area.width));
    let most = resampled.iter().copied().max().unwrap_or(0);
    for (x, count) in (0_u16..).zip(resampled) {
        bar(
            canvas,
            Rect {
                width: 1,
                ..indented(area, x)
            },
            count,
            most,
            Ink::Bar,
        );
    }
}

/// Least columns from one label of an axis to the next.
const LABEL_STEP: u16 = 16;

/// How the first label and the later ones of a span are written: no finer than its steps are.
fn label_formats(days: i64) -> (&'static str, &'static str) {
    match days {
        301.. => ("╵%Y-%m", "╵%Y-%m"),
        3.. => ("╵%Y-%m-%d", "╵%m-%d"),
        _ => ("╵%Y-%m-%d %H:%M", "╵%m-%d %H:%M"),
    }
}

/// Draws a time axis: the longest label at its start, the others in equal steps to its end.
pub fn axis(canvas: &mut Canvas<'_>, area: Rect, from: Instant, to: Instant) {
    let (first, later) = label_formats((to - from).num_days());
    let columns = |format| {
        let text = from.format(format).to_string();
        u16::try_from(text.chars().count()).unwrap_or(u16::MAX)
    };
    let end = area.width.saturating_sub(columns(later));
    let steps = end / LABEL_STEP.max(columns(first) + 1);
    let mut last = String::new();
    for step in 0..=steps {
        let x = u32::from(end) * u32::from(step) / u32::from(steps.max(1));
        let x = u16::try_from(x).unwrap_or(end);
        let at = from + (to - from) * i32::from(x) / i32::from(area.width.max(1));
        let format = if step == 0 { first } else { later };
        // In a short span neighbours may say the same; once is enough.
        let said = std::mem::replace(&mut last, at.format(later).to_string()) == last;
        if !said {
            canvas.put(indented(area, x), &at.format(format).to_string(), Ink::Dim);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_keeps_the_sum_when_it_shrinks() {
        assert_eq!(resample(&[1, 2, 3, 4, 5], 2), [3, 12]);
        assert_eq!(resample(&[1, 2], 4), [1, 1, 2, 2]);
        assert_eq!(resample(&[], 4), [0_u64; 0]);
        assert_eq!(resample(&[1, 2, 3], 3), [1, 2, 3]);
    }
}
