//! Findings: who reads them, the notes that people write through the form, and where else they show.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::{Answer, Console, hidden};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A finding about a decision of the sample rows.
const FINDING: &str = "7f1c2a54-0d5e-4b8e-9a51-3f0f7f0b6a11";
const SUMMARY: &str = "Its order is submitted, not filled: “<b>”.";

/// The sample rows, with a finding.
async fn console() -> Console {
    let console = Console::logged_in().await;
    console
        .execute(&format!(
            "INSERT INTO audit_console.finding \
               (id, rule, severity, \"timestamp\", subject_kind, subject_id, asset, summary) \
             SELECT '{FINDING}', 'executed-not-filled', 'warning', \"timestamp\", 'decision', id::text, asset, \
               '{SUMMARY}' \
             FROM public.trade_audit WHERE is_executed ORDER BY \"timestamp\" LIMIT 1; \
             INSERT INTO audit_console.finding_progress VALUES ('executed-not-filled', now(), now())"
        ))
        .await;
    console
}

/// A form as the page gives it, filled in.
struct Form {
    seen: String,
    key: String,
    about: String,
}

impl Form {
    async fn open(console: &Console) -> Self {
        let page = console.get(&format!("/findings/{FINDING}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        Self::of(&page)
    }

    fn of(page: &Answer) -> Self {
        let field = |name| hidden(&page.body, name);
        Self {
            seen: field("seen"),
            key: field("key"),
            about: field("about").replace("&lt;", "<").replace("&gt;", ">"),
        }
    }

    async fn send(&self, console: &Console, answer: &str, note: &str) -> Answer {
        let about = utf8_percent_encode(&self.about, NON_ALPHANUMERIC);
        let form = format!(
            "answer={answer}&note={note}&seen={}&key={}&about={about}",
            self.seen, self.key
        );
        console
            .post(&format!("/findings/{FINDING}/notes"), &form)
            .await
    }
}

async fn count(console: &Console) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM audit_console.finding_note")
        .fetch_one(console.database.pool())
        .await
        .unwrap()
}

/// The ids that the API lists.
async fn listed(console: &Console, query: &str) -> usize {
    let body = console.get(&format!("/api/v1/findings?{query}")).await.body;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["rows"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_auditor_explains_a_finding_and_it_is_open_no_longer() {
    let console = console().await;
    let auditor = console.as_auditor("one").await;
    assert_eq!(listed(&auditor, "state=open").await, 1);
    let live = auditor.get("/api/v1/live").await.body;
    assert!(live.contains("\"open_findings\":1"), "{live}");
    let form = Form::open(&auditor).await;
    let note = "Filled+by+hand.%0D%0ASee+the+%3Cb%3Eticket%3C/b%3E.";
    let answer = form.send(&auditor, "explained", note).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let notes = format!("/findings/{FINDING}#notes");
    assert_eq!(answer.header("location"), notes);
    // The same form again writes nothing, and leads to what it wrote.
    let again = form.send(&auditor, "explained", note).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&console).await, 1);
    assert_eq!(listed(&auditor, "state=open").await, 0);
    assert_eq!(listed(&auditor, "state=explained").await, 1);
    let page = auditor.get(&format!("/findings/{FINDING}")).await.body;
    for shown in [
        "one@audit.example",
        "Filled by hand.\nSee the &lt;b&gt;ticket",
    ] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    assert!(!page.contains("About what was found then"), "{page}");
    // It says something else: the note is about what it said, and it is open again.
    console
        .execute("UPDATE audit_console.finding SET summary = 'Its order failed.'")
        .await;
    let page = auditor.get(&format!("/findings/{FINDING}")).await.body;
    assert!(page.contains("About what was found then"), "{page}");
    assert_eq!(listed(&auditor, "state=open").await, 1);
    let back = auditor.get(&format!("/findings/{FINDING}/notes")).await;
    assert_eq!(back.header("location"), notes);
}

#[tokio::test]
async fn whoever_was_overtaken_is_told_and_loses_nothing() {
    let console = console().await;
    let (one, two) = (
        console.as_auditor("one").await,
        console.as_admin("two").await,
    );
    let (first, second) = (Form::open(&one).await, Form::open(&two).await);
    let answer = first.send(&one, "acknowledged", "I+am+asking+them.").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let answer = second
        .send(&two, "explained", "What+I+wrote+meanwhile.")
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for shown in [
        "I am asking them.",
        "What I wrote meanwhile.</textarea>",
        "Somebody wrote a note",
    ] {
        assert!(answer.body.contains(shown), "{shown}: {}", answer.body);
    }
    assert_eq!(count(&console).await, 1);
    let answer = Form::of(&answer)
        .send(&two, "explained", "What+I+wrote+meanwhile.")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&console).await, 2);
}

#[tokio::test]
async fn nobody_explains_what_they_have_not_seen() {
    let console = console().await;
    let form = Form::open(&console).await;
    console
        .execute("UPDATE audit_console.finding SET summary = 'Its order failed.'")
        .await;
    let answer = form.send(&console, "explained", "It+was+a+drill.").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for shown in [
        "says something else",
        "It was a drill.",
        "Its order failed.",
    ] {
        assert!(answer.body.contains(shown), "{shown}: {}", answer.body);
    }
    assert_eq!(count(&console).await, 0);
}

