// Real nodes on free ports, each a process, with data directories that go with them.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE_MS = 30_000;

/** Looks again and again until `look` gives something. */
export async function until(what, look) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`after ${PATIENCE_MS / 1000} s still not: ${what}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}

const isFree = (port) => new Promise((tell) => {
  const server = createServer();
  server.once("error", () => tell(false));
  server.listen(port, "127.0.0.1", () => server.close(() => tell(true)));
});

export class Nodes {
  constructor(program, count) {
    this.program = program;
    this.count = count;
    this.dir = mkdtempSync(join(tmpdir(), "rumormill-page-"));
    this.network = `page-${process.pid}`;
    this.processes = [];
    this.ports = [];
  }

  /** Starts all, and waits until the first knows a book of every other. */
  async ready() {
    this.ports = await this.claim();
    this.ports.forEach((_, at) => this.start(at));
    await until("the nodes agree", async () => {
      const network = await this.get(0, "/api/v1/network").catch(() => null);
      return network?.verdict.text === `all ${this.count} agree`;
    });
  }

  async claim() {
    for (let base = 23_000 + (process.pid % 500) * 8; base < 32_000; base += 8) {
      const ports = Array.from({ length: this.count }, (_, at) => base + at);
      if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports;
    }
    throw new Error("no free ports");
  }

  start(at) {
    const port = this.ports[at];
    // Each knows two: when the first is killed the others stay a network.
    const from = this.ports.slice(0, 2).flatMap((other) => ["-b", String(other)]);
    const args = ["node", "-q", "-p", String(port), ...from, "--data-dir", this.data(at), "--network", this.network, "--interval", "1h"];
    this.processes[at] = spawn(this.program, args, { stdio: ["ignore", "ignore", "inherit"] });
  }

  data(at) {
    return join(this.dir, String(this.ports[at]));
  }

  async get(at, path) {
    return (await fetch(`http://127.0.0.1:${this.ports[at]}${path}`)).json();
  }

  /** Sets a register, as any program with the token can. */
  async set(at, key, value) {
    const token = readFileSync(join(this.data(at), "token"), "utf8");
    const answer = await fetch(`http://127.0.0.1:${this.ports[at]}/api/v1/state/${encodeURIComponent(key)}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ value }),
    });
    if (!answer.ok) throw new Error(`PUT ${key}: ${answer.status} ${await answer.text()}`);
  }

  /** As a crash would. */
  async kill(at) {
    const child = this.processes[at];
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((go) => child.once("exit", go));
    child.kill("SIGKILL");
    await ended;
  }

  async stop() {
    await Promise.all(this.processes.map((_, at) => this.kill(at)));
    rmSync(this.dir, { recursive: true, force: true });
  }
}
