//! The present accounts of kill-switch actors, from the engine's user table. Not cached: the four-eyes check needs
//! current rows.

use std::collections::BTreeMap;

use domain::episode::Episode;
use sqlx::Row as _;
use uuid::Uuid;

use super::EngineDb;
use crate::access::Auditor;
use crate::console::{ActorAccount, ActorIdentities};
use crate::statements::statements;
use crate::{ConsoleDb, StoreError};

statements! {
    /// Every account with an actor's e-mail in any case, inactive ones included.
    ACCOUNTS = "SELECT actor.id AS actor, account.id AS account, account.email::text AS email \
        FROM public.\"user\" actor JOIN public.\"user\" account ON lower(account.email) = lower(actor.email) \
        WHERE actor.id = ANY($1)";

    EMAILS = "SELECT id, email::text FROM public.\"user\" WHERE id = ANY($1)";
}

impl EngineDb {
    /// Reads the present accounts of the episodes' actors.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn actor_identities_of(
        &self,
        _: &Auditor,
        console: &ConsoleDb,
        episodes: &[&Episode],
    ) -> Result<Vec<ActorIdentities>, StoreError> {
        let mut ids: Vec<Uuid> = episodes
            .iter()
            .flat_map(|episode| episode.events())
            .filter_map(domain::episode::KillSwitchEvent::account)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let mut accounts: BTreeMap<Uuid, Vec<ActorAccount>> = BTreeMap::new();
        let rows = sqlx::query(ACCOUNTS)
            .bind(&ids)
            .fetch_all(&self.essential)
            .await?;
        for row in &rows {
            let account = ActorAccount {
                account: row.try_get("account")?,
                email: Some(row.try_get("email")?),
            };
            accounts
                .entry(row.try_get("actor")?)
                .or_default()
                .push(account);
        }
        // The e-mails may have changed since the accounts were linked.
        let linked = console.linked_engine_accounts().await?;
        let rows = sqlx::query(EMAILS)
            .bind(&linked)
            .fetch_all(&self.essential)
            .await?;
        let emails: BTreeMap<Uuid, String> = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(episodes
            .iter()
            .map(|episode| ActorIdentities::new((*episode).clone(), &accounts, emails.clone()))
            .collect())
    }

    /// As [`EngineDb::actor_identities_of`], for one episode.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn actor_identities(
        &self,
        auditor: &Auditor,
        console: &ConsoleDb,
        episode: &Episode,
    ) -> Result<ActorIdentities, StoreError> {
        let mut actor_identities_of = self
            .actor_identities_of(auditor, console, &[episode])
            .await?;
        Ok(actor_identities_of.pop().unwrap_or_else(|| {
            ActorIdentities::new(episode.clone(), &BTreeMap::new(), BTreeMap::new())
        }))
    }
}
