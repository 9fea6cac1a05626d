import type { LSPClient } from "@codemirror/lsp-client";
import { beforeEach, expect, test, vi } from "vitest";
import { type HelpStanding, LanguageServer } from "../../src/panels/script/language_server";

class Socket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 1;
  close = vi.fn();
  constructor() {
    super();
    sockets.push(this);
  }
  lose(code: number, reason = "") {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
}

let sockets: Socket[];
let stood: HelpStanding[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  sockets = [];
  stood = [];
});

function opened(): LanguageServer {
  const client = { connected: true, connect: vi.fn(), disconnect: vi.fn(), initializing: Promise.resolve(null) };
  return new LanguageServer(client as unknown as LSPClient, "ws://here/", (standing) => stood.push(standing));
}

test("a lost connection is made again, later each time", async () => {
  opened();
  for (const wait of [500, 1000, 2000]) {
    const count = sockets.length;
    sockets.at(-1)?.lose(1006);
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(sockets).toHaveLength(count);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(count + 1);
  }
  sockets.at(-1)?.dispatchEvent(new Event("open"));
  await vi.advanceTimersByTimeAsync(0);
  expect(stood.at(-1)).toBe("ready");
});

test.each([[1008, "language-message"], [4000, "language-server"]])("a refusal %i (%s) is final", async (code, reason) => {
  opened();
  sockets[0]?.lose(code, reason);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
  expect(stood).toEqual(["off"]);
});

test("a busy server is asked again, and an editor that was closed asks no more", async () => {
  const server = opened();
  sockets[0]?.lose(4000, "language-servers-busy");
  await vi.advanceTimersByTimeAsync(500);
  expect(sockets).toHaveLength(2);
  server.close();
  sockets[1]?.lose(1000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(2);
});

test("what a server knows is told again over a new connection, also after a refusal", async () => {
  const server = opened();
  server.connectAgain();
  expect(sockets[0]?.close).toHaveBeenCalled();
  sockets[0]?.lose(1005);
  await vi.advanceTimersByTimeAsync(500);
  expect(sockets).toHaveLength(2);
  sockets[1]?.lose(4000, "node-unknown");
  server.connectAgain();
  expect(sockets).toHaveLength(3);
  server.close();
  server.connectAgain();
  expect(sockets).toHaveLength(3);
});
