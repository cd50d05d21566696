// Builds the front end of the interfaces and of every module. Nothing is listed here: entries are found by their place.
import { globSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig } from "vite";

const found = (pattern: string): string[] => globSync(pattern).sort();

// name of the built file -> its source. A module's entry is loaded by the pages that need it, never by all.
const entries: Record<string, string> = { main: "src/relata/interfaces/html/client/main.ts" };
for (const path of found("src/relata/interfaces/web/client/*.ts")) entries[`web-${basename(path, ".ts")}`] = path;
for (const path of found("src/relata/modules/*/client/index.ts")) entries[`module-${path.split("/")[3]}`] = path;

export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    outDir: "src/relata/interfaces/html/static",
    emptyOutDir: true,
    manifest: true, // static/.vite/manifest.json: source -> hashed name
    assetsInlineLimit: 0, // the content policy allows no data: addresses
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rollupOptions: {
      input: entries,
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
