//! `audit_log` events.

use domain::columns::EVENTS;
use domain::cursor::Cursor;
use domain::event::Event;
use domain::filter::events::Actor;
use domain::filter::{AnyOf, EventFilter, ListQuery};
use domain::page::Order;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::EngineDb;
use super::columns::{Kind, columns};
use super::details::and_details;
use super::fragments::{and_search_json, and_text, and_words};
use super::list::{Branch, EngineView, ListView};
use super::survey::{FacetSpec, NameSource, Surveyable};
use super::trades::and_after_uuid;
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::RowExt as _;
use crate::sql::{Mode, Sql};

/// What [`read_event`] reads, over [`FROM`].
pub(super) const ROW: &str = "e.id, e.\"timestamp\", e.event_type, e.severity, e.user_id, \
    u.email AS user_email, e.details::text AS details";

/// The table with the users' e-mails.
pub(super) const FROM: &str =
    " FROM public.audit_log e LEFT JOIN public.\"user\" u ON u.id = e.user_id WHERE true";

const COLUMNS: &[(&str, Kind)] = &[
    ("e.id", Kind::Plain),
    ("e.\"timestamp\"", Kind::Time),
    ("e.event_type", Kind::Text),
    ("e.severity", Kind::Text),
    ("e.user_id", Kind::Plain),
    ("u.email", Kind::Text),
    ("e.details", Kind::Json),
];

impl EngineView for EventFilter {}

impl ListView for EventFilter {
    type Row = Event;

    const SORT: &'static [&'static str] = &["sort_time", "sort_id"];

    fn branches(&self) -> Vec<Branch> {
        vec![Branch {
            row: ROW,
            columns: columns(EVENTS, COLUMNS),
            from: FROM.to_owned(),
            export_from: None,
            time: "e.\"timestamp\"",
            sort: &["e.\"timestamp\"", "e.id"],
            order: &["e.\"timestamp\"", "e.id"],
        }]
    }

    fn and_conditions(query: &ListQuery<Self>, _: usize, sql: &mut Sql) {
        let filter = &query.filter;
        and_text(sql, "e.event_type", &filter.event_type);
        and_words(sql, "e.severity", &filter.severity);
        and_actor(sql, &filter.actor);
        and_details(sql, "e.details", &filter.details);
        and_search_json(sql, &["e.event_type"], "e.details", &query.words);
    }

    fn and_after(cursor: &Cursor<Uuid>, order: Order, _: usize, sql: &mut Sql) {
        and_after_uuid(sql, "(e.\"timestamp\", e.id)", cursor, order);
    }

    fn read(row: &PgRow) -> Result<Event, sqlx::Error> {
        read_event(row)
    }

    fn read_key(row: &PgRow) -> Result<Uuid, sqlx::Error> {
        row.try_get("sort_id")
    }
}

impl Surveyable for EventFilter {
    const KINDS: &'static [&'static str] = &["info", "warning", "error", "critical"];
    const FACETS: &'static [FacetSpec] = &[
        FacetSpec::column("severity", || "e.severity".to_owned()),
        FacetSpec::column("type", || "e.event_type".to_owned()),
        FacetSpec {
            named: Some(NameSource::Accounts),
            ..FacetSpec::column("actor", || "coalesce(e.user_id::text, 'system')".to_owned())
        },
    ];
    const READ_ALL: u64 = 40_000;
    const SAMPLE: u64 = 10_000;

    fn kind() -> String {
        "e.severity".to_owned()
    }
}

fn and_actor(sql: &mut Sql, wanted: &AnyOf<Actor>) {
    for (actors, end) in [(&wanted.any, ")"), (&wanted.not, ") IS NOT TRUE")] {
        for (at, actor) in actors.iter().enumerate() {
            sql.push(if at == 0 { " AND (" } else { " OR " });
            match actor {
                Actor::System => sql.push("e.user_id IS NULL"),
                Actor::Id(id) => sql.push("e.user_id = ").uuid(*id),
                Actor::Email(email) => sql
                    .push(
                        "e.user_id IN (SELECT id FROM public.\"user\" WHERE lower(email) = lower(",
                    )
                    .text(email)
                    .push("))"),
            };
        }
        if !actors.is_empty() {
            sql.push(end);
        }
    }
}

/// Reads a row of [`ROW`].
pub(super) fn read_event(row: &PgRow) -> Result<Event, sqlx::Error> {
    Ok(Event {
        id: row.try_get("id")?,
        timestamp: row.timestamp("timestamp")?,
        event_type: row.try_get("event_type")?,
        severity: row.try_get("severity")?,
        user_id: row.try_get("user_id")?,
        user_email: row.try_get("user_email")?,
        details: row.try_get("details")?,
    })
}

impl EngineDb {
    /// One event.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_event(&self, _: &Auditor, id: Uuid) -> Result<Option<Event>, StoreError> {
        let mut sql = Sql::new(Mode::Bound, "SELECT ");
        sql.push(ROW).push(FROM).push(" AND e.id = ").uuid(id);
        let found = sql.query().fetch_optional(self.pool()).await?;
        Ok(found.as_ref().map(read_event).transpose()?)
    }
}
