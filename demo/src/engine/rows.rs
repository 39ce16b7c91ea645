//! Rows to be inserted, in COPY's text format: one buffer per table.
//!
//! History and live trading write rows through the same functions; only the consumers of the buffers differ.

use uuid::Uuid;

use super::table::Table;
use super::time::Instant;

const TABLES: usize = Table::ALL.len();

/// Rows that were made and not yet taken, for every table.
#[derive(Default)]
pub struct Rows {
    buffers: [Vec<u8>; TABLES],
    counts: [u64; TABLES],
}

impl Rows {
    /// Begins a row.
    pub fn row(&mut self, table: Table) -> Row<'_> {
        self.counts[table as usize] += 1;
        Row {
            out: &mut self.buffers[table as usize],
        }
    }

    /// Bytes that wait for `table`.
    #[must_use]
    pub fn waiting(&self, table: Table) -> usize {
        self.buffers[table as usize].len()
    }

    /// Takes what waits for `table`.
    pub fn take(&mut self, table: Table) -> Vec<u8> {
        std::mem::take(&mut self.buffers[table as usize])
    }

    /// How many rows were ever begun for `table`.
    #[must_use]
    pub fn count(&self, table: Table) -> u64 {
        self.counts[table as usize]
    }
}

/// A row being written, column after column. [`Row::end`] must follow the last one.
#[must_use = "a row needs its end"]
pub struct Row<'a> {
    out: &'a mut Vec<u8>,
}

impl Row<'_> {
    /// Ends the row.
    pub fn end(self) {
        // The tab after the last column becomes the end of the line.
        if let Some(last) = self.out.last_mut() {
            *last = b'\n';
        }
    }

    /// NULL.
    pub fn null(self) -> Self {
        self.raw(b"\\N")
    }

    /// Text of any content.
    pub fn text(self, value: &str) -> Self {
        for byte in value.bytes() {
            match byte {
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                _ => self.out.push(byte),
            }
        }
        self.tab()
    }

    /// Text or NULL.
    pub fn optional_text(self, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    /// `t` or `f`.
    pub fn boolean(self, value: bool) -> Self {
        self.raw(if value { b"t" } else { b"f" })
    }

    /// An integer.
    pub fn integer(self, value: i64) -> Self {
        self.text(&value.to_string())
    }

    /// A float in full precision; NaN and the infinities as PostgreSQL spells them.
    pub fn float(self, value: f64) -> Self {
        if value.is_nan() {
            self.raw(b"NaN")
        } else if value.is_infinite() {
            self.raw(if value > 0.0 {
                b"Infinity"
            } else {
                b"-Infinity"
            })
        } else {
            self.text(&value.to_string())
        }
    }

    /// A numeric with `places` digits after the point; NaN is one that PostgreSQL's numeric knows too.
    pub fn numeric(self, value: f64, places: usize) -> Self {
        if value.is_nan() {
            return self.raw(b"NaN");
        }
        self.text(&format!("{value:.places$}"))
    }

    /// A numeric or NULL.
    pub fn optional_numeric(self, value: Option<f64>, places: usize) -> Self {
        match value {
            Some(value) => self.numeric(value, places),
            None => self.null(),
        }
    }

    /// An instant.
    pub fn instant(self, value: Instant) -> Self {
        value.write_to(self.out);
        self.tab()
    }

    /// An instant or NULL.
    pub fn optional_instant(self, value: Option<Instant>) -> Self {
        match value {
            Some(value) => self.instant(value),
            None => self.null(),
        }
    }

    /// A UUID.
    pub fn uuid(self, value: Uuid) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        for (index, byte) in value.as_bytes().iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                self.out.push(b'-');
            }
            self.out.push(HEX[usize::from(byte >> 4)]);
            self.out.push(HEX[usize::from(byte & 15)]);
        }
        self.tab()
    }

    /// A UUID or NULL.
    pub fn optional_uuid(self, value: Option<Uuid>) -> Self {
        match value {
            Some(value) => self.uuid(value),
            None => self.null(),
        }
    }

    fn raw(self, bytes: &[u8]) -> Self {
        self.out.extend_from_slice(bytes);
        self.tab()
    }

    fn tab(self) -> Self {
        self.out.push(b'\t');
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_line_of_columns_with_copys_escapes() {
        let mut rows = Rows::default();
        rows.row(Table::Signal)
            .text("a\tb\\c\nd")
            .null()
            .boolean(true)
            .float(f64::NAN)
            .numeric(1.5, 8)
            .uuid(Uuid::from_u128(0x74ad_3880_c88c_4a10_bd8f_5c56_5972_6601))
            .instant(Instant(0))
            .end();
        assert_eq!(rows.count(Table::Signal), 1);
        assert_eq!(
            String::from_utf8(rows.take(Table::Signal)).unwrap(),
            "a\\tb\\\\c\\nd\t\\N\tt\tNaN\t1.50000000\t74ad3880-c88c-4a10-bd8f-5c5659726601\t1970-01-01 00:00:00.000000+00\n"
        );
        assert_eq!(rows.waiting(Table::Signal), 0);
    }
}
