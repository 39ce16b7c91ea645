//! The exports that were begun on this page: how far each is, and a button that cancels it.
//!
//! Without JavaScript the links just download. With it a click adds a fresh key to the link's address and leaves the
//! download to the browser. The island then polls the progress of the export with that key once a second.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use domain::wire::{ExportState, ExportStatus};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::api::{self, CallError};

/// Links whose downloads are followed.
const LINKS: &str = "a[data-export]";
const EVERY: Duration = Duration::from_secs(1);
/// An export that is not known after so many questions never began.
const MISSES: u32 = 10;

/// An export of this page.
#[derive(Clone)]
struct Export {
    key: Uuid,
    /// What began it, and gets the focus back.
    link: HtmlElement,
}

/// What is known of an export.
#[derive(Clone, PartialEq)]
enum Progress {
    /// The console has not answered yet.
    Requested,
    /// Its last answer.
    Known(ExportStatus),
    /// It cannot be followed any longer.
    Lost {
        headline: &'static str,
        detail: &'static str,
    },
}

/// The panel, hidden until the first export.
#[island]
pub fn ExportProgress() -> impl IntoView {
    let exports = RwSignal::new_local(Vec::<Export>::new());
    let announcement = RwSignal::new(String::new());
    // Effects run in the browser only.
    Effect::new(move || {
        let click = window_event_listener(ev::click, move |click| {
            // Without a key the download goes on as it does without JavaScript.
            if let Some(export) = begin(&click) {
                exports.write().push(export);
            }
        });
        on_cleanup(move || click.remove());
    });
    view! {
        <p class="sr" role="status">{announcement}</p>
        <section class="export-panel" aria-label="Exports" hidden=move || exports.read().is_empty()>
            <ul>
                <For each=move || exports.get() key=|export| export.key let(export)>
                    <ExportItem export exports announcement />
                </For>
            </ul>
        </section>
    }
}

/// Gives the clicked link's address a key.
fn begin(click: &ev::MouseEvent) -> Option<Export> {
    let target: Element = click.target()?.dyn_into().ok()?;
    let link: HtmlElement = target.closest(LINKS).ok()??.dyn_into().ok()?;
    let address = link.get_attribute("href")?;
    let key = fresh_key()?;
    let sign = if address.contains('?') { '&' } else { '?' };
    let keyed = format!("{address}{sign}key={key}");
    link.set_attribute("href", &keyed).ok()?;
    // The browser reads it when the click is over; then the link is again what people copy.
    let plain = link.clone();
    set_timeout(
        move || {
            // The name is well-formed, so it cannot fail.
            let _ = plain.set_attribute("href", &address);
        },
        Duration::ZERO,
    );
    Some(Export { key, link })
}

