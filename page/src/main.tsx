// What every section shares comes first, so that a section's own styles win.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/marks.css";
import "./styles/fold.css";
import "./styles/shell.css";
import { render } from "preact";
import { App } from "./app";
import { probe } from "./api/client";
import { applyTheme } from "./ui/theme";

applyTheme();
void probe();
render(<App />, document.getElementById("app")!);
