//! Looks up names for facets that count by id: only for the few values that are shown.

use std::collections::HashMap;

use domain::histogram::Facet;
use uuid::Uuid;

use super::Facets;
use crate::StoreError;
use crate::engine::EngineDb;
use crate::statements::statements;
use crate::views::NameSource;

statements! {
    ACCOUNTS = "SELECT id, email::text FROM public.\"user\" WHERE id = ANY($1)";

    ALGORITHMS = "SELECT id, name::text FROM public.algorithms WHERE id = ANY($1)";
}

impl EngineDb {
    /// Sets the names of facet values.
    pub(super) async fn name_values(
        &self,
        of: &Facets,
        facets: &mut [Facet],
    ) -> Result<(), StoreError> {
        for facet in facets {
            let of = of.iter().find(|(param, _)| *param == facet.param);
            let Some(table) = of.and_then(|(_, sql)| sql.names) else {
                continue;
            };
            let ids = facet.values.iter().filter_map(|value| id(&value.value));
            let names = self.names_of(table, ids.collect()).await?;
            for value in &mut facet.values {
                value.name = id(&value.value).and_then(|id| names.get(&id).cloned());
            }
        }
        Ok(())
    }

    async fn names_of(
        &self,
        named: NameSource,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, String>, StoreError> {
        let statement = match named {
            NameSource::Accounts => ACCOUNTS,
            NameSource::Algorithms => ALGORITHMS,
        };
        let found: Vec<(Uuid, String)> = sqlx::query_as(statement)
            .bind(ids)
            .fetch_all(&self.surveying)
            .await?;
        Ok(found.into_iter().collect())
    }
}

/// Parses an id; stored text may be anything.
fn id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}
