//! Identities of kill-switch actors: their accounts and e-mails, recorded when an event is first seen.

use std::collections::{BTreeMap, HashSet};

use domain::episode::Episode;
use domain::review::People;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::links::{read_links, with_present_emails};
use super::{ConsoleDb, StoreError};
use crate::access::{Auditor, Subject};
use crate::db::{Isolation, Session, read};
use crate::statements::statements;

statements! {
    /// Also inserts the console accounts that have the actors' e-mails at the time of the statement.
    RECORD = "WITH seen AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) \
          AS seen(episode, event, actor, account, email)) \
        INSERT INTO audit_console.episode_identity \
          (episode_id, event_id, actor_id, subject_kind, subject_id, email) \
        SELECT episode, event, actor, 'engine', account, email FROM seen \
        UNION SELECT seen.episode, seen.event, seen.actor, 'console', a.id, a.email \
          FROM seen JOIN audit_console.account a ON lower(a.email) = lower(seen.email) \
        ON CONFLICT DO NOTHING";

    UNSEEN_EVENTS = "SELECT e.id FROM unnest($1::uuid[]) AS e(id) WHERE NOT EXISTS \
        (SELECT FROM audit_console.episode_identity i WHERE i.event_id = e.id)";

    RECORDED_EVENTS = "SELECT DISTINCT event_id FROM audit_console.episode_identity WHERE episode_id = $1";

    PEOPLE_OF = "SELECT event_id, subject_kind, subject_id, email FROM audit_console.episode_identity \
        WHERE episode_id = $1";

    PEOPLE_OF_SIGNED = "SELECT event_id, subject_kind, subject_id, email FROM audit_console.episode_identity \
        WHERE episode_id IN (SELECT episode_id FROM audit_console.kill_switch_review)";
}

/// An engine account of an actor, as table `user` has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorAccount {
    /// `user.id`: the actor's own account, or another one with the same e-mail.
    pub account: Uuid,
    /// `user.email`; `None` when the table does not have the account.
    pub email: Option<String>,
}

/// An episode with the present accounts of its actors.
#[derive(Clone, Debug)]
pub struct ActorIdentities {
    episode: Episode,
    /// Event id, actor id, and every account of the actor.
    actors: Vec<(Uuid, Uuid, Vec<ActorAccount>)>,
    /// Present e-mails of engine accounts that are linked with others.
    emails: BTreeMap<Uuid, String>,
}

impl ActorIdentities {
    /// Identities of an episode, from `accounts` by actor id and the `emails` of linked accounts.
    #[must_use]
    pub fn new(
        mut episode: Episode,
        accounts: &BTreeMap<Uuid, Vec<ActorAccount>>,
        emails: BTreeMap<Uuid, String>,
    ) -> Self {
        let mut actors = Vec::new();
        let events = episode
            .activation
            .iter_mut()
            .chain(&mut episode.repeats)
            .chain(&mut episode.clear);
        for event in events {
            let Some(actor) = event.account() else {
                continue;
            };
            let known = accounts.get(&actor).cloned().unwrap_or_else(|| {
                vec![ActorAccount {
                    account: actor,
                    email: None,
                }]
            });
            if event.event.user_id == Some(actor) {
                // A cached history may have an outdated e-mail.
                let own = known.iter().find(|account| account.account == actor);
                event.event.user_email = own.and_then(|account| account.email.clone());
            }
            actors.push((event.event.id, actor, known));
        }
        Self {
            episode,
            actors,
            emails,
        }
    }

    /// The episode, with the present e-mails of its actors.
    #[must_use]
    pub const fn episode(&self) -> &Episode {
        &self.episode
    }
}

impl ConsoleDb {
    /// The events among these whose identities are not recorded yet.
    pub(crate) async fn unseen_events(&self, events: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
        let unseen = sqlx::query_scalar(UNSEEN_EVENTS)
            .bind(events)
            .fetch_all(self.pool())
            .await?;
        Ok(unseen.into_iter().collect())
    }

