import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { queries } from "../definition/definition";
import { ExplorerLayout } from "../explorer/ExplorerLayout";
import { ExplorerPage } from "../explorer/ExplorerPage";
import { ExplorerStart } from "../explorer/ExplorerStart";
import { SessionProvider } from "../session/session";
import { Failures } from "./Failures";
import { Frame } from "./Frame";
import { Loading } from "./Loading";

const DoctorPage = lazy(() => import("../explorer/doctor/DoctorPage"));
const ErrorCodes = lazy(() => import("../explorer/errors/ErrorCodes"));

/** Every page of the application by its path. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Failures>
          <Suspense fallback={<Loading />}>
            <SessionProvider>
              <Routes>
                <Route element={<Frame />}>
                  <Route path="/explorer" element={<ExplorerLayout />}>
                    <Route index element={<ExplorerStart />} />
                    <Route path="errors/:code?" element={<ErrorCodes />} />
                    <Route path="doctor" element={<DoctorPage />} />
                    <Route path=":action/:tab?" element={<ExplorerPage />} />
                  </Route>
                  <Route path="*" element={<Navigate to="/explorer/" replace />} />
                </Route>
              </Routes>
            </SessionProvider>
          </Suspense>
        </Failures>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