#[tokio::test]
async fn another_text_by_the_same_form_is_not_taken_for_the_first() {
    let console = console().await;
    let form = Form::open(&console).await;
    form.send(&console, "explained", "The+first+text.").await;
    let answer = form.send(&console, "explained", "The+second+text.").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(
        answer.body.contains("sent this form before"),
        "{}",
        answer.body
    );
    let fresh = Form::of(&answer);
    assert_ne!(fresh.key, form.key);
    let answer = fresh.send(&console, "explained", "The+second+text.").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&console).await, 2);
}

#[tokio::test]
async fn what_a_form_lacks_is_named_and_its_text_kept() {
    let console = console().await;
    let form = Form::open(&console).await;
    let answer = form.send(&console, "", "Too+short").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for shown in [
        "takes 10 to 5000 characters; this has 9",
        "id=\"note-answer-error\"",
        "Too short</textarea>",
    ] {
        assert!(answer.body.contains(shown), "{shown}: {}", answer.body);
    }
    assert_eq!(Form::of(&answer).key, form.key);
    let long = "%F0%9F%9B%91".repeat(5_000);
    let answer = form.send(&console, "explained", &long).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let path = format!("/findings/{FINDING}/notes");
    let key = "key=5f0c7d3e-9d43-4b55-8a53-0b5dd1f5c0de";
    for (body, param) in [
        ("answer=explained&seen=0&about=x".to_owned(), "key"),
        (format!("{key}&about=x"), "seen"),
        (format!("{key}&seen=0"), "about"),
    ] {
        let answer = console.post(&path, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer.body.contains(param), "{}", answer.body);
    }
    assert_eq!(count(&console).await, 1);
}

#[tokio::test]
async fn only_people_with_a_role_read_and_write() {
    let console = console().await;
    let form = "answer=explained&note=Long+enough.&seen=0&about=x&key=5f0c7d3e-9d43-4b55-8a53-0b5dd1f5c0de";
    let path = format!("/findings/{FINDING}/notes");
    let pages = [
        "/findings".to_owned(),
        "/findings/rules/silence".to_owned(),
        format!("/findings/{FINDING}"),
    ];
    for page in &pages {
        assert_eq!(console.get(page).await.status, StatusCode::OK, "{page}");
        let stranger = console.as_nobody().get(page).await;
        assert!(stranger.header("location").starts_with("/login"), "{page}");
    }
    let api = console.as_nobody().get("/api/v1/findings").await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
    let stranger = console.as_nobody().post(&path, form).await;
    assert!(stranger.header("location").starts_with("/login"));
    let forged = Request::post(&path)
        .header("host", "audit.example")
        .header("origin", "https://evil.example");
    let forged = console.post_with(forged, form).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    console
        .execute("UPDATE \"user\" SET is_superuser = false")
        .await;
    for page in &pages {
        let customer = console.get(page).await;
        assert_eq!(customer.status, StatusCode::FORBIDDEN, "{page}");
        assert!(!customer.body.contains("not filled"), "{page}");
    }
    let customer = console.post(&path, form).await;
    assert_eq!(customer.status, StatusCode::FORBIDDEN);
    assert_eq!(count(&console).await, 0);
}

#[tokio::test]
async fn what_is_not_there_is_told_apart_from_what_no_longer_holds() {
    let console = console().await;
    for path in [
        "/findings/x",
        "/findings/00000000-0000-4000-8000-000000000000",
        "/findings/rules/no-such-rule",
        "/findings/rules/",
    ] {
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("no longer holds"), "{path}");
    }
    let form = Form::open(&console).await;
    console
        .execute("UPDATE audit_console.finding SET gone_at = now()")
        .await;
    let gone = console.get(&format!("/findings/{FINDING}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.body.contains("no longer holds"), "{}", gone.body);
    let answer = form.send(&console, "explained", "It+was+a+drill.").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    for (uri, says) in [
        ("/findings?rule=no-such-rule", "takes the id of a rule"),
        ("/findings?state=closed", "takes open or explained"),
        ("/findings/rules/silence?x=1", "takes none"),
    ] {
        let answer = console.get(uri).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(answer.body.contains(says), "{uri}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_row_shows_its_findings_and_no_other_kinds() {
    let console = console().await;
    let subject = "SELECT subject_id::uuid FROM audit_console.finding";
    let decision = console.find_id(subject).await;
    let page = console.get(&format!("/trades/{decision}")).await.body;
    assert!(page.contains(&format!("/findings/{FINDING}")), "{page}");
    let order = "SELECT t.execution_order_id FROM public.trade_audit t JOIN audit_console.finding f \
                 ON f.subject_id = t.id::text";
    let order = console.find_id(order).await;
    for (kind, id, shows) in [
        ("order", order.to_string(), true),
        ("event", decision.to_string(), false),
    ] {
        console
            .execute(&format!(
                "UPDATE audit_console.finding SET subject_kind = '{kind}', subject_id = '{id}'"
            ))
            .await;
        let page = console.get(&format!("/trades/{decision}")).await.body;
        assert_eq!(
            page.contains(&format!("/findings/{FINDING}")),
            shows,
            "{kind}"
        );
    }
}