    /// Records the identities of the actors of `unseen` events.
    pub(crate) async fn record_identities(
        &self,
        actor_identities_of: &[ActorIdentities],
        unseen: &HashSet<Uuid>,
    ) -> Result<(), StoreError> {
        self.may_record()?;
        let mut transaction = self.pool().begin().await?;
        record(&mut transaction, actor_identities_of, |event| {
            unseen.contains(&event)
        })
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Records the identities of the episode's events that have none yet. Called before a review is checked, so that
    /// the check does not depend on whether somebody has opened the page.
    ///
    /// # Errors
    /// When the database is unreachable, or the record is not protected.
    pub async fn record_sight(&self, actor_identities: &ActorIdentities) -> Result<(), StoreError> {
        self.may_record()?;
        let mut transaction = self.pool().begin().await?;
        record_unseen(&mut transaction, actor_identities).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The people behind the episode's actors: recorded identities, present accounts, and links.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn people(
        &self,
        _: &Auditor,
        actor_identities: &ActorIdentities,
    ) -> Result<People, StoreError> {
        read!(self.pool(), Isolation::Statement, |session| {
            people_of(session, actor_identities).await
        })
    }
}

/// Inserts identities of the events for which `is_new` is true.
async fn record(
    session: &mut Session<'_>,
    actor_identities_of: &[ActorIdentities],
    is_new: impl Fn(Uuid) -> bool,
) -> Result<(), StoreError> {
    let (mut episodes, mut events, mut actors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut accounts, mut emails) = (Vec::new(), Vec::new());
    for actor_identities in actor_identities_of {
        for (event, actor, known) in &actor_identities.actors {
            if !is_new(*event) {
                continue;
            }
            for account in known {
                episodes.push(actor_identities.episode.key());
                events.push(*event);
                actors.push(*actor);
                accounts.push(account.account);
                emails.push(account.email.clone());
            }
        }
    }
    if events.is_empty() {
        return Ok(());
    }
    sqlx::query(RECORD)
        .bind(episodes)
        .bind(events)
        .bind(actors)
        .bind(accounts)
        .bind(emails)
        .execute(session)
        .await?;
    Ok(())
}

/// As [`record`], for the events of one episode that have no identities yet. The identities that a review is checked
/// against must be recorded before it is signed.
pub(super) async fn record_unseen(
    session: &mut Session<'_>,
    actor_identities: &ActorIdentities,
) -> Result<(), StoreError> {
    let recorded: Vec<Uuid> = sqlx::query_scalar(RECORDED_EVENTS)
        .bind(actor_identities.episode.key())
        .fetch_all(&mut *session)
        .await?;
    let actor_identities_of = std::slice::from_ref(actor_identities);
    record(session, actor_identities_of, |event| {
        !recorded.contains(&event)
    })
    .await
}

/// As [`ConsoleDb::people`], within a transaction.
pub(super) async fn people_of(
    session: &mut Session<'_>,
    actor_identities: &ActorIdentities,
) -> Result<People, StoreError> {
    let links = with_present_emails(read_links(session).await?, &actor_identities.emails);
    let mut people = People::new(links);
    let rows = sqlx::query(PEOPLE_OF)
        .bind(actor_identities.episode.key())
        .fetch_all(session)
        .await?;
    add_recorded(&mut people, &rows)?;
    for (event, _, known) in &actor_identities.actors {
        for account in known {
            let subject = Subject::Engine(account.account);
            people.add_actor(*event, subject, account.email.clone());
        }
    }
    Ok(people)
}

/// The people of every episode that has a signature.
pub(super) async fn people_of_signed(session: &mut Session<'_>) -> Result<People, StoreError> {
    let mut people = People::new(with_present_emails(
        read_links(session).await?,
        &BTreeMap::new(),
    ));
    let rows = sqlx::query(PEOPLE_OF_SIGNED).fetch_all(session).await?;
    add_recorded(&mut people, &rows)?;
    Ok(people)
}

fn add_recorded(people: &mut People, rows: &[PgRow]) -> Result<(), sqlx::Error> {
    for row in rows {
        let kind: String = row.try_get("subject_kind")?;
        if let Some(subject) = Subject::from_parts(&kind, row.try_get("subject_id")?) {
            people.add_actor(row.try_get("event_id")?, subject, row.try_get("email")?);
        }
    }
    Ok(())
}
