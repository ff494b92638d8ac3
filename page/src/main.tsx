import { render } from "preact";
import { App } from "./app";
import { probe } from "./api/client";
import { applyTheme } from "./ui/theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";

applyTheme();
void probe();
render(<App />, document.getElementById("app")!);
