/** Starts the web application: one query cache, one live connection, the shell. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { applyTheme } from "./theme.ts";

applyTheme();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Live events say when to read again; until one comes, what we have is right.
      staleTime: 30_000,
      retry: 1,
      refetchOnWindowFocus: true,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

createRoot(window.document.getElementById("console")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
