/** The pages, by address. Each is loaded on use. */

import { createRoute, createRouter } from "@tanstack/react-router";
import { datasetHeadQuery, datasetQuery } from "../api/datasets";
import { queries } from "../api/queries";
import { pageOnUse } from "./page_on_use";
import { canvasRoute, rootRoute, scriptRoute } from "./routes";

const HomePage = pageOnUse(async () => (await import("../pages/home")).HomePage);

const home = createRoute({ getParentRoute: () => rootRoute, path: "/", component: HomePage });
const experiments = createRoute({ getParentRoute: () => rootRoute, path: "/experiments", component: HomePage });
const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: pageOnUse(async () => (await import("../pages/settings")).SettingsPage),
});

const output = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run/nodes/$node/outputs/$port",
  component: pageOnUse(async () => (await import("../pages/output")).OutputPage),
});

const datasets = createRoute({
  getParentRoute: () => rootRoute,
  path: "/datasets",
  component: pageOnUse(async () => (await import("../pages/datasets")).DatasetsPage),
});
const dataset = createRoute({
  getParentRoute: () => rootRoute,
  path: "/datasets/$name",
  validateSearch: (search): { version?: number } => (Number.isInteger(search.version) && Number(search.version) > 0 ? { version: Number(search.version) } : {}),
  loaderDeps: ({ search: { version } }) => ({ version }),
  // It is read while its script is loaded.
  loader: ({ params: { name }, deps: { version }, cause }) => {
    if (cause !== "enter") return;
    void queries.prefetchQuery(datasetHeadQuery({ name, version }));
    void queries.prefetchQuery(datasetQuery(name));
  },
  component: pageOnUse(async () => (await import("../pages/dataset")).DatasetPage),
});
const models = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  component: pageOnUse(async () => (await import("../pages/models")).ModelsPage),
});
const services = createRoute({
  getParentRoute: () => rootRoute,
  path: "/services",
  component: pageOnUse(async () => (await import("../pages/services")).ServicesPage),
});
// The help page, which callers know, is at the address without "dashboard".
const service = createRoute({
  getParentRoute: () => rootRoute,
  path: "/services/$name/dashboard",
  component: pageOnUse(async () => (await import("../pages/service")).ServicePage),
});
const runs = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  component: pageOnUse(async () => (await import("../pages/runs")).RunsPage),
});
const run = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run",
  validateSearch: (search): { compare?: string } => (typeof search.compare === "string" ? { compare: search.compare } : {}),
  component: pageOnUse(async () => (await import("../pages/run")).RunPage),
});
const runNode = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run/nodes/$node",
  component: pageOnUse(async () => (await import("../pages/run_node")).RunNodePage),
});

const routeTree = rootRoute.addChildren([home, experiments, settings, canvasRoute, scriptRoute, datasets, dataset, models, services, service, runs, run, runNode, output]);

export const router = createRouter({ routeTree, defaultPreload: "intent" });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
