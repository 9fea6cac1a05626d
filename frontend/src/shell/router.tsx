/** The pages, by address. Those that need more than the first load brings are loaded on use. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { HomePage } from "../pages/home";
import { LostPage, UnexpectedPage } from "../pages/lost";
import { SettingsPage } from "../pages/settings";

const root = createRootRoute({ component: Outlet, notFoundComponent: LostPage, errorComponent: UnexpectedPage });

const home = createRoute({ getParentRoute: () => root, path: "/", component: HomePage });
const experiments = createRoute({ getParentRoute: () => root, path: "/experiments", component: HomePage });
const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsPage });

export const canvasRoute = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$name",
  validateSearch: (search): { node?: string } => (typeof search.node === "string" ? { node: search.node } : {}),
  component: lazyRouteComponent(() => import("../pages/canvas"), "CanvasPage"),
});

const routeTree = root.addChildren([home, experiments, settings, canvasRoute]);

export const router = createRouter({ routeTree, defaultPreload: "intent" });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
