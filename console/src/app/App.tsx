import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { ExplorerPage } from "../explorer/ExplorerPage";

const queries = new QueryClient();

/** Every page of the application by its path. */
export function App() {
  const { t } = useTranslation();
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Suspense fallback={<p>{t("loading")}</p>}>
          <Routes>
            <Route path="/explorer/:action?/:tab?" element={<ExplorerPage />} />
            <Route path="*" element={<Navigate to="/explorer/" replace />} />
          </Routes>
        </Suspense>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
