import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** One TCP connection, as somebody between the two ends sees it. */
export class Recording {
  private readonly parts = { client: [] as Buffer[], server: [] as Buffer[] };

  add(from: "client" | "server", bytes: Buffer): void {
    this.parts[from].push(bytes);
  }

  bytes(from: "client" | "server"): Buffer {
    return Buffer.concat(this.parts[from]);
  }

  /** The head of the request or of the answer, with the empty line that ends it, and what comes after. */
  split(from: "client" | "server"): { head: Buffer; rest: Buffer } {
    const all = this.bytes(from);
    const end = all.indexOf("\r\n\r\n") + 4;
    if (end < 4) {
      throw new Error(`no head from the ${from}: ${all.toString("latin1")}`);
    }
    return { head: all.subarray(0, end), rest: all.subarray(end) };
  }
}

/** Stands between the browser and the server and writes down every byte. It knows nothing of HTTP or WebSocket. */
export class Recorder {
  readonly recordings: Recording[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(port: number): Promise<Recorder> {
    const server = createServer({ noDelay: true });
    const recorder = new Recorder(server);
    server.on("connection", (client) => {
      const recording = new Recording();
      recorder.recordings.push(recording);
      const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
      recorder.join("client", client, upstream, recording);
      recorder.join("server", upstream, client, recording);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return recorder;
  }

  private join(from: "client" | "server", source: Socket, sink: Socket, recording: Recording): void {
    this.sockets.add(source);
    source.on("data", (bytes) => recording.add(from, bytes));
    source.pipe(sink);
    source.on("error", () => sink.destroy());
    source.on("close", () => {
      this.sockets.delete(source);
      sink.end();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The connections that began as a request for the echo, oldest first. */
  echoes(): Recording[] {
    return this.recordings.filter((r) => r.bytes("client").subarray(0, 9).toString() === "GET /echo");
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    this.server.close();
    await once(this.server, "close");
  }
}
