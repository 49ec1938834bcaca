import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a database server, to lose connections at a chosen moment. */
export interface CuttingProxy {
  /** The address of the database by way of this proxy. */
  readonly uri: string;
  /** Cuts what is connected. */
  cut(): void;
  /** Cuts once, when the client has sent that text: before the server gets it, or before its answer comes back. */
  cutAt(text: string, when: 'before' | 'after'): void;
  /** True when nothing is left to be cut. */
  hasCut(): boolean;
  /** While away, nobody answers at the address. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** `uri` is the address of a database whose host and port are given. */
export async function startCuttingProxy(uri: string): Promise<CuttingProxy> {
  const target = new URL(uri);
  const sockets = new Set<Socket>();
  let trap: { readonly text: string; readonly when: 'before' | 'after' } | undefined;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let isDeaf = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      const isHit = trap !== undefined && chunk.includes(trap.text);
      if (isHit && trap?.when === 'before') {
        trap = undefined;
        cut();
        return;
      }
      if (isHit) {
        trap = undefined;
        isDeaf = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (isDeaf) cut();
      else client.write(chunk);
    });
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const leave = async () => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  const port = await listen(0);
  const address = new URL(uri);
  address.hostname = '127.0.0.1';
  address.port = String(port);
  return {
    uri: address.href,
    cut,
    cutAt(text, when) {
      trap = { text, when };
    },
    hasCut: () => trap === undefined,
    leave,
    comeBack: async () => {
      await listen(port);
    },
    close: async () => {
      if (server.listening) await leave();
    },
  };
}
