//! A session that ends while somebody types: what they typed comes back to them after the log-in, to nobody else, and
//! is never sent for them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::{Answer, Console, field, hidden};

const TOGGLE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
/// Each of its characters takes four bytes, twelve as a form is sent.
const LONG: &str = "𝄞";

/// An admin who had no part in any stop.
const ONE: (&str, &str) = ("one@audit.example", "a-long-password");

async fn console() -> Console {
    Console::sample().await.as_admin("one").await
}

fn review() -> String {
    format!("/kill-switch/{TOGGLE}/review")
}

/// A review of that note, as the form on a page sends it.
fn form(page: &str, note: &str) -> String {
    let mut form = format!("verdict=drill&cause=A+cause&action=&note={}", field(note));
    for name in ["owner", "seen", "facts", "key"] {
        form.extend(["&", name, "=", &field(&hidden(page, name))]);
    }
    form
}

/// Logs in by the log-in page that a form became; the session's cookie goes into the console.
async fn log_in_by(
    console: &mut Console,
    page: &Answer,
    (email, password): (&str, &str),
) -> Answer {
    let form = format!(
        "email={}&password={}&next={}&draft={}",
        field(email),
        field(password),
        field(&hidden(&page.body, "next")),
        field(&hidden(&page.body, "draft"))
    );
    let answer = console.post("/login", &form).await;
    if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
        cookie.clone_into(&mut console.cookie);
    }
    answer
}

async fn end_all_sessions(console: &Console) {
    console.execute("DELETE FROM audit_console.session").await;
}

