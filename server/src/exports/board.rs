//! The exports that were asked for with a key, so that their owners can follow and cancel them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::access::Subject;
use uuid::Uuid;

use super::progress::Progress;
use super::refusal::Refusal;

/// What is known of an export that has ended is kept for so long.
const KEPT: Duration = Duration::from_mins(5);
/// Exports that are known at the same time, ended ones included.
const MOST: usize = 1_000;

/// Exports by owner and key.
#[derive(Default)]
pub struct Board {
    known: Mutex<HashMap<(Subject, Uuid), Arc<Progress>>>,
}

impl Board {
    /// Puts up a new export. The key of one that has ended may be used again: a browser that tries a
    /// download once more asks for the same address.
    ///
    /// # Errors
    /// When an export of the same owner that has not ended has this key.
    pub fn put_up(&self, owner: Subject, key: Uuid) -> Result<Arc<Progress>, Refusal> {
        let mut known = self.known();
        known.retain(|_, progress| progress.ended_at().is_none_or(|at| at.elapsed() < KEPT));
        match known.get(&(owner, key)) {
            Some(progress) if progress.ended_at().is_none() => return Err(Refusal::KeyInUse),
            _ => {}
        }
        if known.len() >= MOST {
            let ended = known
                .iter()
                .filter_map(|(name, progress)| Some((progress.ended_at()?, *name)));
            if let Some((_, oldest)) = ended.min_by_key(|(at, _)| *at) {
                known.remove(&oldest);
            }
        }
        let progress = Arc::<Progress>::default();
        known.insert((owner, key), Arc::clone(&progress));
        Ok(progress)
    }

    /// The owner's export of this key.
    #[must_use]
    pub fn find(&self, owner: Subject, key: Uuid) -> Option<Arc<Progress>> {
        let progress = self.known().get(&(owner, key)).map(Arc::clone)?;
        let over = progress.ended_at().is_some_and(|at| at.elapsed() >= KEPT);
        (!over).then_some(progress)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(Subject, Uuid), Arc<Progress>>> {
        // No code that holds it panics.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::progress::End;
    use super::*;

    #[test]
    fn a_key_is_its_owners_and_in_use_until_its_export_has_ended() {
        let board = Board::default();
        let [one, other] = [(); 2].map(|()| Subject::Engine(Uuid::new_v4()));
        let key = Uuid::new_v4();
        let progress = board.put_up(one, key).unwrap();
        assert_eq!(board.put_up(one, key).err(), Some(Refusal::KeyInUse));
        assert!(board.find(other, key).is_none());
        assert!(board.put_up(other, key).is_ok());
        progress.end(End::Done);
        assert!(board.find(one, key).unwrap().ended_at().is_some());
        board.put_up(one, key).unwrap();
        assert!(board.find(one, key).unwrap().ended_at().is_none());
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let board = Board::default();
        let owner = Subject::Engine(Uuid::new_v4());
        for _ in 0..MOST + 10 {
            board
                .put_up(owner, Uuid::new_v4())
                .unwrap()
                .end(End::Failed);
        }
        assert_eq!(board.known().len(), MOST);
    }
}
