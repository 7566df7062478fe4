//! A finding of a file that was made from a workbook, at the characters of the cell that it is about.

use super::super::{CellFinding, cells};
use super::file::Origin;
use crate::catalogue::author::places::Places;
use crate::catalogue::author::{Finding, Source};

/// A finding of a file, moved to its cell: the characters that it marks are those in the cell.
pub(super) fn moved(finding: Finding, source: &Source, origin: Origin, below: &str) -> CellFinding {
    let shown = origin.shown.as_str();
    let entry = below.strip_prefix('[').and_then(|number| cells::entry(shown, number.strip_suffix(']')?.parse().ok()?));
    let marked = match (below, entry) {
        ("", _) => within(&finding, source, shown),
        (_, entry) => entry.map(|entry| spot(shown, entry.start, shown[entry].chars().count())),
    };
    let (line, column, width) = marked.unwrap_or_else(|| (1, 1, shown.lines().next().map_or(1, |line| line.chars().count().max(1))));
    let text = shown.lines().nth(line - 1).unwrap_or_default().to_owned();
    CellFinding { sheet: origin.sheet.to_owned(), cell: origin.at, finding: Finding { line, column, width, text, ..finding } }
}

/// Line and column of a byte in a cell's text.
fn spot(shown: &str, start: usize, width: usize) -> (usize, usize, usize) {
    let before = &shown[..start];
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column, width)
}

/// Line, column and width in a cell's text of what a finding marks in the file, where the text stands there as it is.
fn within(finding: &Finding, source: &Source, shown: &str) -> Option<(usize, usize, usize)> {
    let line_start: usize = source.text.split_inclusive('\n').take(finding.line - 1).map(str::len).sum();
    let start = line_start + source.text[line_start..].char_indices().nth(finding.column - 1).map_or(0, |(at, _)| at);
    let span = Places::of(&source.text).span(&finding.place);
    let offset = span.start + source.text.get(span)?.find(shown)?;
    let at = start.checked_sub(offset).filter(|at| shown.is_char_boundary(*at))?;
    Some(spot(shown, at, finding.width))
}
