//! What is wrong with a catalogue that compiles: texts, rules, logic and law.

use super::places::Places;
use super::{Catalogue, Finding, Severity, Source, Witness, finding};
use crate::calendar::Calendar;
use crate::words::Text;

/// Every finding, in order of files and lines.
pub fn lint(sources: &[Source], catalogue: &Catalogue, calendar: &Calendar) -> Vec<Finding> {
    let _ = (catalogue, calendar);
    let mut findings: Vec<Finding> = sources.iter().flat_map(|source| Report::new(source).findings).collect();
    findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    findings
}

/// The findings of one file.
pub(super) struct Report<'a> {
    source: &'a Source,
    places: Places,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    fn new(source: &'a Source) -> Report<'a> {
        Report { source, places: Places::of(&source.text), findings: vec![] }
    }

    /// At a place (`conditions[members].rule`): what is wrong, and how to mend it. The catalogue is not published with it.
    pub fn error(&mut self, code: &'static str, place: impl Into<String>, message: Text, help: Text) {
        let place = place.into();
        let found = finding(self.source, code, self.places.span(&place), message, Some(help));
        self.findings.push(Finding { place, ..found });
    }

    /// The same, for what may be meant.
    pub fn warn(&mut self, code: &'static str, place: impl Into<String>, message: Text, help: Text) {
        self.error(code, place, message, help);
        if let Some(last) = self.findings.last_mut() {
            last.severity = Severity::Warning;
        }
    }

    /// An example application for the last finding.
    pub fn witness(&mut self, witness: Witness) {
        if let Some(last) = self.findings.last_mut() {
            last.witness = Some(witness);
        }
    }
}
