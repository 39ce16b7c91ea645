//! A trial with one role.

use demo::testdb::TestDatabase;
use domain::role::Role;
use sqlx::{Connection as _, Executor as _, PgConnection};
use store::ConsoleDb;

use crate::strategist;

#[tokio::test]
async fn trial_mode_tolerates_only_breaches_of_the_consoles_role() {
    let database = TestDatabase::builder().sample().create().await;
    let console = ConsoleDb::new(database.url()).unwrap();
    console.migrate().await.unwrap();
    let state = console.check_record().await.unwrap();
    assert!(!state.may_record());
    assert!(state.lines().contains("a superuser"), "{}", state.lines());
    assert!(
        console
            .set_role(strategist(), Some(Role::Admin), "test")
            .await
            .is_err()
    );
    console.allow_owner();
    let state = console.check_record().await.unwrap();
    assert!(state.may_record() && !state.tolerated.is_empty());
    console
        .set_role(strategist(), Some(Role::Admin), "test")
        .await
        .unwrap();
    let mut owner = PgConnection::connect(database.url()).await.unwrap();
    owner
        .execute("ALTER TABLE audit_console.role_change DISABLE TRIGGER append_only")
        .await
        .unwrap();
    assert!(!console.check_record().await.unwrap().may_record());
    owner.close().await.unwrap();
}
