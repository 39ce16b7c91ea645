//! Conversions of PostgreSQL's values to domain types: times beyond the range of `chrono`, and exact decimals.

use domain::amount::Amount;
use domain::time::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{
    PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo, PgValueFormat, PgValueRef,
};
use sqlx::{Decode, Encode, Postgres, Row as _, Type};

/// A `timestamptz`, including infinities and years on which sqlx with `chrono` panics.
#[derive(Clone, Copy)]
pub struct PgTimestamp(pub Timestamp);

impl Type<Postgres> for PgTimestamp {
    fn type_info() -> PgTypeInfo {
        <chrono::DateTime<chrono::Utc> as Type<Postgres>>::type_info()
    }
}

impl PgHasArrayType for PgTimestamp {
    fn array_type_info() -> PgTypeInfo {
        <chrono::DateTime<chrono::Utc> as PgHasArrayType>::array_type_info()
    }
}

impl Encode<'_, Postgres> for PgTimestamp {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<Postgres>>::encode(self.0.storable().postgres_micros(), buf)
    }

    fn size_hint(&self) -> usize {
        size_of::<i64>()
    }
}

impl Decode<'_, Postgres> for PgTimestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => {
                let micros = <i64 as Decode<Postgres>>::decode(value)?;
                Ok(Self(Timestamp::from_postgres_micros(micros)))
            }
            PgValueFormat::Text => Err("a timestamptz in text form was not asked for".into()),
        }
    }
}

/// Reads columns of a row by name.
pub trait RowExt {
    /// A `timestamptz not null`.
    fn timestamp(&self, column: &str) -> Result<Timestamp, sqlx::Error>;
    /// A `timestamptz`.
    fn timestamp_opt(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error>;
    /// A `numeric::text`, never NULL.
    fn amount(&self, column: &str) -> Result<Amount, sqlx::Error>;
    /// A `numeric::text`.
    fn amount_opt(&self, column: &str) -> Result<Option<Amount>, sqlx::Error>;
}

impl RowExt for PgRow {
    fn timestamp(&self, column: &str) -> Result<Timestamp, sqlx::Error> {
        Ok(self.try_get::<PgTimestamp, _>(column)?.0)
    }

    fn timestamp_opt(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(self
            .try_get::<Option<PgTimestamp>, _>(column)?
            .map(|at| at.0))
    }

    fn amount(&self, column: &str) -> Result<Amount, sqlx::Error> {
        Ok(Amount::from_numeric_text(self.try_get(column)?))
    }

    fn amount_opt(&self, column: &str) -> Result<Option<Amount>, sqlx::Error> {
        let text: Option<String> = self.try_get(column)?;
        Ok(text.map(Amount::from_numeric_text))
    }
}
