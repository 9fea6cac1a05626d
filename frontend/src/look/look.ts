/** The style sheets and fonts of every page. */

import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "./tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/pages.css";
import "./styles/canvas.css";
import "./styles/data.css";
import "./styles/device.css";
import "./styles/evaluation.css";
import "./styles/runs.css";
import "./styles/datasets.css";
import "./styles/services.css";
