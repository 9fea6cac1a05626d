/** The studio's page: the style sheets and the theme, then the routes. */

import "./look/look";
import "./look/theme";
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
