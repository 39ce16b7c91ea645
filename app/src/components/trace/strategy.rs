//! The current state of a trade's algorithm, and its promotions.

use domain::strategy::{Algorithm, Deployment, Promotion};
use domain::time::Timestamp;
use domain::trace::Trace;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::detail::Card;
use crate::components::facts::{Fact, Facts, Id};
use crate::components::json::{Json, JsonLinks};
use crate::components::number::AmountValue;
use crate::components::text::{OrNone, Stored, StoredOrNone};
use crate::components::time::{ExactTime, SecondTime};
use crate::model::PageContext;

/// The cards, where the trace names an algorithm.
#[component]
pub fn StrategyCards<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    match (trace.algorithm(), &trace.background.algorithm) {
        (None, _) => EitherOf3::A(()),
        (Some(named), None) => EitherOf3::B(view! {
            <Card title="Its algorithm does not exist">
                <p>
                    "The engine’s table of algorithms does not hold the one that the trade names: "
                    <Id id=named />
                </p>
            </Card>
        }),
        (Some(_), Some(known)) => {
            let at = trace.decided_at();
            EitherOf3::C(view! {
                <Card title="Algorithm, as it is now">
                    <AlgorithmNow ctx known deployments=&trace.background.deployments at />
                </Card>
                <Card title="Approval of the strategy">
                    <Promotions ctx promotions=&trace.background.promotions at />
                </Card>
            })
        }
    }
}

#[component]
fn AlgorithmNow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The algorithm.
    known: &'a Algorithm,
    /// Its deployments for the trade's user.
    deployments: &'a [Deployment],
    /// When the trade was decided.
    at: Option<Timestamp>,
) -> impl IntoView + use<> {
    let own = deployments
        .iter()
        .all(|deployed| deployed.parameters.is_none())
        .then(|| {
            let text = known.configuration.as_deref();
            view! { <Parameters title="Its own parameters" text /> }
        });
    let nowhere = deployments
        .is_empty()
        .then(|| view! { <p class="dim">"No deployment for this user exists."</p> });
    let deployed = deployments
        .iter()
        .map(|deployed| view! { <DeploymentNow ctx deployed at /> });
    view! {
        <div class="strategy-facts">
            <Facts>
                <Fact label="Name"><Stored text=&known.name /></Fact>
                <Fact label="Version"><Stored text=&known.version /></Fact>
                <Fact label="Type"><Stored text=&known.kind /></Fact>
            </Facts>
            {own}
            {deployed.collect_view()}
            {nowhere}
        </div>
    }
}

#[component]
fn Parameters<'a>(
    /// The title.
    title: &'static str,
    /// The parameters as JSON.
    text: Option<&'a str>,
) -> impl IntoView + use<> {
    let tree = text.map(|text| view! { <Json text links=JsonLinks::None /> });
    view! { <h3>{title}</h3> <OrNone view=tree /> }
}

/// A deployment's limits. Limits changed since the trade are tagged, because the earlier values are unknown.
#[component]
fn DeploymentNow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The deployment.
    deployed: &'a Deployment,
    /// When the trade was decided.
    at: Option<Timestamp>,
) -> impl IntoView + use<> {
    let changed = at
        .is_some_and(|at| deployed.updated_at > at)
        .then(|| view! { " " <span class="tag warn">"changed since"</span> });
    let state = if deployed.is_active {
        "active"
    } else {
        "not active"
    };
    let position_limit = deployed.position_limit.as_ref();
    let position_limit = position_limit.map(|amount| view! { <AmountValue amount /> });
    let loss_limit = deployed.daily_loss_limit.as_ref();
    let loss_limit = loss_limit.map(|amount| view! { <AmountValue amount /> });
    let own = deployed.parameters.as_deref();
    let own = own.map(|text| view! { <Parameters title="Parameters" text=Some(text) /> });
    view! {
        <h3>"Deployment"</h3>
        <Facts>
            <Fact label="Name"><StoredOrNone text=deployed.name.as_deref() /></Fact>
            <Fact label="Owner"><Stored text=&deployed.user /></Fact>
            <Fact label="State">{state}</Fact>
            <Fact label="Position limit, AUD"><OrNone view=position_limit /></Fact>
            <Fact label="Daily loss limit, AUD"><OrNone view=loss_limit /></Fact>
            <Fact label="Last change"><ExactTime ctx at=deployed.updated_at />{changed}</Fact>
        </Facts>
        {own}
    }
}

/// Promotions up to the trade come first; later ones do not apply to it.
#[component]
fn Promotions<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// All of the algorithm's.
    promotions: &'a [Promotion],
    /// When the trade was decided.
    at: Option<Timestamp>,
) -> impl IntoView + use<> {
    let is_later = |moment: Timestamp| at.is_some_and(|at| moment > at);
    let approved = promotions
        .iter()
        .any(|promotion| promotion.status == "approved" && !is_later(promotion.said_at()));
    let answer = if approved {
        Either::Left(view! { <p>"Approved before this trade."</p> })
    } else {
        Either::Right(
            view! { <p><span class="tag warn">"not approved before this trade"</span></p> },
        )
    };
    let (before, after): (Vec<_>, Vec<_>) = promotions
        .iter()
        .partition(|promotion| !is_later(promotion.created_at));
    let entries = before.into_iter().chain(after).map(|promotion| {
        let later = if is_later(promotion.created_at) {
            Some("later than the trade")
        } else if is_later(promotion.said_at()) {
            Some("decided later than the trade")
        } else {
            None
        };
        view! { <PromotionEntry ctx promotion later /> }
    });
    let list = if promotions.is_empty() {
        Either::Left(view! {
            <p class="dim">"Nobody ever asked for this algorithm to be promoted."</p>
        })
    } else {
        Either::Right(view! { <ul class="entries promotions">{entries.collect_view()}</ul> })
    };
    view! { {answer}{list} }
}

#[component]
fn PromotionEntry<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The promotion.
    promotion: &'a Promotion,
    /// A note if it came after the trade.
    later: Option<&'static str>,
) -> impl IntoView + use<> {
    let reviewed = promotion.reviewed_by.as_ref().map(|text| {
        let at = promotion.reviewed_at;
        let at = at.map(|at| view! { <SecondTime ctx at /> });
        view! { <p>"Reviewed by "<Stored text />", "{at}</p> }
    });
    let quotes = [&promotion.notes, &promotion.rejection_reason];
    let quotes = quotes
        .into_iter()
        .flatten()
        .map(|text| view! { <blockquote><Stored text /></blockquote> });
    view! {
        <li>
            <div class="entry-head">
                <span>
                    <Stored text=&promotion.from />
                    " → "
                    <Stored text=&promotion.to />
                </span>
                <strong><Stored text=&promotion.status /></strong>
            </div>
            {later.map(|later| view! { <p><span class="tag warn">{later}</span></p> })}
            <p>
                "Asked for by "
                <Stored text=&promotion.created_by />
                ", "
                <SecondTime ctx at=promotion.created_at />
            </p>
            {reviewed}
            {quotes.collect_view()}
        </li>
    }
}
