//! Reviews of kill-switch episodes through the forms, and what else a dossier's addresses answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::{Answer, Console, hidden};

const TOGGLE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
const STOP: &str = "09903d93-465f-4795-98bf-2a95a3e826c2";

/// A form as the page gives it, filled in.
struct Form {
    seen: String,
    key: String,
    facts: String,
}

impl Form {
    async fn open(console: &Console, id: &str) -> Self {
        let page = console.get(&format!("/kill-switch/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        Self::of(&page)
    }

    /// The form on a page.
    fn of(page: &Answer) -> Self {
        let field = |name| hidden(&page.body, name);
        Self {
            seen: field("seen"),
            key: field("key"),
            facts: field("facts"),
        }
    }

    async fn send(&self, console: &Console, id: &str, verdict: &str, note: &str) -> Answer {
        let form = format!(
            "verdict={verdict}&cause=A+cause&action=&note={note}&seen={}&key={}&facts={}",
            self.seen, self.key, self.facts
        );
        console
            .post(&format!("/kill-switch/{id}/review"), &form)
            .await
    }
}

async fn count(console: &Console) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM audit_console.kill_switch_review")
        .fetch_one(console.database.pool())
        .await
        .unwrap()
}

/// The review's columns of an episode, as the API has them.
async fn state(console: &Console, id: &str) -> String {
    let rows = console.get("/api/v1/kill-switch").await.body;
    let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
    let row = rows["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == id)
        .unwrap();
    format!("{} {}", row["review_status"], row["reviewed_by"]).replace('"', "")
}

#[tokio::test]
async fn two_admins_sign_what_slipped_through() {
    let superuser = Console::logged_in().await;
    let (one, two) = (
        superuser.as_admin("one").await,
        superuser.as_admin("two").await,
    );
    assert_eq!(state(&one, TOGGLE).await, "overdue null");
    let form = Form::open(&one, TOGGLE).await;
    let answer = form
        .send(
            &one,
            TOGGLE,
            "failed_to_stop",
            "Six+approvals+slipped+through.",
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(
        answer.header("location"),
        format!("/kill-switch/{TOGGLE}#review")
    );
    assert_eq!(state(&one, TOGGLE).await, "overdue one@audit.example");
    // The same form again writes nothing, and says so by leading to what it wrote.
    let again = form
        .send(
            &one,
            TOGGLE,
            "failed_to_stop",
            "Six+approvals+slipped+through.",
        )
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&one).await, 1);
    // An amendment by the same person does not make a second reviewer.
    let form = Form::open(&one, TOGGLE).await;
    let answer = form
        .send(&one, TOGGLE, "failed_to_stop", "And+three+orders.")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&one, TOGGLE).await, "overdue one@audit.example");
    let form = Form::open(&two, TOGGLE).await;
    let answer = form
        .send(&two, TOGGLE, "failed_to_stop", "I+found+the+same.")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        state(&one, TOGGLE).await,
        "reviewed one@audit.example, two@audit.example"
    );
    let page = one.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    for kept in [
        "Six approvals slipped through.",
        "And three orders.",
        "I found the same.",
    ] {
        assert!(page.contains(kept), "{kept}");
    }
    let csv = one.get("/kill-switch.csv?review=reviewed").await.body;
    assert!(
        csv.contains(",reviewed,\"one@audit.example, two@audit.example\",20"),
        "{csv}"
    );
}

