//! `/events`: every row of `audit_log`.

use std::sync::LazyLock;

use domain::catalogue::{CellFormat, Given, Kind, Param, TableColumn, Takes, ViewWords};
use domain::filter::actor::Actor;

use super::condition::and_any;
use super::entry::{
    Branch, BranchKey, Condition, Entry, FacetSql, NameSource, Options, Search, SqlColumn,
    SqlParam, SqlView, SurveySql, exported, optional, shown,
};
use crate::sql::Sql;

/// The entry.
pub static EVENTS: LazyLock<SqlView> = LazyLock::new(|| SqlView::from(entry()));

fn entry() -> Entry {
    Entry {
        name: "events",
        schema: "Event",
        words: ViewWords {
            title: "Events",
            nav: "Events",
            about: "All that the Guard and the executor wrote down; open one to filter by any value in it",
            noun: ("event", "events"),
            search: "Search types, details",
            time: "Time",
        },
        params: params(),
        columns: columns(),
        table: table(),
        branches: vec![Branch {
            from: " FROM public.audit_log e LEFT JOIN public.\"user\" u ON u.id = e.user_id WHERE true".into(),
            export_from: None,
            time: "e.\"timestamp\"",
            key: BranchKey::Uuid("e.id"),
        }],
        late_join: None,
        search: Search {
            texts: &[&["e.event_type"]],
            json: Some("e.details"),
        },
        survey: Some(SurveySql {
            kinds: &["info", "warning", "error", "critical"],
            kind: "lower(e.severity)",
            read_all: 40_000,
            sample: 10_000,
        }),
    }
}

fn columns() -> Vec<SqlColumn> {
    vec![
        exported("id", Kind::Plain, "e.id"),
        exported("timestamp", Kind::Time, "e.\"timestamp\""),
        exported("event_type", Kind::Text, "e.event_type"),
        exported("severity", Kind::Text, "e.severity"),
        exported("user_id", Kind::Plain, "e.user_id"),
        exported("user_email", Kind::Text, "u.email"),
        exported("details", Kind::Json, "e.details"),
    ]
}

fn table() -> Vec<TableColumn> {
    vec![
        shown(
            "severity",
            "Severity",
            "c-severity",
            CellFormat::Severity,
            &["severity"],
        ),
        shown("type", "Type", "c-type", CellFormat::Text, &["event_type"]),
        shown(
            "actor",
            "Actor",
            "c-actor",
            CellFormat::EventActor,
            &["user_email", "user_id"],
        ),
        shown(
            "details",
            "Details",
            "c-details",
            CellFormat::Json,
            &["details"],
        ),
        optional("user", "User", "c-actor", CellFormat::Text, &["user_email"]),
        optional("user_id", "User id", "c-id", CellFormat::Id, &["user_id"]),
        optional("id", "Id", "c-id", CellFormat::Id, &["id"]),
    ]
}

fn params() -> Vec<SqlParam> {
    vec![
        SqlParam {
            param: Param::new("type", "Type", 1, "event type, exactly", Takes::Text),
            condition: Condition::Equal("e.event_type"),
            facet: Some(FacetSql::of(2, "e.event_type")),
            options: Options::Distinct {
                table: "public.audit_log",
                column: "event_type",
            },
        },
        SqlParam {
            param: Param::new(
                "severity",
                "Severity",
                2,
                "info, warning, error or critical, or what else is stored; in any case",
                Takes::Stored(&["info", "warning", "error", "critical"]),
            ),
            condition: Condition::EqualAnyCase("e.severity"),
            facet: Some(FacetSql::of(1, "lower(e.severity)")),
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "actor",
                "Actor",
                3,
                "user id, e-mail or system",
                Takes::Actor,
            ),
            condition: Condition::Custom(and_actor),
            facet: Some(FacetSql::of_ids(
                3,
                "coalesce(e.user_id::text, 'system')",
                NameSource::Accounts,
            )),
            options: Options::None,
        },
        SqlParam {
            param: Param::new(
                "details.PATH",
                "Details",
                4,
                "what stands at a path inside the details, for example details.signal.coin_type=BTC",
                Takes::Details,
            ),
            condition: Condition::Details("e.details"),
            facet: None,
            options: Options::None,
        },
    ]
}

fn and_actor(sql: &mut Sql, given: &Given, _: usize) {
    let actors = |text: &str| Vec::from_iter(Actor::parse(text));
    and_any(sql, given, actors, |sql, actor| {
        match actor {
            Actor::System => sql.push("e.user_id IS NULL"),
            Actor::Id(id) => sql.push("e.user_id = ").uuid(id),
            Actor::Email(email) => sql
                .push("e.user_id IN (SELECT id FROM public.\"user\" WHERE lower(email) = lower(")
                .text(&email)
                .push("))"),
        };
    });
}
