//! Keeping what was found: what is found again stays the same finding, what is not found any more is gone.

use std::collections::HashMap;

use domain::dossier::Span;
use domain::filter::ParamEnum as _;
use domain::finding::slice::Found;
use domain::finding::{Finding, Group, Rule};

use uuid::Uuid;

use crate::StoreError;
use crate::db::Session;
use crate::pg::PgTimestamp;
use crate::statements::statements;

/// What was looked at: findings inside it that were not found are gone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// The rules of the stream, in a span of time.
    Span(Span),
    /// Decisions that were waiting.
    Decisions(&'a [Uuid]),
    /// These rules altogether.
    Rules(&'a [Rule]),
}

/// Marks findings as gone that fulfil a condition and are none of those of the rules `$1`, kinds `$2` and subjects `$3`.
macro_rules! forget {
    ($condition:literal) => {
        concat!(
            "UPDATE audit_console.finding SET gone_at = now() WHERE gone_at IS NULL AND ",
            $condition,
            " AND id NOT IN (SELECT md5(rule || '|' || kind || '|' || subject)::uuid \
             FROM unnest($1::text[], $2::text[], $3::text[]) AS found(rule, kind, subject))"
        )
    };
}

statements! {
    /// A finding keeps the earliest row where its subject is an id that several rows name.
    UPSERT = "INSERT INTO audit_console.finding AS f (id, rule, severity, \"timestamp\", \
        subject_kind, subject_id, asset, algorithm_id, algorithm_name, summary) \
        SELECT md5(rule || '|' || kind || '|' || subject)::uuid, rule, severity, at, kind, subject, asset, \
          algorithm, name, summary \
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], \
          $8::text[], $9::text[]) AS new(rule, severity, at, kind, subject, asset, algorithm, name, summary) \
        ORDER BY 1 \
        ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, \"timestamp\" = excluded.\"timestamp\", \
          asset = excluded.asset, algorithm_id = excluded.algorithm_id, \
          algorithm_name = excluded.algorithm_name, summary = excluded.summary, gone_at = NULL, \
          found_at = CASE WHEN f.gone_at IS NULL THEN f.found_at ELSE now() END \
        WHERE f.gone_at IS NOT NULL OR (\
          (f.severity, f.\"timestamp\", f.asset, f.algorithm_id, f.algorithm_name, f.summary) IS DISTINCT FROM \
          (excluded.severity, excluded.\"timestamp\", excluded.asset, excluded.algorithm_id, \
           excluded.algorithm_name, excluded.summary) \
          AND (f.rule <> ALL($10) OR (excluded.\"timestamp\", excluded.summary) <= (f.\"timestamp\", f.summary)))";

    FORGET_IN_SPAN = forget!("rule = ANY($4) AND \"timestamp\" >= $5 AND \"timestamp\" < $6");

    FORGET_DECISIONS = forget!("rule = ANY($4) AND subject_kind = 'decision' AND subject_id = ANY($5)");

    FORGET_RULES = forget!("rule = ANY($4)");

    DELETE_WAITING = "DELETE FROM audit_console.finding_waiting WHERE decision_id = ANY($1) \
        AND decision_id <> ALL($2)";

    INSERT_WAITING = "INSERT INTO audit_console.finding_waiting SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING";
}

/// Writes what was found, and what is gone.
pub(super) async fn keep(
    session: &mut Session<'_>,
    scope: Scope<'_>,
    found: &Found,
    names: &HashMap<Uuid, String>,
) -> Result<(), StoreError> {
    upsert(session, &found.findings, names).await?;
    forget(session, scope, &found.findings).await?;
    if let Scope::Decisions(looked_at) = scope {
        sqlx::query(DELETE_WAITING)
            .bind(looked_at)
            .bind(&found.waiting)
            .execute(&mut *session)
            .await?;
    }
    if !found.waiting.is_empty() {
        sqlx::query(INSERT_WAITING)
            .bind(&found.waiting)
            .execute(session)
            .await?;
    }
    Ok(())
}

/// Rules whose subject is an id that several rows may name.
fn shared() -> Vec<String> {
    [Rule::UnknownActor, Rule::OrphanReference]
        .map(|rule| rule.as_str().to_owned())
        .to_vec()
}

async fn upsert(
    session: &mut Session<'_>,
    findings: &[Finding],
    names: &HashMap<Uuid, String>,
) -> Result<(), StoreError> {
    if findings.is_empty() {
        return Ok(());
    }
    let texts = |text: fn(&Finding) -> Option<&str>| -> Vec<Option<String>> {
        findings
            .iter()
            .map(|finding| text(finding).map(stored))
            .collect()
    };
    let name = |finding: &Finding| {
        let id = Uuid::try_parse(finding.algorithm.as_deref()?).ok()?;
        names.get(&id).cloned()
    };
    sqlx::query(UPSERT)
        .bind(texts(|finding| Some(finding.rule.as_str())))
        .bind(texts(|finding| Some(finding.rule.severity().as_str())))
        .bind(
            findings
                .iter()
                .map(|finding| PgTimestamp(finding.at))
                .collect::<Vec<_>>(),
        )
        .bind(texts(|finding| Some(finding.subject.kind.as_str())))
        .bind(texts(|finding| Some(&finding.subject.id)))
        .bind(texts(|finding| finding.asset.as_deref()))
        .bind(texts(|finding| finding.algorithm.as_deref()))
        .bind(findings.iter().map(name).collect::<Vec<_>>())
        .bind(texts(|finding| Some(&finding.summary)))
        .bind(shared())
        .execute(session)
        .await?;
    Ok(())
}

/// Text as PostgreSQL can store it: out of json it may hold a NUL.
fn stored(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

async fn forget(
    session: &mut Session<'_>,
    scope: Scope<'_>,
    findings: &[Finding],
) -> Result<(), StoreError> {
    let texts = |text: fn(&Finding) -> &str| -> Vec<String> {
        findings
            .iter()
            .map(|finding| stored(text(finding)))
            .collect()
    };
    let words = |rules: &mut dyn Iterator<Item = Rule>| -> Vec<String> {
        rules.map(|rule| rule.as_str().to_owned()).collect()
    };
    let statement = match scope {
        Scope::Span(_) => FORGET_IN_SPAN,
        Scope::Decisions(_) => FORGET_DECISIONS,
        Scope::Rules(_) => FORGET_RULES,
    };
    let query = sqlx::query(statement)
        .bind(texts(|finding| finding.rule.as_str()))
        .bind(texts(|finding| finding.subject.kind.as_str()))
        .bind(texts(|finding| &finding.subject.id));
    let query = match scope {
        Scope::Span(span) => query
            .bind(words(
                &mut Rule::all().filter(|rule| rule.group() == Group::Stream),
            ))
            .bind(PgTimestamp(span.from))
            .bind(PgTimestamp(span.to)),
        Scope::Decisions(ids) => query
            .bind(words(
                &mut [Rule::ExecutedNotFilled, Rule::ExecutedWithoutOrder].into_iter(),
            ))
            .bind(ids.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Scope::Rules(rules) => query.bind(words(&mut rules.iter().copied())),
    };
    query.execute(session).await?;
    Ok(())
}
