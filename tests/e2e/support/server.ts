import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { SERVER, SITE } from "./paths.ts";

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** The real server with the real site, on a port of its own. It can be stopped and started again on the same port. */
export class Server {
  log = "";
  private child: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async start(): Promise<Server> {
    const server = new Server(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const child = spawn(SERVER, ["--listen", `127.0.0.1:${this.port}`, "--site", SITE], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    const keep = (text: Buffer) => {
      this.log += text;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    let failed: Error | undefined;
    child.on("error", (error) => {
      failed = error;
    });
    for (let tries = 0; tries < 300; tries++) {
      if (failed || child.exitCode !== null) {
        break;
      }
      const healthy = await fetch(`${this.url}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (healthy) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill("SIGKILL");
    throw new Error(`${SERVER} did not start: ${failed ?? `exit code ${child.exitCode}`}\n${this.log}`);
  }

  /** Ends the server: with SIGTERM in good order, with SIGKILL as a crash would. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}
