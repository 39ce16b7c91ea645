//! Writes findings. A finding that is found again keeps its id; one that is no longer found is marked as gone.

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

/// The part of the engine's data that was checked. Stored findings of this scope that were not found again are marked
/// as gone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// All stream rules, over a span of time.
    Span(Span),
    /// Decisions whose check was deferred.
    Decisions(&'a [Uuid]),
    /// These rules, over all data.
    Rules(&'a [Rule]),
}

/// Statement that marks findings of a scope as gone, except those with the rules `$1`, subject kinds `$2` and subject
/// ids `$3`.
macro_rules! mark_gone {
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
    /// For the rules `$10`, several engine rows can share one finding; the earliest row is kept.
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

    FORGET_IN_SPAN = mark_gone!("rule = ANY($4) AND \"timestamp\" >= $5 AND \"timestamp\" < $6");

    FORGET_DECISIONS = mark_gone!("rule = ANY($4) AND subject_kind = 'decision' AND subject_id = ANY($5)");

    FORGET_RULES = mark_gone!("rule = ANY($4)");

    DELETE_WAITING = "DELETE FROM audit_console.finding_waiting WHERE decision_id = ANY($1) \
        AND decision_id <> ALL($2)";

    INSERT_WAITING = "INSERT INTO audit_console.finding_waiting SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING";
}

/// Upserts the findings, marks those of the scope that were not found as gone, and updates the list of waiting
/// decisions.
pub(super) async fn keep(
    session: &mut Session<'_>,
    scope: Scope<'_>,
    found: &Found,
    names: &HashMap<Uuid, String>,
) -> Result<(), StoreError> {
    upsert(session, &found.findings, names).await?;
    mark_gone(session, scope, &found.findings).await?;
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

/// Rules whose subject is an id that several engine rows may share.
fn shared_subject_rules() -> Vec<String> {
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
            .map(|finding| text(finding).map(without_nul))
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
        .bind(shared_subject_rules())
        .execute(session)
        .await?;
    Ok(())
}

/// Replaces NUL characters, which JSON text may contain and PostgreSQL cannot store.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

async fn mark_gone(
    session: &mut Session<'_>,
    scope: Scope<'_>,
    findings: &[Finding],
) -> Result<(), StoreError> {
    let texts = |text: fn(&Finding) -> &str| -> Vec<String> {
        findings
            .iter()
            .map(|finding| without_nul(text(finding)))
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
