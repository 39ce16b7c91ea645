//! `audit-console kill-switch …`: episodes in the terminal, times in UTC.

use std::fmt::Write as _;

use chrono_tz::Tz;
use domain::clock;
use domain::dossier::{Dossier, LeakedValue, Span, TimelineEntry};
use domain::episode::{Episode, Mechanism};
use domain::filter::{ListQuery, ParamEnum as _};
use domain::query::Params;
use domain::review::{Needs, Review, ReviewProgress, review_progress};
use domain::time::{Timestamp, duration_in_words, ongoing_in_words, span_in_words};
use store::access::Auditor;
use store::engine::CountedEpisodes;
use store::views;
use uuid::Uuid;

use super::export::{bad_param, pair};
use crate::output::{print, print_line};
use crate::state::{App, StartError};

const HEADER: &str = "id\tactivated_at\tmechanism\tactivated_by\tlasted\tcleared_by\trejections\t\
    leaked_approvals\tleaked_orders\treview";

/// `kill-switch list`: prints a header and one line for each episode, tab-separated.
///
/// # Errors
/// When a parameter is wrong or a database is unavailable.
pub async fn list(app: &App, parameters: Vec<String>) -> Result<(), StartError> {
    app.console.check_schema().await?;
    let pairs = parameters
        .iter()
        .map(|argument| pair(argument, "--leaks=yes"))
        .collect::<Result<Vec<_>, _>>()?;
    let query = Params::from_pairs(pairs)
        .and_then(|params| ListQuery::from_params(views::kill_switch(), params))
        .map_err(|error| bad_param(&error))?;
    let now = clock::now();
    let window = query
        .window(query.tz.unwrap_or(Tz::UTC), now)
        .map_err(|error| bad_param(&error))?;
    let auditor = Auditor::operator();
    let rows = app
        .engine
        .all_episodes(&auditor, &app.review_policy, &query, window)
        .await?;
    print_line(format_args!("{HEADER}"))?;
    for row in &rows {
        print_line(format_args!("{}", line(row, now)))?;
    }
    Ok(())
}

fn line(row: &CountedEpisodes, now: Timestamp) -> String {
    let CountedEpisodes {
        episode,
        effect,
        review_progress,
    } = row;
    [
        episode.key().to_string(),
        episode.activated_at().rfc3339(),
        episode.mechanism.as_str().to_owned(),
        printable(&episode.first().actor()),
        lasted(episode, now),
        cleared_by(episode),
        effect.rejections.to_string(),
        effect.leaked_approvals.to_string(),
        effect.leaked_orders.to_string(),
        review_progress.state.as_str().to_owned(),
    ]
    .join("\t")
}

fn lasted(episode: &Episode, now: Timestamp) -> String {
    match episode.duration_micros() {
        Some(micros) => duration_in_words(micros),
        None => ongoing_in_words(now.micros_since(episode.activated_at())),
    }
}

fn cleared_by(episode: &Episode) -> String {
    episode.cleared().map_or_else(
        || "not cleared".to_owned(),
        |clear| printable(&clear.actor()),
    )
}

/// Stored text without control characters.
fn printable(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_control() { '\u{fffd}' } else { char })
        .collect()
}

/// `kill-switch show`: prints the dossier.
///
/// # Errors
/// When there is no such episode, or a database is unavailable.
pub async fn show(app: &App, id: Uuid) -> Result<(), StartError> {
    app.console.check_schema().await?;
    let auditor = Auditor::operator();
    let now = clock::now();
    let history = app.engine.kill_switch_history(&auditor).await?;
    let missing = || {
        StartError::Other(format!(
            "there is no kill-switch episode {id}: an episode's id is that of its activating event \
             (`audit-console kill-switch list` has them)"
        ))
    };
    let span = Span::around(history.find(id).ok_or_else(missing)?, now);
    let (dossier, reviews) = tokio::try_join!(
        app.engine.dossier(&auditor, id, span),
        app.console.list_reviews(&auditor, id),
    )?;
    let dossier = dossier.ok_or_else(missing)?;
    let actor_identities = app
        .engine
        .actor_identities(&auditor, &app.console, &dossier.episode)
        .await?;
    let people = app.console.people(&auditor, &actor_identities).await?;
    let review_progress = review_progress(
        &dossier.episode,
        &reviews,
        &people,
        dossier.effect,
        app.review_policy.patience,
        now,
    );
    print(format_args!(
        "{}",
        text(&dossier, &reviews, &review_progress, now)
    ))
}

