//! The kill switch's live state in the header, asked for again every few seconds.
//!
//! The server renders the link and the navigation's counts; in the browser the island only writes into
//! them what `GET /api/v1/live` says. Without JavaScript they stay as the page was made.

use leptos::prelude::*;

/// The link that the server rendered; in the browser it keeps itself up to date.
#[island]
pub fn LivePill(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    poll::start();
    children()
}

#[cfg(feature = "hydrate")]
mod poll {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::spawn_local;

    use crate::islands::browser::{self, Failed};

    const PATH: &str = "/api/v1/live";
    const EVERY: Duration = Duration::from_secs(5);
    /// A page that begins without knowing asks so soon: what could not be asked at first often can be then.
    const SOON: Duration = Duration::from_secs(1);

    /// What is under way.
    #[derive(Default)]
    struct Asking {
        /// A request is.
        busy: Cell<bool>,
        /// The session has ended: nothing more is asked.
        ended: Cell<bool>,
    }

    /// Asks as long as the page lives.
    pub fn start() {
        let asking = Rc::new(Asking::default());
        let at_times = Rc::clone(&asking);
        let timer = set_interval_with_handle(move || ask(&at_times), EVERY);
        // Without a timer the page stays as the server made it.
        if timer.is_err() {
            return;
        }
        if is_unknown() {
            let soon = Rc::clone(&asking);
            set_timeout(move || ask(&soon), SOON);
        }
        // It bubbles from the document. A page that comes back is asked for at once.
        let handle = window_event_listener_untyped("visibilitychange", move |_| ask(&asking));
        std::mem::forget(handle);
    }

    /// Asks once, unless nobody looks, an answer is still awaited, or none can come.
    fn ask(asking: &Rc<Asking>) {
        if document().hidden() || asking.busy.get() || asking.ended.get() {
            return;
        }
        asking.busy.set(true);
        let asking = Rc::clone(asking);
        spawn_local(async move {
            match answer().await {
                Ok(answer) => show(&answer),
                Err(Failed::NotAllowed) => {
                    asking.ended.set(true);
                    show_unknown("You are no longer logged in. Reload the page.");
                }
                // A page that is being left cuts its own request off: nobody is there to be told.
                Err(_) if document().hidden() => {}
                Err(_) => show_unknown("The console does not answer."),
            }
            asking.busy.set(false);
        });
    }

    async fn answer() -> Result<Answer, Failed> {
        Answer::read(&browser::get(PATH).await?).ok_or(Failed::NoAnswer)
    }

    /// What the server says.
    struct Answer {
        tone: String,
        mark: String,
        short: String,
        since: String,
        title: String,
        open: u32,
        pending: u32,
        overdue: u32,
        findings: u32,
    }

    impl Answer {
        fn read(object: &JsValue) -> Option<Self> {
            let text = |name| browser::text(object, name);
            let count = |name| browser::count(object, name);
            Some(Self {
                tone: text("tone")?,
                mark: text("mark").filter(|mark| mark.starts_with("#m-"))?,
                short: text("short")?,
                since: text("since")?,
                title: text("title")?,
                open: count("open_episodes")?,
                pending: count("pending_reviews")?,
                overdue: count("overdue_reviews")?,
                findings: count("open_findings")?,
            })
        }
    }

    fn show(answer: &Answer) {
        let told = (answer.short.as_str(), answer.since.as_str());
        show_pill(&answer.tone, &answer.mark, told, &answer.title);
        let open = answer.open.to_string();
        show_count(
            "open-count",
            "count hot",
            (&open, " open"),
            answer.open == 0,
        );
        let (class, after) = super::reviews_count(answer.overdue.into());
        let reviews = answer.pending + answer.overdue;
        let number = reviews.to_string();
        show_count("review-count", class, (&number, &after), reviews == 0);
        let (number, after) = super::findings_count(answer.findings.into());
        show_count(
            "finding-count",
            "count",
            (&number, &after),
            answer.findings == 0,
        );
    }

    /// What was true is not known to be any longer.
    fn show_unknown(title: &str) {
        show_pill("warn", "#m-ring", ("Unknown", ""), title);
    }

    fn is_unknown() -> bool {
        let short = document().get_element_by_id("live-short");
        short.is_some_and(|short| short.text_content().as_deref() == Some("Unknown"))
    }

    fn show_pill(tone: &str, mark: &str, (short, since): (&str, &str), title: &str) {
        set("live-pill", "class", &["pill ", tone].concat());
        set("live-pill", "title", title);
        set("live-mark", "href", mark);
        write("live-short", short);
        write("live-since", since);
    }

    /// One of the navigation's counts; none is hidden.
    fn show_count(id: &str, class: &str, (number, explained): (&str, &str), none: bool) {
        set(id, "class", class);
        write(&[id, "-number"].concat(), number);
        write(&[id, "-words"].concat(), explained);
        if let Some(count) = document().get_element_by_id(id) {
            let _ = if none {
                count.set_attribute("hidden", "")
            } else {
                count.remove_attribute("hidden")
            };
        }
    }

    /// Sets an attribute that has changed. Its name is well-formed, so it cannot fail.
    fn set(id: &str, name: &str, value: &str) {
        if let Some(element) = document().get_element_by_id(id)
            && element.get_attribute(name).as_deref() != Some(value)
        {
            let _ = element.set_attribute(name, value);
        }
    }

    /// Replaces a text that has changed.
    fn write(id: &str, text: &str) {
        if let Some(element) = document().get_element_by_id(id)
            && element.text_content().as_deref() != Some(text)
        {
            element.set_text_content(Some(text));
        }
    }
}

/// Class of the navigation's count of reviews and what it says to those who do not see the colour.
#[must_use]
pub fn reviews_count(overdue: u64) -> (&'static str, String) {
    if overdue == 0 {
        ("count", " reviews to do".to_owned())
    } else {
        let after = [" reviews to do, ", &overdue.to_string(), " overdue"].concat();
        ("count late", after)
    }
}

/// The navigation's count of open findings, which has room for three digits, and what it says to those who
/// do not see where it stands.
#[must_use]
pub fn findings_count(open: u64) -> (String, String) {
    let number = if open > 999 {
        "999+".to_owned()
    } else {
        open.to_string()
    };
    (number, " open".to_owned())
}
