import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where `npm run dev` finds a server; the built console is served by it.
const server = process.env.TAEL_ENDPOINT ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    target: "es2022",
    outDir: "dist",
    // Assets may not be written into the page: the policy allows none there.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/explorer/definition.json": server, "/explorer/server.json": server, "/api": server } },
});