fn text(
    dossier: &Dossier,
    reviews: &[Review],
    review_progress: &ReviewProgress,
    now: Timestamp,
) -> String {
    let mut out = String::new();
    let episode = &dossier.episode;
    let mut say = |label: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{label:<18}{value}");
    };
    let mechanism = match episode.mechanism {
        Mechanism::EmergencyStop => "emergency stop, enforced by the Guard",
        Mechanism::Toggle => "toggle, declared and not enforced",
    };
    say("episode", episode.key().to_string());
    say("mechanism", mechanism.to_owned());
    say(
        "activated",
        at_by(episode.activated_at(), &episode.first().actor()),
    );
    say(
        "cleared",
        episode.cleared().map_or_else(
            || "not yet".to_owned(),
            |clear| at_by(clear.event.timestamp, &clear.actor()),
        ),
    );
    say("lasted", lasted(episode, now));
    say("rejections", dossier.effect.rejections.to_string());
    say(
        "leaked",
        format!(
            "{} approvals, {} orders",
            dossier.effect.leaked_approvals, dossier.effect.leaked_orders
        ),
    );
    say("leaked AUD", leaked_aud(dossier.value.as_ref()));
    for leak in &dossier.leaks.entries {
        say("  leak", moment(episode, leak));
    }
    if dossier.leaks.more {
        say(
            "  leak",
            "and more: /kill-switch/ID/leaks.csv has all".to_owned(),
        );
    }
    say("review", review_words(review_progress));
    for review in reviews {
        let signature = &review.signature;
        say(
            &format!("  {}", review.number),
            format!(
                "{}, {}",
                review.verdict.as_str(),
                at_by(signature.at, &signature.reviewer.email)
            ),
        );
        for (label, text) in [("cause", &review.cause), ("done", &review.action)] {
            if !text.is_empty() {
                say(&format!("    {label}"), printable(text));
            }
        }
        for line in review.note.lines() {
            say("", printable(line));
        }
    }
    out
}

fn leaked_aud(value: Option<&LeakedValue>) -> String {
    let Some(value) = value else {
        return "too much to add up in time".to_owned();
    };
    let mut text = format!(
        "{} approved, each trade once ({} with second checks); {} filled",
        value.approved_once, value.approved_all, value.filled
    );
    for (count, what) in [
        (value.without_value, "approvals without a value"),
        (value.filled_without_price, "filled orders without a price"),
    ] {
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(text, "; {what}, not in it: {count}");
        }
    }
    text
}

fn at_by(at: Timestamp, who: &str) -> String {
    format!("{} by {}", at.rfc3339(), printable(who))
}

fn moment(episode: &Episode, moment: &TimelineEntry) -> String {
    let words: Vec<String> = [&moment.side, &moment.coin, &moment.quantity]
        .into_iter()
        .flatten()
        .map(|word| printable(word))
        .collect();
    let value = moment
        .value
        .as_deref()
        .map_or_else(String::new, |value| format!(", AUD {}", printable(value)));
    let second = if moment.is_second {
        ", second check"
    } else {
        ""
    };
    format!(
        "+{} {} {}{value}{second}",
        span_in_words(moment.at.micros_since(episode.activated_at())),
        moment.kind.as_str(),
        words.join(" ")
    )
}

fn review_words(review_progress: &ReviewProgress) -> String {
    let needs = match review_progress.needs {
        None => String::new(),
        Some(Needs::Reviewer) => "; needs a reviewer".to_owned(),
        Some(Needs::SecondReviewer) => "; needs a second reviewer".to_owned(),
        Some(Needs::Clear) => "; the episode is not cleared".to_owned(),
        Some(Needs::ReviewerAfterClear) => {
            "; was signed while the episode was open, needs a reviewer".to_owned()
        }
    };
    format!(
        "{}, due {}{needs}",
        review_progress.state.as_str(),
        review_progress.due_at.rfc3339()
    )
}
