//! Kill-switch episodes: history, effects, lists, dossiers, and the declared state of the switch.

mod cells;
mod dossier;
mod effects;
mod entries;
mod entries_export;
mod history;
mod list;
mod risk_context;
mod value;

use std::sync::Arc;

use domain::clock;
use domain::episode::{Effect, Episode, History};
use domain::time::Timestamp;
use sqlx::Row as _;

pub use effects::EffectCache;
use effects::Trust;
pub use entries::EpisodeExport;
pub use history::HistoryCache;
pub use list::{CountedEpisodes, EpisodeList, ReviewBacklog, ReviewPolicy, list_row};

use super::EngineDb;
use super::fragments::readable;
use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, read};
use crate::pg::PgTimestamp;
use crate::sql::Sql;

/// The kill switch according to the database.
#[derive(Clone, Debug)]
pub struct SwitchState {
    /// Field `active` of `system_setting.kill_switch`; `None` when there is no such row or it cannot be parsed.
    pub declared: Option<bool>,
    /// Every episode and unmatched event.
    pub history: Arc<History>,
    /// Present time of the database's clock.
    pub now: Timestamp,
}

impl EngineDb {
    /// Every episode and unmatched event.
    ///
    /// # Errors
    /// When the database is unreachable or the query times out.
    pub async fn kill_switch_history(&self, _: &Auditor) -> Result<Arc<History>, StoreError> {
        read!(self.essential, Isolation::Statement, |session| {
            history::history(session, &self.histories).await
        })
    }

    /// Counts the effects of these episodes, in their order.
    ///
    /// # Errors
    /// When the database is unreachable or the query times out.
    pub async fn effects(&self, _: &Auditor, of: &[&Episode]) -> Result<Vec<Effect>, StoreError> {
        let look = (clock::now(), Trust::Nothing);
        read!(self.pool(), Isolation::Statement, |session| {
            effects::effects(session, &self.effects, of, look).await
        })
    }

    /// Reads the declared state and the history.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn switch_state(&self, _: &Auditor) -> Result<SwitchState, StoreError> {
        read!(self.essential, Isolation::Statement, |session| {
            let row = switch_state_sql().query().fetch_one(&mut *session).await?;
            let declared: Option<String> = row.try_get(0)?;
            let rows = row.try_get(1)?;
            let now: PgTimestamp = row.try_get(2)?;
            Ok(SwitchState {
                declared: declared.and_then(|text| text.parse().ok()),
                now: now.0,
                history: history::history_of(session, &self.histories, rows).await?,
            })
        })
    }
}

/// SQL of the declared state, the number of kill-switch events, and the time.
fn switch_state_sql() -> Sql {
    Sql::template(
        "SELECT (SELECT {setting}->>'active' FROM public.system_setting \
         WHERE key = 'kill_switch'), ({number}), clock_timestamp()",
        &[
            ("setting", readable("value")),
            ("number", history::number_of_rows()),
        ],
    )
}

#[cfg(test)]
crate::statements::prepared![switch_state_sql()];
