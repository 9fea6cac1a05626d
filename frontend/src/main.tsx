/** The studio's page: the style sheets, then the routes. */

import "./look/look";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Studio } from "./shell/studio";

const root = document.getElementById("page");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Studio />
    </StrictMode>,
  );
}
