// A proxy that delays lists: it passes their rows on at once, and the rest when a test releases it.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a list's rows end and its histogram begins. */
const REST = '<section slot="histogram"';

/** Forwards requests to the console at `base`. Holds lists back after their rows until `release` is called. */
export interface HeldBack {
  /** The proxy's address. The console's cookies are valid there, because cookies ignore ports. */
  url: string;
  /** Sends the rest. */
  release: () => void;
  close: () => Promise<void>;
}

/** Starts the proxy. */
export async function holdBack(base: string): Promise<HeldBack> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));

  const handOn = (asked: IncomingMessage, answer: ServerResponse): void => {
    // Uncompressed, so that the body can be searched.
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
