//! Conditions on what stands inside a json column.

use domain::filter::DetailsFilter;

use super::fragments::{and_text, readable};
use crate::sql::{Mode, Sql};

/// ` AND` that the wanted values stand at their paths. In a document that cannot be read nothing stands
/// anywhere.
pub fn and_details(sql: &mut Sql, column: &str, filter: &DetailsFilter) {
    for (path, values) in filter.as_slice() {
        let mut keys = Sql::new(Mode::Literal, "");
        keys.texts(path.keys().to_vec());
        let expression = format!("({} #>> {})", readable(column), keys.into_text());
        and_text(sql, &expression, values);
    }
}
