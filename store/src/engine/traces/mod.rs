//! The trace of a trade: finds the rows near one of its rows, matches them, and reads the background.

mod background;
mod stream;

use domain::event::Event;
use domain::rejection::RejectionRow;
use domain::trace::{Background, Chain, Link, Matcher, Part, Placed, RowId, Step, StepKind, Trace};
use uuid::Uuid;

use self::stream::{
    Stream, Wanted, decision_step, decisions_near, events_near, of_event, order_step, orders_near,
};
use super::EngineDb;
use super::events::{SELECT, read_event};
use crate::StoreError;
use crate::access::Auditor;
use crate::sql::Sql;

impl EngineDb {
    /// The trace of a row; `None` when there is no such row, or when it is an event that is not part of a trade.
    ///
    /// # Errors
    /// When the database is unreachable or a query times out.
    pub async fn find_trace(
        &self,
        auditor: &Auditor,
        subject: RowId,
    ) -> Result<Option<Trace>, StoreError> {
        let Some(step) = self.step(auditor, subject).await? else {
            return Ok(None);
        };
        let stream = self.stream(step).await?;
        let matcher = Matcher::of(stream.steps);
        let Some(chain) = matcher.chain_of(subject) else {
            return Ok(None);
        };
        let mut trace = self.rows(auditor, subject, chain).await?;
        trace.is_cut = stream.is_cut;
        trace.background = self.background(auditor, &trace).await?;
        Ok(Some(trace))
    }

    async fn step(&self, auditor: &Auditor, subject: RowId) -> Result<Option<Step>, StoreError> {
        match subject {
            RowId::Event(id) => {
                let event = self.find_event(auditor, id).await?;
                Ok(event.as_ref().and_then(of_event))
            }
            RowId::Order(id) => order_step(self.pool(), id).await,
            RowId::Decision(id) => decision_step(self.pool(), id).await,
        }
    }

    /// The rows near this one, including itself.
    async fn stream(&self, step: Step) -> Result<Stream, StoreError> {
        let (pool, at) = (self.pool(), step.at);
        let coin = match (&step.coin, &step.kind) {
            (
                None,
                StepKind::Rejection {
                    row: RejectionRow::KillSwitchError,
                    ..
                },
            ) => self.coin_of_stop(&step).await?,
            (coin, _) => coin.clone(),
        };
        let Some(coin) = coin else {
            return Ok(Stream::default().with(step));
        };
        // The order that a decision refers to, at any distance in time.
        let named = match step.kind {
            StepKind::Decision {
                order: Some(id), ..
            } => order_step(pool, id).await?,
            _ => None,
        };
        let (events, others) =
            tokio::try_join!(events_near(pool, at, Wanted::OfCoin(&coin)), async {
                let orders = orders_near(pool, at, &coin).await?;
                Ok(orders.and(decisions_near(pool, at, &coin).await?))
            })?;
        let stream = events.and(others).with(step);
        Ok(match named {
            Some(order) => stream.with(order),
            None => stream,
        })
    }

    /// The coin of an error row of a rejection by the kill switch, taken from its warning row.
    async fn coin_of_stop(&self, error: &Step) -> Result<Option<String>, StoreError> {
        let stops = events_near(self.pool(), error.at, Wanted::StopsOf(error.user)).await?;
        let matcher = Matcher::of(stops.steps.clone());
        let chain = matcher.chain_of(error.id);
        let warning = chain.and_then(|chain| chain.rejection.as_ref());
        let known = |row: &Placed| stops.steps.iter().find(|step| step.id == row.row);
        Ok(warning.and_then(known).and_then(|step| step.coin.clone()))
    }

    /// Reads the rows of a chain. An order that the decision refers to is found by its id, at any distance in time.
    async fn rows(
        &self,
        auditor: &Auditor,
        subject: RowId,
        chain: &Chain,
    ) -> Result<Trace, StoreError> {
        let (events, (decision, order)) = tokio::try_join!(self.events_of(chain), async {
            let decision = match &chain.decision {
                Some(Placed {
                    row: RowId::Decision(id),
                    link,
                    ..
                }) => self.find_trade(auditor, *id).await?.map(|row| Part {
                    row,
                    link: link.clone(),
                }),
                _ => None,
            };
            let named = decision
                .as_ref()
                .and_then(|part| part.row.decision.execution_order_id);
            let wanted = match (&chain.order, named) {
                (
                    Some(Placed {
                        row: RowId::Order(id),
                        link,
                        ..
                    }),
                    _,
                ) => Some((*id, link.clone())),
                (_, Some(id)) => Some((id, Link::Key)),
                _ => None,
            };
            let order = match wanted {
                Some((id, link)) => self.find_order(id).await?.map(|row| Part { row, link }),
                None => None,
            };
            Ok::<_, StoreError>((decision, order))
        })?;
        let event = |placed: &Placed| {
            let row = events.iter().find(|row| RowId::Event(row.id) == placed.row);
            row.map(|row| Part {
                row: row.clone(),
                link: placed.link.clone(),
            })
        };
        Ok(Trace {
            subject,
            signal: chain.signal.as_ref().and_then(event),
            checks: chain.checks.iter().filter_map(event).collect(),
            rejection: chain.rejection.as_ref().and_then(event),
            rejection_error: chain.rejection_error.as_ref().and_then(event),
            decision,
            order,
            is_cut: false,
            background: Background::default(),
        })
    }

    async fn events_of(&self, chain: &Chain) -> Result<Vec<Event>, StoreError> {
        let ids: Vec<Uuid> = chain
            .rows()
            .filter_map(|placed| match placed.row {
                RowId::Event(id) => Some(id),
                RowId::Order(_) | RowId::Decision(_) => None,
            })
            .collect();
        let mut sql = Sql::new(SELECT);
        sql.push(" AND e.id = ANY(").uuids(ids).push(")");
        let rows = sql.query().fetch_all(self.pool()).await?;
        Ok(rows.iter().map(read_event).collect::<Result<_, _>>()?)
    }
}
