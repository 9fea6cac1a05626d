import { expect, test } from "vitest";
import { type Carrier, PIECE, type Progress, send } from "../../src/uploads/upload";

const LOST = new Error("lost");

/** A server that loses the connection at some of the requests, sometimes after the piece has arrived. */
function server(fails: readonly number[] = [], afterArrival = false) {
  const arrived: Blob[] = [];
  let requests = 0;
  const size = () => arrived.reduce((sum, piece) => sum + piece.size, 0);
  const carrier: Carrier = {
    async arrived() {
      return size();
    },
    async append(_id, offset, piece) {
      requests += 1;
      const fail = fails.includes(requests);
      if (fail && !afterArrival) throw LOST;
      expect(offset).toBe(size());
      arrived.push(piece);
      if (fail) throw LOST;
      return size();
    },
  };
  return { carrier, content: () => new Blob(arrived), requests: () => requests };
}

async function sent(file: Blob, to: ReturnType<typeof server>, signal = new AbortController().signal) {
  const progress: Progress[] = [];
  await send("1", file, { carrier: to.carrier, signal, onProgress: (one) => progress.push(one), mayPass: (error) => error === LOST, pause: async () => {} });
  return progress;
}

const FILE = new Blob(["a".repeat(PIECE), "b".repeat(PIECE), "c"]);

test("a file arrives whole, and its progress is told", async () => {
  const to = server();
  const progress = await sent(FILE, to);
  expect(to.content().size).toBe(FILE.size);
  expect(progress.at(-1)).toEqual({ sent: FILE.size, size: FILE.size });
  expect(to.requests()).toBe(3);
});

test.each([false, true])("it goes on after a lost connection (after the piece has arrived: %s)", async (after) => {
  const to = server([2, 3], after);
  await sent(FILE, to);
  expect(await to.content().text()).toBe(await FILE.text());
});

test("it goes on with what is missing", async () => {
  const to = server([2]);
  await expect(send("1", FILE, { carrier: to.carrier, signal: new AbortController().signal, onProgress: () => {}, mayPass: () => false, pause: async () => {} })).rejects.toBe(LOST);
  await sent(FILE, to);
  expect(to.content().size).toBe(FILE.size);
});

test("it gives up after some tries, and stops when it is told to", async () => {
  const to = server([1, 2, 3, 4, 5, 6, 7]);
  await expect(sent(FILE, to)).rejects.toBe(LOST);
  expect(to.requests()).toBe(5);
  const stopped = new AbortController();
  stopped.abort();
  await expect(sent(FILE, server(), stopped.signal)).rejects.toThrow();
});

test("an empty file is a file", async () => {
  const to = server();
  expect(await sent(new Blob([]), to)).toEqual([{ sent: 0, size: 0 }]);
  expect(to.requests()).toBe(0);
});
