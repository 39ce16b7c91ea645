//! Saved views: owned by one user, readable by everybody with the link.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::Engine;
use domain::catalogue::View;
use domain::role::Role;
use domain::saved::{MOST_VIEWS, SavedQuery, SavedView};
use store::ConsoleDb;
use store::access::{Author, Subject};
use store::console::{Saving, SessionToken};
use store::views;
use uuid::Uuid;

/// A console auditor of this name.
async fn author(engine: &Engine, name: &str) -> Author {
    let console = engine.console();
    let email = format!("{name}@audit.example");
    console
        .create_account(&email, "$argon2id$", Role::Auditor, "test")
        .await
        .unwrap();
    let account = console.find_account_by_email(&email).await.unwrap();
    let id = account.unwrap().id;
    let token = SessionToken(*id.as_bytes().repeat(2).first_chunk::<32>().unwrap());
    console
        .create_session(token, Subject::Console(id))
        .await
        .unwrap();
    let user = console.find_session(&engine.db, token, true).await.unwrap();
    user.unwrap().author().unwrap()
}

fn query(view: View, raw: &str) -> SavedQuery {
    SavedQuery::parse(view, raw, chrono_tz::Tz::UTC).unwrap()
}

async fn save(console: &ConsoleDb, author: &Author, name: &str, raw: &str) -> Saving {
    let query = query(views::trades(), raw);
    console
        .create_saved_view(author, views::trades(), name, &query)
        .await
        .unwrap()
}

async fn of(engine: &Engine, author: &Author, view: Option<View>) -> Vec<SavedView> {
    let owner = author.writer().subject;
    let listed = engine.console();
    listed
        .list_saved_views(&engine.auditor, owner, view)
        .await
        .unwrap()
}

#[tokio::test]
async fn view_names_are_unique_per_owner_and_list() {
    let engine = Engine::empty_with_console().await;
    let console = engine.console();
    let (one, two) = (author(&engine, "one").await, author(&engine, "two").await);
    assert_eq!(save(&console, &one, "BTC", "asset=BTC").await, Saving::Done);
    // The same form, submitted twice.
    assert_eq!(save(&console, &one, "BTC", "asset=BTC").await, Saving::Done);
    assert_eq!(
        save(&console, &one, "BTC", "asset=ETH").await,
        Saving::NameTaken
    );
    assert_eq!(save(&console, &two, "BTC", "asset=ETH").await, Saving::Done);
    let events = query(views::events(), "last=7d&details.signal.coin_type=BTC");
    let saved = console
        .create_saved_view(&one, views::events(), "BTC", &events)
        .await;
    assert_eq!(saved.unwrap(), Saving::Done);

    let all = of(&engine, &one, None).await;
    let named: Vec<(View, &str)> = all
        .iter()
        .map(|saved| (saved.view, saved.name.as_str()))
        .collect();
    assert_eq!(named, [(views::events(), "BTC"), (views::trades(), "BTC")]);
    assert_eq!(all[0].query, events);
    let trades = of(&engine, &one, Some(views::trades())).await;
    assert_eq!(trades, all[1..]);
    assert_eq!(trades[0].query.as_str(), "asset=BTC");
}

#[tokio::test]
async fn views_of_other_owners_can_be_read_but_not_changed() {
    let engine = Engine::empty_with_console().await;
    let console = engine.console();
    let (one, two) = (author(&engine, "one").await, author(&engine, "two").await);
    save(&console, &one, "Mine", "last=7d").await;
    save(&console, &one, "Other", "last=30d").await;
    let mine = of(&engine, &one, None).await.swap_remove(0);
    let found = console.find_saved_view(&engine.auditor, mine.id);
    assert_eq!(found.await.unwrap(), Some(mine.clone()));

    let rename = async |author: &Author, id, name: &str| {
        console.rename_saved_view(author, id, name).await.unwrap()
    };
    assert_eq!(rename(&two, mine.id, "Theirs").await, None);
    assert!(!console.delete_saved_view(&two, mine.id).await.unwrap());
    assert_eq!(
        rename(&one, mine.id, "Other").await,
        Some(Saving::NameTaken)
    );
    assert_eq!(rename(&one, mine.id, "Mine").await, Some(Saving::Done));
    assert_eq!(
        rename(&one, mine.id, "A new name").await,
        Some(Saving::Done)
    );
    assert_eq!(rename(&one, Uuid::new_v4(), "x").await, None);
    assert!(of(&engine, &two, None).await.is_empty());

    assert!(console.delete_saved_view(&one, mine.id).await.unwrap());
    assert!(!console.delete_saved_view(&one, mine.id).await.unwrap());
    let gone = console.find_saved_view(&engine.auditor, mine.id);
    assert_eq!(gone.await.unwrap(), None);
    let left = of(&engine, &one, None).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].name, "Other");
}

#[tokio::test]
async fn saved_views_per_owner_are_limited() {
    let engine = Engine::empty_with_console().await;
    let console = engine.console();
    let (one, two) = (author(&engine, "one").await, author(&engine, "two").await);
    let owner = one.writer().subject.id();
    engine
        .execute(&format!(
            "INSERT INTO audit_console.saved_view (owner_kind, owner_id, view, name, query) \
             SELECT 'console', '{owner}', 'trades', 'view ' || n, '' \
             FROM generate_series(1, {MOST_VIEWS} - 1) n"
        ))
        .await;
    let (a, b, c) = tokio::join!(
        save(&console, &one, "a", ""),
        save(&console, &one, "b", ""),
        save(&console, &one, "c", ""),
    );
    let mut outcomes = [a, b, c];
    outcomes.sort_by_key(|outcome| *outcome == Saving::TooMany);
    assert_eq!(outcomes, [Saving::Done, Saving::TooMany, Saving::TooMany]);
    assert_eq!(save(&console, &one, "view 7", "").await, Saving::Done);
    assert_eq!(save(&console, &two, "a", "").await, Saving::Done);
    let count = i64::try_from(of(&engine, &one, None).await.len()).unwrap();
    assert_eq!(count, MOST_VIEWS);
}