async fn count(console: &Console, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM audit_console.{table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(console.database.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_review_is_there_again_after_the_log_in_and_is_not_sent_by_it() {
    let mut console = console().await;
    let dossier = console.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    let note = format!("<b>Mine</b> & \"quoted\"\r\n{}", LONG.repeat(4_900));
    let sent = form(&dossier, &note);
    let key = hidden(&dossier, "key");
    end_all_sessions(&console).await;
    let ended = console.post(&review(), &sent).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(
        ended
            .body
            .contains("Your session ended. Log in and your review is still there.")
    );
    assert!(!ended.body.contains("Mine"), "what was typed is sealed");
    // A wrong password loses nothing either.
    let wrong = log_in_by(&mut console, &ended, (ONE.0, "wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.body.contains("your review is still there"));
    let answer = log_in_by(&mut console, &wrong, ONE).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("{}#review", review()));
    for _ in 0..2 {
        let again = console.get(&review()).await;
        assert_eq!(again.status, StatusCode::OK);
        assert!(
            again
                .body
                .contains("Your session had ended, and nothing was signed yet.")
        );
        assert!(
            again.body.contains("&lt;b&gt;Mine&lt;/b&gt; &amp; "),
            "as text"
        );
        assert!(again.body.contains(&LONG.repeat(4_900)));
        assert_eq!(hidden(&again.body, "key"), key);
        assert!(again.body.contains("value=\"A cause\""));
    }
    assert_eq!(count(&console, "kill_switch_review").await, 0);
    let again = console.get(&review()).await.body;
    let signed = console.post(&review(), &form(&again, &note)).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.body);
    assert_eq!(count(&console, "kill_switch_review").await, 1);
    // It was sent: the form is empty again.
    assert_eq!(count(&console, "form_draft").await, 0);
    assert_eq!(console.get(&review()).await.status, StatusCode::SEE_OTHER);
    // The first form again is the same entry.
    assert_eq!(
        console.post(&review(), &sent).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(count(&console, "kill_switch_review").await, 1);
}

#[tokio::test]
async fn whoever_was_overtaken_meanwhile_is_told() {
    let mut console = console().await;
    let other = console.as_admin("other").await;
    let dossier = console.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    let theirs = other.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    console
        .execute("DELETE FROM audit_console.session WHERE subject_id = (SELECT id FROM audit_console.account WHERE email LIKE 'one@%')")
        .await;
    let ended = console
        .post(&review(), &form(&dossier, "What I saw of it."))
        .await;
    let first = other
        .post(&review(), &form(&theirs, "Somebody else's."))
        .await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    log_in_by(&mut console, &ended, ONE).await;
    let again = console.get(&review()).await.body;
    assert_eq!(hidden(&again, "seen"), "0");
    let told = console
        .post(&review(), &form(&again, "What I saw of it."))
        .await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(
        told.body
            .contains("Somebody signed while you were writing.")
    );
    assert!(told.body.contains("What I saw of it."));
    assert_eq!(count(&console, "kill_switch_review").await, 1);
}

#[tokio::test]
async fn nobody_else_gets_to_see_it() {
    let mut console = console().await;
    let dossier = console.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    // Makes the other account; its session goes with all the others.
    console.as_admin("other").await;
    let sent = form(&dossier, "For my eyes only.");
    end_all_sessions(&console).await;
    let ended = console.post(&review(), &sent).await;
    let other = ("other@audit.example", "a-long-password");
    let answer = log_in_by(&mut console, &ended, other).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = console.get(&review()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = console.get(&format!("/kill-switch/{TOGGLE}")).await;
    assert!(!page.body.contains("For my eyes only."));
    assert_eq!(count(&console, "form_draft").await, 0);
    // Nor does another session of the same person, nor whoever reads the database.
    end_all_sessions(&console).await;
    log_in_by(&mut console, &ended, ONE).await;
    assert_eq!(console.get(&review()).await.status, StatusCode::OK);
    let mut elsewhere = console.as_nobody();
    elsewhere.log_in(ONE).await;
    assert_eq!(elsewhere.get(&review()).await.status, StatusCode::SEE_OTHER);
    let kept: Vec<u8> = sqlx::query_scalar("SELECT sealed FROM audit_console.form_draft")
        .fetch_one(console.database.pool())
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("eyes"));
    // And it goes with its session.
    console.post("/logout", "").await;
    assert_eq!(count(&console, "form_draft").await, 0);
}

#[tokio::test]
async fn nobody_can_plant_text_that_looks_like_somebodys_own() {
    let mut console = console().await;
    let dossier = console.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    end_all_sessions(&console).await;
    let sent = form(&dossier, "Signed in your name.");
    // From another site it is refused, with the log-in form's field, too.
    for path in [review(), "/login".to_owned()] {
        let request = Request::post(&path).header("sec-fetch-site", "cross-site");
        let answer = console.post_with(request, &sent).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Without the owner, or with one that the console has not sealed, there is nothing to give back.
    let owner = hidden(&dossier, "owner");
    for other in [
        String::new(),
        "engine:00000000-0000-0000-0000-000000000000".to_owned(),
    ] {
        let forged = sent.replace(&field(&owner), &field(&other));
        let answer = console.post(&review(), &forged).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let to = answer.header("location");
        assert!(to.starts_with("/login?next=%2Fkill%2Dswitch%2F"), "{to}");
    }
    // The owner's seal is no draft's.
    let form = format!("email={}&password={}&draft={owner}", ONE.0, ONE.1);
    let answer = console.post("/login", &form).await;
    assert_eq!(answer.header("location"), "/");
    console.log_in(ONE).await;
    assert_eq!(console.get(&review()).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn programs_are_told_401() {
    let console = Console::sample().await;
    let request = Request::post(review()).header("accept", "application/json");
    let answer = console.post_with(request, "note=x").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains(r#""code":"not_logged_in""#));
}

#[tokio::test]
async fn a_copy_of_the_console_opens_what_another_has_sealed() {
    let console = console().await;
    let dossier = console.get(&format!("/kill-switch/{TOGGLE}")).await.body;
    end_all_sessions(&console).await;
    let ended = console
        .post(&review(), &form(&dossier, "Over two copies."))
        .await;
    let mut other = Console {
        router: common::router_of(common::settings(&console.database.runtime_url())),
        ..console.as_nobody()
    };
    log_in_by(&mut other, &ended, ONE).await;
    assert!(other.get(&review()).await.body.contains("Over two copies."));
}

#[tokio::test]
async fn a_note_and_the_names_of_views_are_kept_as_reviews_are() {
    let mut console = console().await;
    console
        .execute(
            "INSERT INTO audit_console.finding \
               (id, rule, severity, \"timestamp\", subject_kind, subject_id, asset, summary) \
             SELECT '00000000-0000-0000-0000-000000000001', 'executed-not-filled', 'warning', \"timestamp\", \
               'decision', id::text, asset, 'Its order is submitted, not filled.' \
             FROM public.trade_audit WHERE is_executed ORDER BY \"timestamp\" LIMIT 1; \
             INSERT INTO audit_console.finding_progress VALUES ('executed-not-filled', now(), now())",
        )
        .await;
    let path = "/findings/00000000-0000-0000-0000-000000000001";
    let finding = console.get(path).await;
    assert_eq!(finding.status, StatusCode::OK, "{}", finding.body);
    let list = console.get("/trades?asset=BTC").await.body;
    let views = console
        .post("/views", "name=Before&view=trades&query=asset%3DETH")
        .await;
    assert_eq!(views.status, StatusCode::SEE_OTHER);
    let views = console.get("/views").await.body;
    let rename = views
        .split("action=\"")
        .find(|it| it.contains("/rename\""))
        .unwrap();
    let rename = rename.split('"').next().unwrap().to_owned();
    let owner = field(&hidden(&list, "owner"));
    let mut note = "answer=explained&note=A+note+of+mine.".to_owned();
    for name in ["owner", "seen", "about", "key"] {
        note.extend(["&", name, "=", &field(&hidden(&finding.body, name))]);
    }
    for (post, form, leads_to, says, shows) in [
        (
            format!("{path}/notes"),
            note,
            format!("{path}/notes#notes"),
            "your note is still there",
            "A note of mine.",
        ),
        (
            "/views".to_owned(),
            format!("owner={owner}&view=trades&query=asset%3DBTC&name=All+of+Bitcoin"),
            "/views".to_owned(),
            "the name you typed is still there",
            "value=\"All of Bitcoin\"",
        ),
        (
            rename,
            format!("owner={owner}&name=After"),
            "/views".to_owned(),
            "the name you typed is still there",
            "value=\"After\"",
        ),
    ] {
        end_all_sessions(&console).await;
        let ended = console.post(&post, &form).await;
        assert_eq!(ended.status, StatusCode::UNAUTHORIZED, "{post}");
        assert!(ended.body.contains(says), "{post}");
        let answer = log_in_by(&mut console, &ended, ONE).await;
        assert_eq!(answer.header("location"), leads_to, "{post}");
        let to = leads_to.split('#').next().unwrap();
        let again = console.get(to).await;
        assert_eq!(again.status, StatusCode::OK, "{post}");
        assert!(again.body.contains("Your session had ended"), "{post}");
        assert!(again.body.contains(shows), "{post}");
        let sent = console.post(&post, &form).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{post}: {}", sent.body);
        assert_eq!(count(&console, "form_draft").await, 0, "{post}");
    }
    assert_eq!(count(&console, "saved_view").await, 2);
}
