import { defineConfig } from "vite";

export default defineConfig({
  // The page is served under the functions' own prefix, so it names its files relative to itself.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    // The content security policy allows no inline script and no data: address.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
