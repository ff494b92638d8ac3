import { render } from "preact";
import "./styles/tokens.css";

render(<main>SasRec</main>, document.getElementById("app")!);
