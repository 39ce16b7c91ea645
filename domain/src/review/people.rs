//! Decides which accounts are one person: by id, by e-mail, by identities recorded when an event was first seen, and by
//! explicit links.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Reviewer, same_email};
use crate::account::Subject;
use crate::episode::{Episode, KillSwitchEvent};
use crate::time::Timestamp;

/// A link between two accounts of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// One account.
    pub one: Reviewer,
    /// The other.
    pub other: Reviewer,
    /// When the link was ended; `None` while it is in force.
    pub ended_at: Option<Timestamp>,
}

/// Known identities of actors, and links.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// By event: the actor's account, and accounts with the same e-mail.
    actors: HashMap<Uuid, Vec<(Subject, Option<String>)>>,
    links: Vec<Link>,
}

impl People {
    /// People with these links and no actors yet.
    #[must_use]
    pub fn new(links: Vec<Link>) -> Self {
        Self {
            actors: HashMap::new(),
            links,
        }
    }

    /// Records this account and e-mail as an actor of `event`.
    pub fn add_actor(&mut self, event: Uuid, account: Subject, email: Option<String>) {
        let actors = self.actors.entry(event).or_default();
        let actor = (account, email);
        if !actors.contains(&actor) {
            actors.push(actor);
        }
    }

    /// Every account of the same person as `reviewer` with regard to `episode`, beginning with `reviewer`. An ended
    /// link counts for episodes that began before its end.
    #[must_use]
    pub fn accounts_of(&self, reviewer: &Reviewer, episode: &Episode) -> Vec<Reviewer> {
        let begun = episode.activated_at();
        let links: Vec<&Link> = self
            .links
            .iter()
            .filter(|link| link.ended_at.is_none_or(|ended| ended >= begun))
            .collect();
        let mut accounts = vec![reviewer.clone()];
        let mut next = 0;
        while let Some(account) = accounts.get(next).cloned() {
            next += 1;
            for link in &links {
                // An account may have had another e-mail when it was linked, so both ends are compared.
                for (near, far) in [(&link.one, &link.other), (&link.other, &link.one)] {
                    if near.is(&account) {
                        for found in [near, far] {
                            if !accounts.contains(found) {
                                accounts.push(found.clone());
                            }
                        }
                    }
                }
            }
        }
        accounts
    }

    /// Whether both are the same person with regard to `episode`.
    #[must_use]
    pub fn are_one(&self, one: &Reviewer, other: &Reviewer, episode: &Episode) -> bool {
        one.is(other)
            || self
                .accounts_of(one, episode)
                .iter()
                .any(|account| account.is(other))
    }

    /// Whether one of these accounts caused `event`, by present or recorded identities.
    pub(super) fn wrote(&self, accounts: &[Reviewer], event: &KillSwitchEvent) -> bool {
        let recorded = self.actors.get(&event.event.id);
        accounts.iter().any(|account| {
            account.wrote(event)
                || recorded.into_iter().flatten().any(|(subject, email)| {
                    *subject == account.subject
                        || email
                            .as_deref()
                            .is_some_and(|email| same_email(email, &account.email))
                })
        })
    }
}
