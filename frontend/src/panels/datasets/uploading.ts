/** The uploads that go on: their progress, and what became of them. */

import { create } from "zustand";
import { ApiError } from "../../api/client";
import { carrier, uploads } from "../../api/datasets";
import { type Progress, send } from "../../uploads/upload";

export interface Upload extends Progress {
  /** In this browser. */
  readonly key: number;
  readonly name: string;
  readonly file: File;
  /** What it is for: empty for a dataset, otherwise an input of a batch job. */
  readonly goal: string;
  /** On the server; null until that knows of it. */
  readonly id: string | null;
  readonly state: "sending" | "arrived" | "interrupted";
  readonly error: unknown;
}

interface Uploads {
  readonly all: readonly Upload[];
  add(files: readonly File[], goal?: string): void;
  goOn(key: number): void;
  /** Stop it, and forget what has arrived. */
  discard(key: number): void;
  /** It is stored, so it is no upload any more. */
  done(key: number): void;
}

const running = new Map<number, AbortController>();
let last = 0;

export const useUploads = create<Uploads>()((set, get) => {
  const change = (key: number, some: Partial<Upload>) =>
    set(({ all }) => ({ all: all.map((one) => (one.key === key ? { ...one, ...some } : one)) }));
  const drop = (key: number) => set(({ all }) => ({ all: all.filter((one) => one.key !== key) }));

  const run = async (key: number) => {
    const upload = get().all.find((one) => one.key === key);
    if (!upload) return;
    const stop = new AbortController();
    running.set(key, stop);
    change(key, { state: "sending", error: null });
    try {
      const id = upload.id ?? (await uploads.begin(upload.name, upload.file.size));
      change(key, { id });
      await send(id, upload.file, {
        carrier,
        signal: stop.signal,
        onProgress: (progress) => change(key, progress),
        mayPass: (error) => error instanceof ApiError && error.unreachable,
        pause: (tries) => new Promise((go) => setTimeout(go, 500 * 2 ** tries)),
      });
      change(key, { state: "arrived" });
    } catch (error) {
      if (!stop.signal.aborted) change(key, { state: "interrupted", error });
    } finally {
      running.delete(key);
    }
  };
  return {
    all: [],
    add(files, goal = "") {
      for (const file of files) {
        last += 1;
        const key = last;
        const begun: Upload = { key, name: file.name, file, goal, id: null, state: "sending", sent: 0, size: file.size, error: null };
        set(({ all }) => ({ all: [...all, begun] }));
        void run(key);
      }
    },
    goOn: (key) => void run(key),
    discard(key) {
      const upload = get().all.find((one) => one.key === key);
      running.get(key)?.abort();
      drop(key);
      // The server forgets it by itself, too, after some time.
      if (upload?.id) uploads.discard(upload.id).catch(() => {});
    },
    done: drop,
  };
});
