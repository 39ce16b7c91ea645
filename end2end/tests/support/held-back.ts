// A console whose lists are slow: their rows come, and the rest when a test says so.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a list's rows end and its picture begins. */
const REST = '<section slot="picture"';

/** Hands everything on to the console at `base`, lists up to their rows only until `release` is called. */
export interface HeldBack {
  /** Its own address, where the console's cookies hold: they know no ports. */
  url: string;
  /** Lets the rest go. */
  release: () => void;
  close: () => Promise<void>;
}

/** Begins to listen. */
export async function holdBack(base: string): Promise<HeldBack> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));

  const handOn = (asked: IncomingMessage, answer: ServerResponse): void => {
    // Neither compressed, so that it can be searched, nor kept in another page's cache.
    const headers = { ...asked.headers, 'accept-encoding': 'identity' };
    const onward = ask(new URL(asked.url ?? '/', base), { headers }, (from) => {
      const { 'content-length': _, ...kept } = from.headers;
      answer.writeHead(from.statusCode ?? 502, kept);
      const pieces: Buffer[] = [];
      from.on('data', (piece: Buffer) => pieces.push(piece));
      from.on('end', () => {
        const body = Buffer.concat(pieces);
        const at = body.indexOf(REST);
        if (at < 0) {
          answer.end(body);
          return;
        }
        answer.write(body.subarray(0, at));
        void released.then(() => answer.end(body.subarray(at)));
      });
    });
    onward.end();
  };

  const server = createServer(handOn);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    release,
    close: () =>
      new Promise((resolve) => {
        release();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
