/** The places of runs and experiments in the workspace. */

const EXPERIMENTS = "experiments/";

/** The name of a run's experiment; null if that is not among the workspace's experiments. */
export function experimentOf({ experiment }: { readonly experiment: string }): string | null {
  return experiment.startsWith(EXPERIMENTS) ? experiment.slice(EXPERIMENTS.length) : null;
}

/** The end of a run's id, which is what people say of it. */
export function shortRun(run: string): string {
  return run.slice(run.lastIndexOf("-") + 1);
}
