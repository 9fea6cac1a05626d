/** Runs of the experiment that is open: begun, followed, ended. */

import { client, data, type Schemas } from "../api/client";
import { follow } from "../api/events";
import { queries } from "../api/queries";
import { toast } from "../look/toast";
import { words } from "../words/words";
import { changedBy, type Files } from "./changed";
import type { Experiment } from "./experiment";
import { type LiveRun, NO_RUN, useLive, usePeople } from "./live";
import { afterNewest, afterRunEvents, awaited, EVENT_NAMES, type RunEvent } from "./run_events";

export interface RunWish {
  readonly up_to?: string[];
  readonly only?: string[];
  readonly from_here?: string[];
  readonly again?: boolean;
}

export interface Running {
  run(wish?: RunWish): Promise<void>;
  stop(): Promise<void>;
  close(): void;
}

const LAST = ["run_ended", "run_broken_off"];
const RELOAD_AFTER = 150;
/** Nodes for each of which the canvas is drawn a millisecond later: drawing thousands takes long. */
const NODES_PER_MILLISECOND = 25;

/** Follows the experiment, and each run of it. */
export function followExperiment(experiment: Experiment): Running {
  const { name } = experiment.use.getState();
  let unfollow = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  useLive.setState(NO_RUN);

  let all = false;
  const ask = (what: "all" | "positions") => {
    all ||= what === "all";
    clearTimeout(timer);
    timer = setTimeout(() => {
      const asked = all ? experiment.reload() : experiment.rearrange();
      all = false;
      void asked.catch(() => {});
    }, RELOAD_AFTER);
  };
  const attend = (begun: LiveRun) => {
    const { run } = begun;
    if (run === null || useLive.getState().run === run) return;
    unfollow();
    useLive.setState(begun);
    let heard: RunEvent[] = [];
    let drawing: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      drawing = undefined;
      const events = heard;
      heard = [];
      useLive.setState(afterRunEvents(useLive.getState(), events, Date.now()));
      if (events.some((event) => LAST.includes(event.name)) && !useLive.getState().settled) void settle();
    };
    const onEvent = (event: string, found: unknown) => {
      heard.push({ name: event, data: found } as RunEvent);
      drawing ??= setTimeout(draw, experiment.use.getState().graph.nodes.size / NODES_PER_MILLISECOND);
    };
    const stop = follow(`/api/runs/${encodeURIComponent(run)}/events`, EVENT_NAMES, { onEvent, last: LAST });
    unfollow = () => {
      stop();
      clearTimeout(drawing);
    };
  };
  /** After a run the document has the states; what it does not tell is kept. */
  const settle = async () => {
    const { broken } = useLive.getState();
    if (broken !== null) toast(broken, { look: "refused" });
    await experiment.reload().catch(() => {});
    if (useLive.getState().status !== "running") useLive.setState({ settled: true });
    void queries.invalidateQueries({ queryKey: ["experiments"] });
    void queries.invalidateQueries({ queryKey: ["runs"] });
  };
  const hasOutcomes = (run: string) => Object.values(experiment.use.getState().document.states).some((state) => state.run === run);
  const onEvent = (event: string, told: unknown) => {
    if (event === "changed") {
      const files = told as Files;
      const { document, standing } = experiment.use.getState();
      late = standing.kind === "saving" ? files : null;
      if (late) {
        void experiment.settled().then(() => late === files && onEvent(event, files));
        return;
      }
      const what = changedBy(files, known, document.revision);
      if (what !== null) ask(what);
      // A module of the workspace may have changed.
      if (known !== null && known.scripts !== files.scripts) void queries.invalidateQueries({ queryKey: ["modules"] });
      known = files;
    } else if (event === "people") {
      usePeople.setState({ pages: (told as { pages: number }).pages });
    } else if (event === "run") {
      const newest = told as Schemas["NewRunEvent"];
      const shown = useLive.getState();
      const after = afterNewest(shown, newest, Date.now());
      if (after.run === shown.run) return useLive.setState(after);
      attend(after);
      // One that was begun elsewhere may be over before it is heard of.
      if (newest.status !== "running" && !hasOutcomes(newest.run)) ask("all");
    }
  };
  let known: Files | null = null;
  /** What was heard while this page saved; until then it can't tell what is its own. */
  let late: Files | null = null;
  const close = follow(`/api/experiments/${encodeURIComponent(name)}/events`, ["changed", "people", "run"], { onEvent });

  return {
    async run(wish = {}) {
      await experiment.settled();
      const body = { up_to: [], only: [], from_here: [], again: false, ...wish };
      const { run } = await data(client.POST("/experiments/{name}/runs", { params: { path: { name } }, body }));
      attend(awaited(run, Date.now()));
    },
    async stop() {
      const { run, status } = useLive.getState();
      if (run === null || status !== "running") return;
      await data(client.POST("/runs/{run}/cancel", { params: { path: { run } } }));
      toast(words().run.stopped);
    },
    close() {
      late = null;
      clearTimeout(timer);
      unfollow();
      close();
      usePeople.setState({ pages: 1 });
    },
  };
}
