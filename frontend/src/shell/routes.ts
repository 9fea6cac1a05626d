/** The routes that pages ask for their own address. */

import { createRootRoute, createRoute, Outlet } from "@tanstack/react-router";
import { LostPage, UnexpectedPage } from "../pages/lost";
import { pageOnUse } from "./page_on_use";

export const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: LostPage, errorComponent: UnexpectedPage });

export const canvasRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$name",
  validateSearch: (search): { node?: string } => (typeof search.node === "string" ? { node: search.node } : {}),
  component: pageOnUse(async () => (await import("../pages/canvas")).CanvasPage),
});

export const scriptRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$name/nodes/$node",
  validateSearch: (search): { line?: number } => (Number(search.line) > 0 ? { line: Number(search.line) } : {}),
  component: pageOnUse(async () => (await import("../pages/script")).ScriptPage),
});
