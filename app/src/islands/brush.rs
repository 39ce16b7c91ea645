//! Dragging across the histogram filters by the range from the first bar to the last, including unapplied changes of the
//! filter form. Without JavaScript each bar is a link or a button of the form.

use domain::query::Params;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

/// The bar on which the button went down, and the last one that the pointer passed.
#[derive(Clone, PartialEq)]
struct Drag {
    pressed: Element,
    reached: Element,
}

/// The histogram, whose bars can be dragged across.
#[island]
pub fn Brush(children: Children) -> impl IntoView {
    let drag = RwSignal::new_local(None::<Drag>);
    // The button may go up anywhere.
    Effect::new(move || {
        let release = window_event_listener(ev::pointerup, move |_| {
            if let Some(drag) = drag.write().take() {
                drag.apply();
            }
        });
        on_cleanup(move || release.remove());
    });
    let press = move |event: ev::PointerEvent| {
        if event.button() == 0 && event.pointer_type() != "touch" {
            drag.set(bar_at(&event).map(|bar| Drag {
                pressed: bar.clone(),
                reached: bar,
            }));
        }
    };
    let pass = move |event: ev::PointerEvent| {
        if let Some(bar) = bar_at(&event) {
            drag.update(|drag| {
                if let Some(drag) = drag {
                    drag.reached = bar;
                }
            });
        }
    };
    // The browser would drag the bar's link itself.
    let keep_link = move |event: ev::DragEvent| {
        if bar_at(&event).is_some() {
            event.prevent_default();
        }
    };
    let selection = move || {
        let (left, width) = drag.read().as_ref()?.place()?;
        Some(view! {
            <div
                class="brush-selection"
                style:left=format!("calc({left} * 0.01%)")
                style:width=format!("calc({width} * 0.01%)")
            ></div>
        })
    };
    view! {
        <div class="brush" on:pointerdown=press on:pointerover=pass on:dragstart=keep_link>
            {children()}
            {selection}
        </div>
    }
}

impl Drag {
    /// The bars at its ends, the earlier one first; `None` where it is on one bar alone.
    fn ends(&self) -> Option<(&Element, &Element)> {
        let (pressed, reached) = (&self.pressed, &self.reached);
        if pressed == reached {
            return None;
        }
        // Bit 2: `reached` comes before `pressed` in the document.
        let is_leftward = pressed.compare_document_position(reached) & 2 != 0;
        Some(if is_leftward {
            (reached, pressed)
        } else {
            (pressed, reached)
        })
    }

    /// Left edge and width, in the histogram's own units: hundredths of a percent of its width. Whole numbers, because
    /// reading fractions makes the module a sixth larger (112 to 132 kB, compressed).
    fn place(&self) -> Option<(u32, u32)> {
        let (first, last) = self.ends()?;
        let number = |bar, name| attribute(bar, ".hit", name)?.parse::<u32>().ok();
        let left = number(first, "x")?;
        let right = number(last, "x")? + number(last, "width")?;
        Some((left, right.saturating_sub(left)))
    }

    /// Narrows the list to the range. It fails only where the browser forbids navigation.
    fn apply(&self) -> Option<()> {
        let (first, last) = self.ends()?;
        let range = |bar| attribute(bar, "button", "value");
        let (begin, end) = (range(first)?, range(last)?);
        let (from, to) = (begin.split_once('~')?.0, end.split_once('~')?.1);
        if has_unapplied_filters() {
            let button = last.query_selector("button").ok()??;
            let button: HtmlElement = button.dyn_into().ok()?;
            button
                .set_attribute("value", &format!("{from}~{to}"))
                .ok()?;
            button.click();
            return Some(());
        }
        let href = attribute(first, "a", "href")?;
        let (path, query) = href.split_once('?')?;
        let pairs = Params::parse(query).ok()?.into_pairs();
        let pairs = pairs.without(&["from", "to"]);
        let address = pairs.with("from", from).with("to", to).link(path);
        window().location().set_href(&address).ok()
    }
}

/// Whether the filter's form holds something that is not applied.
fn has_unapplied_filters() -> bool {
    #[cfg(feature = "hydrate")]
    return super::unapplied_filters::has_unapplied_filters();
    #[cfg(not(feature = "hydrate"))]
    false
}

/// The bar that something happened on.
fn bar_at(event: &Event) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(".bars .bar").ok()?
}

/// An attribute of a part of a bar.
fn attribute(bar: &Element, part: &str, name: &str) -> Option<String> {
    bar.query_selector(part).ok()??.get_attribute(name)
}
