// A strict CSV parser after RFC 4180. Malformed input is an error.

/** The records of `text`, header included. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const start = at + 1;
      at = start;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (at >= text.length) {
          throw new Error('a quoted cell is not closed');
        }
        at += text[at] === '"' ? 2 : 1;
      }
      cell = text.slice(start, at).replaceAll('""', '"');
      at += 1;
    } else {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
        if (text[at] === '"' || text[at] === '\n') {
          throw new Error(`a bare ${JSON.stringify(text[at])} in cell ${text.slice(start, at)}`);
        }
        at += 1;
      }
      cell = text.slice(start, at);
    }
    record.push(cell);
    if (text[at] === ',') {
      at += 1;
    } else if (text.startsWith('\r\n', at)) {
      at += 2;
      records.push(record);
      record = [];
    } else {
      throw new Error(`neither comma nor CRLF after cell ${cell}`);
    }
  }
  if (record.length > 0) {
    throw new Error('the last record does not end in CRLF');
  }
  return records;
}