/// A random UUID. `crypto.randomUUID` is there in secure contexts only, `getRandomValues` everywhere.
fn fresh_key() -> Option<Uuid> {
    let mut bytes = [0; 16];
    let crypto = window().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// One export.
#[component]
fn ExportItem(
    /// The export.
    export: Export,
    /// All of the page: it is taken out when it is closed.
    exports: RwSignal<Vec<Export>, LocalStorage>,
    /// What is read out when something else than the number of rows has changed.
    announcement: RwSignal<String>,
) -> impl IntoView {
    let Export { key, link } = export;
    let progress = RwSignal::new(Progress::Requested);
    follow(key, progress);
    let step = Memo::new(move |_| progress.read().step());
    Effect::new(move || {
        // A memo that is tracked but never read has no value, and never changes.
        step.get();
        let progress = progress.read_untracked();
        announcement.set(format!("{}. {}", progress.headline(), progress.detail()));
    });
    let press = move |_| {
        if progress.read_untracked().has_ended() {
            exports.write().retain(|export| export.key != key);
            // What had the focus is gone. It fails only where the link is gone, too.
            let _ = link.focus();
        } else {
            cancel(key, progress);
        }
    };
    let rest = move || {
        let (address, label) = progress.read().rest()?;
        Some(view! { <a class="export-rest" data-export="" href=address>{label}</a> })
    };
    view! {
        <li class="export-item" data-state=move || progress.read().end()>
            <p class="export-headline">{move || progress.read().headline().to_owned()}</p>
            <progress
                aria-label="Rows sent"
                max=move || progress.read().bar().map(|(_, max)| max.to_string())
                value=move || progress.read().bar().map(|(value, _)| value.to_string())
            ></progress>
            <p class="export-detail">{move || progress.read().detail().to_owned()}</p>
            {rest}
            <button class="btn" type="button" on:click=press>
                {move || if progress.read().has_ended() { "Close" } else { "Cancel" }}
            </button>
        </li>
    }
}

/// Asks how far the export is until it has ended.
fn follow(key: Uuid, progress: RwSignal<Progress>) {
    // The item may be closed, and its signals with it, while an answer is awaited: these outlive it.
    let is_busy = Rc::new(Cell::new(false));
    let misses = Rc::new(Cell::new(0));
    let ask = move || {
        if is_busy.get() || progress.read_untracked().has_ended() {
            return;
        }
        is_busy.set(true);
        let (is_busy, misses) = (Rc::clone(&is_busy), Rc::clone(&misses));
        spawn_local(async move {
            let answer = within(api::get_export_status(key.to_string())).await;
            let is_missing = answer.as_ref().is_err_and(CallError::is_not_found);
            if is_missing && misses.get() < MISSES {
                misses.set(misses.get() + 1);
            } else {
                show(answer, progress);
            }
            is_busy.set(false);
        });
    };
    if let Ok(timer) = set_interval_with_handle(ask, EVERY) {
        on_cleanup(move || timer.clear());
    }
}

/// Ends the export; the answer says how far it got.
fn cancel(key: Uuid, progress: RwSignal<Progress>) {
    spawn_local(async move {
        show(within(api::cancel_export(key.to_string())).await, progress);
    });
}

fn show(answer: Result<ExportStatus, CallError>, progress: RwSignal<Progress>) {
    let now = match answer {
        Ok(status) => Progress::Known(status),
        Err(error) if error.is_not_allowed() => Progress::Lost {
            headline: "You are no longer logged in",
            detail: "The download may go on.",
        },
        Err(error) if error.is_not_found() => Progress::Lost {
            headline: "Export is not known",
            detail: "See what the browser says of it.",
        },
        // The next answer tells more.
        Err(_) => return,
    };
    // The item may have been closed meanwhile. An answer that was asked for before the export ended changes nothing.
    let _ = progress.try_update(|progress| {
        if !progress.has_ended() {
            *progress = now;
        }
    });
}

/// An answer that comes in time.
async fn within<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    #[cfg(feature = "hydrate")]
    return super::patience::within(call).await;
    #[cfg(not(feature = "hydrate"))]
    call.await
}

impl Progress {
    fn headline(&self) -> &str {
        match self {
            Self::Requested => "Export is about to begin",
            Self::Known(status) => &status.headline,
            Self::Lost { headline, .. } => headline,
        }
    }

    fn detail(&self) -> &str {
        match self {
            Self::Requested => "",
            Self::Known(status) => &status.detail,
            Self::Lost { detail, .. } => detail,
        }
    }

    /// Nothing more will be told.
    fn has_ended(&self) -> bool {
        match self {
            Self::Requested => false,
            Self::Known(status) => status.state.is_final(),
            Self::Lost { .. } => true,
        }
    }

    /// How it ended, for the style sheet.
    fn end(&self) -> Option<&'static str> {
        match self {
            Self::Known(status) if status.state.is_final() => Some(status.state.as_str()),
            _ => None,
        }
    }

    /// What is announced when it changes: the state and the place in the queue, not the number of rows.
    fn step(&self) -> (Option<ExportState>, usize, bool) {
        match self {
            Self::Known(status) => (Some(status.state), status.place, self.has_ended()),
            Self::Requested | Self::Lost { .. } => (None, 0, self.has_ended()),
        }
    }

    /// Value and maximum of the bar; none while the whole is not known.
    fn bar(&self) -> Option<(u64, u64)> {
        let Self::Known(status) = self else {
            return None;
        };
        match (status.state, status.estimate) {
            (ExportState::Done, _) => Some((1, 1)),
            (ExportState::Running, Some(all)) if all >= status.rows => {
                Some((status.rows, all.max(1)))
            }
            _ => None,
        }
    }

    /// Address and label of the export that goes on where this one was cut off.
    fn rest(&self) -> Option<(String, String)> {
        match self {
            Self::Known(status) => status.rest.clone().zip(status.rest_label.clone()),
            Self::Requested | Self::Lost { .. } => None,
        }
    }
}
