import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Asker, AskError, describeFailedRequests, type FailedRequest } from "./ask";
import { writeRaw } from "./raw";

interface Props {
  asker: Asker;
  disabled: boolean;
  onPick: (request: FailedRequest) => void;
}

/** The requests of the caller's keys that the server remembers as refused. */
export function RecentFailures({ asker, disabled, onPick }: Props) {
  const { t } = useTranslation("doctor");
  const { secretId } = asker.credentials;
  const { data, error, isFetching, refetch } = useQuery({
    // The id stands for the key: the secret is kept out of the cache.
    queryKey: ["DescribeFailedRequests", asker.endpoint, secretId],
    queryFn: () => describeFailedRequests(asker),
    enabled: secretId !== "",
    retry: false,
    refetchOnWindowFocus: false,
  });
  return (
    <section aria-labelledby="doctor-recent" className="doctor-recent">
      <div className="doctor-head">
        <h2 id="doctor-recent">{t("recentTitle")}</h2>
        <button
          type="button"
          className="app-button"
          disabled={isFetching || secretId === ""}
          onClick={() => void refetch()}
        >
          {t("refresh")}
        </button>
      </div>
      <p className="doctor-hint">{t("recentHint")}</p>
      {error && <AskFailure error={error} />}
      {data?.length === 0 && <p>{t("none")}</p>}
      <ul className="doctor-failures" aria-busy={isFetching}>
        {data?.map(request => (
          <Failure key={request.RequestId} request={request} disabled={disabled} onPick={onPick} />
        ))}
      </ul>
    </section>
  );
}

/** Why the server did not do what the page asked of it. */
export function AskFailure({ error }: { error: Error }) {
  const { t } = useTranslation("doctor");
  const { message } = error;
  const code = error instanceof AskError ? error.code : "";
  return <p role="alert">{code ? t("failed", { code, message }) : t("unreachable", { reason: message })}</p>;
}

function Failure({ request, disabled, onPick }: { request: FailedRequest } & Omit<Props, "asker">) {
  const { t } = useTranslation("doctor");
  const { Action, Code, Time, RequestId, SecretId, Address, Signed, Withheld, Cut } = request;
  return (
    <li data-request={RequestId}>
      <div className="doctor-head">
        <h3>
          {Action || t("unknownAction")} <code>{Code}</code>
        </h3>
        <button
          type="button"
          className="app-button"
          disabled={disabled}
          aria-label={t("diagnoseThis", { id: RequestId })}
          onClick={() => onPick(request)}
        >
          {t("pasteButton")}
        </button>
      </div>
      <p className="doctor-hint">
        {Time} · {SecretId} · {Address} · {RequestId}
      </p>
      <p>{t(Signed ? "signed" : "unsigned")}</p>
      {Withheld && <p>{t("withheld")}</p>}
      {Cut && <p>{t("cut")}</p>}
      <details>
        <summary>{t("show")}</summary>
        <pre className="doctor-text">
          <code>{rawOf(request)}</code>
        </pre>
      </details>
    </li>
  );
}

function rawOf({ Method, Path, Query, Headers, Body }: FailedRequest): string {
  const headers = Headers.map(({ Name, Value }): [string, string] => [Name, Value]);
  return writeRaw({ method: Method, path: Path, query: Query, headers, body: Body });
}
