//! The servers that schedules break, and the rows that do not change.

use std::fmt::Write as _;

use demo::testdb::TestDatabase;
use domain::role::Role;
use sqlx::{Connection as _, PgConnection};
use store::ConsoleDb;
use store::access::Subject;

use crate::answers::Reference;
use crate::common::proxy::Proxy;
use crate::common::roles;
use crate::common::servers::{PgBouncer, Primary, Redis, Replica, find, host};
use crate::console::Console;
use crate::engine::Engine;

/// Between the console and its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topology {
    /// Nothing but a wire.
    Direct,
    /// A pooler in transaction mode.
    Pooled,
    /// A replica to read from, with the primary after it; and the primary to write to.
    Replicated,
}

/// The person whose role is taken away.
pub const LEAVER: &str = "leaver@audit.example";
/// The person who reads and reviews.
pub const REVIEWER: &str = "reviewer@audit.example";
/// Their password.
pub const PASSWORD: &str = "a-long-password";

pub struct World {
    pub primary: Primary,
    pub replica: Replica,
    pub pooler: PgBouncer,
    pub redis: Redis,
    pub to_primary: Proxy,
    pub to_pooler: Proxy,
    pub database: TestDatabase,
    pub engine: Engine,
    pub reference: Reference,
    /// The library that moves a program's clock, where it is on this machine.
    pub clock: Option<String>,
}

impl World {
    /// Starts everything; none where a server is not on this machine.
    pub async fn begin() -> Option<Self> {
        let primary = Primary::start().await?;
        let builder = TestDatabase::builder().sample().on(primary.url());
        let database = builder.also(&roles()).create().await;
        let console = ConsoleDb::new(&database.runtime_url()).unwrap();
        console.migrate_as(&database.owner_url()).await.unwrap();
        let hash = server::auth::password::hash(PASSWORD).unwrap();
        for email in [REVIEWER, LEAVER] {
            let create = console.create_account(email, &hash, Role::Admin, "chaos");
            create.await.unwrap();
        }
        let engine = Engine::begin(database.url()).await;
        let replica = Replica::of(database.url()).await?;
        let pooler = PgBouncer::before(&database.runtime_url(), "transaction", "").await?;
        let redis = Redis::start()?;
        let to_primary = Proxy::to(primary.host()).await;
        let to_pooler = Proxy::to(host(pooler.url()).to_owned()).await;
        let mut world = Self {
            primary,
            replica,
            pooler,
            redis,
            to_primary,
            to_pooler,
            database,
            engine,
            reference: Reference::default(),
            clock: clock(),
        };
        let mut quiet = Console::start(&world, Topology::Direct).await;
        let cookie = quiet.log_in(REVIEWER).await;
        world.reference = Reference::read(quiet.address, &cookie, &world.engine).await;
        quiet.stop().await;
        Some(world)
    }

    /// What the console is told of its databases.
    pub fn variables(&self, topology: Topology) -> Vec<(&'static str, String)> {
        let runtime = self.database.runtime_url();
        let over = |proxy: &Proxy, url: &str| {
            let host = host(url).to_owned();
            url.replacen(&host, &proxy.address.to_string(), 1)
        };
        match topology {
            Topology::Direct => vec![("DATABASE_URL", over(&self.to_primary, &runtime))],
            Topology::Pooled => vec![("DATABASE_URL", over(&self.to_pooler, self.pooler.url()))],
            Topology::Replicated => {
                let replica = self.replica.url(&runtime);
                let both = format!("{},{}", host(&replica), self.primary.host());
                let mut hosts = replica.replacen(host(&replica), &both, 1);
                write!(hosts, "?target_session_attrs=any").unwrap();
                vec![
                    ("DATABASE_URL", hosts),
                    ("CONSOLE_DATABASE_URL", over(&self.to_primary, &runtime)),
                ]
            }
        }
    }

    /// Gives or takes the leaver's role, however long the server is away.
    pub async fn set_role(&self, role: Option<Role>) {
        let console = ConsoleDb::new(&self.database.runtime_url()).unwrap();
        loop {
            let found = console.find_account_by_email(LEAVER).await;
            let Ok(account) = found else { continue };
            let subject = Subject::Console(account.unwrap().id);
            if console.set_role(subject, role, "chaos").await.is_ok() {
                return;
            }
        }
    }

    /// What the sessions of the console do, but for those that a pooler keeps.
    pub async fn sessions(&self) -> Vec<String> {
        let mut admin = PgConnection::connect(self.database.url()).await.unwrap();
        let doing = "SELECT concat_ws(' ', state, wait_event, left(query, 60)) FROM pg_stat_activity \
            WHERE application_name = 'audit-console' AND datname = current_database() \
            AND pid <> pg_backend_pid() AND state <> 'idle'";
        sqlx::query_scalar(doing)
            .fetch_all(&mut admin)
            .await
            .unwrap()
    }
}

fn clock() -> Option<String> {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    let path = folders
        .map(|folder| format!("{folder}/faketime/libfaketime.so.1"))
        .into_iter()
        .find(|path| std::path::Path::new(path).exists());
    if path.is_none() && find("faketime").is_none() {
        println!("no libfaketime on this machine: clocks do not jump");
    }
    path
}
