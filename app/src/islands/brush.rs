//! Dragging across a list's picture: the range from the first bar to the last becomes the filter's, with all that
//! is ticked and typed in its form. Without JavaScript each bar is a link of its own, or a button of the form.

use leptos::prelude::*;

/// Listens on the picture; shows nothing itself.
#[island]
pub fn Brush() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    drag::listen();
}

#[cfg(feature = "hydrate")]
mod drag {
    use std::cell::RefCell;

    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlElement};

    /// The bar on which the button went down, and the last one that the pointer passed.
    type Held = Option<(Element, Element)>;

    thread_local! {
        static HELD: RefCell<Held> = const { RefCell::new(None) };
    }

    /// Listens as long as the page lives.
    pub fn listen() {
        let press = window_event_listener(leptos::ev::pointerdown, |event| {
            if event.button() == 0 && event.pointer_type() != "touch" {
                hold(bar_at(&event).map(|bar| (bar.clone(), bar)));
            }
        });
        let drag = window_event_listener(leptos::ev::pointerover, |event| {
            let Some((first, _)) = held() else { return };
            if let Some(bar) = bar_at(&event) {
                mark(&first, &bar);
                hold(Some((first, bar)));
            }
        });
        let release = window_event_listener(leptos::ev::pointerup, |_| {
            let Some((first, last)) = held() else { return };
            hold(None);
            if first != last {
                // It fails only where the browser forbids navigation.
                let _ = submitted(&first, &last).or_else(|| {
                    let href = joined(&first, &last)?;
                    window().location().set_href(&href).ok()
                });
            }
        });
        // The browser would drag the link itself.
        let native = window_event_listener(leptos::ev::dragstart, |event| {
            if bar_at(&event).is_some() {
                event.prevent_default();
            }
        });
        for handle in [press, drag, release, native] {
            std::mem::forget(handle);
        }
    }

    fn held() -> Held {
        HELD.with_borrow(Clone::clone)
    }

    fn hold(held: Held) {
        HELD.set(held);
    }

    /// The bar that something happened on.
    fn bar_at(event: &Event) -> Option<Element> {
        let target: Element = event.target()?.dyn_into().ok()?;
        target.closest(".bars .bar").ok()?
    }

    /// Which of two bars is the earlier one.
    fn in_order<'a>(a: &'a Element, b: &'a Element) -> (&'a Element, &'a Element) {
        // Bit 2: `b` comes before `a` in the document.
        if a.compare_document_position(b) & 2 != 0 {
            (b, a)
        } else {
            (a, b)
        }
    }

    /// An attribute of a part of a bar.
    fn of(bar: &Element, part: &str, name: &str) -> Option<String> {
        bar.query_selector(part).ok()??.get_attribute(name)
    }

    /// Sends the filter's form with the range of both, where it holds something that is not applied yet.
    fn submitted(a: &Element, b: &Element) -> Option<()> {
        let root = document().document_element()?;
        if !root.has_attribute("data-changed") {
            return None;
        }
        let (first, last) = in_order(a, b);
        let (begin, end) = (of(first, "button", "value")?, of(last, "button", "value")?);
        let (from, to) = (begin.split_once('~')?.0, end.split_once('~')?.1);
        let button: HtmlElement = last.query_selector("button").ok()??.dyn_into().ok()?;
        button
            .set_attribute("value", &format!("{from}~{to}"))
            .ok()?;
        button.click();
        Some(())
    }

    /// The address with the earlier bar's beginning and the later one's end: the last two parameters of every
    /// bar's.
    fn joined(a: &Element, b: &Element) -> Option<String> {
        let (first, last) = in_order(a, b);
        let (first, last) = (of(first, "a", "href")?, of(last, "a", "href")?);
        let begin = &first[..first.rfind("&to=")?];
        let end = &last[last.rfind("&to=")?..];
        Some(format!("{begin}{end}"))
    }

    /// Lays the selection over the bars.
    fn mark(a: &Element, b: &Element) -> Option<()> {
        let (first, last) = in_order(a, b);
        let number = |bar: &Element, name: &str| -> Option<f64> {
            let hit = bar.query_selector(".hit").ok()??;
            hit.get_attribute(name)?.parse().ok()
        };
        let from = number(first, "x")?;
        let to = number(last, "x")? + number(last, "width")?;
        let brushed = document().query_selector(".brushed").ok()??;
        brushed.set_attribute("x", &from.to_string()).ok()?;
        brushed
            .set_attribute("width", &(to - from).to_string())
            .ok()
    }
}
