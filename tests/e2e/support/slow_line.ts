import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Lighthouse's "Slow 4G". */
const BYTES_PER_MS = (1.6 * 1024 * 1024) / 8 / 1000;
const ROUND_TRIP_MS = 150;
/** What is sent in one go: small, so that connections share the line. */
const PIECE = 4096;

/**
 * A slow line between the browser and the server, shared by all connections. The network emulation of Chromium's DevTools
 * is no substitute: now and then a connection under it stands still, with bytes that the browser does not read.
 */
export class SlowLine {
  private readonly sockets = new Set<Socket>();
  /** Each way: when the line is free again, in milliseconds of `performance.now()`. */
  private readonly free = { up: 0, down: 0 };

  private constructor(private readonly server: Server) {}

  static async start(port: number): Promise<SlowLine> {
    const server = createServer({ noDelay: true });
    const line = new SlowLine(server);
    server.on("connection", (client) => {
      const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
      for (const socket of [client, upstream]) {
        line.sockets.add(socket);
        socket.on("close", () => line.sockets.delete(socket));
      }
      void line.carry("up", client, upstream);
      void line.carry("down", upstream, client);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return line;
  }

  /** Carries bytes until either end is gone; then the other goes too. */
  private async carry(way: "up" | "down", source: Socket, sink: Socket): Promise<void> {
    sink.on("error", () => source.destroy());
    try {
      let busy = 0;
      for await (const bytes of source as AsyncIterable<Buffer>) {
        // What comes after a pause has the way before it; what follows at once is on the way already.
        if (performance.now() > busy + 20) {
          await sleep(ROUND_TRIP_MS / 2);
        }
        for (let at = 0; at < bytes.length; at += PIECE) {
          const piece = bytes.subarray(at, at + PIECE);
          const now = performance.now();
          this.free[way] = Math.max(now, this.free[way]) + piece.length / BYTES_PER_MS;
          await sleep(this.free[way] - now);
          sink.write(piece);
        }
        busy = performance.now();
      }
      sink.end();
    } catch {
      sink.destroy();
    }
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    this.server.close();
    await once(this.server, "close");
  }
}
