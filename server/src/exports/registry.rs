//! The registry of exports, by which their owners follow and cancel them, and learn of those that were truncated.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::model::CutExport;
use store::access::Subject;
use uuid::Uuid;

use super::progress::Progress;
use super::refusal::Refusal;

/// An export stays in the registry for this long after its end.
const KEPT: Duration = Duration::from_mins(15);
/// Most exports in the registry, ended ones included.
const MOST: usize = 1_000;

/// Exports by owner and key.
#[derive(Default)]
pub struct ExportRegistry {
    known: Mutex<HashMap<(Subject, Uuid), Arc<Progress>>>,
}

impl ExportRegistry {
    /// Registers an export, under a random key where its owner has chosen none. The key of an export that has ended may be
    /// used again: a browser that retries a download requests the same address.
    ///
    /// # Errors
    /// When an export of the same owner that has not ended has this key.
    pub fn register(
        &self,
        owner: Subject,
        key: Option<Uuid>,
        progress: Progress,
    ) -> Result<Arc<Progress>, Refusal> {
        let key = key.unwrap_or_else(Uuid::new_v4);
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
        let progress = Arc::new(progress);
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

    /// The owner's exports that were truncated and can be continued, in the order of their ends.
    #[must_use]
    pub fn cut(&self, owner: Subject) -> Vec<CutExport> {
        let known = self.known();
        let of_owner = known.iter().filter(|((of, _), _)| *of == owner);
        let ended = of_owner
            .filter_map(|((_, key), progress)| Some((progress.ended_at()?, *key, progress)));
        let mut cut: Vec<_> = ended
            .filter(|(at, ..)| at.elapsed() < KEPT)
            .filter_map(|(at, key, progress)| Some((at, progress.aborted_notice(key)?)))
            .collect();
        drop(known);
        cut.sort_by_key(|(at, _)| *at);
        cut.into_iter().map(|(_, cut)| cut).collect()
    }

    /// Marks the exports whose rest has this address as continued: they are no longer reported.
    pub fn mark_resumed(&self, owner: Subject, address: &str) {
        let known = self.known();
        let of_owner = known.iter().filter(|((of, _), _)| *of == owner);
        for (_, progress) in of_owner {
            if progress
                .rest()
                .is_some_and(|rest| is_at(rest.address(), address))
            {
                progress.discard_rest();
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(Subject, Uuid), Arc<Progress>>> {
        // No code panics while it holds the lock.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `asked` is `address`, with or without a key.
fn is_at(address: &str, asked: &str) -> bool {
    asked.strip_prefix(address).is_some_and(|more| {
        more.is_empty() || more.get(1..).is_some_and(|more| more.starts_with("key="))
    })
}

#[cfg(test)]
mod tests {
    use super::super::progress::End;
    use super::super::rest::Rest;
    use super::*;

    fn trades() -> Progress {
        Progress::new(
            "trades",
            Box::new(|_| Some(Rest::All("/trades.csv".to_owned()))),
        )
    }

    #[test]
    fn a_key_is_its_owners_and_in_use_until_its_export_has_ended() {
        let registry = ExportRegistry::default();
        let [one, other] = [(); 2].map(|()| Subject::Engine(Uuid::new_v4()));
        let key = Uuid::new_v4();
        let register = |owner| registry.register(owner, Some(key), trades());
        let progress = register(one).unwrap();
        assert_eq!(register(one).err(), Some(Refusal::KeyInUse));
        assert!(registry.find(other, key).is_none());
        assert!(register(other).is_ok());
        progress.finish(End::Done);
        assert!(registry.find(one, key).unwrap().ended_at().is_some());
        register(one).unwrap();
        assert!(registry.find(one, key).unwrap().ended_at().is_none());
    }

    #[test]
    fn owners_hear_of_their_own_cut_exports_until_they_go_on() {
        let registry = ExportRegistry::default();
        let [one, other] = [(); 2].map(|()| Subject::Engine(Uuid::new_v4()));
        let [whole, cut] = [(); 2].map(|()| registry.register(one, None, trades()).unwrap());
        whole.finish(End::Done);
        assert!(registry.cut(one).is_empty());
        cut.abort("the engine needed the table");
        assert_eq!(registry.cut(one).len(), 1);
        assert!(registry.cut(other).is_empty());
        registry.mark_resumed(one, "/somewhere/else");
        assert_eq!(registry.cut(one).len(), 1);
        registry.mark_resumed(one, "/trades.csv?key=3");
        assert!(registry.cut(one).is_empty());
        let dismissed = registry.register(one, None, trades()).unwrap();
        dismissed.abort("the engine needed the table");
        assert_eq!(registry.cut(one).len(), 1);
        dismissed.dismiss();
        assert!(registry.cut(one).is_empty());
        assert!(dismissed.rest().is_some(), "its panel still leads there");
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let registry = ExportRegistry::default();
        let owner = Subject::Engine(Uuid::new_v4());
        for _ in 0..MOST + 10 {
            registry
                .register(owner, None, trades())
                .unwrap()
                .finish(End::Failed);
        }
        assert_eq!(registry.known().len(), MOST);
    }
}
