//! The exports that were begun on this page: how far each is, and a button that cancels it.
//!
//! Without JavaScript the links download, and that is all. With it a click gives the link's address a fresh
//! key and leaves the download to the browser; then the island asks `GET /api/v1/exports/{key}`, whose words
//! it shows.

use leptos::prelude::*;

/// The panel, empty and hidden until the first export.
#[island]
pub fn ExportProgress() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    follow::start();
    view! {
        <p class="sr" id="export-told" role="status"></p>
        <section class="export-panel" id="export-panel" aria-label="Exports" hidden="">
            <ul id="export-list">
                <li class="export-item" id="export-pattern" hidden="">
                    <p class="export-headline"></p>
                    <progress aria-label="Rows sent"></progress>
                    <p class="export-detail"></p>
                    <a class="export-rest" data-export="" hidden=""></a>
                    <button class="btn" type="button">"Cancel"</button>
                </li>
            </ul>
        </section>
    }
}

#[cfg(feature = "hydrate")]
mod follow {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::leptos_dom::helpers::IntervalHandle;
    use leptos::prelude::*;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, HtmlElement, MouseEvent};

    use crate::islands::browser::{self, Failed};

    /// Links whose downloads are followed.
    const LINKS: &str = "a[data-export]";
    const EVERY: Duration = Duration::from_secs(1);
    /// An export that is not known after so many questions never began.
    const MISSES: u32 = 10;

    /// One export of this page.
    struct Item {
        key: String,
        /// What began it.
        link: HtmlElement,
        element: Element,
        timer: Cell<Option<IntervalHandle>>,
        /// A request is under way.
        asking: Cell<bool>,
        misses: Cell<u32>,
        ended: Cell<bool>,
        /// State and place as they were last announced.
        told: RefCell<String>,
    }

    /// Listens as long as the page lives.
    pub fn start() {
        let handle = window_event_listener(leptos::ev::click, |click| {
            // Without a panel or a key the download goes on as without JavaScript.
            let _ = begin(&click);
        });
        std::mem::forget(handle);
    }

    /// Gives the clicked link's address a key, and follows the export.
    fn begin(click: &MouseEvent) -> Option<()> {
        let target: Element = click.target()?.dyn_into().ok()?;
        let link: HtmlElement = target.closest(LINKS).ok()??.dyn_into().ok()?;
        let address = link.get_attribute("href")?;
        let pattern = document().get_element_by_id("export-pattern")?;
        let key = fresh_key()?;
        let sign = if address.contains('?') { "&" } else { "?" };
        let keyed = [&address, sign, "key=", &key].concat();
        link.set_attribute("href", &keyed).ok()?;
        // The browser reads it when the click is over; then the link is again what people copy.
        let plain = link.clone();
        set_timeout(
            move || {
                let _ = plain.set_attribute("href", &address);
            },
            Duration::ZERO,
        );
        let element: Element = pattern.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
        element.remove_attribute("id").ok()?;
        element.remove_attribute("hidden").ok()?;
        pattern.parent_element()?.append_child(&element).ok()?;
        show_panel(true);
        let item = Rc::new(Item {
            key,
            link,
            element,
            timer: Cell::default(),
            asking: Cell::default(),
            misses: Cell::default(),
            ended: Cell::default(),
            told: RefCell::default(),
        });
        item.say("waiting", "Export is about to begin", "");
        item.listen();
        let asked = Rc::clone(&item);
        item.timer
            .set(set_interval_with_handle(move || ask(&asked), EVERY).ok());
        Some(())
    }

    /// A random UUID. Only secure contexts have the browser's own function for one.
    fn fresh_key() -> Option<String> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut bytes = [0; 16];
        let crypto = window().crypto().ok()?;
        crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut key = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                key.push('-');
            }
            key.push(char::from(DIGITS[usize::from(byte >> 4)]));
            key.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        Some(key)
    }

    /// Asks once, unless an answer is still awaited.
    fn ask(item: &Rc<Item>) {
        if item.asking.replace(true) {
            return;
        }
        let item = Rc::clone(item);
        spawn_local(async move {
            match browser::get(&["/api/v1/exports/", &item.key].concat()).await {
                Ok(answer) => item.show(&answer),
                Err(Failed::NotAllowed) => {
                    item.end("You are no longer logged in", "The download may go on.");
                }
                Err(Failed::NotThere) if item.misses.get() >= MISSES => {
                    item.end("Export is not known", "See what the browser says of it.");
                }
                Err(Failed::NotThere) => item.misses.set(item.misses.get() + 1),
                // The next answer tells more.
                Err(Failed::NoAnswer) => {}
            }
            item.asking.set(false);
        });
    }

    impl Item {
        fn find(&self, selector: &str) -> Option<Element> {
            self.element.query_selector(selector).ok()?
        }

        fn write(&self, selector: &str, text: &str) {
            if let Some(element) = self.find(selector) {
                element.set_text_content(Some(text));
            }
        }

        /// Shows what the console says of it.
        fn show(&self, answer: &JsValue) {
            let text = |name| browser::text(answer, name).unwrap_or_default();
            let count = |name| browser::count(answer, name);
            let state = text("state");
            let (headline, detail) = (text("headline"), text("detail"));
            if let Some(bar) = self.find("progress") {
                let rows = count("rows").unwrap_or_default();
                let shown = match (state.as_str(), count("estimate")) {
                    ("done", _) => Some((1, 1)),
                    ("running", Some(all)) if all >= rows => Some((rows, all.max(1))),
                    _ => None,
                };
                // The names are well-formed, so these cannot fail.
                let _ = match shown {
                    Some((part, whole)) => bar
                        .set_attribute("max", &whole.to_string())
                        .and_then(|()| bar.set_attribute("value", &part.to_string())),
                    None => bar.remove_attribute("value"),
                };
            }
            if matches!(state.as_str(), "waiting" | "running") {
                let place = count("place").unwrap_or_default().to_string();
                self.say(&[&state, " ", &place].concat(), &headline, &detail);
            } else {
                let _ = self.element.set_attribute("data-state", &state);
                if let (Some(rest), Some(link)) =
                    (browser::text(answer, "rest"), self.find(".export-rest"))
                {
                    // An element of the pattern's, and a local address: these cannot fail.
                    let _ = link
                        .set_attribute("href", &rest)
                        .and_then(|()| link.remove_attribute("hidden"));
                    self.write(".export-rest", &text("rest_label"));
                }
                self.end(&headline, &detail);
            }
        }

        /// Writes, and announces when it is something else than rows that has changed.
        fn say(&self, what: &str, headline: &str, detail: &str) {
            self.write(".export-headline", headline);
            self.write(".export-detail", detail);
            if self.told.replace(what.to_owned()) != what
                && let Some(told) = document().get_element_by_id("export-told")
            {
                told.set_text_content(Some(&[headline, ". ", detail].concat()));
            }
        }

        /// Nothing more is asked; the button closes.
        fn end(&self, headline: &str, detail: &str) {
            self.ended.set(true);
            if let Some(timer) = self.timer.take() {
                timer.clear();
            }
            self.say("ended", headline, detail);
            self.write("button", "Close");
        }

        /// The button: cancels what runs, closes what has ended.
        fn listen(self: &Rc<Self>) {
            let item = Rc::clone(self);
            let pressed = Closure::<dyn Fn()>::new(move || {
                if item.ended.get() {
                    item.close();
                } else {
                    item.cancel();
                }
            });
            if let Some(button) = self.find("button") {
                let listener = pressed.as_ref().unchecked_ref();
                // A click is an event that every element has.
                let _ = button.add_event_listener_with_callback("click", listener);
            }
            pressed.forget();
        }

        fn cancel(self: &Rc<Self>) {
            let item = Rc::clone(self);
            spawn_local(async move {
                let path = ["/exports/", &item.key, "/cancel"].concat();
                if browser::send(&path, "POST").await.is_ok() {
                    ask(&item);
                }
            });
        }

        fn close(&self) {
            self.element.remove();
            let list = document().get_element_by_id("export-list");
            // The pattern stays.
            if list.is_some_and(|list| list.child_element_count() <= 1) {
                show_panel(false);
            }
            // What had the focus is gone.
            let _ = self.link.focus();
        }
    }

    fn show_panel(shown: bool) {
        if let Some(panel) = document().get_element_by_id("export-panel") {
            let _ = if shown {
                panel.remove_attribute("hidden")
            } else {
                panel.set_attribute("hidden", "")
            };
        }
    }
}
