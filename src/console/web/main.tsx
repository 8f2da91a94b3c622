/** Starts the web application: one query cache, one live connection, the shell. */
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api.ts";
import { App } from "./app.tsx";
import { applyTheme } from "./theme.ts";

applyTheme();

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whoever is no longer signed in sees the sign-in, and comes back to the same page afterwards.
    onError: (error, { queryKey }) => {
      if (error instanceof Problem && error.status === 401 && queryKey[0] !== "session")
        queries.invalidateQueries({ queryKey: ["session"] });
    },
  }),
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
