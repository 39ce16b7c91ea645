//! A click anywhere in a row follows the row's link. Exceptions are clicks on a link or button in the row, clicks that
//! select text, and clicks that close a menu. A middle click, or one with Ctrl, opens the link in a new tab.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// The link of a row.
const LINK: &str = "a.row-link";
/// Elements in a row that handle clicks themselves.
const OWN: &str = "a, button, summary, input, select, textarea, label";
/// Open dropdowns. The browser closes them only by a click on their own button.
const MENU: &str = "details.dropdown[open]";
/// Open popovers, which the browser closes at the next click.
const CLOSED_BY_CLICK: &str = ":popover-open";

/// Listens as long as the page lives.
pub fn start() {
    // Decided at pointer-down: at the click, popovers are already closed and the selection is gone.
    let is_meant_otherwise = Rc::new(Cell::new(false));
    let decided = Rc::clone(&is_meant_otherwise);
    let down = window_event_listener(leptos::ev::pointerdown, move |event| {
        let closes_menu = event
            .target()
            .is_some_and(|target| close_menus(target.dyn_ref()));
        decided.set(closes_menu || something_is_selected());
    });
    let click = {
        let decided = Rc::clone(&is_meant_otherwise);
        window_event_listener(leptos::ev::click, move |event| {
            follow(&event, decided.replace(false));
        })
    };
    let other_button = window_event_listener(leptos::ev::auxclick, move |event| {
        follow(&event, is_meant_otherwise.replace(false));
    });
    // The page never stops listening; dropping the handles would not either.
    std::mem::forget((down, click, other_button));
}

/// Closes the menus that `target` is not in. Whether any menu or popover was open beside it.
fn close_menus(target: Option<&Element>) -> bool {
    let document = document();
    let is_outside = |menu: &Element| !target.is_some_and(|target| menu.contains(Some(target)));
    let mut closed =
        matches!(document.query_selector(CLOSED_BY_CLICK), Ok(Some(open)) if is_outside(&open));
    let Ok(menus) = document.query_selector_all(MENU) else {
        return closed;
    };
    for at in 0..menus.length() {
        let menu = menus
            .get(at)
            .and_then(|node| node.dyn_into::<Element>().ok());
        if let Some(menu) = menu.filter(is_outside) {
            // The attribute's name is well-formed, so it cannot fail.
            let _ = menu.remove_attribute("open");
            closed = true;
        }
    }
    closed
}

fn something_is_selected() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Follows the link of the row that was clicked; `None` where there is none or something else was meant.
fn follow(event: &MouseEvent, is_meant_otherwise: bool) -> Option<()> {
    if is_meant_otherwise || event.default_prevented() || something_is_selected() {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    if target.closest(OWN).ok()?.is_some() {
        return None;
    }
    let row = target.closest("tr").ok()??;
    let link: HtmlAnchorElement = row.query_selector(LINK).ok()??.dyn_into().ok()?;
    let is_apart = event.ctrl_key() || event.meta_key();
    match event.button() {
        // By its address: a click on the link would come here again while this one is under way.
        0 if !is_apart && !event.shift_key() && !event.alt_key() => {
            window().location().set_href(&link.href()).ok()?;
        }
        0 | 1 if is_apart || event.button() == 1 => {
            let opened =
                window().open_with_url_and_target_and_features(&link.href(), "_blank", "noopener");
            opened.ok()?;
        }
        _ => return None,
    }
    Some(())
}
