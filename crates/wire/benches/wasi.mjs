// Runs a WebAssembly program for WASI in Node, as cargo's runner: `node wasi.mjs PROGRAM`. It has a clock, random numbers
// and standard output, which is what a benchmark needs. Node's own WASI would do, but Node 20 crashes as it ends it.
import { readFileSync, writeSync } from "node:fs";

const OK = 0;
const NOT_SUPPORTED = 58;

class Exit extends Error {
  constructor(code) {
    super();
    this.code = code;
  }
}

let memory;
const view = () => new DataView(memory.buffer);
const none = (count, size) => {
  view().setUint32(count, 0, true);
  view().setUint32(size, 0, true);
  return OK;
};

const calls = {
  environ_sizes_get: none,
  environ_get: () => OK,
  clock_time_get(_clock, _precision, at) {
    view().setBigUint64(at, process.hrtime.bigint(), true);
    return OK;
  },
  random_get(at, length) {
    for (let done = 0; done < length; done += 65536) {
      const part = new Uint8Array(memory.buffer, at + done, Math.min(65536, length - done));
      crypto.getRandomValues(part);
    }
    return OK;
  },
  fd_write(fd, vectors, count, written) {
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = view().getUint32(vectors + 8 * i, true);
      const length = view().getUint32(vectors + 8 * i + 4, true);
      writeSync(fd, new Uint8Array(memory.buffer, at, length));
      total += length;
    }
    view().setUint32(written, total, true);
    return OK;
  },
  proc_exit(code) {
    throw new Exit(code);
  },
};
// What a benchmark does not need is not there.
const wasi_snapshot_preview1 = new Proxy(calls, { get: (known, name) => known[name] ?? (() => NOT_SUPPORTED) });

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { wasi_snapshot_preview1 });
memory = instance.exports.memory;
try {
  instance.exports._start();
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code;
}
