//! Many small files: each is read on a thread of its own, and what is made of them comes in the order of the plan.
//!
//! Not here: what is done with rows (`run`).

use super::gather::Gathered;
use super::run::{Reading, Run};
use crate::evidence::{self, FilePart};
use crate::job::JobError;
use std::ops::ControlFlow;

impl Run<'_> {
    /// Whether a file is small and plain, and is read from where its rows in the index end.
    pub(super) fn is_small(&self, file: u32) -> bool {
        let Some(state) = self.states.get(&file) else {
            return false;
        };
        state.size < self.pace.small
            && state.account.tail.is_none()
            && matches!(evidence::packing_of(&state.path), Ok(None))
    }

    /// Reads small files.
    pub(super) fn small(&mut self, files: &[u32]) -> Result<(), JobError> {
        let states = files.iter().filter_map(|file| self.states.get(file));
        let (paths, begun): (Vec<_>, Vec<_>) = states
            .map(|state| (state.path.clone(), (state.file, state.done)))
            .unzip();
        let spare = self.spare.clone();
        let new = |at: usize| {
            let (file, resume_at) = begun.get(at).copied().unwrap_or_default();
            spare.begin(file, resume_at)
        };
        let mut reading: Option<Reading> = None;
        evidence::read_files(&paths, self.pace.batch, &new, &mut |at, part| {
            let file = begun.get(at).map_or(0, |(file, _)| *file);
            let taken = self.part(file, &mut reading, part);
            taken.unwrap_or_else(|error| {
                self.fault = Some(error);
                ControlFlow::Break(())
            })
        });
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if let Some(reading) = reading {
            // Broken off: it is read on another time.
            self.keep(reading.state);
        }
        Ok(())
    }

    /// Takes a part of a file: the first begins it, the last ends it.
    fn part(
        &mut self,
        file: u32,
        reading: &mut Option<Reading>,
        part: FilePart<Gathered>,
    ) -> Result<ControlFlow<()>, JobError> {
        let begun = reading.take();
        let begun = begun.or_else(|| self.begin(file).map(|state| self.plain_reading(state)));
        let Some(mut current) = begun else {
            return Ok(ControlFlow::Continue(()));
        };
        match part {
            FilePart::Rows(layout, gathered) => {
                let flow = self.batch(&mut current, &layout, gathered);
                *reading = Some(current);
                Ok(flow)
            }
            FilePart::End(result) => {
                let (before, size) = (current.before, current.state.size);
                self.end(current, result)?;
                self.passed(file, before, size)?;
                Ok(self.go_on())
            }
        }
    }
}