#[tokio::test]
async fn whoever_pulled_it_is_refused_until_somebody_else_has_signed() {
    let superuser = Console::logged_in().await;
    let one = superuser.as_admin("one").await;
    let page = superuser.get(&format!("/kill-switch/{STOP}")).await.body;
    assert!(page.contains("somebody else has to sign first"), "{page}");
    assert!(!page.contains("name=\"key\""));
    let made_up = Form {
        seen: "0".to_owned(),
        key: "5f0c7d3e-9d43-4b55-8a53-0b5dd1f5c0de".to_owned(),
        facts: "open".to_owned(),
    };
    let answer = made_up
        .send(&superuser, STOP, "justified", "I+pulled+it+myself.")
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("somebody else has to sign first"));
    assert!(
        answer.body.contains("I pulled it myself."),
        "the text is kept"
    );
    assert_eq!(count(&superuser).await, 0);
    let form = Form::open(&one, STOP).await;
    form.send(&one, STOP, "justified", "Drawdown+was+real.")
        .await;
    assert_eq!(state(&one, STOP).await, "reviewed one@audit.example");
    let form = Form::open(&superuser, STOP).await;
    let answer = form
        .send(&superuser, STOP, "justified", "Thank+you.+I+agree.")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&superuser).await, 2);
}

#[tokio::test]
async fn an_admin_who_was_overtaken_is_told_and_loses_nothing() {
    let superuser = Console::logged_in().await;
    let (one, two) = (
        superuser.as_admin("one").await,
        superuser.as_admin("two").await,
    );
    let (first, second) = (
        Form::open(&one, TOGGLE).await,
        Form::open(&two, TOGGLE).await,
    );
    let answer = first
        .send(&one, TOGGLE, "drill", "It+was+an+exercise.")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let answer = second
        .send(&two, TOGGLE, "failed_to_stop", "What+I+wrote+meanwhile.")
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for shown in [
        "It was an exercise.",
        "What I wrote meanwhile.",
        "Somebody signed",
    ] {
        assert!(answer.body.contains(shown), "{shown}");
    }
    assert_eq!(count(&one).await, 1);
    let again = Form::of(&answer);
    let answer = again
        .send(&two, TOGGLE, "failed_to_stop", "What+I+wrote+meanwhile.")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&one).await, 2);
}

#[tokio::test]
async fn another_text_by_the_same_form_is_not_taken_for_the_first() {
    let superuser = Console::logged_in().await;
    let one = superuser.as_admin("one").await;
    let form = Form::open(&one, TOGGLE).await;
    let answer = form.send(&one, TOGGLE, "drill", "The+first+text.").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    // The way back in the browser, and another text.
    let answer = form.send(&one, TOGGLE, "drill", "The+second+text.").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for shown in ["The second text.", "signed with this form before"] {
        assert!(answer.body.contains(shown), "{shown}");
    }
    assert_eq!(count(&one).await, 1);
    let fresh = Form::of(&answer);
    assert_ne!(fresh.key, form.key);
    let answer = fresh.send(&one, TOGGLE, "drill", "The+second+text.").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(count(&one).await, 2);
}

#[tokio::test]
async fn nobody_signs_what_they_have_not_seen() {
    let superuser = Console::logged_in().await;
    let one = superuser.as_admin("one").await;
    let form = Form::open(&one, TOGGLE).await;
    // An approval inside the stop is committed late.
    superuser
        .execute(
            "INSERT INTO public.audit_log (id, \"timestamp\", event_type, severity, details) \
             SELECT gen_random_uuid(), min(\"timestamp\") + interval '1 microsecond', \
             'TRADE_APPROVED', 'info', '{}' FROM public.audit_log \
             WHERE event_type = 'kill_switch_toggle' AND details->>'active' = 'true'",
        )
        .await;
    let answer = form
        .send(&one, TOGGLE, "drill", "It+was+an+exercise.")
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for shown in ["More is known of this stop", "It was an exercise."] {
        assert!(answer.body.contains(shown), "{shown}");
    }
    assert_eq!(count(&one).await, 0);
}

