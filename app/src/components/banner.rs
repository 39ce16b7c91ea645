//! The answer before the evidence.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::outcome::Tone;

/// A banner: a shape, the answer, and what explains it.
pub fn banner(spec: Icon, tone: Tone, answer: impl IntoView + 'static, more: AnyView) -> AnyView {
    let class = format!("banner {}", tone.class());
    view! {
        <div class=class>
            {icon(spec)}
            <p><strong>{answer}</strong>" "{more}</p>
        </div>
    }
    .into_any()
}
