//! Children of components that borrow from the page's model.

use leptos::children::{ChildrenOptContainer, ToChildren};
use leptos::prelude::*;

/// A component's children, built by their parent at once.
///
/// [`Children`] is a closure that lives as long as it likes, so it cannot hold a reference to the model that a page is
/// rendered from. Pages are rendered once and at once: their components take this type instead.
pub struct Content(AnyView);

impl<F, V> ToChildren<F> for Content
where
    F: FnOnce() -> V,
    V: IntoView,
{
    fn to_children(build: F) -> Self {
        Self(build().into_any())
    }
}

impl<V: IntoView> ToChildren<ChildrenOptContainer<V>> for Content {
    fn to_children(ChildrenOptContainer(view): ChildrenOptContainer<V>) -> Self {
        Self(view.into_any())
    }
}

impl IntoRender for Content {
    type Output = AnyView;

    fn into_render(self) -> AnyView {
        self.0
    }
}
