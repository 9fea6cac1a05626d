import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow } from "../../src/api/events";

class Source extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 1;
  close = vi.fn();
  constructor() {
    super();
    sources.push(this);
  }
  tell(name: string, id = 0) {
    this.dispatchEvent(new MessageEvent(name, { data: "{}", lastEventId: id ? String(id) : "" }));
  }
}

const page = Object.assign(new EventTarget(), { hidden: false });
const show = (shown: boolean) => {
  page.hidden = !shown;
  page.dispatchEvent(new Event("visibilitychange"));
};

let sources: Source[];
let told: string[];
let close: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("document", page);
  page.hidden = false;
  sources = [];
  told = [];
  close = follow("/events", ["node", "ended"], { onEvent: (name) => told.push(name), last: ["ended"] });
});
afterEach(() => close());

test("a connection that says nothing for long is made again, and one with heartbeats is kept", () => {
  for (let beat = 0; beat < 10; beat += 1) {
    vi.advanceTimersByTime(15_000);
    sources[0]?.tell("heartbeat");
  }
  expect(sources).toHaveLength(1);
  vi.advanceTimersByTime(50_000);
  expect(sources[0]?.close).toHaveBeenCalled();
  expect(sources).toHaveLength(2);
});

test("a computer that slept has its connection made again at once, and hears nothing twice", () => {
  sources[0]?.tell("node", 7);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(5_000);
  expect(sources).toHaveLength(2);
  sources[1]?.tell("node", 7);
  sources[1]?.tell("node", 8);
  expect(told).toEqual(["node", "node"]);
});

test("after the last event nothing is asked for any more", () => {
  sources[0]?.tell("ended", 1);
  vi.advanceTimersByTime(600_000);
  expect(sources).toHaveLength(1);
  expect(sources[0]?.close).toHaveBeenCalled();
});

test("a stream that the browser gave up is asked for once more", () => {
  const [first] = sources;
  if (!first) throw new Error("there is a stream");
  first.readyState = Source.CLOSED;
  first.dispatchEvent(new Event("error"));
  vi.advanceTimersByTime(2_000);
  expect(sources).toHaveLength(2);
});

test("a hidden page takes no connection, and one that is shown again hears what happened meanwhile", () => {
  sources[0]?.tell("node", 1);
  show(false);
  expect(sources[0]?.close).toHaveBeenCalled();
  vi.advanceTimersByTime(600_000);
  expect(sources).toHaveLength(1);
  show(true);
  expect(sources).toHaveLength(2);
  sources[1]?.tell("node", 1);
  sources[1]?.tell("node", 2);
  expect(told).toEqual(["node", "node"]);
  sources[1]?.tell("ended", 3);
  show(false);
  show(true);
  expect(sources).toHaveLength(2);
});