#[tokio::test]
async fn what_a_form_lacks_is_named_and_its_text_kept() {
    let superuser = Console::logged_in().await;
    let one = superuser.as_admin("one").await;
    let form = Form::open(&one, TOGGLE).await;
    let answer = form.send(&one, TOGGLE, "", "Too+short").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for shown in [
        "takes 10 to 5000 characters; this has 9",
        "id=\"review-verdict-error\"",
        "Too short</textarea>",
        "value=\"A cause\"",
    ] {
        assert!(answer.body.contains(shown), "{shown}: {}", answer.body);
    }
    let hostile = "%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let answer = form.send(&one, TOGGLE, "x", hostile).await;
    assert!(!answer.body.contains("<script>alert"));
    // The longest note there may be, four bytes a character, as a browser sends it.
    let long = "%F0%9F%9B%91".repeat(5_000);
    let answer = form.send(&one, TOGGLE, "drill", &long).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = one.get(&format!("/kill-switch/{TOGGLE}")).await;
    assert!(page.body.contains(&"🛑".repeat(5_000)));
    for (body, param) in [
        ("verdict=drill&note=Long+enough.&seen=0", "key"),
        ("key=x", "key"),
    ] {
        let answer = one
            .post(&format!("/kill-switch/{TOGGLE}/review"), body)
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains(param));
    }
}

#[tokio::test]
async fn a_note_is_shown_as_text_and_markdown_alone() {
    let superuser = Console::logged_in().await;
    let one = superuser.as_admin("one").await;
    let form = Form::open(&one, TOGGLE).await;
    let note = "**Bold**+%3Cscript%3Ealert(1)%3C%2Fscript%3E+%5Bx%5D(javascript:alert(2))+\
                %3Cimg+src%3Dx+onerror%3Dalert(3)%3E";
    let answer = form.send(&one, TOGGLE, "drill", note).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = one.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    assert!(page.contains("<strong>Bold</strong>"));
    for hostile in ["<script>alert", "href=\"javascript", "<img"] {
        assert!(!page.contains(hostile), "{hostile}");
    }
}

