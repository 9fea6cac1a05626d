import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// ELK's worker is a script of its own with nothing to export, and takes long to read.
const QUIET = { pluginTimings: false, missingNameOptionForIifeExport: false };

// Without what needs React Aria, which is large.
const COMMON = /src[\\/](api|graph|words|look[\\/](?!dialog|menu))|node_modules[\\/](lucide-react|@tanstack|zustand|openapi-fetch)/;

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/studiolo/_ui",
    emptyOutDir: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    // The content security policy allows no `data:` address for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      checks: QUIET,
      output: {
        // Each request costs more than a few kilobytes do, so small parts of many pages are one script.
        codeSplitting: {
          groups: [
            { name: "every_page", tags: ["$initial"], priority: 2 },
            { name: "flow", test: /node_modules[\\/](@xyflow|d3-)|src[\\/]canvas[\\/](flow|overlays)/, priority: 1 },
            { name: "common", test: COMMON, minShareCount: 2 },
          ],
        },
      },
    },
  },
  worker: { rolldownOptions: { checks: QUIET } },
  server: {
    proxy: { "/api": "http://127.0.0.1:8765", "/signin": "http://127.0.0.1:8765" },
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"] },
});
