/** The pages, by address. Each is loaded on use. */

import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { datasetHeadQuery, datasetQuery } from "../api/datasets";
import { queries } from "../api/queries";
import { canvasRoute, rootRoute, scriptRoute } from "./routes";

const HomePage = lazyRouteComponent(() => import("../pages/home"), "HomePage");

const home = createRoute({ getParentRoute: () => rootRoute, path: "/", component: HomePage });
const experiments = createRoute({ getParentRoute: () => rootRoute, path: "/experiments", component: HomePage });
const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("../pages/settings"), "SettingsPage"),
});

const output = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run/nodes/$node/outputs/$port",
  component: lazyRouteComponent(() => import("../pages/output"), "OutputPage"),
});

const datasets = createRoute({
  getParentRoute: () => rootRoute,
  path: "/datasets",
  component: lazyRouteComponent(() => import("../pages/datasets"), "DatasetsPage"),
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
  component: lazyRouteComponent(() => import("../pages/dataset"), "DatasetPage"),
});
const models = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  component: lazyRouteComponent(() => import("../pages/models"), "ModelsPage"),
});
const services = createRoute({
  getParentRoute: () => rootRoute,
  path: "/services",
  component: lazyRouteComponent(() => import("../pages/services"), "ServicesPage"),
});
// The help page, which callers know, is at the address without "dashboard".
const service = createRoute({
  getParentRoute: () => rootRoute,
  path: "/services/$name/dashboard",
  component: lazyRouteComponent(() => import("../pages/service"), "ServicePage"),
});
const runs = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  component: lazyRouteComponent(() => import("../pages/runs"), "RunsPage"),
});
const run = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run",
  validateSearch: (search): { compare?: string } => (typeof search.compare === "string" ? { compare: search.compare } : {}),
  component: lazyRouteComponent(() => import("../pages/run"), "RunPage"),
});
const runNode = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$run/nodes/$node",
  component: lazyRouteComponent(() => import("../pages/run_node"), "RunNodePage"),
});

const routeTree = rootRoute.addChildren([home, experiments, settings, canvasRoute, scriptRoute, datasets, dataset, models, services, service, runs, run, runNode, output]);

export const router = createRouter({ routeTree, defaultPreload: "intent" });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