#[tokio::test]
async fn only_admins_sign() {
    let superuser = Console::logged_in().await;
    let form = "verdict=drill&note=Long+enough.&seen=0&key=5f0c7d3e-9d43-4b55-8a53-0b5dd1f5c0de";
    let path = format!("/kill-switch/{TOGGLE}/review");
    let stranger = superuser.as_nobody().post(&path, form).await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    assert!(stranger.header("location").starts_with("/login"));
    superuser
        .execute("UPDATE \"user\" SET is_superuser = false")
        .await;
    let customer = superuser.post(&path, form).await;
    assert_eq!(customer.status, StatusCode::FORBIDDEN);
    superuser
        .execute(
            "INSERT INTO audit_console.role_change (subject_kind, subject_id, role, changed_by) \
             SELECT 'engine', id, 'auditor', 'test' FROM \"user\" WHERE email = 'admin@example.com'",
        )
        .await;
    let auditor = superuser.post(&path, form).await;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
    assert!(
        auditor.body.contains("signed by admins"),
        "{}",
        auditor.body
    );
    let page = superuser.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    assert!(!page.contains("name=\"note\""));
    assert_eq!(count(&superuser).await, 0);
    let forged = Request::post(&path)
        .header("host", "audit.example")
        .header("origin", "https://evil.example");
    let answer = superuser.post_with(forged, form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(count(&superuser).await, 0);
}

#[tokio::test]
async fn an_id_that_is_no_activation_cannot_be_signed() {
    let superuser = Console::logged_in().await;
    let clear = "SELECT id FROM audit_log WHERE event_type = 'EMERGENCY_STOP_CLEARED' LIMIT 1";
    let clear = superuser.find_id(clear).await;
    let second = "SELECT id FROM audit_log WHERE event_type = 'EMERGENCY_STOP_ACTIVATED' \
                  AND details->>'source' = 'redis' LIMIT 1";
    let second = superuser.find_id(second).await;
    for id in [clear.to_string(), second.to_string(), "x".to_owned()] {
        let form =
            "verdict=drill&note=Long+enough.&seen=0&key=5f0c7d3e-9d43-4b55-8a53-0b5dd1f5c0de";
        let answer = superuser
            .post(&format!("/kill-switch/{id}/review"), form)
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
    let back = superuser
        .get(&format!("/kill-switch/{TOGGLE}/review"))
        .await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_dossiers_addresses_take_what_they_say() {
    let console = Console::logged_in().await;
    let base = format!("/kill-switch/{TOGGLE}");
    for uri in [
        format!("{base}?from=2026-11-23T07:35:30Z&to=2026-11-23T07:35:31Z&tz=Australia/Sydney"),
        format!("{base}?from=2026-11-23&tz=UTC"),
        format!("{base}/timeline.csv?raw=1"),
        format!("{base}/timeline.jsonl?to=2026-11-23T07:35:31Z"),
        format!("{base}/leaks.csv?raw=0"),
        format!("/api/v1/kill-switch/{TOGGLE}"),
        "/api/v1/live".to_owned(),
    ] {
        let answer = console.get(&uri).await;
        assert_eq!(answer.status, StatusCode::OK, "{uri}: {}", answer.body);
    }
    for (uri, says) in [
        (format!("{base}?x=1"), "takes from, to, tz"),
        (
            format!("{base}?from=2026-11-24&to=2026-11-22"),
            "is after to",
        ),
        (format!("{base}?from=2026-11-25"), "wrong way round"),
        (format!("{base}?from=yesterday"), "takes an RFC 3339 time"),
        (format!("{base}?last=7d"), "unknown parameter"),
        (format!("{base}/leaks.csv?from=2026-11-23"), "takes raw"),
        (format!("{base}/timeline.csv?raw=2"), "takes 0 or 1"),
        (format!("/api/v1/kill-switch/{TOGGLE}?x=1"), "takes none"),
    ] {
        let answer = console.get(&uri).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(answer.body.contains(says), "{uri}: {}", answer.body);
    }
    let csv = console.get(&format!("{base}/leaks.csv")).await;
    let name = csv.header("content-disposition");
    let wanted = format!("attachment; filename=\"kill-switch_{TOGGLE}_leaks_2026");
    assert!(name.starts_with(&wanted), "{name}");
    assert!(name.contains("_UTC_exported_2"), "{name}");
    assert_eq!(csv.body.matches("\r\n").count(), 10);
}

#[tokio::test]
async fn the_api_tells_a_dossier_whole() {
    let console = Console::logged_in().await;
    let body = console
        .get(&format!("/api/v1/kill-switch/{TOGGLE}"))
        .await
        .body;
    let dossier: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(dossier["mechanism"], "toggle");
    assert_eq!(dossier["enforced"], false);
    assert_eq!(dossier["leaked_approvals"], 6);
    assert_eq!(dossier["leaks"].as_array().unwrap().len(), 9);
    let value = &dossier["leaked_value_aud"];
    assert_eq!(value["approved_each_trade_once"], "2794.692223921144512");
    assert_eq!(dossier["events"][0]["details"]["active"], true);
    assert_eq!(dossier["events"][1]["role"], "clear");
    assert_eq!(dossier["review"]["state"], "overdue");
    assert_eq!(dossier["review"]["needs"], "reviewer");
}

#[tokio::test]
async fn the_live_state_does_not_keep_a_session_alive() {
    let console = Console::logged_in().await;
    let old = "UPDATE audit_console.session SET seen_at = now() - interval '1 hour'";
    let age = "SELECT extract(epoch FROM now() - seen_at)::bigint FROM audit_console.session";
    let age = async || -> i64 {
        let age = sqlx::query_scalar(age).fetch_one(console.database.pool());
        age.await.unwrap()
    };
    console.execute(old).await;
    let live = console.get("/api/v1/live").await;
    assert_eq!(live.status, StatusCode::OK);
    assert!(live.body.contains("\"overdue_reviews\":3"), "{}", live.body);
    assert!(live.body.contains("no Redis configured"), "{}", live.body);
    assert!(age().await > 3_000);
    console.get("/").await;
    assert!(age().await < 60);
}
