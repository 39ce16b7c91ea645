//! The two kill switches, with the rows that the real engine writes for each.

use rand::Rng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::people::{People, Person, random_id};
use super::record::Event;
use super::rows::Rows;
use super::table::Table;
use super::time::{Instant, MILLISECOND};
use super::timeline::Actor;

/// The row of `system_setting` that both mechanisms write.
pub struct Setting {
    /// Whether the setting says that trading is stopped.
    pub is_active: bool,
    description: &'static str,
    updated_at: Instant,
}

impl Setting {
    /// Inactive since `at`.
    pub fn new(at: Instant) -> Self {
        Self {
            is_active: false,
            description: "Global kill switch for all trading",
            updated_at: at,
        }
    }

    /// Writes the row.
    pub fn write(&self, rows: &mut Rows) {
        rows.row(Table::SystemSetting)
            .text("kill_switch")
            .text(active_details(self.is_active))
            .text(self.description)
            .instant(self.updated_at)
            .end();
    }
}

/// Writes one event of a switch.
struct Log<'a> {
    rows: &'a mut Rows,
    rng: &'a mut StdRng,
    user: Option<Uuid>,
}

impl Log<'_> {
    fn event(&mut self, event_type: &str, severity: &str, details: &str, at: Instant) -> Uuid {
        let id = random_id(self.rng);
        Event {
            event_type,
            severity,
            details: Some(details),
            user_id: self.user,
            id,
            at,
        }
        .write(self.rows);
        id
    }
}

fn person(people: &People, actor: Actor) -> Option<&Person> {
    match actor {
        Actor::Admin => Some(&people.admin),
        Actor::Admin2 => Some(&people.admin2),
        Actor::System => None,
    }
}

/// Activates the emergency stop: two rows, about 10 ms apart. Returns the first one's id.
pub fn stop(
    setting: &mut Setting,
    people: &People,
    actor: Actor,
    at: Instant,
    rows: &mut Rows,
    rng: &mut StdRng,
) -> Uuid {
    let person = person(people, actor);
    let second = at + rng.random_range(8_800..10_900);
    let mut log = Log {
        rows,
        rng,
        user: person.map(|person| person.id),
    };
    let by = person.map_or("system", |person| &person.id_text);
    let declared = format!("{{\"status\": \"active\", \"triggered_by\": \"{by}\"}}");
    let id = log.event("EMERGENCY_STOP_ACTIVATED", "critical", &declared, at);
    log.event(
        "EMERGENCY_STOP_ACTIVATED",
        "critical",
        &redis_details(second),
        second,
    );
    *setting = Setting {
        is_active: true,
        description: "Emergency Stop Activated via SafetyManager (Synced from Redis)",
        updated_at: second + 5 * MILLISECOND,
    };
    id
}

/// Clears the emergency stop: one row. Returns its id.
pub fn clear(
    setting: &mut Setting,
    people: &People,
    actor: Actor,
    at: Instant,
    rows: &mut Rows,
    rng: &mut StdRng,
) -> Uuid {
    let mut log = Log {
        rows,
        rng,
        user: person(people, actor).map(|person| person.id),
    };
    let id = log.event("EMERGENCY_STOP_CLEARED", "warning", &redis_details(at), at);
    *setting = Setting {
        is_active: false,
        description: "Emergency Stop Cleared via SafetyManager (Synced from Redis)",
        updated_at: at + 5 * MILLISECOND,
    };
    id
}

/// Sets the admin page's toggle: one row, and nothing in Redis. Returns its id.
pub fn toggle(
    setting: &mut Setting,
    people: &People,
    (actor, is_active): (Actor, bool),
    at: Instant,
    rows: &mut Rows,
    rng: &mut StdRng,
) -> Uuid {
    let mut log = Log {
        rows,
        rng,
        user: person(people, actor).map(|person| person.id),
    };
    let id = log.event(
        "kill_switch_toggle",
        "critical",
        active_details(is_active),
        at,
    );
    *setting = Setting {
        is_active,
        description: "Global kill switch for all trading",
        updated_at: at,
    };
    id
}

fn active_details(is_active: bool) -> &'static str {
    if is_active {
        "{\"active\": true}"
    } else {
        "{\"active\": false}"
    }
}

/// The engine stamps the text a little before it writes the row, and in Python's form, `+00:00`.
fn redis_details(at: Instant) -> String {
    format!(
        "{{\"timestamp\": \"{}:00\", \"source\": \"redis\"}}",
        at + -140
    )
}
