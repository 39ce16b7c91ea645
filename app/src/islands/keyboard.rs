//! Keyboard shortcuts: `/` searches, `j` and `k` move between rows, Enter opens one, `?` lists the shortcuts. The island
//! is on every page with rows, so it also starts the listener for clicks on rows.

use leptos::html::Dialog;
use leptos::prelude::*;

/// The dialog that lists the keys; in the browser it also listens for them.
#[island]
pub fn Keyboard() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    #[cfg(feature = "hydrate")]
    {
        listen::start(dialog);
        super::row_clicks::start();
    }
    view! {
        <dialog class="shortcuts" node_ref=dialog aria-labelledby="keys-title">
            <form method="dialog">
                <h2 id="keys-title">"Keyboard"</h2>
                <button class="btn" autofocus="">"Close"</button>
            </form>
            <dl>
                <div><dt><kbd>"/"</kbd></dt><dd>"Search"</dd></div>
                <div><dt><kbd>"j"</kbd>" "<kbd>"k"</kbd></dt><dd>"Next row, previous row"</dd></div>
                <div><dt><kbd>"Enter"</kbd></dt><dd>"Open the row"</dd></div>
                <div><dt><kbd>"n"</kbd>" "<kbd>"p"</kbd></dt><dd>"Next page, previous page"</dd></div>
                <div><dt><kbd>"?"</kbd></dt><dd>"This list"</dd></div>
                <div><dt><kbd>"Esc"</kbd></dt><dd>"Close, leave a field"</dd></div>
            </dl>
        </dialog>
    }
}

#[cfg(feature = "hydrate")]
mod listen {
    use leptos::html::Dialog;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement, KeyboardEvent};

    /// Rows of a list.
    const ROWS: &str = "[data-row]";
    /// Marks the row that the keys stand on.
    const SELECTED: &str = "data-selected";

    /// Listens as long as the page lives.
    pub fn start(dialog: NodeRef<Dialog>) {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if handle_key(&event, dialog).is_some() {
                event.prevent_default();
            }
        });
        // The page never stops listening; dropping the handle would not either.
        std::mem::forget(handle);
        if let Some(root) = document().document_element() {
            // Well-formed, so it cannot fail.
            let _ = root.set_attribute("data-islands", "");
        }
    }

    /// Does what the key says; `None` leaves it to the browser.
    fn handle_key(event: &KeyboardEvent, dialog: NodeRef<Dialog>) -> Option<()> {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return None;
        }
        let target: Option<HtmlElement> = event.target()?.dyn_into().ok();
        let in_field = target.as_ref().is_some_and(is_field);
        match event.key().as_str() {
            "Escape" => escape(target.filter(|_| in_field)),
            _ if in_field || dialog.get_untracked().is_some_and(|dialog| dialog.open()) => None,
            "/" => find("[data-search]")?.focus().ok(),
            "j" => step(1),
            "k" => step(-1),
            "Enter"
                if target
                    .is_none_or(|target| target.tag_name() == "BODY" || target.id() == "main") =>
            {
                open("a.row-link", true)
            }
            "n" => open("a[rel=next]", false),
            "p" => open("a[rel=prev]", false),
            "?" => dialog.get_untracked()?.show_modal().ok(),
            _ => None,
        }
    }

    fn is_field(element: &HtmlElement) -> bool {
        matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA")
            || element.is_content_editable()
    }

    fn find(selector: &str) -> Option<HtmlElement> {
        document().query_selector(selector).ok()??.dyn_into().ok()
    }

    /// Leaves a field, closes the menus of the filter form. Popovers and dialogs close by themselves.
    fn escape(field: Option<HtmlElement>) -> Option<()> {
        if let Some(open) = find("details.dropdown[open]") {
            open.remove_attribute("open").ok()?;
            return find_in(&open, "summary")?.focus().ok();
        }
        field?.blur().ok()
    }

    fn find_in(parent: &Element, selector: &str) -> Option<HtmlElement> {
        parent.query_selector(selector).ok()??.dyn_into().ok()
    }

    /// Moves the selection by one row.
    fn step(by: i32) -> Option<()> {
        let rows = document().query_selector_all(ROWS).ok()?;
        let count = i32::try_from(rows.length())
            .ok()
            .filter(|count| *count > 0)?;
        let row =
            |at: i32| -> Option<HtmlElement> { rows.get(u32::try_from(at).ok()?)?.dyn_into().ok() };
        let now = (0..count).find(|at| row(*at).is_some_and(|row| row.has_attribute(SELECTED)));
        let next = match now {
            None if by > 0 => 0,
            None => count - 1,
            Some(at) => (at + by).clamp(0, count - 1),
        };
        if let Some(before) = now.and_then(row) {
            before.remove_attribute(SELECTED).ok()?;
        }
        let chosen = row(next)?;
        chosen.set_attribute(SELECTED, "").ok()?;
        // The link takes the focus, so that screen readers follow and Enter opens it.
        let link = find_in(&chosen, "a.row-link")?;
        link.focus().ok()?;
        scroll_to(&chosen);
        Some(())
    }

    fn scroll_to(row: &Element) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }

    /// Follows a link: that of the selected row, or one of the page.
    fn open(selector: &str, of_row: bool) -> Option<()> {
        if of_row {
            let row = find("[data-selected]")?;
            find_in(&row, selector)?.click();
        } else {
            find(selector)?.click();
        }
        Some(())
    }
}
