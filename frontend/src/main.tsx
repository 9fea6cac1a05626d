/** The studio's page: the style sheets and the theme, then the routes. */

import "./look/look";
import "./look/theme";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Studio } from "./shell/studio";
import { loadedWords } from "./words/words";

const root = document.getElementById("page");
// Without those words the page is in English.
await loadedWords().catch(() => {});
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Studio />
    </StrictMode>,
  );
}
