import { defineConfig } from "vite";

export default defineConfig(({ command }) => ({
  // Built, the page names its files relative to itself; `vite` serves it beside an application that runs already.
  base: command === "build" ? "./" : "/api/page/",
  server: { proxy: { "^/api/(?!page)": process.env.SASREC_HOST ?? "http://localhost:7071" } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2024",
    // The content security policy allows no inline script and no data: address.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
}));
